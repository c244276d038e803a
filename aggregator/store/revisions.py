"""Revisions: how the posts of entries were changed at their sources, what was decided about it, and both wordings."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from aggregator.policy.updates import Update, Wording
from aggregator.store.models import RevisionRow

#: Kept of each entry, the latest.
KEPT_AT_MOST = 20
#: Characters kept of each wording.
LONGEST_TEXT = 100_000
PRUNED_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One change at the source of a post, and what became of it."""

    seen_at: datetime
    cause: str  #: where it was seen: ``feed`` or ``page``
    outcome: Update
    reason: str
    before: Wording  #: of the post that stood then; a revision kept by an early release has the title alone
    after: Wording | None  #: as the source has it since; None: it reads the same, or was not kept


def keep(session: Session, feed: str, key: str, revision: Revision) -> None:
    """Keeps a revision of a stored entry; the oldest ones beyond the bound go."""
    row = {
        "feed": feed,
        "entry_key": key,
        "seen_at": revision.seen_at,
        "cause": revision.cause,
        "outcome": revision.outcome,
        "reason": revision.reason,
        "title": revision.before.title,
        "wordings": _packed(revision.before, revision.after) if revision.after else None,
    }
    session.connection().execute(insert(RevisionRow), [row])
    mine = (RevisionRow.entry_key == key, RevisionRow.feed == feed)
    spare = select(RevisionRow.id).where(*mine).order_by(RevisionRow.id.desc()).offset(KEPT_AT_MOST).limit(100)
    if numbers := session.scalars(spare).all():
        session.execute(delete(RevisionRow).where(RevisionRow.id.in_(numbers)))


def seen_at(session: Session, feed: str, key: str) -> list[datetime]:
    """When changes of an entry were looked at, as far as they are kept."""
    query = select(RevisionRow.seen_at).where(RevisionRow.entry_key == key, RevisionRow.feed == feed)
    return list(session.scalars(query))


def of_entry(session: Session, feed: str, key: str) -> Sequence[Revision]:
    """The revisions of an entry, latest first."""
    query = (
        select(RevisionRow)
        .where(RevisionRow.entry_key == key, RevisionRow.feed == feed)
        .order_by(RevisionRow.id.desc())
    )
    return [_revision(row) for row in session.scalars(query)]


def prune(session: Session, before: datetime) -> int:
    """Forgets revisions that were seen before then, so many at once at most; how many there were."""
    old = select(RevisionRow.id).where(RevisionRow.seen_at < before).limit(PRUNED_AT_ONCE)
    gone = delete(RevisionRow).where(RevisionRow.id.in_(old.scalar_subquery()))
    return len(session.execute(gone.returning(RevisionRow.id)).all())


def _revision(row: RevisionRow) -> Revision:
    before, after = _unpacked(row.wordings) if row.wordings else (Wording(title=row.title), None)
    return Revision(
        seen_at=row.seen_at,
        cause=row.cause,
        outcome=Update(row.outcome),
        reason=row.reason,
        before=before,
        after=after,
    )


def _packed(*wordings: Wording) -> bytes:
    """Both in one piece: what they have in common costs its space once."""
    bounded = [{name: value[:LONGEST_TEXT] for name, value in asdict(each).items()} for each in wordings]
    return zlib.compress(json.dumps(bounded, ensure_ascii=False).encode("utf-8", "surrogatepass"), 9)


def _unpacked(packed: bytes) -> tuple[Wording, Wording]:
    before, after = json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))
    return Wording(**before), Wording(**after)
