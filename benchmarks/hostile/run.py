"""How long hostile documents take, and how much longer those of twice the size.

    PYTHONPATH=.:tests python benchmarks/hostile/run.py [--size 6000]

The documents are those of ``tests/hostile.py``. Where twice the size takes much more than twice the time, something
is quadratic; the tests, which count calls, can't see what a single regular expression does.
"""

from __future__ import annotations

import argparse
import contextlib
import time
from collections.abc import Callable
from datetime import UTC, datetime

import hostile

from aggregator import sources
from aggregator.errors import AggregatorError
from aggregator.extract import records
from aggregator.fetch import robots
from aggregator.markup import clean
from aggregator.types import Response

URL = "https://www.example.org/x"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--size", type=int, default=6_000)
    size = arguments.parse_args().size
    for kind, documents, read in (
        ("feed", hostile.FEEDS, feed),
        ("page", hostile.PAGES, page),
        ("fragment", hostile.FRAGMENTS, clean.html),
        ("robots.txt", hostile.ROBOTS, rules),
    ):
        for name, make in documents.items():
            once, twice = seconds(read, make(size)), seconds(read, make(2 * size))
            print(f"{kind:12}{name:28}{once:8.3f} s   x{twice / max(once, 1e-6):.1f}", flush=True)


def seconds(read: Callable[[str], object], document: str) -> float:
    started = time.process_time()
    with contextlib.suppress(AggregatorError):
        read(document)
    return time.process_time() - started


def feed(document: str) -> None:
    now = datetime(2026, 2, 1, tzinfo=UTC)
    response = Response(url=URL, requested_url=URL, status=200, headers=(), body=document.encode(), fetched_at=now)
    sources.parse("feed", response, {})


def page(document: str) -> None:
    records.extract_document(document.encode(), url=URL, headers={}, title=None, summary=None)


def rules(document: str) -> None:
    robots.parse(document.encode()).can_fetch("/" + "a" * 3_900, robots.PRODUCT)


if __name__ == "__main__":
    main()
