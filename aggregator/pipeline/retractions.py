"""What a publisher withdraws is followed here: by the feed's policy its post stays, says so, or is taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from aggregator.pipeline import joining, withdrawal
from aggregator.policy import identity, retraction
from aggregator.policy.retraction import Handling, Sign
from aggregator.store import EntryLine, Session, entries, journal, retractions
from aggregator.types import Entry, Feed, Outcome, Parsed, Step

#: Where an entry stands that has nothing to take back any more.
OVER = frozenset({Outcome.BURIED, Outcome.WITHDRAWN})
#: What a feed itself says, so that it can unsay it.
OF_FEEDS = frozenset({Sign.DELETED, Sign.VANISHED})


def of_document(session: Session, feed: Feed, parsed: Parsed, shown: Mapping[str, Entry], now: datetime) -> str:
    """Follows what a feed's document says is withdrawn, or lists no more though it lists all.

    ``shown`` are its entries by the key under which they are stored. Answers what a person has to be told: how many
    are held back because they are too many; empty where none are new.
    """
    told = _deleted(session, feed, parsed, shown)
    for one in retractions.lines(session, feed=feed.name, handling=Handling.HELD):
        if one.sign in OF_FEEDS and one.entry_key in shown and one.entry_key not in told:
            retractions.drop(session, feed.name, one.entry_key)  # it is back
    _follow_filed(session, feed, shown, now)
    standing: set[str] = set()
    if told or _lists_all(parsed):
        standing = entries.standing_keys(session, feed.name)
    vanished = standing - shown.keys() - told.keys() if _lists_all(parsed) else set()
    gone = dict.fromkeys(vanished, "its feed lists all entries, and this one no more (fh:complete)")
    held = _follow_all(session, feed, Sign.DELETED, told, len(standing), now)
    # A document that lists nothing at all is more likely broken than emptied.
    among = len(standing) if shown else 0
    held += _follow_all(session, feed, Sign.VANISHED, gone, among, now)
    if not held:
        return ""
    reason = f"{held} entries at a time seem withdrawn: held until you decide, see `wirecopy withdraw --list`"
    journal.write(session, [_step(feed.name, None, "held", reason, now)])
    return reason


def follow(session: Session, feed: Feed, line: EntryLine, sign: Sign, reason: str, now: datetime) -> None:
    """Does with the post of a withdrawn entry what the feed's policy says, once; what was overruled stays so."""
    before = retractions.of_entry(session, feed.name, line.key)
    if line.outcome in OVER or (before is not None and before.handling is not Handling.HELD):
        return
    post = withdrawal.own_post(session, line)
    decision = retraction.handle(feed.withdrawn)
    if post is None:
        if line.outcome not in {Outcome.WAITING, Outcome.HELD}:
            return  # it has nothing of its own that readers see
        decision = retraction.unpublished()
    said = f"{reason}; {decision.reason}"
    retractions.note(session, feed.name, line.key, sign, decision.outcome, reason=said, now=now)
    journal.write(session, [_step(feed.name, line.key, decision.outcome, said, now)])
    if decision.outcome is Handling.REMOVED:
        withdrawal.of_entries(session, [line], reason=f"withdrawn by its publisher: {reason}", now=now)
    elif decision.outcome is Handling.MARKED and post is not None:
        joining.renew(session, replace(post, withdrawn_at=now), now)


def _follow_filed(session: Session, feed: Feed, shown: Mapping[str, Entry], now: datetime) -> None:
    """Follows what is filed as withdrawn by now, though its title and text are as before."""
    filed = [key for key, entry in shown.items() if retraction.filed(entry.tags)]
    for line in entries.of_keys(session, feed.name, filed):
        post = withdrawal.own_post(session, line)
        reason = retraction.marked(post.title, shown[line.key].tags, post) if post else ""
        if reason:
            follow(session, feed, line, Sign.MARKED, reason, now)


def _follow_all(session: Session, feed: Feed, sign: Sign, reasons: Mapping[str, str], among: int, now: datetime) -> int:
    """Follows these, or holds them where they are too many; how many are held that were not before."""
    known = retractions.of_keys(session, feed.name, reasons)
    decided = {key for key, one in known.items() if one.handling is not Handling.HELD}
    lines = [line for line in entries.of_keys(session, feed.name, reasons.keys() - decided) if line.outcome not in OVER]
    if not retraction.too_many(sign, len(lines), among):
        for line in lines:
            follow(session, feed, line, sign, reasons[line.key], now)
        return 0
    new = [line for line in lines if line.key not in known]
    hold(session, new, sign, reasons, now)
    return len(new)


def hold(session: Session, lines: Collection[EntryLine], sign: Sign, reasons: Mapping[str, str], now: datetime) -> None:
    """Notes that these entries seem withdrawn, and leaves the rest to a person."""
    for line in lines:
        said = f"{reasons[line.key]}; held, since many seem withdrawn at a time"
        retractions.note(session, line.feed, line.key, sign, Handling.HELD, reason=said, now=now)
        journal.write(session, [_step(line.feed, line.key, Handling.HELD, said, now)])


def _deleted(session: Session, feed: Feed, parsed: Parsed, shown: Mapping[str, Entry]) -> dict[str, str]:
    """The entries that a document says are withdrawn, by key, each with the reason."""
    found: dict[str, str] = {}
    words = {entry.key: word for word in parsed.deleted for entry in identity.assign([Entry(guid=word.guid)])}
    known = entries.known(session, feed.name, words, ()) if words else {}
    for own_key, word in words.items():
        key = known[own_key].key if own_key in known else own_key
        there = shown.get(key)
        updated_at = (there.updated_at or there.published_at) if there else None
        if retraction.deleted(word, shown=there is not None, updated_at=updated_at):
            since = f" since {word.at:%Y-%m-%d %H:%M} UTC" if word.at else ""
            found[key] = f"its feed says that it is deleted{since} (at:deleted-entry)"
    return found


def _lists_all(parsed: Parsed) -> bool:
    """Whether a document surely lists all entries: it says so, is whole, and was read to its end."""
    return parsed.complete and parsed.next_url is None and not parsed.left_out and not _mended(parsed.notes)


def _mended(notes: Iterable[str]) -> bool:
    return any(note.startswith(("not well-formed", "repaired")) for note in notes)


def _step(feed: str, key: str | None, outcome: str, reason: str, now: datetime) -> Step:
    return Step(at=now, feed=feed, entry_key=key, step="withdrawal", outcome=str(outcome), reason=reason)
