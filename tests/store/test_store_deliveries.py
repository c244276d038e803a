from __future__ import annotations

import pickle
from datetime import datetime

import pytest
from store_samples import HOUR, MINUTE, NOW, owe, post

from aggregator.store import Session, Store, claims, deliveries, entries, posts, targets
from aggregator.types import Action, Delivery, DeliveryState, Outcome, Post, Publication

LEASE = 10 * MINUTE
THERE = Publication(remote_id="7", remote_url="https://blog.example/7", published_at=NOW, pushed_hash="h")


def claim(
    store: Store,
    now: datetime = NOW,
    *targets: str,
    limit: int = 1,
    new: int | None = None,
    newest_first: bool = False,
) -> list[Delivery]:
    """What each of the targets, by default the blog, is handed."""
    return [
        delivery
        for target in targets or ("blog",)
        for delivery in store.write_now(
            claims.take, now, target, limit=limit, lease=LEASE, new=new, newest_first=newest_first
        )
    ]


def one(store: Store, now: datetime = NOW) -> Delivery:
    """The one delivery that is due, its attempt begun."""
    (delivery,) = claim(store, now)
    store.write_now(claims.begin, delivery.id)
    return delivery


def revise(store: Store, revised: Post, action: Action = Action.PUBLISH, *names: str, at: datetime = NOW) -> None:
    def write(session: Session) -> None:
        posts.save(session, revised, "newer", at)
        deliveries.promise(session, revised, names or ("blog",), action, at)

    store.write_now(write)


def settle(store: Store, delivery: Delivery, publication: Publication | None = THERE, at: datetime = NOW) -> None:
    store.write_now(deliveries.settle, delivery.id, publication, at)


def state(store: Store) -> deliveries.DeliveryLine:
    (line,) = store.read_now(deliveries.lines)
    return line


def outcome(store: Store) -> tuple[Outcome, str]:
    (line,) = store.read_now(entries.lines)
    return line.outcome, line.reason


class TestPromise:
    def test_a_post_is_owed_to_each_target_once(self, store: Store) -> None:
        owe(store, 1, targets=("blog", "news"))
        owe(store, 1, targets=("blog", "news"))
        assert sorted(line.target for line in store.read_now(deliveries.lines)) == ["blog", "news"]
        assert store.read_now(deliveries.pending) == 2

    def test_a_settled_post_that_changes_is_owed_again_with_what_the_target_holds(self, store: Store) -> None:
        owe(store, 1)
        settle(store, one(store))
        revise(store, post(1, title="Corrected"), at=NOW + HOUR)
        again = one(store, NOW + HOUR)
        assert (again.key, again.post.title, again.publication) == (post(1).key, "Corrected", THERE)
        assert (again.attempts, again.in_doubt) == (0, False)

    def test_a_dead_post_that_changes_is_tried_again(self, store: Store) -> None:
        owe(store, 1)
        store.write_now(deliveries.bury, one(store).id, "400", NOW)
        revise(store, post(1, title="Corrected"))
        assert one(store).post.title == "Corrected"

    def test_a_post_that_waits_after_a_failure_goes_on_waiting(self, store: Store) -> None:
        owe(store, 1)
        store.write_now(deliveries.retry, one(store).id, NOW + HOUR, "503", in_doubt=False)
        revise(store, post(1, title="Corrected"))
        assert claim(store, NOW + MINUTE) == []
        late = one(store, NOW + HOUR)
        assert (late.attempts, late.post.title) == (1, "Corrected")

    def test_a_withdrawn_post_is_not_published_by_a_promise(self, store: Store) -> None:
        owe(store, 1)
        settle(store, one(store))
        revise(store, post(1), Action.WITHDRAW)
        revise(store, post(1, title="Corrected"))
        assert one(store).action is Action.WITHDRAW
        settle(store, Delivery(**{**_facts(state(store)), "post": post(1)}), None)
        revise(store, post(1, title="Corrected"))
        assert claim(store) == []
        assert state(store).state is DeliveryState.WITHDRAWN


def _facts(line: deliveries.DeliveryLine) -> dict[str, object]:
    return {
        "id": line.id,
        "key": line.post_key,
        "target": line.target,
        "action": line.action,
        "state": line.state,
        "attempts": line.attempts,
        "in_doubt": line.in_doubt,
        "next_attempt_at": line.next_attempt_at,
    }


class TestClaim:
    def test_a_claim_tells_all_that_a_target_needs(self, store: Store) -> None:
        owe(store, 1)
        delivery = one(store)
        assert delivery == Delivery(
            id=delivery.id,
            key=post(1).key,
            target="blog",
            action=Action.PUBLISH,
            post=post(1),
            state=DeliveryState.CLAIMED,
            attempts=0,
            in_doubt=False,
            next_attempt_at=NOW,
            lease_until=NOW + LEASE,
        )
        assert pickle.loads(pickle.dumps(delivery)) == delivery

    def test_the_oldest_post_comes_first(self, store: Store) -> None:
        owe(store, 1, 3, 2)
        assert [delivery.key for delivery in claim(store, limit=2)] == [post(3).key, post(2).key]

    def test_what_is_under_way_counts_for_its_target_alone(self, store: Store) -> None:
        owe(store, 1, 2, targets=("blog", "news"))
        first = claim(store, NOW, "blog", "news")
        assert sorted(delivery.target for delivery in first) == ["blog", "news"]
        assert claim(store, NOW, "blog", "news") == []
        settle(store, first[0])
        assert [delivery.target for delivery in claim(store, NOW, "blog", "news")] == [first[0].target]

    def test_only_named_targets_get_something(self, store: Store) -> None:
        owe(store, 1, targets=("blog", "gone"))
        assert [delivery.target for delivery in claim(store)] == ["blog"]

    def test_a_paused_target_gets_nothing_until_its_pause_is_over(self, store: Store) -> None:
        owe(store, 1)
        store.write_now(targets.pause, "blog", NOW + HOUR, "401")
        assert claim(store) == []
        assert len(claim(store, NOW + HOUR)) == 1

    def test_an_attempt_that_never_ended_leaves_a_doubt(self, store: Store) -> None:
        owe(store, 1)
        one(store)
        assert claim(store, NOW + LEASE - MINUTE) == []
        again = one(store, NOW + LEASE)
        assert (again.attempts, again.in_doubt) == (1, True)

    def test_the_leases_of_a_dead_daemon_are_doubts(self, store: Store) -> None:
        owe(store, 1)
        one(store)
        assert store.write_now(claims.release, {}) == 1
        assert store.write_now(claims.release, {}) == 0
        assert one(store).in_doubt

    def test_what_may_still_be_at_work_there_is_not_asked_for_before_it_must_be_done(self, store: Store) -> None:
        owe(store, 1, targets=("blog", "news"))
        for delivery in claim(store, NOW, "blog", "news"):
            store.write_now(claims.begin, delivery.id)
        assert store.write_now(claims.release, {"blog": NOW + MINUTE}) == 2
        assert [again.target for again in claim(store, NOW, "blog", "news")] == ["news"]
        assert one(store, NOW + MINUTE).in_doubt

    def test_what_a_dead_daemon_had_claimed_and_not_begun_is_as_before(self, store: Store) -> None:
        owe(store, 1, 2)
        first, _ = claim(store, limit=2)
        store.write_now(claims.begin, first.id)
        assert store.write_now(claims.release, {}) == 2
        assert [(again.attempts, again.in_doubt) for again in claim(store, limit=2)] == [(1, True), (0, False)]

    def test_what_is_begun_is_under_way(self, store: Store) -> None:
        owe(store, 1, 2)
        one(store)
        assert claim(store) == []

    def test_two_claims_never_share_a_delivery(self, store: Store) -> None:
        owe(store, *range(30))
        taken = [delivery.id for turn in range(1, 9) for delivery in claim(store, limit=4 * turn)]
        assert len(taken) == len(set(taken)) == 30


class TestSettle:
    def test_a_post_that_all_targets_have_is_published(self, store: Store) -> None:
        owe(store, 1, targets=("blog", "news"))
        first, second = claim(store, NOW, "blog", "news")
        settle(store, first)
        assert outcome(store)[0] is Outcome.QUEUED
        settle(store, second, Publication(remote_id="9"))
        assert outcome(store) == (Outcome.PUBLISHED, "published at blog: https://blog.example/7, news")
        assert store.read_now(deliveries.pending) == 0

    def test_a_post_taken_back_everywhere_is_withdrawn(self, store: Store) -> None:
        owe(store, 1)
        settle(store, one(store))
        revise(store, post(1), Action.WITHDRAW)
        delivery = one(store)
        assert (delivery.action, delivery.publication) == (Action.WITHDRAW, THERE)
        settle(store, delivery, None)
        assert outcome(store) == (Outcome.WITHDRAWN, "taken back at blog")
        assert store.read_now(entries.lines)[0].remote_urls == ()

    def test_a_revision_made_during_an_attempt_is_pushed_too(self, store: Store) -> None:
        owe(store, 1)
        delivery = one(store)
        revise(store, post(1, title="Corrected"))
        assert claim(store) == []
        settle(store, delivery)
        assert outcome(store)[0] is Outcome.QUEUED
        again = one(store)
        assert (again.post.title, again.publication, again.in_doubt) == ("Corrected", THERE, False)
        settle(store, again)
        assert outcome(store)[0] is Outcome.PUBLISHED

    def test_a_withdrawal_asked_for_during_an_attempt_follows_it(self, store: Store) -> None:
        owe(store, 1)
        delivery = one(store)
        revise(store, post(1), Action.WITHDRAW)
        settle(store, delivery)
        again = one(store)
        assert (again.action, again.publication) == (Action.WITHDRAW, THERE)

    def test_a_revision_is_not_lost_when_the_older_one_is_rejected(self, store: Store) -> None:
        owe(store, 1)
        delivery = one(store)
        revise(store, post(1, title="Corrected"))
        store.write_now(deliveries.bury, delivery.id, "400", NOW)
        assert one(store).post.title == "Corrected"
        assert outcome(store)[0] is Outcome.QUEUED

    def test_settling_ends_a_doubt(self, store: Store) -> None:
        owe(store, 1)
        one(store)
        settle(store, one(store, NOW + HOUR))
        assert not state(store).in_doubt


class TestFailure:
    def test_a_failed_attempt_waits_and_remembers_why(self, store: Store) -> None:
        owe(store, 1)
        store.write_now(deliveries.retry, one(store).id, NOW + HOUR, "503", in_doubt=False)
        assert claim(store, NOW + HOUR - MINUTE) == []
        assert state(store).error == "503"
        again = one(store, NOW + HOUR)
        assert (again.attempts, again.in_doubt) == (1, False)

    def test_a_doubt_stays_though_the_next_attempt_fails_without_one(self, store: Store) -> None:
        owe(store, 1)
        store.write_now(deliveries.retry, one(store).id, NOW, "cut off", in_doubt=True)
        store.write_now(deliveries.retry, one(store).id, NOW, "refused", in_doubt=False)
        assert one(store).in_doubt

    def test_a_rejected_post_is_dead_and_kept(self, store: Store) -> None:
        owe(store, 1, targets=("blog", "news"))
        first, second = claim(store, NOW, "blog", "news")
        store.write_now(deliveries.bury, first.id, "400 title too long", NOW)
        settle(store, second)
        assert outcome(store) == (Outcome.DEAD, "blog rejected it: 400 title too long")
        dead = store.read_now(deliveries.lines, states=[DeliveryState.DEAD])
        assert [(line.target, line.error) for line in dead] == [("blog", "400 title too long")]

    def test_a_person_can_revive_what_is_dead_or_waits(self, store: Store) -> None:
        owe(store, 1, 2)
        first, second = claim(store, limit=2)
        store.write_now(deliveries.bury, first.id, "400", NOW)
        store.write_now(deliveries.retry, second.id, NOW + HOUR, "503", in_doubt=False)
        assert store.write_now(deliveries.revive, now=NOW) == 2
        assert store.write_now(deliveries.revive, now=NOW) == 0
        assert [(again.id, again.attempts) for again in claim(store, limit=2)] == [(first.id, 0), (second.id, 0)]
        assert {line.outcome for line in store.read_now(entries.lines)} == {Outcome.QUEUED}

    @pytest.mark.parametrize(
        ("narrow", "count"), [({"target": "news"}, 0), ({"key": post(1).key}, 1), ({"key": "x"}, 0)]
    )
    def test_reviving_can_be_narrowed_down(self, store: Store, narrow: dict[str, str], count: int) -> None:
        owe(store, 1)
        store.write_now(deliveries.bury, one(store).id, "400", NOW)
        assert store.write_now(deliveries.revive, now=NOW, **narrow) == count


class TestNew:
    """What would be seen at a target for the first time can be limited; all else goes."""

    def test_no_more_new_posts_are_handed_out_than_may_be(self, store: Store) -> None:
        owe(store, 1, 2, 3)
        assert [d.key for d in claim(store, limit=9, new=2)] == [post(3).key, post(2).key]
        assert claim(store, limit=9, new=0) == []

    def test_the_newest_come_first_where_that_is_asked_for(self, store: Store) -> None:
        owe(store, 1, 2, 3)
        assert [d.key for d in claim(store, limit=2, newest_first=True)] == [post(1).key, post(2).key]

    def test_an_update_and_a_withdrawal_are_not_new(self, store: Store) -> None:
        owe(store, 1, 2, 3)
        for delivery in claim(store, limit=2):
            settle(store, delivery)
        revise(store, post(3, title="Corrected"))
        revise(store, post(2), Action.WITHDRAW)
        assert [d.key for d in claim(store, limit=9, new=0)] == [post(3).key, post(2).key]

    def test_the_withdrawal_of_what_was_never_there_is_not_held_back(self, store: Store) -> None:
        owe(store, 1)
        revise(store, post(1), Action.WITHDRAW)
        assert len(claim(store, new=0)) == 1

    def test_a_failure_without_doubt_leaves_it_new(self, store: Store) -> None:
        owe(store, 1)
        store.write_now(deliveries.retry, one(store).id, NOW, "503", in_doubt=False)
        assert state(store).new
        assert store.read_now(targets.debuts, "blog", 9) == []
        assert claim(store, new=0) == []

    def test_what_may_be_there_is_looked_up_though_nothing_new_may_go(self, store: Store) -> None:
        owe(store, 1)
        store.write_now(deliveries.retry, one(store).id, NOW, "cut off", in_doubt=True)
        assert store.read_now(targets.debuts, "blog", 9) == [NOW]
        assert len(claim(store, new=0)) == 1

    def test_what_was_under_way_at_a_kill_counts_as_begun(self, store: Store) -> None:
        owe(store, 1)
        one(store)
        store.write_now(claims.release, {})
        assert store.read_now(targets.debuts, "blog", 9) == [NOW]

    def test_what_was_not_begun_and_what_was_rejected_is_new(self, store: Store) -> None:
        owe(store, 1, 2)
        first, second = claim(store, limit=2)
        store.write_now(claims.put_back, [first.id])
        store.write_now(deliveries.bury, second.id, "400", NOW)
        assert store.read_now(targets.debuts, "blog", 9) == []

    def test_the_latest_first_publications_are_told(self, store: Store) -> None:
        owe(store, 1, 2, 3)
        for hours, delivery in enumerate(claim(store, limit=3)):
            settle(store, delivery, at=NOW + hours * HOUR)
        revise(store, post(3, title="Corrected"), at=NOW + 9 * HOUR)
        settle(store, one(store, NOW + 9 * HOUR), at=NOW + 9 * HOUR)
        assert store.read_now(targets.debuts, "blog", 2) == [NOW + 2 * HOUR, NOW + HOUR]

    def test_what_waits_is_counted(self, store: Store) -> None:
        owe(store, 1, 2, 3)
        settle(store, one(store))
        revise(store, post(3, title="Corrected"))
        assert store.read_now(claims.waiting, "blog", NOW, new=False) == 3
        assert store.read_now(claims.waiting, "blog", NOW, new=True) == 2


def test_the_last_promised_come_first_and_can_be_narrowed_down(store: Store) -> None:
    owe(store, 3, 1, 2, targets=("blog", "news"))
    lines = store.read_now(deliveries.lines, target="blog")
    assert [line.title for line in lines] == ["Title 2", "Title 1", "Title 3"]
    assert lines[0].url == "https://alpha.example/2"
    assert len(store.read_now(deliveries.lines, post_key=post(1).key)) == 2
    assert len(store.read_now(deliveries.lines, limit=1)) == 1
    assert store.read_now(deliveries.lines, feed="beta") == []
    assert store.read_now(deliveries.lines, states=[DeliveryState.DEAD]) == []


def test_counts_are_by_target_and_state(store: Store) -> None:
    owe(store, 1, 2)
    one(store)
    assert store.read_now(deliveries.counts) == {
        ("blog", DeliveryState.PENDING): 1,
        ("blog", DeliveryState.BEGUN): 1,
    }
