"""How long parsing takes: ours, feedparser, and fastfeedparser where it is installed.

    PYTHONPATH=. python benchmarks/parse/run.py [FOLDER] [--rounds 3]

FOLDER holds feed documents; without one, feeds are made up: RSS, Atom and RDF of 10 to 200 entries, a few ill-formed.
Prints the processor time of each parser and how many times as fast as feedparser it is.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import feedparser

from aggregator import sources
from aggregator.errors import ParseError
from aggregator.types import Response

WORDS = ("feeds", "carry", "news", "from", "many", "places", "and", "readers", "like", "them", "short", "clear")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", nargs="?", type=Path)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    if options.folder:
        files = sorted(path for path in options.folder.rglob("*") if path.suffix in {".xml", ".rss", ".atom", ".rdf"})
        mixes = {"folder": [path.read_bytes() for path in files]}
    else:
        good = made_up(60)
        mixes = {"well-formed": good, "one in a hundred ill-formed": [*good, *ill_formed(good[:1])]}
    for title, documents in mixes.items():
        size = sum(map(len, documents)) / 1e6
        print(f"{title}: {len(documents)} documents, {size:.1f} MB")
        times = {name: measure(parse, documents, options.rounds) for name, parse in parsers().items()}
        for name, seconds in times.items():
            ratio = times["feedparser"] / seconds
            print(f"  {name:26}{seconds:8.3f} s {size / seconds:8.1f} MB/s   x{ratio:.1f}")


def parsers() -> dict[str, Callable[[bytes], object]]:
    found: dict[str, Callable[[bytes], object]] = {
        "feedparser": lambda body: feedparser.parse(io.BytesIO(body)),
        "feedparser, unsanitised": lambda body: feedparser.parse(
            io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False
        ),
        "wirecopy": ours,
    }
    if importlib.util.find_spec("fastfeedparser"):
        fast = importlib.import_module("fastfeedparser")
        found["fastfeedparser"] = lambda body: tolerant(fast.parse, body)
    return found


def ours(body: bytes) -> object:
    response = Response(
        url="https://example.com/feed",
        requested_url="https://example.com/feed",
        status=200,
        headers=(),
        body=body,
        fetched_at=datetime.now(UTC),
    )
    try:
        return sources.parse("feed", response, {})
    except ParseError as error:
        return error


def tolerant(parse: Callable[[bytes], object], body: bytes) -> object:
    try:
        return parse(body)
    except (ValueError, KeyError) as error:
        return error


def measure(parse: Callable[[bytes], object], documents: Sequence[bytes], rounds: int) -> float:
    """The best of some rounds, in seconds of processor time."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for body in documents:
            parse(body)
        best = min(best, time.process_time() - start)
    return best


def made_up(count: int) -> list[bytes]:
    dice = random.Random(7)
    forms = (rss, atom, rdf)
    return [forms[number % 3](number, dice.randint(10, 200), dice).encode() for number in range(count)]


def ill_formed(documents: Sequence[bytes]) -> list[bytes]:
    return [body.replace(b"</title>", b"<br></title>", 1) for body in documents]


def prose(dice: random.Random, words: int) -> str:
    return " ".join(dice.choice(WORDS) for _ in range(words)).capitalize() + "."


def article(dice: random.Random) -> str:
    return "".join(
        f'<p>{prose(dice, dice.randint(20, 90))} <a href="/read/{number}">More</a> <em>&mdash;</em></p>'
        for number in range(dice.randint(1, 8))
    )


def rss(feed: int, entries: int, dice: random.Random) -> str:
    items = "".join(
        f"<item><title>{prose(dice, 7)}</title><link>https://site{feed}.example/a/{number}?x=1&amp;y=2</link>"
        f'<guid isPermaLink="false">tag:site{feed}.example,{number}</guid><dc:creator>{prose(dice, 2)}</dc:creator>'
        f"<pubDate>{moment(number):%a, %d %b %Y %H:%M:%S} +0000</pubDate><category>news</category>"
        f"<category>feeds</category><description>{escape(prose(dice, 40))}</description>"
        f"<content:encoded><![CDATA[{article(dice)}]]></content:encoded>"
        f'<media:content url="https://site{feed}.example/i/{number}.jpg" medium="image" width="640" height="480"/></item>'
        for number in range(entries)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:media="http://search.yahoo.com/mrss/"><channel>'
        f"<title>Site {feed}</title><link>https://site{feed}.example/</link><description>d</description>{items}"
        "</channel></rss>"
    )


def atom(feed: int, entries: int, dice: random.Random) -> str:
    items = "".join(
        f"<entry><id>tag:site{feed}.example,{number}</id><title type='html'>{prose(dice, 7)}</title>"
        f"<link rel='alternate' href='https://site{feed}.example/a/{number}'/>"
        f"<author><name>{prose(dice, 2)}</name></author><published>{moment(number).isoformat()}</published><updated>{moment(number).isoformat()}</updated>"
        f"<category term='news'/><summary type='text'>{escape(prose(dice, 40))}</summary>"
        f"<content type='html'>{escape(article(dice))}</content></entry>"
        for number in range(entries)
    )
    return (
        "<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom'>"
        f"<title>Site {feed}</title><id>tag:site{feed}.example</id><updated>{moment(0).isoformat()}</updated>"
        f"<link href='https://site{feed}.example/'/>{items}</feed>"
    )


def rdf(feed: int, entries: int, dice: random.Random) -> str:
    items = "".join(
        f'<item rdf:about="https://site{feed}.example/a/{number}"><title>{prose(dice, 7)}</title>'
        f"<link>https://site{feed}.example/a/{number}</link><dc:date>{moment(number).isoformat()}</dc:date>"
        f"<description>{escape(article(dice))}</description></item>"
        for number in range(entries)
    )
    return (
        '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="https://site{feed}.example/"><title>Site {feed}</title>'
        f"<link>https://site{feed}.example/</link><description>d</description></channel>{items}</rdf:RDF>"
    )


def moment(number: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) - timedelta(hours=number)


if __name__ == "__main__":
    main()
