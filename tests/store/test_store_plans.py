"""The statements that run all the time are answered from an index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from store_samples import HOUR, NOW, owe, post

from aggregator.policy import fingerprints
from aggregator.store import (
    Session,
    Store,
    claims,
    deliveries,
    entries,
    feeds,
    held,
    identities,
    journal,
    posts,
    rechecks,
    retractions,
    revisions,
    second_looks,
    stories,
    targets,
    tombstones,
)
from aggregator.types import Action, Outcome, Publication

KEYS = ["a", "b"]
FINGERPRINT = fingerprints.of(" ".join(map(str, range(100))))
assert FINGERPRINT is not None


def claim(session: Session) -> None:
    claims.take(session, NOW, "blog", limit=10, lease=HOUR, new=1)


QUICK: dict[str, Callable[[Session], Any]] = {
    "feeds.claim_due": lambda s: feeds.claim_due(s, NOW, limit=10, lease=HOUR),
    "feeds.memory": lambda s: feeds.memory(s, "alpha"),
    "entries.known": lambda s: entries.known(s, "alpha", KEYS, ["u:a", "g:b"]),
    "entries.told_at": lambda s: entries.told_at(s, KEYS),
    "identities.kin": lambda s: identities.kin(s, "alpha", [1, 2]),
    "identities.restate": identities.restate,
    "entries.touch": lambda s: entries.touch(s, "alpha", KEYS, NOW),
    "entries.find": lambda s: entries.find(s, "abcdef"),
    "entries.lines of a feed": lambda s: entries.lines(s, feed="alpha", limit=10),
    "entries.settle_outcome": lambda s: entries.settle_outcome(s, post(1).key, Outcome.DEAD, "no"),
    "posts.own": lambda s: posts.own(s, ["blog"], before=NOW + HOUR, limit=2),
    "deliveries.promise": lambda s: deliveries.promise(s, post(1), ["blog"], Action.PUBLISH, NOW),
    "claims.take": claim,
    "deliveries.settle": lambda s: deliveries.settle(s, 1, Publication(remote_id="1"), NOW),
    "claims.waiting": lambda s: claims.waiting(s, "blog", NOW, new=True),
    "targets.debuts": lambda s: targets.debuts(s, "blog", 20),
    "deliveries.pending": deliveries.pending,
    "revisions.seen_at": lambda s: revisions.seen_at(s, "alpha", "entry-1"),
    "revisions.of_entry": lambda s: revisions.of_entry(s, "alpha", "entry-1"),
    "revisions.prune": lambda s: revisions.prune(s, NOW),
    "stories.keep": lambda s: stories.keep(s, "alpha", "entry-1", FINGERPRINT),
    "stories.kin": lambda s: stories.kin(s, FINGERPRINT, feed="alpha"),
    "stories.siblings": lambda s: stories.siblings(s, "alpha", "entry-1"),
    "stories.tellers": lambda s: stories.tellers(s, post(1).key),
    "held.history": lambda s: held.history(s, "alpha"),
    "held.proof": lambda s: held.proof(s, "alpha", "entry-1"),
    "second_looks.claim": lambda s: second_looks.claim(s, NOW, limit=8, lease=HOUR),
    "rechecks.claim": lambda s: rechecks.claim(s, NOW, limit=4, lease=HOUR, per_day=300),
    "rechecks.count": lambda s: rechecks.count(s, "alpha.example", NOW),
    "rechecks.next_at": lambda s: rechecks.next_at(s, "alpha", "entry-1"),
    "retractions.of_entry": lambda s: retractions.of_entry(s, "alpha", "entry-1"),
    "tombstones.bury": lambda s: tombstones.bury(s, "alpha", "a", "https://a.example/", "no", NOW),
    "journal.of_entry": lambda s: journal.of_entry(s, "alpha", "a"),
    "journal.of_feed": lambda s: journal.of_feed(s, "alpha"),
    "journal.prune": lambda s: journal.prune(s, NOW),
}
#: Small by nature: read as a whole.
MAY_BE_SCANNED = (
    *(f"way{at}" for at in range(fingerprints.LOWEST)),
    "targets",
    "tombstone_patterns",
    "waiting",
    "anon_1",
    "(subquery-1)",
    "(subquery-4)",
    "CONSTANT ROW",
)


@pytest.mark.parametrize("name", QUICK)
def test_a_frequent_statement_scans_no_table(store: Store, name: str) -> None:
    owe(store, 1, 2)
    plans: list[str] = []

    def explain(_connection, cursor, statement, parameters, _context, many) -> None:  # type: ignore[no-untyped-def]
        if not statement.startswith(("BEGIN", "EXPLAIN", "PRAGMA")):
            values = parameters[0] if many else parameters
            rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
            plans.extend(row[3] for row in rows)

    event.listen(store._writing, "before_cursor_execute", explain)
    store.write_now(lambda session: QUICK[name](session) and None)
    assert plans or name == "deliveries.promise"
    scans = [plan for plan in plans if plan.startswith("SCAN") and not plan.endswith(MAY_BE_SCANNED)]
    assert scans == []
