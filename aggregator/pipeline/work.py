"""What runs in the process pool: the CPU's share of a refresh, on a stranger's bytes, in a child that may be killed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aggregator import extract, sources, transforms
from aggregator.errors import Drop, ExtractError
from aggregator.markup import text
from aggregator.pipeline import compose
from aggregator.policy import change, error_items, fingerprints, identity
from aggregator.policy.fingerprints import Fingerprint
from aggregator.policy.identity import Traits
from aggregator.policy.trust import Trust, of_document
from aggregator.types import Article, Entry, Parsed, Post, Response, StepSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One feed document, read and ready for decisions."""

    parsed: Parsed  #: its entries have their keys
    trust: Trust  #: by what its entries are told apart
    traits: Mapping[str, Traits]  #: by entry key
    hashes: Mapping[str, str]  #: content hash by entry key
    reports: Mapping[str, str]  #: what it says, by entry key, of each that reports an error and is no article
    former_hashes: Mapping[str, str]  #: the same as earlier releases made them


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One article, read and ready to be compared with others."""

    article: Article
    fingerprint: Fingerprint | None  #: of its text; None: that is too short to be told from its like


def read_feed(kind: str, response: Response, options: Mapping[str, object], before: Trust) -> Reading:
    """A feed document with its entries' keys, traits, content hashes and reports of errors. Raises ParseError.

    ``before`` is how far the feed was trusted to tell its entries apart; the document may show it to be worse.
    """
    parsed = sources.parse(kind, response, options)
    trust = before if before.by_hand else of_document(parsed.entries, before)
    entries = identity.assign(parsed.entries, trust.level)
    told = {entry.key: (entry.title, _text(entry)) for entry in entries}
    parsed = replace(parsed, entries=entries)
    return Reading(
        parsed=parsed,
        trust=trust,
        traits=identity.traits(entries),
        hashes={key: change.content_hash(*each) for key, each in told.items()},
        former_hashes={key: change.former_content_hash(*each) for key, each in told.items()},
        reports=error_items.reports(parsed, response.requested_url),
    )


def read_page(response: Response, entry: Entry) -> Read:
    """The article of an entry from its page, or from the feed where the page gives none; never fails on a page."""
    try:
        return _with_fingerprint(extract.article(response, entry))
    except ExtractError as error:
        return read_entry(entry, str(error))


def read_entry(entry: Entry, reason: str) -> Read:
    """The article of an entry from what the feed says."""
    return _with_fingerprint(extract.from_entry(entry, reason))


def shape(
    steps: Sequence[StepSettings], post: Post, context: transforms.Context
) -> tuple[Post, tuple[transforms.Applied, ...]] | Drop:
    """The post after its steps, and how each went; or the signal that it is not wanted."""
    try:
        shaped, applied = transforms.apply(steps, post, context)
    except Drop as drop:
        return drop
    return compose.finish(shaped), applied


def _with_fingerprint(article: Article) -> Read:
    return Read(article=article, fingerprint=fingerprints.of(article.text))


def _text(entry: Entry) -> str:
    return text.plain(entry.content or entry.summary)
