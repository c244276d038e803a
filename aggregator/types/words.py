"""The words that a thing here can be told by: small closed sets, and the decision that carries one of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

O_co = TypeVar("O_co", bound=StrEnum, covariant=True)


@dataclass(frozen=True, slots=True)
class Decision(Generic[O_co]):
    """What a policy function answers: an outcome, and a reason that a person can read."""

    outcome: O_co
    reason: str


class Rights(StrEnum):
    """What we may do with the entries of a feed, from least to most."""

    LINK = "link"  #: title, credit and link only
    EXCERPT = "excerpt"  #: a short excerpt
    FULL = "full"  #: the whole text


class Outcome(StrEnum):
    """Where an entry stands. Each entry has exactly one, with a reason."""

    WAITING = "waiting"  #: for its page, which could not be had, or to be shown by its feed again
    QUEUED = "queued"  #: a post was made and is owed to at least one target
    PUBLISHED = "published"  #: every target has it
    DEAD = "dead"  #: a target rejected it for good
    DUPLICATE = "duplicate"  #: another entry already tells this story
    DROPPED = "dropped"  #: a transform did not want it
    TOO_OLD = "too-old"  #: older than ``max_age``
    BACKLOG = "backlog"  #: beyond ``max_new`` on first subscription
    BURIED = "buried"  #: a tombstone keeps it from coming back
    HELD = "held"  #: not taken yet: it came in a flood, or before its date; ``wirecopy release`` lets it go
    QUARANTINED = "quarantined"  #: no article: a program that made the feed reports an error
    EMPTY = "empty"  #: neither title, nor text, nor link: nothing to publish
    WITHDRAWN = "withdrawn"  #: was published and taken back


class Duplicates(StrEnum):
    """By what an entry is a duplicate of what another feed brought."""

    STORY = "story"  #: it tells the same story: it stands at the same address, or has nearly the same words
    ADDRESS = "address"  #: it stands at the same address
    KEEP = "keep"  #: by nothing: each entry gets its own post


class Lead(StrEnum):
    """When a feed's telling of a story that is published already takes over its post, and the credit."""

    FIRST = "first"  #: never: who came first stays
    ORIGINAL = "original"  #: where it is found to be the original of what is published
    PREFERRED = "preferred"  #: always, unless the feed that is credited is preferred too


class Future(StrEnum):
    """What is done with entries that are dated ahead."""

    NOW = "now"  #: taken, and dated by when they were seen
    HOLD = "hold"  #: held until their date


class Withdrawals(StrEnum):
    """What becomes of a post whose article its publisher has withdrawn."""

    KEEP = "keep"  #: it stays as it is, and the operator is told
    MARK = "mark"  #: it stays, and tells its readers
    REMOVE = "remove"  #: it is taken back everywhere and does not return


class Identity(StrEnum):
    """By what the entries of a feed are told apart. Each level trusts less of what it says than the one before."""

    ID = "id"  #: by their ids
    ADDRESS = "address"  #: by their addresses, whatever their ids
    TITLE = "title"  #: by address and title together


class Updates(StrEnum):
    """Which changes at its source a post follows."""

    ALWAYS = "always"  #: every one
    MINOR = "minor"  #: corrections; a rewrite is kept for a person to see, and the post stays
    NEVER = "never"  #: none: what is published stays as it is


class Basis(StrEnum):
    """Where the text of an article came from."""

    PAGE = "page"
    FEED = "feed"


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    CLAIMED = "claimed"  #: under a lease, to be attempted soon
    BEGUN = "begun"  #: under a lease, and the target may have heard of it
    PUBLISHED = "published"
    DEAD = "dead"  #: rejected; kept for a human
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What a delivery is to do at its target."""

    PUBLISH = "publish"  #: put it there, or bring what is there up to date
    WITHDRAW = "withdraw"
