"""How well near-duplicates are found, and what that costs: ours, and datasketch's LSH where it is installed.

    PYTHONPATH=. python benchmarks/stories/run.py [--texts 4000] [--articles 100000] [--seed 1]

First, texts are made up: stories recombined from a pool of paragraphs with a few words changed, so that strangers share
whole paragraphs, and a tenth of them copies: words edited, a paragraph dropped, a dateline added, another title. Each is
looked up and then kept, as when it is taken. Precision and recall are those of pairs.

Then the index is filled with so many fingerprints (1000000 takes some minutes), and look-ups are timed.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import resource
import tempfile
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import insert, text

from aggregator.policy import fingerprints, stories
from aggregator.policy.fingerprints import LOWEST, NUMBER_REGISTERS, REGISTERS, Fingerprint
from aggregator.store import EntryRecord, Session, Store, entries, feeds, posts
from aggregator.store import stories as index
from aggregator.store.models import EntryRow, FingerprintHashRow, FingerprintRow, PostRow
from aggregator.types import Credit, Entry, Outcome, Post

NOW = datetime(2026, 6, 1, tzinfo=UTC)
FEEDS = 50
TIMED = 2000


@dataclass(frozen=True, slots=True)
class Told:
    number: int
    story: int  #: what is true
    feed: str
    title: str
    text: str


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--texts", type=int, default=4000)
    arguments.add_argument("--articles", type=int, default=100_000)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    told = list(islice(made_up(random.Random(options.seed)), options.texts))
    print(f"{len(told)} texts, {sum(len(one.text.split()) for one in told) / len(told):.0f} words each")
    seconds = {"wirecopy": ours(told)}
    if importlib.util.find_spec("datasketch"):
        seconds["datasketch"] = theirs(told)
        sketching, looking = (a / b for a, b in zip(seconds["datasketch"], seconds["wirecopy"], strict=True))
        print(f"  datasketch / wirecopy: sketching x{sketching:.1f}, look-up with decision x{looking:.2f}")
    filled(options.articles, random.Random(options.seed))


# --- made-up texts ---------------------------------------------------------------------------


def made_up(dice: random.Random) -> Iterator[Told]:
    """Stories and copies of earlier ones, without end."""
    words = [
        "".join(dice.choice("bcdfghklmnprst") + dice.choice("aeiou") for _ in range(dice.choice((1, 2, 2, 3))))
        for _ in range(8000)
    ]
    weights = [1 / (rank + 3) for rank in range(len(words))]
    pool = [dice.choices(words, weights, k=dice.randint(30, 90)) for _ in range(3000)]
    earlier: list[tuple[int, str, str, list[str]]] = []
    for number in range(10**9):
        feed = f"feed{dice.randrange(FEEDS)}"
        if dice.random() < 0.1 and earlier:
            story, source, title, paragraphs = dice.choice(earlier[-500:])
            if source != feed:
                yield Told(number, story, feed, *copied(dice, words, title, paragraphs))
                continue
        paragraphs = []
        for paragraph in dice.sample(pool, dice.randint(3, 9)):
            changed = list(paragraph)
            for _ in range(2 + len(changed) // 16):
                changed[dice.randrange(len(changed))] = dice.choice(words)
            paragraphs.append(" ".join(changed).capitalize() + ".")
        title = " ".join(dice.choices(words, k=dice.randint(5, 9))).capitalize()
        earlier.append((number, feed, title, paragraphs))
        yield Told(number, number, feed, title, "\n\n".join(paragraphs))


def copied(dice: random.Random, words: list[str], title: str, paragraphs: list[str]) -> tuple[str, str]:
    """The title and the text of a copy."""
    copies = []
    for paragraph in paragraphs:
        changed = paragraph.split()
        if dice.random() < 0.3:
            for _ in range(1 + len(changed) // 40):
                changed[dice.randrange(len(changed))] = dice.choice(words)
        copies.append(" ".join(changed))
    if dice.random() < 0.4 and len(copies) > 3:
        del copies[dice.randrange(1, len(copies))]
    if dice.random() < 0.4:
        copies[0] = f"{dice.choice(words).upper()} (Wire) – {copies[0]}"
    if dice.random() < 0.4:
        title = " ".join(dice.choices(words, k=6)).capitalize()
    return title, "\n\n".join(copies)


# --- the two ---------------------------------------------------------------------------------


def ours(told: list[Told]) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as store:
        start = time.process_time()
        made = [fingerprints.of(one.text) for one in told]
        sketching = time.process_time() - start
        by_key = {f"entry-{one.number}": one for one in told}
        leads: dict[int, int] = {}
        looking = 0.0
        for one, fingerprint in zip(told, made, strict=True):
            assert fingerprint is not None
            start = time.process_time()
            lead = store.write_now(find, one, fingerprint, by_key)
            looking += time.process_time() - start
            leads[one.number] = one.number if lead is None else lead
            if lead is None:
                store.write_now(keep, one, fingerprint)
    report("wirecopy", told, leads, sketching, looking)
    return sketching, looking


def find(session: Session, one: Told, fingerprint: Fingerprint, by_key: dict[str, Told]) -> int | None:
    mine = telling(one, fingerprint)
    for kin in index.kin(session, fingerprint, feed=one.feed):
        other = by_key[kin.told.entry_key]
        if stories.compare(mine, telling(other, kin.fingerprint)).decision.outcome is stories.Likeness.SAME:
            return other.number
    return None


def telling(one: Told, fingerprint: Fingerprint) -> stories.Telling:
    return stories.Telling(
        feed=one.feed, title=one.title, names=(one.feed,), at=NOW, fingerprint=fingerprint, text=one.text
    )


def keep(session: Session, one: Told, fingerprint: Fingerprint) -> None:
    entry = Entry(key=f"entry-{one.number}", title=one.title)
    post = Post(
        key=f"{one.number:032x}",
        feed=one.feed,
        entry_key=entry.key,
        title=one.title,
        slug="x",
        body="",
        excerpt="",
        credit=Credit(html="", text="", url=None, title="", publisher=""),
        published_at=NOW,
    )
    record = EntryRecord(
        feed=one.feed, entry=entry, content_hash="h", outcome=Outcome.QUEUED, reason="", post_key=post.key
    )
    posts.save(session, post, "h", NOW)
    entries.save(session, [record], NOW)
    index.keep(session, one.feed, entry.key, fingerprint)


def theirs(told: list[Told]) -> tuple[float, float]:
    import datasketch

    start = time.process_time()
    made = []
    for one in told:
        words = one.text.casefold().split()
        minhash = datasketch.MinHash(num_perm=128)
        minhash.update_batch([" ".join(words[at : at + 3]).encode() for at in range(len(words) - 2)])
        made.append(minhash)
    sketching = time.process_time() - start
    tracemalloc.start()
    lsh = datasketch.MinHashLSH(threshold=0.5, num_perm=128)
    kept, leads, looking = {}, {}, 0.0
    for one, minhash in zip(told, made, strict=True):
        start = time.process_time()
        near = [number for number in lsh.query(minhash) if told[number].feed != one.feed]
        best = max(near, key=lambda number: minhash.jaccard(kept[number]), default=None)
        same = best is not None and minhash.jaccard(kept[best]) >= 0.5
        looking += time.process_time() - start
        leads[one.number] = best if same else one.number  # type: ignore[assignment]
        if not same:
            lsh.insert(one.number, minhash)
            kept[one.number] = minhash.copy()
    report("datasketch", told, leads, sketching, looking)
    print(f"    memory: {tracemalloc.get_traced_memory()[0] / max(len(kept), 1):.0f} bytes an article")
    tracemalloc.stop()
    return sketching, looking


def report(name: str, told: list[Told], leads: dict[int, int], sketching: float, looking: float) -> None:
    true, found = pairs({one.number: one.story for one in told}), pairs(leads)
    precision, recall = (len(true & found) / max(len(of), 1) for of in (found, true))
    print(
        f"  {name:11} {len(true)} pairs: precision {precision:.4f}, recall {recall:.4f}; sketching "
        f"{sketching / len(told) * 1e6:.0f} µs, look-up with decision {looking / len(told) * 1e6:.0f} µs a text"
    )


def pairs(of: dict[int, int]) -> set[tuple[int, int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for number, group in of.items():
        groups[group].append(number)
    return {(a, b) for group in groups.values() for at, b in enumerate(group) for a in group[:at]}


# --- the index -------------------------------------------------------------------------------


def filled(articles: int, dice: random.Random) -> None:
    """Fills the index with fingerprints, and times looking up and keeping."""
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as store:
        common = [dice.getrandbits(32) - 2**31 for _ in range(1000)]  # phrases that many texts have
        start = time.monotonic()
        for first in range(0, articles, 2000):
            store.write_now(fill, first, min(2000, articles - first), dice, common)
        store.write_now(lambda session: session.execute(text("ANALYZE")) and None)
        print(f"{articles} articles in the index, filled in {time.monotonic() - start:.0f} s")
        size = store.read_now(bytes_of_index)
        print(f"  {size / articles:.0f} bytes on disk each")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        looked = [random_fingerprint(dice, common) for _ in range(TIMED)]
        took = []
        for fingerprint in looked:
            start = time.perf_counter()
            store.read_now(index.kin, fingerprint, feed="feed0")
            took.append(time.perf_counter() - start)
        took.sort()
        start = time.process_time()
        for fingerprint in looked:
            store.read_now(index.kin, fingerprint, feed="feed0")
        processor = (time.process_time() - start) / TIMED
        print(
            f"  look-up: median {took[TIMED // 2] * 1e6:.0f} µs, 99 of 100 within {took[TIMED * 99 // 100] * 1e6:.0f} µs"
        )
        print(f"  processor time of a look-up: {processor * 1e6:.0f} µs")
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(f"  memory: {memory / 1024:.0f} MB, {(memory - before) / 1024:.1f} MB more after {TIMED} look-ups")


def random_fingerprint(dice: random.Random, common: list[int]) -> Fingerprint:
    lowest = [dice.choice(common) if dice.random() < 0.03 else dice.getrandbits(32) - 2**31 for _ in range(LOWEST)]
    return Fingerprint(
        shingles=dice.randint(60, 3000),
        sketch=dice.randbytes(REGISTERS),
        numbers=dice.randbytes(NUMBER_REGISTERS),
        lowest=tuple(lowest),
    )


def fill(session: Session, first: int, count: int, dice: random.Random, common: list[int]) -> None:
    numbers = range(first + 1, first + count + 1)
    made = {number: random_fingerprint(dice, common) for number in numbers}
    connection = session.connection()
    connection.execute(
        insert(EntryRow),
        [
            {
                "id": number,
                "feed": f"feed{number % FEEDS}",
                "key": f"entry-{number}",
                "identity_scheme": 1,
                "title": f"Title {number}",
                "content_hash": "h",
                "outcome": "published",
                "reason": "",
                "post_key": f"{number:032x}",
                "first_seen_at": NOW + timedelta(seconds=number),
                "last_seen_at": NOW,
            }
            for number in numbers
        ],
    )
    connection.execute(
        insert(PostRow),
        [
            {
                "key": f"{number:032x}",
                "feed": f"feed{number % FEEDS}",
                "entry_key": f"entry-{number}",
                "title": f"Title {number}",
                "source_name": "A Publisher",
                "published_at": NOW,
                "content_hash": "h",
                "payload": "{}",
                "created_at": NOW,
                "updated_at": NOW,
            }
            for number in numbers
        ],
    )
    kept = [{"entry_id": number, "kept": index.pack(made[number])} for number in numbers]
    connection.execute(insert(FingerprintRow), kept)
    rows = [{"hash": value, "entry_id": number} for number in numbers for value in set(made[number].lowest)]
    connection.execute(insert(FingerprintHashRow), rows)


def bytes_of_index(session: Session) -> int:
    tables = "('fingerprints', 'fingerprint_hashes')"
    return int(session.execute(text(f"SELECT sum(pgsize) FROM dbstat WHERE name IN {tables}")).scalar_one())


def opened(folder: Path) -> Store:
    store = Store.open("sqlite:///wire.db", base=folder, now=NOW)
    wanted = [(f"feed{number}", f"https://feed{number}.example/", timedelta(hours=1)) for number in range(FEEDS)]
    store.write_now(feeds.sync, wanted, NOW)
    return store


if __name__ == "__main__":
    main()
