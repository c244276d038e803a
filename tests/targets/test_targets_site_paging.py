"""Pages of a listing keep their posts, whatever is published or withdrawn when."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator

import pytest

from aggregator.targets.site import paging

SIZE = 4
LISTING = 1


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(paging.SCHEMA)
    connection.execute("INSERT INTO listings (id, kind, name, slug, title) VALUES (1, 'all', '', '', '')")
    yield connection
    connection.close()


def sort(number: int) -> str:
    return f"2026-01-01T{number:08d}"


def pages(db: sqlite3.Connection) -> dict[int | None, paging.Page]:
    """All pages that have something to show, by number; None is the front page."""
    found: dict[int | None, paging.Page] = {None: paging.front(db, LISTING, SIZE)}
    for number in paging.numbers(db, LISTING):
        page = paging.page(db, LISTING, number, SIZE)
        if page is not None:
            found[number] = page
    return found


def walk(db: sqlite3.Connection) -> list[int]:
    """The posts that a reader sees who follows "older" from the front page to the end."""
    page: paging.Page | None = paging.front(db, LISTING, SIZE)
    seen: list[int] = []
    previous: int | None = None
    while page is not None:
        seen += page.seqs
        if page.older is None:
            return seen
        following = paging.page(db, LISTING, page.older, SIZE)
        assert following is not None, "a link to a page that is not there"
        assert following.newer == previous, "the way back is another one"
        previous, page = page.older, following
    return seen


def test_following_older_leads_to_every_post_once_newest_first(db: sqlite3.Connection) -> None:
    numbers = list(range(100))
    random.Random(1).shuffle(numbers)
    for number in numbers:
        paging.insert(db, LISTING, sort(number), number, SIZE)
    assert walk(db) == list(range(99, -1, -1))


def test_a_new_post_changes_the_front_page_and_one_other(db: sqlite3.Connection) -> None:
    for number in range(200):
        before = pages(db)
        paging.insert(db, LISTING, sort(number), number, SIZE)
        after = pages(db)
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        assert None in changed
        moved = {name for name in changed if before.get(name) and after.get(name)}
        shown = {name for name in moved - {None} if before[name].seqs != after[name].seqs}
        assert len(shown) <= 1


def test_a_page_once_full_never_changes_again_by_new_posts(db: sqlite3.Connection) -> None:
    for number in range(40):
        paging.insert(db, LISTING, sort(number), number, SIZE)
    before = pages(db)
    full = [name for name, page in before.items() if name is not None and len(page.seqs) == SIZE][:-2]
    assert len(full) >= 5
    for number in range(40, 400):
        paging.insert(db, LISTING, sort(number), number, SIZE)
    after = pages(db)
    assert all(after[name].seqs == before[name].seqs for name in full)


def test_no_page_grows_beyond_twice_the_size(db: sqlite3.Connection) -> None:
    chance = random.Random(2)
    for seq in range(500):
        paging.insert(db, LISTING, f"{sort(chance.randrange(50))}-{seq:05d}", seq, SIZE)
    assert max(len(page.seqs) for page in pages(db).values()) < 2 * SIZE


@pytest.mark.parametrize("seed", range(12))
def test_every_page_that_changes_is_told(db: sqlite3.Connection, seed: int) -> None:
    chance = random.Random(seed)
    held: dict[str, int] = {}
    for seq in range(250):
        before = pages(db)
        if held and chance.random() < 0.35:
            gone = chance.choice(sorted(held))
            told = paging.delete(db, LISTING, gone, SIZE)
            del held[gone]
        else:
            place = sort(chance.randrange(10_000) if chance.random() < 0.5 else 10_000 + seq)
            if place in held:
                continue
            told = paging.insert(db, LISTING, place, seq, SIZE)
            held[place] = seq
        after = pages(db)
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        assert changed <= told
        assert walk(db) == [held[place] for place in sorted(held, reverse=True)]
        assert all(paging.where(db, LISTING, place, SIZE) in after for place in held)
    assert db.execute("SELECT count FROM listings").fetchone() == (len(held),)


def test_an_emptied_listing_can_be_filled_again(db: sqlite3.Connection) -> None:
    for number in range(30):
        paging.insert(db, LISTING, sort(number), number, SIZE)
    for number in range(30):
        paging.delete(db, LISTING, sort(number), SIZE)
    assert walk(db) == []
    for number in range(30):
        paging.insert(db, LISTING, sort(number), number, SIZE)
    assert walk(db) == list(range(29, -1, -1))


def test_taking_out_what_is_not_there_changes_nothing(db: sqlite3.Connection) -> None:
    paging.insert(db, LISTING, sort(1), 1, SIZE)
    assert paging.delete(db, LISTING, sort(2), SIZE) == set()
    assert walk(db) == [1]
