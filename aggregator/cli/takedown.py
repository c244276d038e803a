"""``wirecopy withdraw --source``: all of a source in one command, asked before, and the way back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from aggregator.cli.output import say
from aggregator.cli.stored import now

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.pipeline.takedown import Extent, Source
    from aggregator.store import Store


def carry_out(config: Config, store: Store, name: str, reason: str, *, sure: bool) -> None:
    """Blocks a source and takes back all that is published of it, once a person has agreed."""
    from aggregator.pipeline import takedown

    configured = {feed: config.feed(feed).url for feed in config.feed_names}
    source = store.read_now(takedown.find, name, configured)
    if source is None:
        raise typer.BadParameter(f"{name!r} is neither a feed nor a site such as example.org")
    extent = store.read_now(takedown.extent, source)
    _tell(source, extent)
    if not sure:
        _ask()
    store.write_now(takedown.block, source, reason=reason, now=now())
    buried = posts = 0
    told_elsewhere: dict[tuple[str, str], None] = {}
    for start in range(0, len(extent.entries), takedown.AT_ONCE):
        some = extent.entries[start : start + takedown.AT_ONCE]
        done = store.write_now(takedown.bury, some, reason=reason, now=now())
        buried, posts = buried + done.entries, posts + done.deliveries
        told_elsewhere |= dict.fromkeys(done.told_elsewhere)
    say(f"{buried} entries buried, {posts} posts to be taken back; {source.name} is blocked")
    if posts:
        say("the running daemon or the next `wirecopy once` takes them back")
    for title, url in told_elsewhere:
        say(f"the same story stays published from another source: {title} ({url})")


def lift(store: Store, name: str) -> None:
    """Blocks a source no more, and brings back what was buried with it."""
    from aggregator.pipeline import takedown

    buried = store.write_now(takedown.lift, name, now())
    if buried is None:
        raise typer.BadParameter(f"{name!r} is not blocked; `wirecopy withdraw --list` shows what is")
    back = 0
    for start in range(0, len(buried), takedown.AT_ONCE):
        done = store.write_now(takedown.bring_back, buried[start : start + takedown.AT_ONCE], now=now())
        back += done.entries
    say(f"{name} is blocked no more, {back} entries are back")
    if back:
        say("the running daemon or the next `wirecopy once` publishes them")


def _tell(source: Source, extent: Extent) -> None:
    for feed in source.feeds:
        say(f"the feed {feed} is not asked any more")
    if source.site:
        say(f"nothing that stands at {source.site}, or below it, is published, through whatever feed")
    else:
        say(f"other feeds may bring its articles: {source.why_no_site}")
    others = f", {extent.of_others} of them brought by other feeds" if extent.of_others else ""
    say(f"{len(extent.entries)} entries are buried{others}; {extent.posts} posts are taken back")


def _ask() -> None:
    if not sys.stdin.isatty():
        raise typer.BadParameter("say --yes if that is meant")
    typer.confirm("Go on?", abort=True)
