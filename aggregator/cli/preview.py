"""``wirecopy preview``: what the newest entries of a feed would become."""

from __future__ import annotations

import re
import tempfile
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.documents import is_address
from aggregator.cli.invocation import configuration, examples, invocation
from aggregator.cli.output import facts, plain, say, tell, to_json
from aggregator.cli.stored import known_feed, known_target

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.daemon import Preview
    from aggregator.pipeline import Taken
    from aggregator.types import Feed

EPILOG = examples(
    "wirecopy preview nasa",
    "wirecopy preview https://www.example.org/feed.xml --limit 3",
    "wirecopy preview nasa --open",
    "wirecopy preview nasa --html preview.html --target wordpress",
    "wirecopy preview nasa --json",
)

#: Where a line may be broken so that a person can read HTML.
_BLOCK_END = re.compile(
    r"(?<=</p>)|(?<=</h[1-6]>)|(?<=</li>)|(?<=</figure>)|(?<=</blockquote>)|(?<=</pre>)|(?<=</table>)"
)


def preview(
    ctx: typer.Context,
    feed: Annotated[
        str, typer.Argument(metavar="NAME|URL", help="A feed of the configuration, or the address of another one.")
    ],
    limit: Annotated[int, typer.Option(min=1, max=50, help="How many of its newest entries.")] = 1,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the posts into this file, as a page for a browser.")
    ] = None,
    in_browser: Annotated[bool, typer.Option("--open", help="Open that page in the browser.")] = False,
    target: Annotated[
        str | None, typer.Option(metavar="NAME", help="The page shows them as this target does. Default: the blog.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line for each entry.")] = False,
) -> None:
    """Shows the posts that would be made of a feed.

    It is the code of `run`, which knows what the store knows, but nothing is written or sent.
    """
    from aggregator import daemon, log
    from aggregator.types import Feed

    config = configuration(ctx)
    log.setup(verbose=invocation(ctx).verbose)
    if is_address(feed):
        own = (config.feed(name) for name in config.feed_names)
        unknown = Feed(name="preview", url=feed, targets=tuple(config.targets))
        chosen = next((one for one in own if one.url == feed), unknown)
    else:
        known_feed(config, feed)
        chosen = config.feed(feed)
    known_target(config, target)
    if target and not (html or in_browser):
        raise typer.BadParameter("goes with --html or --open", param_hint="--target")
    previewed = daemon.preview(config, chosen, limit=limit)
    if html or in_browser:
        _page(config, previewed, target or _blog(config, chosen), html, in_browser=in_browser)
        return
    for taken in previewed.taken:
        if as_json:
            say(to_json(_record(taken)))
        else:
            _print(taken)


def _blog(config: Config, feed: Feed) -> str:
    """The target that the page shows where none is named: the feed's embedded blog, else its first one."""
    names = feed.targets
    return next((name for name in names if config.targets[name].kind == "site"), next(iter(names), ""))


def _page(config: Config, previewed: Preview, target: str, path: Path | None, *, in_browser: bool) -> None:
    from aggregator import daemon
    from aggregator.cli import preview_page

    text = preview_page.page(previewed, daemon.pages(config, previewed, target), target)
    if path is None:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".html", delete=False) as file:
            path = Path(file.name)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"{path} can't be written: {error.strerror}", param_hint="--html") from error
    say(f"written to {path}")
    if in_browser and not webbrowser.open(path.resolve().as_uri()):
        tell("no browser was found")


def _record(taken: Taken) -> dict[str, object]:
    article, post = taken.article, taken.post
    return {
        "url": taken.entry.url,
        "outcome": taken.outcome,
        "reason": taken.reason,
        "basis": article.basis if article else None,
        "method": article.method if article else None,
        "score": article.score if article else None,
        "title": post.title if post else taken.entry.title,
        "slug": post.slug if post else None,
        "authors": [author.name for author in post.authors] if post else [],
        "published_at": post.published_at if post else None,
        "rights": post.rights if post else None,
        "tags": list(post.tags) if post else [],
        "images": [image.url for image in post.images] if post else [],
        "credit": post.credit.text if post else None,
        "excerpt": post.excerpt if post else None,
        "body": post.body if post else None,
        "steps": [{"step": s.step, "outcome": s.outcome, "reason": s.reason} for s in taken.steps],
    }


def _print(taken: Taken) -> None:
    record = _record(taken)
    steps = taken.steps
    facts({name: value for name, value in record.items() if name not in ("body", "steps")}, as_json=False)
    say("\nDecisions:")
    for step in steps:
        say(f"  {plain(step.step)}: {plain(step.outcome)}: {plain(step.reason)}")
    say("\nBody:")
    for line in _BLOCK_END.sub("\n", str(record["body"] or "")).splitlines():
        say(f"  {plain(line)}")
    say()
