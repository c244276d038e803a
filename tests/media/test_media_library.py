"""From addresses to kept copies."""

import asyncio
import io
import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from structlog.testing import capture_logs

from aggregator.errors import AggregatorError, RefusedError, UnreachableError
from aggregator.media import Library, library
from aggregator.types import Response


def png(colour="teal", size=(100, 80)):
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


class FakeWeb:
    """Answers from a table of bodies and errors, and counts."""

    def __init__(self, bodies):
        self.bodies = bodies
        self.asked = []

    async def get(self, url):
        self.asked.append(url)
        await asyncio.sleep(0)
        body = self.bodies[url]
        if isinstance(body, Exception):
            raise body
        return Response(
            url=url,
            requested_url=url,
            status=200,
            headers=(("content-type", "text/html"),),
            body=body,
            fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        )


async def inline(function, *args):
    return function(*args)


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file())


async def test_a_picture_is_fetched_once_and_kept_by_its_hash(tmp_path):
    web = FakeWeb({"https://a.example/1.jpg": png()})
    shelf = Library(tmp_path)
    first = await shelf.gather(["https://a.example/1.jpg", "https://a.example/1.jpg"], web.get, inline)
    second = await shelf.gather(["https://a.example/1.jpg"], web.get, inline)
    after_restart = await Library(tmp_path).gather(["https://a.example/1.jpg"], web.get, inline)
    assert first == second == after_restart
    assert web.asked == ["https://a.example/1.jpg"]
    kept = first["https://a.example/1.jpg"]
    path = Path(kept.path)
    assert path == tmp_path / kept.sha256[:2] / f"{kept.sha256}.png"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert (kept.type, kept.width, kept.height, kept.thumbnail) == ("image/png", 100, 80, "")


async def test_one_picture_at_two_addresses_is_kept_once(tmp_path):
    web = FakeWeb({"https://a.example/1.png": png(), "https://b.example/2.png": png()})
    found = await Library(tmp_path).gather(list(web.bodies), web.get, inline)
    assert len({file.path for file in found.values()}) == 1
    assert [file.url for file in found.values()] == list(web.bodies)
    assert len([name for name in files(tmp_path) if name.endswith(".png")]) == 1


async def test_a_wide_picture_brings_its_thumbnail(tmp_path):
    web = FakeWeb({"https://a.example/wide.png": png(size=(1000, 100))})
    (kept,) = (await Library(tmp_path).gather(list(web.bodies), web.get, inline)).values()
    with Image.open(kept.thumbnail) as thumbnail:
        assert thumbnail.size == (640, 64)


async def test_failures_leave_only_that_picture_out(tmp_path):
    web = FakeWeb(
        {
            "https://a.example/gone.png": RefusedError("https://a.example/gone.png", "404", status=404),
            "https://a.example/down.png": UnreachableError("https://a.example/down.png", "timeout"),
            "https://a.example/page.png": b"<html>Not here</html>",
            "https://a.example/pixel.gif": png(size=(1, 1)),
            "https://a.example/good.png": png(),
        }
    )
    found = await Library(tmp_path).gather(list(web.bodies), web.get, inline)
    assert list(found) == ["https://a.example/good.png"]


async def test_what_is_no_picture_is_not_asked_for_again_and_what_failed_is(tmp_path):
    web = FakeWeb(
        {
            "https://a.example/pixel.gif": png(size=(1, 1)),
            "https://a.example/down.png": UnreachableError("https://a.example/down.png", "timeout"),
        }
    )
    shelf = Library(tmp_path)
    await shelf.gather(list(web.bodies), web.get, inline)
    web.bodies["https://a.example/down.png"] = png()
    found = await shelf.gather(list(web.bodies), web.get, inline)
    assert list(found) == ["https://a.example/down.png"]
    assert web.asked.count("https://a.example/pixel.gif") == 1


async def test_a_reason_is_logged_once(tmp_path):
    web = FakeWeb({"https://a.example/x.png?token=hush": UnreachableError("https://a.example/x.png", "timeout")})
    shelf = Library(tmp_path)
    with capture_logs() as lines:
        for _ in range(3):
            await shelf.gather(list(web.bodies), web.get, inline)
    assert [(line["event"], line["reason"]) for line in lines] == [("picture left out", "timeout")]
    assert "hush" not in str(lines)


async def test_a_picture_that_kills_the_child_is_left_out(tmp_path):
    async def dying(function, *args):
        raise AggregatorError("the child ended")

    web = FakeWeb({"https://a.example/1.png": png()})
    shelf = Library(tmp_path)
    assert await shelf.gather(list(web.bodies), web.get, dying) == {}
    assert await shelf.gather(list(web.bodies), web.get, inline) == {}
    assert len(web.asked) == 1


async def test_a_full_disk_leaves_the_picture_out_until_there_is_room(tmp_path):
    async def full(function, *args):
        raise OSError(28, "No space left on device")

    web = FakeWeb({"https://a.example/1.png": png()})
    shelf = Library(tmp_path)
    assert await shelf.gather(list(web.bodies), web.get, full) == {}
    assert list(await shelf.gather(list(web.bodies), web.get, inline)) == ["https://a.example/1.png"]


async def test_at_most_forty_pictures_are_taken_per_call(tmp_path):
    web = FakeWeb({f"https://a.example/{number}.png": png() for number in range(60)})
    found = await Library(tmp_path).gather(list(web.bodies), web.get, inline)
    assert list(found) == list(web.bodies)[:40]


async def test_the_weight_per_call_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(library, "MAX_BYTES", len(png()) * 3)
    monkeypatch.setattr(library, "AT_A_TIME", 1)
    web = FakeWeb({f"https://a.example/{number}.png": png() for number in range(9)})
    assert len(await Library(tmp_path).gather(list(web.bodies), web.get, inline)) == 3


async def test_the_time_per_call_is_bounded_and_what_came_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(library, "PATIENCE", 0.2)
    web = FakeWeb({"https://a.example/1.png": png()})

    async def get(url):
        if "slow" in url:
            await asyncio.Event().wait()
        return await web.get(url)

    found = await Library(tmp_path).gather(["https://slow.example/1.png", "https://a.example/1.png"], get, inline)
    assert list(found) == ["https://a.example/1.png"]


async def test_two_calls_at_once_ask_once(tmp_path):
    web = FakeWeb({"https://a.example/1.png": png()})
    shelf = Library(tmp_path)
    both = await asyncio.gather(*(shelf.gather(list(web.bodies), web.get, inline) for _ in range(2)))
    assert both[0] == both[1] != {}
    assert len(web.asked) == 1


@pytest.mark.parametrize("address", ["data:image/png;base64,AAAA", "file:///etc/passwd", "javascript:1", "/1.png", ""])
async def test_only_web_addresses_are_asked(tmp_path, address):
    web = FakeWeb({})
    assert await Library(tmp_path).gather([address], web.get, inline) == {}


@pytest.mark.parametrize(
    "damage",
    [
        lambda card: card.write_text(""),
        lambda card: card.write_text("[]"),
        lambda card: card.write_text("{"),
        lambda card: card.write_bytes(b"\xff\xfe"),
        lambda card: card.write_text(json.dumps({**json.loads(card.read_text()), "sha256": "../../etc/passwd"})),
        lambda card: card.write_text(json.dumps({**json.loads(card.read_text()), "type": "image/svg+xml"})),
        lambda card: card.write_text(json.dumps({**json.loads(card.read_text()), "url": "https://other.example/"})),
        lambda card: card.unlink(),
    ],
)
async def test_a_damaged_card_counts_as_none(tmp_path, damage):
    web = FakeWeb({"https://a.example/1.png": png()})
    before = await Library(tmp_path).gather(list(web.bodies), web.get, inline)
    (card,) = (tmp_path / "cards").rglob("*.json")
    damage(card)
    assert await Library(tmp_path).gather(list(web.bodies), web.get, inline) == before
    assert len(web.asked) == 2


async def test_a_missing_file_is_fetched_again(tmp_path):
    web = FakeWeb({"https://a.example/1.png": png()})
    before = await Library(tmp_path).gather(list(web.bodies), web.get, inline)
    Path(before["https://a.example/1.png"].path).unlink()
    assert await Library(tmp_path).gather(list(web.bodies), web.get, inline) == before
    assert Path(before["https://a.example/1.png"].path).is_file()


async def test_no_temporary_file_stays_and_no_name_comes_from_outside(tmp_path):
    web = FakeWeb({"https://a.example/../../x%00.php?a=/etc": png()})
    await Library(tmp_path).gather(list(web.bodies), web.get, inline)
    names = files(tmp_path)
    assert len(names) == 2
    assert not any(".new-" in name or "php" in name for name in names)


async def test_what_is_discarded_leaves_no_file_and_is_fetched_anew_where_another_address_has_it(tmp_path):
    web = FakeWeb({"https://a.example/1.png": png(size=(1000, 100)), "https://b.example/2.png": png(size=(1000, 100))})
    shelf = Library(tmp_path)
    await shelf.gather(list(web.bodies), web.get, inline)
    await shelf.discard(["https://a.example/1.png", "https://a.example/never-seen.png"])
    assert [name for name in files(tmp_path) if not name.startswith("cards/")] == []
    found = await shelf.gather(["https://b.example/2.png"], web.get, inline)
    assert Path(found["https://b.example/2.png"].path).is_file()
    assert web.asked.count("https://b.example/2.png") == 2
