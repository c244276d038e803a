from __future__ import annotations

from store_samples import HOUR, MINUTE, NOW

from aggregator.store import Store, hosts, targets


def test_a_block_stands_until_its_time(store: Store) -> None:
    store.write_now(hosts.block, "alpha.example", NOW + HOUR)
    store.write_now(hosts.block, "beta.example", NOW)
    assert store.write_now(hosts.prune, NOW) == 1
    assert store.read_now(hosts.blocked) == {"alpha.example": NOW + HOUR}


def test_a_later_block_stands_against_a_sooner_one(store: Store) -> None:
    for until in (NOW + MINUTE, NOW + HOUR, NOW):
        store.write_now(hosts.block, "alpha.example", until)
    assert store.read_now(hosts.blocked) == {"alpha.example": NOW + HOUR}


def test_a_pause_ends_by_itself(store: Store) -> None:
    store.write_now(targets.pause, "blog", NOW + HOUR, "401")
    assert store.read_now(targets.paused, NOW) == {"blog": targets.Pause(until=NOW + HOUR, reason="401")}
    assert store.read_now(targets.paused, NOW + HOUR) == {}


def test_a_new_pause_takes_the_place_of_the_old_one(store: Store) -> None:
    store.write_now(targets.pause, "blog", NOW + HOUR, "401")
    store.write_now(targets.pause, "blog", NOW + MINUTE, "403")
    assert store.read_now(targets.paused, NOW)["blog"].reason == "403"


def test_a_person_can_end_a_pause(store: Store) -> None:
    store.write_now(targets.pause, "blog", NOW + HOUR, "401")
    assert store.write_now(targets.resume, "blog")
    assert not store.write_now(targets.resume, "blog")
    assert store.read_now(targets.paused, NOW) == {}


def test_how_a_target_fails_is_kept(store: Store) -> None:
    trouble = targets.Trouble(failures=5, paused_until=NOW + HOUR, reason="503", told=True)
    store.write_now(targets.note, "blog", trouble)
    assert store.read_now(targets.trouble, "blog") == trouble
    assert store.read_now(targets.trouble, "news") is None


def test_a_pause_leaves_the_count_of_failures_as_it_is(store: Store) -> None:
    store.write_now(targets.note, "blog", targets.Trouble(failures=3, paused_until=None, reason="", told=False))
    assert store.read_now(targets.paused, NOW) == {}
    store.write_now(targets.pause, "blog", NOW + HOUR, "401")
    kept = store.read_now(targets.trouble, "blog")
    assert kept == targets.Trouble(failures=3, paused_until=NOW + HOUR, reason="401", told=False)


def test_a_success_ends_the_trouble_but_not_a_pause_that_holds(store: Store) -> None:
    store.write_now(targets.pause, "blog", NOW + HOUR, "429")
    assert not store.write_now(targets.recover, "blog", NOW)
    assert store.write_now(targets.recover, "blog", NOW + HOUR)
    assert store.read_now(targets.trouble, "blog") is None
