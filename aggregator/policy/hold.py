"""Entries that are held: for what cause, until when, and what becomes of them then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.policy import dates
from aggregator.policy.durations import words
from aggregator.policy.second_look import LONGEST_WAIT
from aggregator.types import Entry

FLOOD_WAIT = timedelta(hours=6)  #: news may be late by this, once, where a feed brings far more than ever
KEPT = timedelta(days=30)  #: how long a person has to release what does not prove right by itself


class Cause(StrEnum):
    """Why an entry is looked at again."""

    PAGE = "page"  #: its page could not be had
    ARCHIVE = "archive"  #: it came among many that are older than what its feed had brought before
    FLOOD = "flood"  #: it came among many more than its feed ever brought
    AHEAD = "ahead"  #: its date has not come yet
    ERROR = "error"  #: it is not an article, but tells of an error
    RESTLESS = "restless"  #: it has a post, and its text changes all the time
    RELEASED = "released"  #: it was held, and a person let it go


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Why an entry is not taken now, and when that is thought over."""

    cause: Cause
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What has happened since an entry is held."""

    since: datetime  #: it is held
    read: bool  #: its feed was read again
    shown: bool  #: its feed showed it the last time
    older_shown: bool  #: that showed entries then that we had before this one
    again: bool  #: it has brought too many once more


class Fate(StrEnum):
    """What becomes of an entry that is held."""

    TAKE = "take"
    WAIT = "wait"
    LEAVE = "leave"  #: it is not taken any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of a held entry, and why."""

    outcome: Fate
    at: datetime  #: when that is thought over again, where it waits
    reason: str


def hold(entry: Entry, cause: Cause, now: datetime) -> Hold:
    """The hold of an entry from now on."""
    waits = {Cause.FLOOD: FLOOD_WAIT, Cause.AHEAD: (dates.due(entry, now) or now) - now}
    return Hold(cause=cause, at=now + min(waits.get(cause, LONGEST_WAIT), LONGEST_WAIT))


def verdict(entry: Entry, cause: Cause, proof: Proof, now: datetime) -> Verdict:
    """What becomes of an entry that is held for a cause of ours, by what has happened since.

    Old entries never prove right by themselves: an archive that is shown again stays where it is.
    """
    if cause is Cause.AHEAD:
        due = dates.stated(entry) or now
        return _wait(due - now, now) if due > now else Verdict(outcome=Fate.TAKE, at=now, reason="its date has come")
    if now - proof.since >= KEPT:
        return Verdict(outcome=Fate.LEAVE, at=now, reason=f"nobody released it within {words(KEPT)}")
    if cause is not Cause.FLOOD:
        return _wait(proof.since + KEPT - now, now)
    if now - proof.since < FLOOD_WAIT or not proof.read or proof.again:
        return _wait(FLOOD_WAIT, now)
    if proof.shown or not proof.older_shown:
        what = "its feed still shows it" if proof.shown else "newer entries have taken its place"
        reason = f"{what} after {words(now - proof.since)}, and brought no flood again"
        return Verdict(outcome=Fate.TAKE, at=now, reason=reason)
    return Verdict(outcome=Fate.LEAVE, at=now, reason="its feed took it back, and shows what it had shown before")


def _wait(wait: timedelta, now: datetime) -> Verdict:
    return Verdict(outcome=Fate.WAIT, at=now + min(wait, LONGEST_WAIT), reason="nothing has proved it right yet")
