"""Notes of uploaded pictures: none is uploaded twice, whatever ends in between, and none is missed that has gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from aggregator.errors import BlockedError, RejectedError
from aggregator.targets.shared import pictures
from aggregator.targets.shared.api import Api
from aggregator.targets.shared.pictures import Copy, Uploads
from aggregator.types import MediaFile

BLOG = "https://blog.example"
Restart = Callable[..., Uploads]


class FarSide:
    """A blog that stores whatever it gets, and shows it under a number."""

    def __init__(self) -> None:
        self.stored: list[str] = []
        self.lost: set[str] = set()
        self.refuses = False
        self.heads: list[httpx.Request] = []
        self.status = 200

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.heads.append(request)
        return httpx.Response(404 if str(request.url) in self.lost else self.status)

    async def upload(self, file: MediaFile, data: bytes) -> Copy:
        if self.refuses:
            raise RejectedError("news", "no such kind")
        await asyncio.sleep(0)
        self.stored.append(file.sha256)
        return Copy(f"{BLOG}/files/{len(self.stored)}.png", str(len(self.stored)))


@pytest.fixture
def far() -> FarSide:
    return FarSide()


@pytest.fixture
async def start(far: FarSide, tmp_path: Path) -> AsyncIterator[Restart]:
    """The uploads as a new process has them."""
    started: list[tuple[Api, Uploads]] = []

    def make(blog: str = BLOG, folder: Path = tmp_path / "notes") -> Uploads:
        client = httpx.AsyncClient(transport=httpx.MockTransport(far.answer))
        api = Api("news", client, auth=httpx.BasicAuth("ann", "secret"))
        uploads = Uploads(api, blog=blog, folder=folder, upload=far.upload)
        started.append((api, uploads))
        return uploads

    yield make
    for api, uploads in started:
        await api.close()
        await uploads.close()


@pytest.fixture
def file(tmp_path: Path) -> MediaFile:
    return make_file(tmp_path, 1)


def make_file(folder: Path, number: int) -> MediaFile:
    path = folder / f"{number}.png"
    path.write_bytes(bytes([number]))
    url = f"https://paper.example/{number}.png"
    return MediaFile(url=url, path=str(path), sha256=f"{number:064x}", type="image/png", width=1, height=1)


async def test_after_a_restart_the_copy_is_known_with_its_number(start: Restart, far: FarSide, file: MediaFile) -> None:
    first, _ = await start().copies({file.url: file})
    second, note = await start().copies({file.url: file})
    assert first == second == {file.url: Copy(f"{BLOG}/files/1.png", "1")}
    assert note == ""
    assert len(far.stored) == 1


async def test_two_posts_at_a_time_upload_a_picture_once(start: Restart, far: FarSide, file: MediaFile) -> None:
    uploads = start()
    await asyncio.gather(*(uploads.copies({file.url: file}) for _ in range(3)))
    assert len(far.stored) == 1


async def test_a_copy_that_has_gone_there_is_made_anew(start: Restart, far: FarSide, file: MediaFile) -> None:
    await start().copies({file.url: file})
    far.lost = {f"{BLOG}/files/1.png"}
    again = start()
    for _ in range(2):
        found, _ = await again.copies({file.url: file})
        assert found[file.url].url == f"{BLOG}/files/2.png"
    assert len(far.stored) == 2


@pytest.mark.parametrize("status", [301, 403, 405, 429, 500, 503])
async def test_a_copy_that_can_not_be_asked_for_is_taken_to_be_there(
    start: Restart, far: FarSide, file: MediaFile, status: int
) -> None:
    await start().copies({file.url: file})
    far.status = status
    await start().copies({file.url: file})
    assert len(far.stored) == 1


async def test_no_credentials_go_to_where_pictures_are(start: Restart, far: FarSide, file: MediaFile) -> None:
    for _ in range(2):
        await start().copies({file.url: file})
    (asked,) = far.heads
    assert "Authorization" not in asked.headers


async def test_another_blog_has_not_got_them(start: Restart, far: FarSide, file: MediaFile) -> None:
    await start().copies({file.url: file})
    await start("https://other.example").copies({file.url: file})
    assert len(far.stored) == 2


async def test_what_the_post_shows_needs_no_look(start: Restart, far: FarSide, file: MediaFile) -> None:
    shown = Copy(f"{BLOG}/files/before.png")
    found, _ = await start().copies({file.url: file}, shown=lambda _: shown)
    assert found == {file.url: shown}
    found, _ = await start().copies({file.url: file}, shown=lambda _: shown)
    assert (far.stored, far.heads) == ([], [])


async def test_those_that_the_blog_refuses_and_those_that_we_lost_are_counted(
    start: Restart, far: FarSide, file: MediaFile, tmp_path: Path
) -> None:
    far.refuses = True
    assert await start().copies({file.url: file}) == ({}, "1 of 1 pictures are not taken there (no such kind)")
    far.refuses = False
    Path(file.path).unlink()
    media = {each.url: each for each in (file, make_file(tmp_path, 2))}
    found, note = await start().copies(media)
    assert len(found) == 1
    assert note == "1 of 2 pictures are not taken there (our copy has gone)"


async def test_the_oldest_are_forgotten(
    start: Restart, far: FarSide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MAX_NOTED", 2)
    files = [make_file(tmp_path, number) for number in range(1, 4)]
    for each in (*files, *files[1:], files[0]):
        await start().copies({each.url: each})
    assert far.stored == [each.sha256 for each in (*files, files[0])]


async def test_a_folder_that_can_not_be_used_blocks_and_names_itself(start: Restart, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BlockedError, match="file/notes can't be used"):
        await start(folder=tmp_path / "file" / "notes").check()
