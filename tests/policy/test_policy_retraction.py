from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.policy import retraction
from aggregator.policy.retraction import Handling, Sign
from aggregator.types import Credit, Deleted, Post, Withdrawals

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TITLE = "The harbour opens its new pier"


def post(title: str = TITLE, tags: tuple[str, ...] = ()) -> Post:
    credit = Credit(html="", text="", url=None, title=title, publisher="The Harbour")
    return Post(
        key="0" * 32, feed="news", entry_key="1", title=title, slug="a-00000000", body="", excerpt="", credit=credit,
        published_at=NOW, tags=tags,
    )  # fmt: skip


MARKED = (
    f"RETRACTED: {TITLE}",
    f"[Retraction] {TITLE}",
    f"{TITLE} (retracted)",
    f"{TITLE} [Retracted article]",
    f"Withdrawn - {TITLE}",
    f"WITHDRAWN: {TITLE} – with an editor's note",
    f"STORY REMOVED: {TITLE}",
    f"Zurückgezogen: {TITLE}",
    f"Rétracté : {TITLE}",
    f"Retirado: {TITLE}",
    f"Retratado: {TITLE}",
    f"Ritirato — {TITLE}",
    f"Ingetrokken: {TITLE}",
    f"Wycofano: {TITLE}",
    f"Отозвано: {TITLE}",
    f"撤稿：{TITLE}",
    f"【撤回】{TITLE}",
    f"[철회] {TITLE}",
    "This article has been withdrawn",
)
NOT_MARKED = (
    TITLE,
    f"CORRECTED: {TITLE}",
    f"Correction: {TITLE}",
    f"UPDATE 2: {TITLE}",
    f"Withdrawn {TITLE}",  # a word of the sentence
    "Withdrawn: troops leave the island after forty years",  # another story
    f"Troops withdrawn: {TITLE}",
    f"{TITLE}: retracted claims",
    f"He said (withdrawn) that {TITLE}",
)


@pytest.mark.parametrize("title", MARKED)
def test_a_title_that_is_now_marked_says_that_it_is_withdrawn(title: str) -> None:
    assert retraction.marked(title, (), post()) != ""


@pytest.mark.parametrize("title", NOT_MARKED)
def test_other_changes_of_a_title_say_nothing(title: str) -> None:
    assert retraction.marked(title, (), post()) == ""


@pytest.mark.parametrize("title", MARKED)
def test_what_was_marked_from_its_first_day_is_news(title: str) -> None:
    assert retraction.marked(title, (), post(title)) == ""
    assert retraction.marked(f"{title}, updated", (), post(title)) == ""


def test_a_category_counts_where_it_is_new() -> None:
    assert (
        retraction.marked(TITLE, ("Science", "Retracted Article"), post())
        == "it is now filed under “Retracted Article”"
    )
    assert retraction.marked(TITLE, ("Retracted Article",), post(tags=("retracted article",))) == ""
    assert retraction.marked(TITLE, ("Retraction Watch",), post()) == ""


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_title_is_marked_without_a_word_from_the_table(title: str, before: str) -> None:
    assert isinstance(retraction.marked(title, (), post(before)), str)
    assert retraction.marked(before, (), post(before)) == ""


@pytest.mark.parametrize("title", ["[" * 500, "(" * 250 + ")" * 250, ":" * 500, "- " * 250, "[x]" * 160])
def test_a_hostile_title_is_no_sign(title: str) -> None:
    assert retraction.marked(title, (), post()) == ""


LATER, EARLIER = NOW + timedelta(hours=1), NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("at", "shown", "updated_at", "holds"),
    [
        (NOW, False, None, True),
        (None, False, None, True),
        (NOW, True, LATER, False),  # put back since
        (NOW, True, EARLIER, True),
        (NOW, True, None, False),
        (None, True, EARLIER, False),
    ],
)
def test_the_later_word_of_a_feed_counts(
    at: datetime | None, shown: bool, updated_at: datetime | None, holds: bool
) -> None:
    assert retraction.deleted(Deleted(guid="urn:1", at=at), shown=shown, updated_at=updated_at) is holds


@pytest.mark.parametrize(
    ("sign", "count", "among", "too_many"),
    [
        (Sign.VANISHED, 1, 1, False),
        (Sign.VANISHED, 2, 2, False),
        (Sign.VANISHED, 3, 4, True),
        (Sign.VANISHED, 3, 15, False),
        (Sign.VANISHED, 4, 15, True),
        (Sign.VANISHED, 3, 0, True),
        (Sign.DELETED, 10, 10, False),
        (Sign.DELETED, 11, 12, True),
        (Sign.DELETED, 40, 100, False),
        (Sign.MISSING, 3, 10, True),
    ],
)
def test_many_at_a_time_are_not_believed(sign: Sign, count: int, among: int, too_many: bool) -> None:
    assert retraction.too_many(sign, count, among) is too_many


@pytest.mark.parametrize(
    ("policy", "handling"),
    [
        (Withdrawals.KEEP, Handling.KEPT),
        (Withdrawals.MARK, Handling.MARKED),
        (Withdrawals.REMOVE, Handling.REMOVED),
    ],
)
def test_the_policy_of_the_feed_decides_and_is_named(policy: Withdrawals, handling: Handling) -> None:
    decision = retraction.handle(policy)
    assert decision.outcome is handling
    assert f'withdrawn = "{policy}"' in decision.reason
