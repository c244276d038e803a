"""Publishes one post into blogs of growing size: ``python benchmarks/site/run.py [SIZE …]``.

The time must not grow with the blog: a publish touches its own page, the pages that list it and the feeds.
"""

from __future__ import annotations

import hashlib
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.targets.site.blog import Blog, Look
from aggregator.types import Author, Credit, Post, Site

START = datetime(2024, 1, 1, tzinfo=UTC)
TAGS = [f"Subject {number}" for number in range(400)]
BODY = "".join(f"<p>Paragraph {n}. {'The quick brown fox jumps over the lazy dog. ' * 8}</p>" for n in range(12))
ROUNDS = 25


def make_post(number: int) -> Post:
    key = hashlib.sha256(str(number).encode()).hexdigest()[:32]
    url = f"https://paper{number % 40}.example/{number}"
    return Post(
        key=key,
        feed=f"paper{number % 40}",
        entry_key=str(number),
        title=f"Story number {number} and what became of it",
        slug=f"story-number-{number}-{int(key[:8], 16) % 10**8:08d}",
        body=BODY,
        excerpt="The quick brown fox jumps over the lazy dog. " * 5,
        credit=Credit(html=f'<a href="{url}">Paper</a>', text="Paper", url=url, title="Story", publisher="Paper"),
        canonical_url=url,
        authors=(Author(name="Ada Byron"),),
        tags=tuple(TAGS[(number * step) % len(TAGS)] for step in (1, 3, 7, 11)),
        published_at=START + timedelta(minutes=37 * number),
        language="en",
        source_name=f"Paper {number % 40}",
        source_url=f"https://paper{number % 40}.example/",
        feed_url=f"https://paper{number % 40}.example/feed.xml",
    )


def look(folder: Path) -> Look:
    return Look(
        site=Site(title="Benchmark", base_url="https://blog.example"),
        per_page=20,
        copies=True,
        templates=None,
        accent="#9a3324",
        indexed=True,
        feed_entries=50,
        folder=folder,
    )


def measure(size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        blog = Blog(Path(folder) / "public", look(Path(folder)))
        now = datetime.now(UTC)
        begun = time.perf_counter()
        for number in range(size):
            blog.publish(make_post(number), {}, now)
        while blog.flush():
            pass
        built = time.perf_counter() - begun
        times, costs, files = [], [], []
        for number in range(size, size + ROUNDS):
            before, begun, spent = blog.tree.written, time.perf_counter(), time.process_time()
            blog.publish(make_post(number), {}, now)
            while blog.flush():
                pass
            times.append((time.perf_counter() - begun) * 1000)
            costs.append((time.process_time() - spent) * 1000)
            files.append(blog.tree.written - before)
        blog.close()
    print(
        f"{size:7,} posts: publish and flush {statistics.median(times):6.1f} ms, of them"
        f" {statistics.median(costs):5.1f} CPU; {statistics.median(files):.0f} files (most {max(files)}); built in {built:.0f} s"
    )


def main() -> None:
    for size in [int(argument) for argument in sys.argv[1:]] or [100, 1_000, 10_000]:
        measure(size)


if __name__ == "__main__":
    main()
