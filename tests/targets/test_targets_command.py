"""The command: what a program is given, what its exit codes mean, and that nothing of it is left behind."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from conformance import NO_MEDIA, TargetConformance
from posting import make_post
from pydantic import ValidationError

from aggregator.errors import BlockedError, PublishError, RejectedError, RemovedError, TryLaterError
from aggregator.policy import change
from aggregator.targets import Finds, command
from aggregator.types import Publication, Site

PAGE = Path(__file__).parents[2] / "docs" / "targets" / "command.md"
SITE = Site(title="The Night Desk", base_url="https://news.example")


def build(here: Path, *run: str, **options: object) -> Any:
    read = command.Options.model_validate({"run": run} | options, context={"folder": here})
    return command.build("desk", read, site=SITE, folder=here, http=lambda networks: pytest.fail("no HTTP"))


def shell(here: Path, script: str, **options: object) -> Any:
    """A target whose program is a line of shell."""
    return build(here, "/bin/sh", "-c", script, **options)


class TestCommand(TargetConformance):
    """The program of the page, run as it stands there."""

    secrets = ("sesame",)

    async def build(self, folder: Path) -> Any:
        found = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.S)
        assert found
        (folder / "publish.py").write_text(found[1])
        self.folder = folder / "posts"
        return build(folder, sys.executable, "publish.py", find=True, check=True, environment={"CHAT_TOKEN": "sesame"})

    def held(self) -> Mapping[str, str]:
        return {page.stem: page.read_text() for page in self.folder.glob("*.html")}

    async def test_it_tells_which_revision_it_holds(self, target: Any) -> None:
        await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        found = await target.find(make_post(1, title="New"))
        assert found.pushed_hash == change.revision(make_post(1))


@pytest.mark.parametrize(
    ("code", "expected", "in_doubt"),
    [
        (65, RejectedError, False),
        (75, TryLaterError, False),
        (77, BlockedError, False),
        (78, BlockedError, False),
        (1, TryLaterError, True),
        (127, TryLaterError, True),
    ],
)
async def test_an_exit_code_says_what_to_do(
    tmp_path: Path, code: int, expected: type[PublishError], in_doubt: bool
) -> None:
    target = shell(tmp_path, f"echo first >&2; echo 'the desk is closed' >&2; exit {code}")
    with pytest.raises(expected, match=f"exit code {code}, it says: the desk is closed") as caught:
        await target.publish(make_post(1), media=NO_MEDIA, previous=None)
    assert caught.value.in_doubt is in_doubt


async def test_a_program_that_is_killed_leaves_a_doubt(tmp_path: Path) -> None:
    with pytest.raises(TryLaterError, match="ended by signal 9") as caught:
        await shell(tmp_path, "kill -9 $$").publish(make_post(1), media=NO_MEDIA, previous=None)
    assert caught.value.in_doubt


async def test_a_look_up_that_fails_leaves_no_doubt_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(TryLaterError) as caught:
        await shell(tmp_path, "exit 1", find=True).find(make_post(1))
    assert not caught.value.in_doubt


async def test_a_program_that_is_not_there_blocks(tmp_path: Path) -> None:
    target = build(tmp_path, "./nothing.py")
    with pytest.raises(BlockedError, match="can't be run"):
        await target.publish(make_post(1), media=NO_MEDIA, previous=None)
    assert await target.check() == [f"there is no program {tmp_path}/nothing.py that could be run"]


async def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    target = shell(tmp_path, "exit 0", folder="missing")
    with pytest.raises(BlockedError, match="missing"):
        await target.publish(make_post(1), media=NO_MEDIA, previous=None)
    assert await target.check() == [f"there is no folder {tmp_path}/missing to run in"]


async def test_a_program_may_say_itself_what_is_wrong(tmp_path: Path) -> None:
    [problem] = await shell(tmp_path, "echo 'no room left' >&2; exit 78", check=True).check()
    assert "no room left" in problem


async def test_a_program_that_does_not_know_check_is_not_asked(tmp_path: Path) -> None:
    assert await shell(tmp_path, "touch asked").check() == []
    assert not (tmp_path / "asked").exists()


def test_only_a_program_that_finds_is_asked_after_a_doubt(tmp_path: Path) -> None:
    assert isinstance(shell(tmp_path, "", find=True), Finds)
    assert not isinstance(shell(tmp_path, ""), Finds)


async def test_it_gets_the_post_and_its_own_last_answer(tmp_path: Path) -> None:
    target = shell(tmp_path, 'cat > told; echo \'{"id": 7, "url": "https://chat.example/7"}\'')
    first = await target.publish(make_post(1), media=NO_MEDIA, previous=None)
    assert (first.remote_id, first.remote_url) == ("7", "https://chat.example/7")
    await target.withdraw(make_post(1), first)
    told = json.loads((tmp_path / "told").read_text())
    assert (told["version"], told["action"], told["post"]["key"]) == (1, "withdraw", make_post(1).key)
    assert told["publication"] == {"id": "7", "url": "https://chat.example/7"}


async def test_a_program_that_reads_nothing_and_says_nothing_is_well(tmp_path: Path) -> None:
    large = make_post(1, body="<p>" + "word " * 200_000 + "</p>")
    publication = await shell(tmp_path, "exit 0").publish(large, media=NO_MEDIA, previous=None)
    assert (publication.remote_id, publication.remote_url) == (large.key, None)


async def test_a_flood_of_output_is_neither_kept_nor_a_hindrance(tmp_path: Path) -> None:
    target = shell(tmp_path, "head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2; echo '\nend' >&2; exit 65")
    with pytest.raises(RejectedError, match="it says: end"):
        await target.publish(make_post(1), media=NO_MEDIA, previous=None)


async def test_it_may_say_that_the_post_was_taken_away(tmp_path: Path) -> None:
    target = shell(tmp_path, "echo '{\"removed\": true}'", find=True)
    with pytest.raises(RemovedError):
        await target.publish(make_post(1), media=NO_MEDIA, previous=None)
    with pytest.raises(RemovedError):
        await target.find(make_post(1))
    await target.withdraw(make_post(1), Publication(remote_id="1"))


async def test_nothing_of_our_environment_reaches_it_but_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WP_PASSWORD", "sesame")
    target = shell(tmp_path, "env > seen", environment={"CHAT_TOKEN": "for you"})
    await target.publish(make_post(1), media=NO_MEDIA, previous=None)
    seen = dict(line.split("=", 1) for line in (tmp_path / "seen").read_text().splitlines() if "=" in line)
    assert seen["CHAT_TOKEN"] == "for you"
    assert set(seen) <= {"PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "CHAT_TOKEN", "PWD", "SHLVL", "_", "OLDPWD"}


async def test_its_secrets_are_not_repeated_in_errors(tmp_path: Path) -> None:
    target = shell(tmp_path, "echo token $CHAT_TOKEN refused >&2; exit 77", environment={"CHAT_TOKEN": "sesame"})
    with pytest.raises(BlockedError, match=r"token \*\*\* refused"):
        await target.publish(make_post(1), media=NO_MEDIA, previous=None)


#: Starts another process; both hold a named pipe open.
WAITING = "exec 3> alive; sleep 600 & echo started > started; exec sleep 600"


@pytest.fixture
def alive(tmp_path: Path) -> Iterator[int]:
    """Our end of that pipe."""
    os.mkfifo(tmp_path / "alive")
    end = os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK)
    yield end
    os.close(end)


async def all_gone(alive: int) -> None:
    """Returns when nobody holds the pipe any more."""
    while True:
        try:
            if os.read(alive, 100) == b"":
                return
        except BlockingIOError:
            await asyncio.sleep(0.005)


async def test_a_program_that_is_too_slow_is_killed_with_all_that_it_started(tmp_path: Path, alive: int) -> None:
    target = shell(tmp_path, WAITING, timeout="1s")
    with pytest.raises(TryLaterError, match="not done in time") as caught:
        await target.publish(make_post(1), media=NO_MEDIA, previous=None)
    assert caught.value.in_doubt
    await all_gone(alive)


async def test_a_cancelled_run_leaves_no_process_behind(tmp_path: Path, alive: int) -> None:
    task = asyncio.create_task(shell(tmp_path, WAITING).publish(make_post(1), media=NO_MEDIA, previous=None))
    while not (tmp_path / "started").exists():
        await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await all_gone(alive)


@pytest.mark.parametrize("turns", range(8))
async def test_nor_does_one_that_is_cancelled_while_it_starts(tmp_path: Path, alive: int, turns: int) -> None:
    task = asyncio.create_task(shell(tmp_path, WAITING).publish(make_post(1), media=NO_MEDIA, previous=None))
    for _ in range(turns):
        await asyncio.sleep(0)
    for _ in range(50):  # the program gets on while our loop does not
        if (tmp_path / "started").exists():
            break
        time.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await all_gone(alive)


async def test_what_a_program_leaves_running_does_not_hold_us_up(tmp_path: Path, alive: int) -> None:
    target = shell(tmp_path, 'exec 3> alive; sleep 600 & echo \'{"id": "9"}\'', timeout="60s")
    publication = await target.publish(make_post(1), media=NO_MEDIA, previous=None)
    assert publication.remote_id == "9"
    await all_gone(alive)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"run": []}, "at least 1"),
        ({"run": [""]}, "no name"),
        ({"run": "rm -rf /"}, "tuple"),
        ({"run": ["a\0b"]}, "pattern"),
        ({"run": ["a"], "environment": {"A=B": "x"}}, "pattern"),
        ({"run": ["a"], "shell": True}, "Extra inputs"),
    ],
)
def test_options_that_could_not_work_are_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        command.Options.model_validate(options)


@pytest.mark.parametrize("key", command.Options.model_fields)
def test_every_option_is_on_the_page(key: str) -> None:
    assert f"\n| `{key}` |" in PAGE.read_text()
