"""``wirecopy story``: a story with all who told it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.invocation import examples
from aggregator.cli.output import Record, facts, plain, say, to_json
from aggregator.cli.stored import found, opened

if TYPE_CHECKING:
    from aggregator.store import EntryLine, Store, Teller

EPILOG = examples(
    "wirecopy story https://www.example.org/2024/05/a-story.html",
    "wirecopy story 1a2b3c4d --json",
)


def story(
    ctx: typer.Context,
    what: Annotated[
        str, typer.Argument(metavar="URL|KEY", help="Address or key of an entry that tells it, or of our post.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line for each story.")] = False,
) -> None:
    """Shows a story with all who told it."""
    with opened(ctx) as (_, store):
        lines = found(store, what)
        records = [_record(store, key) for key in dict.fromkeys(line.told_by or line.post_key for line in lines) if key]
        if not records:
            raise typer.BadParameter(_untold(lines[0]))
    for index, record in enumerate(records):
        if as_json:
            say(to_json(record))
        else:
            say() if index else None
            _print(record)


def _record(store: Store, post_key: str) -> Record:
    """A story as ``--json`` gives it: its post, the entry that the post was made of, and those named under it."""
    from aggregator.store import entries, posts, stories

    post = store.read_now(posts.get, post_key)
    assert post is not None  # whoever refers to a post was saved after it
    own = [line for line in store.read_now(entries.find, post_key) if line.key == post.entry_key]
    there = store.read_now(posts.remote_urls, [post_key])
    return {
        "post_key": post_key,
        "title": post.title,
        "publisher": post.source_name,
        "url": post.credit.url,
        "remote_urls": dict(there.get(post_key, ())),
        "told": [_told(one) for one in own] + [_told(one) for one in store.read_now(stories.tellers, post_key)],
    }


def _told(one: EntryLine | Teller) -> Record:
    return {"at": one.first_seen_at, "feed": one.feed, "title": one.title, "url": one.url, "reason": one.reason}


def _untold(line: EntryLine) -> str:
    return f"“{plain(line.title)}” tells no story: it is {line.outcome}: {line.reason}"


def _print(record: Record) -> None:
    facts({name: value for name, value in record.items() if name not in {"told", "remote_urls"}}, as_json=False)
    there, told = record["remote_urls"], record["told"]
    assert isinstance(there, dict)
    assert isinstance(told, list)
    for target, url in there.items():
        say(f"at {plain(target)}  {plain(url)}")
    say("\nTold by:")
    for one in told:
        say("  {at}  {feed}: {title}  {url}".format_map({name: plain(value) for name, value in one.items()}))
        say(f"    {plain(one['reason'])}")
