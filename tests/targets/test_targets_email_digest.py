"""Digests: when they go out, what is in them, and that none is lost or doubled by a fault or a kill."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import mailserver
import pytest
from conformance import NO_MEDIA
from mailserver import Clock, MailServer, build, html_of, publish
from posting import make_post

from aggregator.config import BadValueError
from aggregator.errors import BlockedError, RejectedError, TryLaterError
from aggregator.policy import change
from aggregator.targets import Waits
from aggregator.targets.email import times

Make = Callable[..., Any]


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with mailserver.running() as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def make(tmp_path: Path, server: MailServer, clock: Clock) -> AsyncIterator[Make]:
    """Makes targets over the same folder, as a process that was killed and started again would."""
    made: list[Any] = []

    def make(**options: object) -> Any:
        made.append(build(tmp_path, server, clock, **({"digest": "07:00"} | options)))
        return made[-1]

    yield make
    for target in made:
        await target.close()


def titles(server: MailServer) -> list[list[str]]:
    """The stories in each mail, in their order."""
    return [
        [
            f"Story {line.split('<h1')[1].split('Story ')[1].split(':')[0]}"
            for line in html_of(mail).split("<div id=")[1:]
        ]
        for mail in server.mails
    ]


@pytest.mark.parametrize(
    ("zones", "told"),
    [
        ({"timezone": "Europe/Berlin"}, "07:00 Europe/Berlin"),
        ({"timezone": "Europe/Berlin", "zone": "Asia/Tokyo"}, "07:00 Asia/Tokyo"),
    ],
)
async def test_a_time_of_day_is_that_of_the_blog_unless_it_names_its_zone(
    make: Make, zones: dict[str, str], told: str
) -> None:
    assert (await publish(make(**zones), 1)).note == f"waits for the digest ({told})"


async def test_posts_wait_until_their_time_has_come(make: Make, server: MailServer, clock: Clock) -> None:
    target = make()
    assert isinstance(target, Waits)
    done = await publish(target, 1, 2)
    assert done.note == "waits for the digest (07:00 UTC)"
    await target.flush()
    assert (target.due(), server.mails) == (False, [])
    clock.at = datetime(2026, 11, 25, 6, 59, 59, tzinfo=UTC)
    await target.flush()
    assert (target.due(), server.mails) == (False, [])
    clock.forward(seconds=1)
    assert target.due()
    await target.flush()
    assert titles(server) == [["Story 1", "Story 2"]]
    await target.flush()
    assert not target.due()
    assert len(server.mails) == 1


async def test_what_comes_later_waits_for_the_next_one(make: Make, server: MailServer, clock: Clock) -> None:
    target = make()
    await publish(target, 1)
    clock.forward(days=1)
    await target.flush()
    await publish(target, 2)
    await target.flush()
    assert titles(server) == [["Story 1"]]
    clock.forward(days=1)
    await target.flush()
    assert titles(server) == [["Story 1"], ["Story 2"]]


async def test_posts_may_be_gathered_for_a_span(make: Make, server: MailServer, clock: Clock) -> None:
    target = make(digest="6h")
    await publish(target, 1)
    clock.forward(hours=5)
    await publish(target, 2)
    assert not target.due()
    clock.forward(hours=1)
    assert target.due()
    await target.flush()
    assert titles(server) == [["Story 1", "Story 2"]]


async def test_it_tells_what_is_in_it_with_credit_and_addresses(make: Make, server: MailServer, clock: Clock) -> None:
    target = make(subject="{{ blog }}: {{ count }} posts")
    await publish(target, 1, 2, body="<p>Whole text.</p>")
    clock.forward(days=1)
    await target.flush()
    [mail] = server.mails
    assert mail["Subject"] == "The Night Desk: 2 posts"
    html, text = html_of(mail), mail.get_body(("plain",)).get_content()
    for part in (html, text):
        assert "Whole text." not in part
        assert part.count("By Ada Byron") == 2
        assert "https://paper.example/story/2" in part
    assert f'<a href="#{make_post(2).slug}">' in html


async def test_more_than_a_mail_holds_goes_into_the_next(make: Make, server: MailServer, clock: Clock) -> None:
    target = make()
    await publish(target, *range(53))
    clock.forward(days=1)
    await target.flush()
    assert [len(names) for names in titles(server)] == [50, 3]
    assert len({mail["Message-ID"] for mail in server.mails}) == 2


async def test_a_large_post_does_not_make_a_mail_that_no_server_takes(
    make: Make, server: MailServer, clock: Clock
) -> None:
    target = make(texts="full")
    await publish(target, 1, 2, body="<p>" + "many words " * 25_000 + "</p>")
    clock.forward(days=1)
    await target.flush()
    assert titles(server) == [["Story 1"], ["Story 2"]]


async def test_a_change_before_it_is_sent_takes_the_old_one_s_place(
    make: Make, server: MailServer, clock: Clock
) -> None:
    target = make()
    await publish(target, 1)
    done = await publish(target, 1, excerpt="Corrected beginning.")
    assert done.pushed_hash == change.revision(make_post(1, excerpt="Corrected beginning."))
    clock.forward(days=1)
    await target.flush()
    assert "Corrected beginning." in html_of(server.mails[0])
    assert titles(server) == [["Story 1"]]


async def test_a_change_after_it_was_sent_is_mailed_where_that_is_wished(
    make: Make, server: MailServer, clock: Clock
) -> None:
    target = make()
    await publish(target, 1)
    clock.forward(days=1)
    await target.flush()
    assert "can't be changed" in (await publish(target, 1, title="Story 1: new")).note
    wishing = make(updates=True)
    await publish(wishing, 1, title="Story 1: new")
    clock.forward(days=1)
    await wishing.flush()
    assert titles(server) == [["Story 1"], ["Story 1"]]


async def test_what_is_withdrawn_before_it_is_sent_is_never_seen(make: Make, server: MailServer, clock: Clock) -> None:
    target = make()
    await publish(target, 1)
    await target.withdraw(make_post(1), None)
    clock.forward(days=1)
    await target.flush()
    assert server.mails == []


async def test_nor_where_its_digest_was_made_and_could_not_be_sent(
    make: Make, server: MailServer, clock: Clock
) -> None:
    target = make()
    await publish(target, 1, 2)
    clock.forward(days=1)
    server.replies = ["451 later"]
    with pytest.raises(TryLaterError):
        await target.flush()
    await target.withdraw(make_post(1), None)
    clock.forward(minutes=1)
    await target.flush()
    assert titles(server) == [["Story 2"]]


async def test_what_is_withdrawn_after_it_was_sent_is_told(make: Make, server: MailServer, clock: Clock) -> None:
    target = make()
    done = await publish(target, 1, 2)
    clock.forward(days=1)
    await target.flush()
    await target.withdraw(make_post(1), done)
    await target.withdraw(make_post(1), done)
    assert [mail["Message-ID"] for mail in server.mails[1:]] == [f"<{make_post(1).key}.withdrawn.1@news.example>"]
    assert server.mails[1]["In-Reply-To"].strip() == server.mails[0]["Message-ID"]


async def test_a_withdrawal_that_is_undone_comes_with_the_next_digest(
    make: Make, server: MailServer, clock: Clock
) -> None:
    target = make()
    await publish(target, 1)
    clock.forward(days=1)
    await target.flush()
    await target.withdraw(make_post(1), None)
    await publish(target, 1)
    clock.forward(days=1)
    await target.flush()
    assert titles(server)[2] == ["Story 1"]


async def test_a_digest_that_may_have_arrived_is_sent_again_byte_for_byte_by_the_next_life(
    make: Make, server: MailServer, clock: Clock
) -> None:
    first = make()
    await publish(first, 1, 2)
    clock.forward(days=1)
    server.replies = ["drop-after"]
    with pytest.raises(TryLaterError):
        await first.flush()
    second = make()
    await publish(second, 3)
    await second.flush()
    assert len(server.raw) == 2
    assert server.raw[0] == server.raw[1]
    clock.forward(days=1)
    await second.flush()
    assert titles(server)[2:] == [["Story 3"]]


async def test_a_digest_that_may_have_arrived_is_not_sent_again_where_that_is_wished(
    make: Make, server: MailServer, clock: Clock
) -> None:
    first = make(in_doubt="skip")
    await publish(first, 1)
    clock.forward(days=1)
    server.replies = ["drop-after"]
    with pytest.raises(TryLaterError):
        await first.flush()
    second = make(in_doubt="skip")
    await second.flush()
    await second.flush()
    assert len(server.raw) == 1
    assert await second.find(make_post(1)) is not None


async def test_a_change_does_not_touch_a_digest_that_may_have_arrived(
    make: Make, server: MailServer, clock: Clock
) -> None:
    target = make(updates=True)
    await publish(target, 1)
    clock.forward(days=1)
    server.replies = ["drop-after"]
    with pytest.raises(TryLaterError):
        await target.flush()
    await publish(target, 1, excerpt="Corrected beginning.")
    clock.forward(days=1)
    await target.flush()
    assert titles(server) == [["Story 1"], ["Story 1"]]
    assert "Corrected beginning." in html_of(server.mails[1])


async def test_what_waits_survives_a_kill(make: Make, server: MailServer, clock: Clock) -> None:
    await publish(make(), 1, 2)
    clock.forward(days=1)
    await make().flush()
    assert titles(server) == [["Story 1", "Story 2"]]


async def test_a_digest_that_was_ticked_off_is_not_sent_by_the_next_life(
    make: Make, server: MailServer, clock: Clock
) -> None:
    first = make()
    await publish(first, 1)
    clock.forward(days=1)
    await first.flush()
    second = make()
    await publish(second, 1)
    clock.forward(days=1)
    await second.flush()
    assert len(server.mails) == 1


async def test_after_a_failure_it_waits_longer_each_time(make: Make, server: MailServer, clock: Clock) -> None:
    target = make()
    await publish(target, 1)
    clock.forward(days=1)
    waits = []
    for _ in range(3):
        server.replies = ["451 later"]
        with pytest.raises(TryLaterError):
            await target.flush()
        before = clock.at
        await target.flush()  # quietly: its time has not come
        while not target.due():
            clock.forward(seconds=30)
        waits.append(clock.at - before)
    await target.flush()
    assert waits == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert len(server.mails) == 1


async def test_a_digest_that_is_refused_for_good_does_not_hold_up_the_next(
    make: Make, server: MailServer, clock: Clock
) -> None:
    target = make()
    await publish(target, 1)
    clock.forward(days=1)
    server.replies = ["554 5.7.1 spam"]
    with pytest.raises(RejectedError):
        await target.flush()
    await publish(target, 2)
    clock.forward(days=1)
    await target.flush()
    assert titles(server) == [["Story 2"]]
    assert await target.find(make_post(1)) is None


async def test_a_refusal_that_only_a_person_can_mend_is_told_and_loses_nothing(
    make: Make, server: MailServer, clock: Clock
) -> None:
    target = make()
    await publish(target, 1)
    clock.forward(days=1)
    server.sender_reply = "550 not you"
    with pytest.raises(BlockedError):
        await target.flush()
    server.sender_reply = ""
    clock.forward(minutes=1)
    await target.flush()
    assert titles(server) == [["Story 1"]]


async def test_two_flushes_at_once_send_one_digest(make: Make, server: MailServer, clock: Clock) -> None:
    target = make()
    await publish(target, 1)
    clock.forward(days=1)
    await asyncio.gather(target.flush(), target.flush())
    assert len(server.mails) == 1


async def test_a_post_is_published_again_only_into_the_box(make: Make, server: MailServer) -> None:
    target = make()
    first = await publish(target, 1)
    second = await target.publish(make_post(1), media=NO_MEDIA, previous=first)
    assert second.pushed_hash == first.pushed_hash
    assert server.sessions == 0


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "since", "due"),
    [
        ("07:00", "2026-11-24T05:59:00+00:00", "2026-11-24T06:00:00+00:00"),
        ("07:00", "2026-11-24T06:00:00+00:00", "2026-11-25T06:00:00+00:00"),
        ("00:00", "2026-11-24T23:30:00+00:00", "2026-11-25T23:00:00+00:00"),
        ("07:00", "2026-03-28T12:00:00+00:00", "2026-03-29T05:00:00+00:00"),  # summer time begins
        ("02:30", "2026-03-28T12:00:00+00:00", "2026-03-29T01:30:00+00:00"),  # this day has no 02:30
        ("02:30", "2026-10-24T12:00:00+00:00", "2026-10-25T00:30:00+00:00"),  # this one has two
        ("02:30", "2026-10-25T00:30:00+00:00", "2026-10-26T01:30:00+00:00"),
        ("6h", "2026-11-24T05:00:00+00:00", "2026-11-24T11:00:00+00:00"),
        ("1d", "2026-11-24T05:00:00+00:00", "2026-11-25T05:00:00+00:00"),
    ],
)
def test_a_digest_is_due_at_its_time(text: str, since: str, due: str) -> None:
    assert times.read(text, BERLIN).after(datetime.fromisoformat(since)) == datetime.fromisoformat(due)


@pytest.mark.parametrize("text", ["24:00", "7:00", "7", "soon", "10s", "0h", "07:00 "[:-1] + ":00", ""])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadValueError):
        times.read(text, BERLIN)
