"""Letting go what is held, by hand: to be taken now, or to be left for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aggregator.store import EntryLine, Session, entries, feeds, journal, second_looks
from aggregator.types import Outcome, Step

HELD = frozenset({Outcome.HELD, Outcome.QUARANTINED})


def release(session: Session, lines: Sequence[EntryLine], now: datetime) -> int:
    """Has those of these entries taken that are held or quarantined; how many there are.

    What has been kept no longer is taken when its feed shows it, which is asked for its whole document.
    """
    let_go = [line for line in lines if line.outcome in HELD]
    for line in let_go:
        if second_looks.release(session, line.feed, line.key, now):
            _decide(session, line, Outcome.HELD, "released by hand, to be taken now", now)
        else:
            entries.bring_back(session, line.feed, line.key, "released by hand: its feed must show it")
            feeds.forget_document(session, line.feed)
    return len(let_go)


def leave(session: Session, lines: Sequence[EntryLine], now: datetime) -> int:
    """Leaves those of these entries for good that are held; how many there are."""
    left = [line for line in lines if line.outcome is Outcome.HELD]
    for line in left:
        second_looks.drop(session, line.feed, [line.key])
        _decide(session, line, Outcome.BACKLOG, "left out by hand", now)
    return len(left)


def _decide(session: Session, line: EntryLine, outcome: Outcome, reason: str, now: datetime) -> None:
    entries.decide(session, line.feed, line.key, outcome, reason)
    step = Step(at=now, feed=line.feed, entry_key=line.key, step="release", outcome=str(outcome), reason=reason)
    journal.write(session, [step])
