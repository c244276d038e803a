"""Verdicts: what a person has said about entries and stories, for ever. They go before every rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from aggregator.store.models import StoryVerdictRow
from aggregator.store.statements import upsert


class Belongs(StrEnum):
    """Whether an entry tells a story."""

    TOGETHER = "together"
    APART = "apart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One word of a person about one entry and one story."""

    feed: str
    entry_key: str
    post_key: str  #: of the story
    belongs: Belongs
    was: str | None  #: key of the post that told the entry's story before, its own or another's; None: none did
    said_at: datetime


def say(
    session: Session, feed: str, entry_key: str, post_key: str, belongs: Belongs, was: str | None, now: datetime
) -> None:
    """Remembers a verdict, in the place of an earlier one about the same entry and story."""
    row = {
        "feed": feed,
        "entry_key": entry_key,
        "post_key": post_key,
        "belongs": belongs,
        "was": was,
        "said_at": now,
    }
    on = ("entry_key", "feed", "post_key")
    upsert(session, StoryVerdictRow, [row], on=on, update=("belongs", "was", "said_at"))


def unsay(session: Session, verdict: Verdict) -> None:
    """Forgets a verdict."""
    session.execute(
        delete(StoryVerdictRow).where(
            StoryVerdictRow.entry_key == verdict.entry_key,
            StoryVerdictRow.feed == verdict.feed,
            StoryVerdictRow.post_key == verdict.post_key,
        )
    )


def of_entry(session: Session, feed: str, entry_key: str) -> list[Verdict]:
    """What was said about an entry, the latest first."""
    mine = select(StoryVerdictRow).where(StoryVerdictRow.entry_key == entry_key, StoryVerdictRow.feed == feed)
    rows = session.scalars(mine.order_by(StoryVerdictRow.said_at.desc()))
    return [_verdict(row) for row in rows]


def of_story(session: Session, post_key: str) -> list[Verdict]:
    """What was said about a story."""
    rows = session.scalars(select(StoryVerdictRow).where(StoryVerdictRow.post_key == post_key))
    return [_verdict(row) for row in rows]


def _verdict(row: StoryVerdictRow) -> Verdict:
    return Verdict(
        feed=row.feed,
        entry_key=row.entry_key,
        post_key=row.post_key,
        belongs=Belongs(row.belongs),
        was=row.was,
        said_at=row.said_at,
    )
