"""``wirecopy explain``: every decision about an entry or a feed, in order, with reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli import entries, feeds, nearness, outbox
from aggregator.cli.invocation import examples
from aggregator.cli.output import Record, facts, plain, say, to_json
from aggregator.cli.stored import found, opened, waits
from aggregator.types import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregator.pipeline.outlet import Wait
    from aggregator.store import EntryLine, Store
    from aggregator.types import Step

LATEST = 20  #: quarantined entries of a feed that are told
EPILOG = examples(
    "wirecopy explain https://www.example.org/2024/05/a-story.html",
    "wirecopy explain http://127.0.0.1:8080/posts/a-story-1a2b3c4d/",
    "wirecopy explain 1a2b3c4d --json",
    "wirecopy explain nasa",
)


def explain(
    ctx: typer.Context,
    what: Annotated[
        str,
        typer.Argument(
            metavar="URL|KEY|FEED", help="Address of the original or of our post, a key, or the name of a feed."
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line for each entry found.")] = False,
) -> None:
    """Tells every decision about an entry, or the latest about a feed, in order, with reasons."""
    with opened(ctx) as (config, store):
        if what in config.feed_names:
            records = [_feed(store, what)]
        else:
            held = waits(config, store)
            records = [_entry(store, line, held) for line in found(store, what)]
    for index, record in enumerate(records):
        if as_json:
            say(to_json(record))
        else:
            say() if index else None
            _print(record)


def _feed(store: Store, name: str) -> Record:
    """A feed with what was decided about it as a whole."""
    from aggregator.store import entries as entry_rows
    from aggregator.store import feeds as rows
    from aggregator.store import journal

    known = {line.name: line for line in store.read_now(rows.overview)}
    about = feeds.record(known[name]) if name in known else {"name": name}
    held = store.read_now(entry_rows.lines, feed=name, outcome=Outcome.HELD)
    quarantined = store.read_now(entry_rows.lines, feed=name, outcome=Outcome.QUARANTINED, limit=LATEST)
    reasons = Counter((line.outcome, line.reason) for line in [*held, *quarantined])
    return {
        **about,
        "steps": _steps(store.read_now(journal.of_feed, name)[::-1]),
        "not_taken": [
            {"outcome": outcome, "reason": reason, "entries": count} for (outcome, reason), count in reasons.items()
        ],
        "to_release": f"wirecopy release {name}, or wirecopy release {name} --drop" if held else None,
    }


def _entry(store: Store, line: EntryLine, held: Mapping[str, Wait]) -> Record:
    """An entry with its decisions, the changes at its source and its deliveries."""
    from aggregator.pipeline.release import HELD
    from aggregator.store import deliveries, journal, rechecks, retractions, revisions, second_looks

    retraction = store.read_now(retractions.of_entry, line.feed, line.key)
    owed = store.read_now(deliveries.lines, post_key=line.post_key) if line.post_key else []
    return {
        **entries.record(line),
        "withdrawn_by_its_publisher": retraction.reason if retraction else None,
        "page_looked_at_again": store.read_now(rechecks.next_at, line.feed, line.key),
        "look_again_at": store.read_now(second_looks.next_at, line.feed, line.key),
        "to_release": f"wirecopy release {line.key}" if line.outcome in HELD else None,
        "names": nearness.names(store, line),
        "story": nearness.story(store, line),
        "nearest": nearness.nearest(store, line),
        "steps": _steps(store.read_now(journal.of_entry, line.feed, line.key)),
        "revisions": [
            {"seen_at": r.seen_at, "cause": r.cause, "outcome": r.outcome, "reason": r.reason, "title": r.before.title}
            for r in store.read_now(revisions.of_entry, line.feed, line.key)[::-1]
        ],
        "deliveries": [outbox.record(delivery, held.get(delivery.target)) for delivery in owed],
    }


def _steps(steps: Sequence[Step]) -> list[Record]:
    return [{"at": s.at, "step": s.step, "outcome": s.outcome, "reason": s.reason} for s in steps]


def _print(record: Record) -> None:
    apart = ("remote_urls", "names", "story", "nearest", "steps", "not_taken", "revisions", "deliveries")
    facts({name: value for name, value in record.items() if name not in apart}, as_json=False)
    for title, name in (("Known by", "names"), ("Story", "story")):
        if about := record.get(name):
            assert isinstance(about, Mapping)
            say(f"\n{title}:")
            facts({f"  {key}": value for key, value in about.items()}, as_json=False)
    _section("Nearest stories", record, "“{title}” at {publisher}: {outcome}: {reason}: {difference}", "nearest")
    _section("Decisions", record, "{at}  {step}: {outcome}: {reason}", "steps", "No decisions are kept any more.")
    _section("Not taken", record, "{entries} {outcome}: {reason}", "not_taken")
    _section("Changes at the source", record, "{seen_at}  by its {cause}: {outcome}: {reason}", "revisions")
    _section("Deliveries", record, "{target}: {action} {state}: {there}", "deliveries")


def _section(title: str, record: Record, form: str, name: str, nothing: str = "") -> None:
    rows = record.get(name, ())
    assert isinstance(rows, (list, tuple))
    if rows or nothing:
        say(f"\n{title}:" if rows else f"\n{nothing}")
    for row in rows:
        there = (
            row.get("held")
            or row.get("remote_url")
            or row.get("error")
            or f"next attempt {plain(row.get('next_attempt_at'))}"
        )
        say("  " + form.format_map({**{key: plain(value) for key, value in row.items()}, "there": plain(there)}))
