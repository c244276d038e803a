"""What publishers withdraw: each sign of it under each policy, and what is too much to be believed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import pytest
from pipeline_bench import Bench

from aggregator.pipeline import withdrawal
from aggregator.policy.retraction import Handling, Sign
from aggregator.store import EntryLine, entries, journal, retractions, tombstones
from aggregator.types import Feed, Outcome, Post, Withdrawals

PROSE = (
    "<p>The council of the harbour met on Tuesday and spoke at length about pier {n} and the eel grass below it.</p>"
)
ATOM = {"Content-Type": "application/atom+xml"}


@dataclass(frozen=True)
class Story:
    number: int
    title: str = ""
    tags: tuple[str, ...] = ()

    def __str__(self) -> str:
        tags = "".join(f"<category term='{tag}'/>" for tag in self.tags)
        title, text = self.title or f"Story {self.number} of the harbour", PROSE.format(n=self.number)
        return (
            f"<entry><id>urn:{self.number}</id><title>{title}</title><link href='/{self.number}'/>{tags}"
            f"<updated>2026-02-0{self.number % 9 + 1}T10:00:00Z</updated><content type='html'><![CDATA[{text}]]></content></entry>"
        )


def document(stories: Iterable[Story], extra: str = "") -> str:
    return (
        "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:at='http://purl.org/atompub/tombstones/1.0'"
        " xmlns:fh='http://purl.org/syndication/history/1.0'><title>News</title>"
        f"{extra}{''.join(map(str, stories))}</feed>"
    )


def feed(bench: Bench, stories: Iterable[Story], extra: str = "", **facts: object) -> Feed:
    bench.web.route("/feed", document(stories, extra), headers=ATOM)
    known = Feed(name="news", url=bench.web.url("/feed"), targets=("blog",), extract=False)
    return replace(known, **facts)  # type: ignore[arg-type]


def deleted(*numbers: int, when: str = "2026-05-31T11:00:00Z") -> str:
    return "".join(f"<at:deleted-entry ref='urn:{number}' when='{when}'/>" for number in numbers)


COMPLETE = "<fh:complete/>"
FOUR = [Story(number) for number in range(1, 5)]
SIGNS: dict[str, tuple[Sign, Callable[[], tuple[list[Story], str]]]] = {
    "the feed deletes it": (Sign.DELETED, lambda: (FOUR[1:], deleted(1))),
    "it vanishes from a complete feed": (Sign.VANISHED, lambda: (FOUR[1:], COMPLETE)),
    "its title is marked": (Sign.MARKED, lambda: ([Story(1, "RETRACTED: Story 1 of the harbour"), *FOUR[1:]], "")),
    "it is filed as retracted": (Sign.MARKED, lambda: ([Story(1, tags=("Retracted article",)), *FOUR[1:]], "")),
}


async def line(bench: Bench, number: int = 1) -> EntryLine:
    (found,) = [one for one in await bench.store.read(entries.lines) if one.url and one.url.endswith(f"/{number}")]
    return found


def shown(bench: Bench, number: int = 1) -> Post | None:
    held = [post for post in bench.target.posts.values() if (post.canonical_url or "").endswith(f"/{number}")]
    return held[0] if held else None


async def told(bench: Bench, number: int = 1) -> list[str]:
    one = await line(bench, number)
    return [
        step.outcome
        for step in await bench.store.read(journal.of_entry, one.feed, one.key)
        if step.step.startswith("withdraw")
    ]


async def published(bench: Bench, stories: Iterable[Story] = FOUR, **facts: object) -> None:
    await bench.refresh(feed(bench, stories, **facts))
    await bench.deliver()


async def comes(bench: Bench, sign: str, policy: Withdrawals) -> None:
    """The publisher withdraws the first story; the feed is read twice more."""
    stories, extra = SIGNS[sign][1]()
    for _ in range(2):
        bench.now.forward(hours=1)
        await bench.refresh(feed(bench, stories, extra, withdrawn=policy))
        await bench.deliver()


@pytest.mark.parametrize("sign", SIGNS)
async def test_with_keep_the_post_stays_and_it_is_told_once(bench: Bench, sign: str) -> None:
    await published(bench)
    await comes(bench, sign, Withdrawals.KEEP)
    post, one = shown(bench), await line(bench)
    assert post is not None
    assert "Withdrawn" not in post.title
    assert await told(bench) == ["kept"]
    kept = await bench.store.read(retractions.of_entry, "news", one.key)
    assert kept is not None
    assert (kept.sign, kept.handling) == (SIGNS[sign][0], Handling.KEPT)


@pytest.mark.parametrize("sign", SIGNS)
async def test_with_mark_the_post_stays_and_says_so_at_its_head(bench: Bench, sign: str) -> None:
    await published(bench)
    address = shown(bench)
    await comes(bench, sign, Withdrawals.MARK)
    post = shown(bench)
    assert post is not None
    assert address is not None
    assert post.slug == address.slug
    assert post.title.startswith("Withdrawn: ")
    assert post.title.count("Withdrawn") == 1
    assert post.body.startswith("<p><strong>The publisher withdrew this article; we learnt of it on June 1, 2026.")
    assert post.body.count("withdrew") == 1
    assert "eel grass" in post.body
    assert await told(bench) == ["marked"]
    assert [number for number in (2, 3, 4) if "withdrew" in (shown(bench, number) or post).body] == []


@pytest.mark.parametrize("sign", SIGNS)
async def test_with_remove_the_post_is_taken_back_and_does_not_return(bench: Bench, sign: str) -> None:
    await published(bench)
    await comes(bench, sign, Withdrawals.REMOVE)
    assert shown(bench) is None
    assert len(bench.target.posts) == 3
    assert await told(bench) == ["removed", "buried"]
    (stone,) = await bench.store.read(tombstones.lines)
    assert stone.reason.startswith("withdrawn by its publisher: ")
    # Its feed shows it again, and so does another one.
    await bench.refresh(feed(bench, FOUR))
    body = document(FOUR).replace("urn:", "other:")
    bench.web.route("/other", body, headers=ATOM)
    await bench.refresh(Feed(name="other", url=bench.web.url("/other"), targets=("blog",), extract=False))
    await bench.deliver()
    assert shown(bench) is None


@pytest.mark.parametrize("policy", [Withdrawals.MARK, Withdrawals.REMOVE])
@pytest.mark.parametrize("sign", SIGNS)
async def test_what_is_undone_by_hand_stays_undone(bench: Bench, sign: str, policy: Withdrawals) -> None:
    await published(bench)
    await comes(bench, sign, policy)
    done = await bench.store.write(withdrawal.undo_entries, [await line(bench)], now=bench.now())
    assert done.entries == 1
    await bench.deliver()
    await comes(bench, sign, policy)
    post = shown(bench)
    assert post is not None
    assert "withdrew" not in post.body
    one = await bench.store.read(retractions.of_entry, "news", (await line(bench)).key)
    assert one is not None
    assert one.handling is Handling.OVERRULED


async def test_a_marked_post_stays_marked_when_its_text_changes(bench: Bench) -> None:
    await published(bench)
    await comes(bench, "its title is marked", Withdrawals.MARK)
    await bench.refresh(
        feed(
            bench, [Story(1, "RETRACTED: Story 1 of the harbour, with reasons"), *FOUR[1:]], withdrawn=Withdrawals.MARK
        )
    )
    await bench.deliver()
    post = shown(bench)
    assert post is not None
    assert post.title == "Withdrawn: RETRACTED: Story 1 of the harbour, with reasons"
    assert post.body.count("withdrew") == 1


async def test_a_feed_can_not_delete_the_entry_of_another(bench: Bench) -> None:
    await published(bench)
    bench.web.route("/evil", document([], deleted(1, 2, 3)), headers=ATOM)
    await bench.refresh(Feed(name="evil", url=bench.web.url("/evil"), targets=("blog",)))
    await bench.deliver()
    assert len(bench.target.posts) == 4


async def test_an_entry_that_was_put_back_since_is_not_deleted(bench: Bench) -> None:
    await published(bench)
    await bench.refresh(feed(bench, FOUR, deleted(1, when="2026-02-01T00:00:00Z")))
    await bench.deliver()
    assert len(bench.target.posts) == 4


async def test_an_entry_deleted_before_it_is_published_never_is(bench: Bench) -> None:
    await bench.refresh(feed(bench, FOUR))
    await bench.refresh(feed(bench, FOUR[1:], deleted(1)))
    await bench.deliver()
    assert len(bench.target.posts) == 3
    assert (await line(bench)).outcome is Outcome.WITHDRAWN


NOT_COMPLETE = {
    "not complete": "",
    "one page of several": COMPLETE + "<link rel='next' href='/older'/>",
    "an archive page": "<fh:archive/>",
}


@pytest.mark.parametrize("extra", NOT_COMPLETE.values(), ids=NOT_COMPLETE)
async def test_what_leaves_a_feed_that_does_not_list_all_stays(bench: Bench, extra: str) -> None:
    await published(bench)
    await bench.refresh(feed(bench, FOUR[1:], extra))
    await bench.deliver()
    assert len(bench.target.posts) == 4


MANY = [Story(number) for number in range(1, 13)]
FAULTS = {
    "a complete feed lists few": (MANY[9:], COMPLETE),
    "a complete feed lists nothing": ([], COMPLETE),
    "a feed deletes most": (MANY[11:], deleted(*range(1, 12))),
}


@pytest.mark.parametrize(("stories", "extra"), FAULTS.values(), ids=FAULTS)
async def test_many_at_a_time_are_held_and_told(bench: Bench, stories: list[Story], extra: str) -> None:
    await published(bench, MANY)
    done = await bench.refresh(feed(bench, stories, extra))
    again = await bench.refresh(feed(bench, stories, extra + "<!-- -->"))
    await bench.deliver()
    assert len(bench.target.posts) == 12
    assert "held until you decide" in done.doubt
    assert again.doubt == ""
    held = await bench.store.read(lambda s: retractions.lines(s, handling=Handling.HELD))
    assert len(held) == 12 - len(stories)
    # The fault is over: nothing is held any more.
    await bench.refresh(feed(bench, MANY, COMPLETE))
    await bench.deliver()
    assert len(bench.target.posts) == 12
    assert await bench.store.read(lambda s: retractions.lines(s, handling=Handling.HELD)) == []
