"""A source that says no: nothing of it stays, through whatever feed it came, and nothing comes back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pipeline_bench import Bench

from aggregator.pipeline import takedown
from aggregator.store import blocks, feeds, tombstones
from aggregator.types import Feed, Outcome

XML = {"Content-Type": "text/xml"}
PROSE = "The council of the harbour met on Tuesday and spoke at length about pier {n} and the eel grass. "


def serve(bench: Bench, path: str, *links: str) -> None:
    items = "".join(
        f"<item><title>Story {n} of {path}</title><guid isPermaLink='false'>{path}{n}</guid><link>{link}</link>"
        f"<description>{PROSE.format(n=f'{path}{n}')}</description></item>"
        for n, link in enumerate(links)
    )
    bench.web.route(path, f"<rss version='2.0'><channel><title>{path}</title>{items}</channel></rss>", headers=XML)


def feed(bench: Bench, name: str) -> Feed:
    return Feed(name=name, url=bench.web.url(f"/{name}"), targets=("blog",), extract=False)


async def both(bench: Bench) -> dict[str, str]:
    """Two feeds, of which the second brings a story of the first one's site; their addresses."""
    serve(bench, "/own", "/a", "/b")
    serve(bench, "/planet", "http://localhost/c", bench.web.url("/d"))
    for name in ("own", "planet"):
        await bench.refresh(feed(bench, name))
    await bench.deliver()
    assert len(bench.target.posts) == 4
    return {"own": bench.web.url("/own"), "planet": "http://planet.example/feed"}


async def taken_down(bench: Bench, name: str, configured: dict[str, str]) -> takedown.Extent:
    source = await bench.store.read(takedown.find, name, configured)
    assert source is not None
    extent = await bench.store.read(takedown.extent, source)
    await bench.store.write(lambda s: takedown.block(s, source, reason="no", now=bench.now()))
    await bench.store.write(lambda s: takedown.bury(s, extent.entries, reason="no", now=bench.now()))
    await bench.deliver()
    return extent


async def test_a_feed_goes_with_its_site_through_whatever_feed(bench: Bench) -> None:
    configured = await both(bench)
    extent = await taken_down(bench, "own", configured)
    assert (len(extent.entries), extent.of_others, extent.posts) == (3, 1, 3)
    assert [post.feed for post in bench.target.posts.values()] == ["planet"]
    # Nothing new of it comes in: its feed is not asked, and others can't bring it.
    lease = timedelta(hours=1)
    due = await bench.store.write(lambda s: feeds.claim_due(s, bench.now(), limit=9, lease=lease, force=True))
    assert [name for name, _ in due] == ["planet"]
    names = [line.name for line in await bench.store.read(feeds.overview) if line.blocked]
    assert names == ["own"]
    serve(bench, "/planet", "http://localhost/c", bench.web.url("/d"), bench.web.url("/e"))
    bench.now.forward(hours=2)
    await bench.refresh(feed(bench, "planet"))
    await bench.deliver()
    assert len(bench.target.posts) == 1
    assert (await bench.outcomes())["Story 2 of /planet"] == Outcome.BURIED


async def test_a_refresh_that_was_under_way_brings_nothing_in(bench: Bench) -> None:
    configured = await both(bench)
    await taken_down(bench, "own", configured)
    serve(bench, "/own", "/a", "/b", "http://elsewhere.example/x")
    bench.now.forward(hours=2)
    await bench.refresh(feed(bench, "own"))
    await bench.deliver()
    assert len(bench.target.posts) == 1


async def test_all_of_it_comes_back_when_that_is_undone(bench: Bench) -> None:
    configured = await both(bench)
    await taken_down(bench, "own", configured)
    buried = await bench.store.write(lambda s: takedown.lift(s, "own", bench.now()))
    assert buried is not None
    assert len(buried) == 3
    done = await bench.store.write(lambda s: takedown.bring_back(s, buried, now=bench.now()))
    await bench.deliver()
    assert (done.entries, done.kept_out) == (3, ())
    assert len(bench.target.posts) == 4
    assert await bench.store.read(tombstones.lines) == []


async def test_a_host_that_is_another_feeds_home_too_is_left_alone(bench: Bench) -> None:
    configured = await both(bench)
    source = await bench.store.read(takedown.find, "own", {**configured, "planet": bench.web.url("/planet")})
    assert source is not None
    assert source.site == ""
    assert "is the home of planet too" in source.why_no_site
    extent = await taken_down(bench, "own", {**configured, "planet": bench.web.url("/planet")})
    assert extent.of_others == 0
    assert len(bench.target.posts) == 2


async def test_a_feed_whose_articles_stand_elsewhere_has_no_site(bench: Bench) -> None:
    serve(bench, "/own", *(f"http://site{n}.example/x" for n in range(10)))
    await bench.refresh(feed(bench, "own"))
    source = await bench.store.read(takedown.find, "own", {"own": bench.web.url("/own")})
    assert source is not None
    assert (source.site, source.why_no_site) == ("", "its articles stand at several sites")


@pytest.mark.parametrize(
    ("address", "covered"),
    [
        ("https://example.org/a", True),
        ("http://www.example.org/", True),
        ("https://science.example.org/a", True),
        ("https://notexample.org/a", False),
        ("https://example.org.evil.net/a", False),
        ("https://evil.net/example.org/a", False),
        ("https://evil.net/?u=.example.org", False),
    ],
)
def test_a_site_is_a_host_with_all_below_it(address: str, covered: bool) -> None:
    assert blocks.covers("example.org", address) is covered
