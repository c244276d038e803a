"""What a delivery costs us: ``python benchmarks/publish/run.py [POSTS]``.

Publishes posts to a blog that answers at once, without pictures, and prints the CPU time of each. The blog's own time
is measured apart and taken off. A post has twelve paragraphs, a list, a table and four tags out of 400.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from aggregator.config import Secret
from aggregator.targets import wordpress
from aggregator.types import Author, Credit, Post, Site

START = datetime(2024, 1, 1, tzinfo=UTC)
TAGS = [f"Subject {number}" for number in range(400)]
BODY = "".join(
    f"<p>Paragraph {n}, with <a href='https://x.example/{n}'>a link</a>. {'The quick brown fox jumps over the dog. ' * 8}</p>"
    for n in range(12)
)
BODY += "<ul><li>One</li><li>Two</li></ul><table><tr><th>A</th><td>1</td></tr></table>"
FIELDS = ("title", "content", "excerpt")


def make_post(number: int) -> Post:
    key = hashlib.sha256(str(number).encode()).hexdigest()[:32]
    url = f"https://paper.example/{number}"
    return Post(
        key=key,
        feed="paper",
        entry_key=str(number),
        title=f"Story number {number} and what became of it",
        slug=f"story-number-{number}-{key[:8]}",
        body=BODY,
        excerpt="The quick brown fox jumps over the lazy dog. " * 5,
        credit=Credit(html=f'<a href="{url}">Paper</a>', text="Paper", url=url, title="Story", publisher="Paper"),
        canonical_url=url,
        authors=(Author(name="Ada Byron"),),
        tags=tuple(TAGS[(number * step) % len(TAGS)] for step in (1, 3, 7, 11)),
        published_at=START + timedelta(minutes=37 * number),
        language="en",
        source_name="Paper",
    )


class Blog(httpx.AsyncBaseTransport):
    """A WordPress that answers at once, and knows how much time it took for that."""

    def __init__(self) -> None:
        self.spent = 0.0
        self.calls = 0
        self._posts: dict[str, dict[str, object]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        begun = time.process_time()
        answer = self._answer(request)
        self.calls += 1
        self.spent += time.process_time() - begun
        return answer

    def _answer(self, request: httpx.Request) -> httpx.Response:
        route = request.url.path.removeprefix("/wp-json/wp/v2/")
        if route.startswith("posts"):
            number = route.removeprefix("posts").strip("/") or str(len(self._posts) + 1)
            post = self._posts.setdefault(number, {"id": int(number), "link": f"https://blog.example/?p={number}"})
            fields = json.loads(request.content) if request.method == "POST" else {}
            post.update({name: {"raw": value} if name in FIELDS else value for name, value in fields.items()})
            return httpx.Response(200, json=post)
        if route == "tags":
            name = request.url.params.get("search", "")
            found = [{"id": TAGS.index(name) + 1, "name": name, "parent": 0}] if name else []
            return httpx.Response(200, json=found, headers={"X-WP-Total": "400"})
        return httpx.Response(200, json={"namespaces": ["wp/v2"]})


async def measure(verb: str, count: int, **options: str) -> None:
    blog = Blog()
    settings = wordpress.Options(url="https://blog.example", username="w", password=Secret("p"), **options)
    site = Site(title="Benchmark", base_url="https://wire.example")
    target = wordpress.build(
        "blog", settings, site=site, folder=Path(), http=lambda networks: httpx.AsyncClient(transport=blog)
    )
    known = {}
    for number in range(0, len(TAGS), 4):  # the blog's terms are known after a while
        await target.publish(make_post(number), media={}, previous=None)
    if verb != "create":
        known = {n: await target.publish(make_post(n), media={}, previous=None) for n in range(count)}
    costs, calls = [], blog.calls
    for number in range(count):
        before, spent = blog.spent, time.process_time()
        await target.publish(make_post(number), media={}, previous=known.get(number))
        costs.append((time.process_time() - spent - (blog.spent - before)) * 1000)
    await target.close()
    print(
        f"wordpress {options.get('content', ''):8} {verb:9} {' '.join(_figures(costs))}, {(blog.calls - calls) / count:.1f} calls"
    )


def _figures(costs: list[float]) -> Iterator[str]:
    yield f"{statistics.median(costs):5.2f} ms CPU a post"
    yield f"(95 of 100 under {statistics.quantiles(costs, n=20)[-1]:.2f})"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    for content in ("classic", "blocks"):
        for verb in ("create", "unchanged"):
            asyncio.run(measure(verb, count, content=content))


if __name__ == "__main__":
    main()
