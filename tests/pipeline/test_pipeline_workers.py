"""Children that hang, eat or die cost their own task and nothing else."""

import asyncio
import os
import pickle
import signal
import time
from contextlib import contextmanager
from multiprocessing import forkserver, spawn

import pytest

from aggregator.errors import CostlyError, ParseError
from aggregator.pipeline.workers import InlineWorkers, Workers

MEMORY = 600_000_000


def double(number):
    return number * 2


def spin():
    while True:
        pass


def sleep():
    time.sleep(3600)


def gobble():
    return len(b"x" * (2 * MEMORY))


def sink():
    return sink()


def die():
    os.kill(os.getpid(), signal.SIGSEGV)


def leave():
    os._exit(3)


def object_nobody_can_pickle():
    return lambda: None


def reject():
    raise ParseError("no feed")


def blunder():
    raise KeyError("a mistake of ours")


def who():
    return os.getpid()


def sleep_once(note):
    first = not note.exists()
    with note.open("a") as file:
        file.write(f"{os.getpid()}\n")
    return sleep() if first else "done"


def die_and_tell(note):
    with note.open("a") as file:
        file.write(f"{os.getpid()}\n")
    die()


def stop():
    os.kill(os.getpid(), signal.SIGSTOP)


def refuse(fds):
    raise BlockingIOError("no more processes")


async def written(note):
    """The number that a child has written down."""
    while not (note.exists() and note.read_text().endswith("\n")):
        await asyncio.sleep(0.01)
    return int(note.read_text())


@contextmanager
def interpreter(path):
    """What new children are started with, for as long as the block lasts."""
    before = spawn.get_executable()
    spawn.set_executable(path)
    yield
    spawn.set_executable(before)


@pytest.fixture
async def workers():
    pool = Workers(2, memory_bytes=MEMORY, tasks_per_child=3)
    yield pool
    pool.close()


async def test_a_task_answers_from_another_process(workers):
    assert await workers.run(double, 21) == 42
    assert await workers.run(who) != os.getpid()


async def test_an_error_of_a_task_comes_back_as_itself(workers):
    with pytest.raises(ParseError, match="no feed") as caught:
        await workers.run(reject)
    assert not isinstance(caught.value, CostlyError)


async def test_a_mistake_of_ours_costs_the_document_that_it_was_met_on(workers):
    with pytest.raises(CostlyError, match="KeyError: 'a mistake of ours'"):
        await workers.run(blunder)


@pytest.mark.parametrize(
    ("task", "seconds", "reason"),
    [
        (spin, 0.3, "took more than 0.3 seconds"),
        (sleep, 0.3, "took more than 0.3 seconds"),
        (gobble, 60, "more memory"),
        (sink, 60, "nested too deep"),
        (die, 60, "broke the process"),
        (leave, 60, "broke the process"),
        (object_nobody_can_pickle, 60, "is beyond us"),
    ],
)
async def test_a_costly_task_is_ended_and_the_next_one_works(workers, task, seconds, reason):
    with pytest.raises(CostlyError, match=reason):
        await workers.run(task, timeout=seconds)
    assert await workers.run(double, 1) == 2


async def test_a_dead_child_costs_no_other_task(workers):
    results = await asyncio.gather(
        *(workers.run(die if n % 4 == 0 else double, *(() if n % 4 == 0 else (n,))) for n in range(12)),
        return_exceptions=True,
    )
    for n, result in enumerate(results):
        assert isinstance(result, CostlyError) if n % 4 == 0 else result == 2 * n


async def test_a_child_that_was_killed_while_idle_is_replaced(workers):
    children = {await workers.run(who) for _ in range(2)}
    for child in children:
        os.kill(child, signal.SIGKILL)
    assert await workers.run(double, 4) == 8


async def test_a_task_whose_child_is_killed_by_another_is_done_by_a_fresh_one(workers, tmp_path):
    note = tmp_path / "children"
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL):
        task = asyncio.ensure_future(workers.run(sleep_once, note))
        os.kill(await written(note), number)
        assert await task == "done"
        note.unlink()


async def test_a_document_that_ends_two_children_is_blamed(workers, tmp_path):
    note = tmp_path / "children"
    with pytest.raises(CostlyError, match="broke the process"):
        await workers.run(die_and_tell, note)
    assert len(note.read_text().split()) == 2


async def test_children_that_hang_one_after_the_other_leave_room(workers):
    for _ in range(3):
        hung = await asyncio.gather(*(workers.run(stop, timeout=0.1) for _ in range(2)), return_exceptions=True)
        assert [str(error) for error in hung] == ["took more than 0.1 seconds"] * 2
    assert await workers.run(double, 5) == 10


async def test_children_come_again_after_the_end_of_their_server(workers):
    for _ in range(2):
        child = await workers.run(who)
        os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)
        os.kill(child, signal.SIGKILL)
        assert await asyncio.gather(*(workers.run(double, n) for n in range(4))) == [0, 2, 4, 6]


async def test_where_no_child_can_be_started_no_document_is_blamed(workers):
    child = await workers.run(who)
    with interpreter("/bin/false"):
        os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)
        os.kill(child, signal.SIGKILL)
        with pytest.raises(OSError, match="no child process can be started"):
            await workers.run(double, 1)
    assert await workers.run(double, 1) == 2


async def test_an_argument_that_can_not_be_sent_is_our_own_fault(workers):
    with pytest.raises((AttributeError, pickle.PicklingError)):
        await workers.run(double, lambda: None)
    assert await workers.run(double, 1) == 2


async def test_children_are_renewed_after_a_number_of_tasks(workers):
    assert len({await workers.run(who) for _ in range(8)}) >= 3


async def test_a_cancelled_task_frees_its_place(workers):
    tasks = [asyncio.ensure_future(workers.run(sleep)) for _ in range(2)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    assert all(isinstance(r, asyncio.CancelledError) for r in await asyncio.gather(*tasks, return_exceptions=True))
    assert await workers.run(double, 3) == 6


async def test_a_closed_pool_leaves_no_child():
    pool = Workers(1, memory_bytes=MEMORY)
    child = await pool.run(who)
    pool.close()
    pool.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


async def test_inline_workers_do_the_same_in_this_process():
    inline = InlineWorkers()
    assert await inline.run(who) == os.getpid()
    with pytest.raises(CostlyError):
        await inline.run(sink)
    with pytest.raises(ParseError, match="no feed"):
        await inline.run(reject)
    inline.close()
