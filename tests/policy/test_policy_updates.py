"""What a change at the source means: which words count, what is a correction, what is carried over, and how often."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.policy import change, updates, wording
from aggregator.policy.updates import Update, Wording
from aggregator.types import Credit, Post, Rights, UpdateNote, Updates

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTES = timedelta(minutes=1)
TEXT = "\n\n".join(f"Paragraph {n} tells of the harbour and of all the ships that lie in it today." for n in range(8))
OTHER = "\n\n".join(f"Section {n} is about a wholly different matter, namely cheese." for n in range(8))
POST = Post(
    key="0" * 32,
    feed="f",
    entry_key="e",
    title="Ships",
    slug="ships-00000000",
    body="<p>x</p>",
    excerpt="x",
    credit=Credit(html="", text="", url=None, title="Ships", publisher="P"),
    published_at=NOW - timedelta(days=1),
)
STANDING = Wording(title="Ships", text=TEXT)
SMALL = Wording(title="Ships", text=TEXT.replace("Paragraph 3 tells of the harbour", "Paragraph 3 tells of the port"))
REWRITE = Wording(title="Ships", text=OTHER)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("A  title", "Some text."), ("a title!", "some — text")),
        (("Story (3 comments)", "t"), ("Story (14 comments)", "t")),
        (("Story [3]", "t"), ("Story", "t")),
        (("Story | 1.2k views", "t"), ("Story | 1.3k views", "t")),
        (("T", "Text.\n\n12 comments"), ("T", "Text.\n\n1,213 comments")),
        (("T", "Updated 5 minutes ago\n\nText."), ("T", "Updated 3 hours ago\n\nText.")),
        (("T", "Last updated: 24 November 2026 at 14:03\nText."), ("T", "Text.")),
        (("T", "Stand: 24. November 2026, 14:03 Uhr\nText."), ("T", "Stand: 25. November 2026, 09:00 Uhr\nText.")),
        (("T", "Last updated 2026-11-24T14:03:00Z\nText."), ("T", "Text.")),
        (("T", "vor 5 Minuten\nText."), ("T", "vor einer Stunde\nText.")),
        (("T", "Text.\n5 shares · 1.2k views"), ("T", "Text.\n6 shares · 1.3k views")),
    ],
)
def test_counters_clocks_and_punctuation_are_no_change(before: tuple[str, str], after: tuple[str, str]) -> None:
    assert change.content_hash(*before) == change.content_hash(*after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("T", "He sold 500 shares."), ("T", "He sold 5,000 shares.")),
        (("T", "2 hours"), ("T", "3 hours")),
        (("T", "The bridge opens on 24 November."), ("T", "The bridge opens on 25 November.")),
        (("T", "It began 5 minutes ago, they say."), ("T", "It began 9 minutes ago, they say.")),
        (("Results (2025)", "t"), ("Results (2026)", "t")),
        (("Part 2", "t"), ("Part 3", "t")),
        (("T", "x " * 40_000 + "old"), ("T", "x " * 40_000 + "new")),
    ],
)
def test_numbers_and_dates_of_the_text_itself_are_news(before: tuple[str, str], after: tuple[str, str]) -> None:
    assert change.content_hash(*before) != change.content_hash(*after)


def test_the_numbers_that_earlier_releases_stored_are_never_taken_for_ours() -> None:
    assert change.content_hash("T", "text") != change.former_content_hash("T", "text")
    assert len(change.former_content_hash("T", "text")) == 32


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (STANDING, "no words"),
        (SMALL, "1 of its paragraphs (words: 1 added, 1 removed"),
        (replace(STANDING, title="Boats"), "its headline (words: 1 added, 1 removed"),
        (replace(STANDING, text=TEXT + "\n\nMore."), "1 of its paragraphs (words: 1 added, 0 removed"),
        (replace(STANDING, text=TEXT.partition("\n\n")[2]), "1 paragraphs taken away"),
        (replace(STANDING, text="\n\n".join(reversed(TEXT.split("\n\n")))), "1 of its paragraphs (words: 0 added"),
    ],
)
def test_the_extent_of_a_change_is_told(after: Wording, told: str) -> None:
    assert told in str(updates.extent(STANDING, after))


@pytest.mark.parametrize(
    ("before", "after", "minor"),
    [
        (STANDING, SMALL, True),
        (STANDING, replace(STANDING, title="Boats and ships"), True),
        (STANDING, replace(STANDING, text=TEXT + "\n\nCorrection: it was a boat, not a ship."), True),
        (STANDING, REWRITE, False),
        (STANDING, replace(STANDING, text="Please subscribe to read on."), False),
        (Wording(title="A short note"), Wording(title="A short notice"), True),
        (
            Wording(title="T", text="今日は港に船が三隻ある" * 3),
            Wording(title="T", text="今日は港に船が四隻ある" * 3),
            True,
        ),
    ],
)
def test_a_correction_is_told_from_a_rewrite(before: Wording, after: Wording, minor: bool) -> None:
    assert updates.extent(before, after).minor is minor


FACTS = replace(POST, tags=("new",))
LESS = replace(POST, rights=Rights.EXCERPT)


@pytest.mark.parametrize(
    ("policy", "made", "after", "outcome", "why"),
    [
        (Updates.ALWAYS, POST, STANDING, Update.SAME, "reads like"),
        (Updates.ALWAYS, POST, SMALL, Update.CARRIED, "1 of its paragraphs"),
        (Updates.ALWAYS, POST, REWRITE, Update.CARRIED, "8 of its paragraphs"),
        (Updates.ALWAYS, FACTS, STANDING, Update.CARRIED, "the words are the same"),
        (Updates.MINOR, POST, SMALL, Update.CARRIED, "update = minor"),
        (Updates.MINOR, POST, REWRITE, Update.KEPT_BACK, "a rewrite, more than 20%"),
        (Updates.MINOR, FACTS, STANDING, Update.CARRIED, "the words are the same"),
        (Updates.NEVER, POST, STANDING, Update.SAME, "reads like"),
        (Updates.NEVER, POST, SMALL, Update.KEPT_BACK, "never touched"),
        (Updates.NEVER, FACTS, STANDING, Update.KEPT_BACK, "never touched"),
        (Updates.NEVER, LESS, STANDING, Update.CARRIED, "allows excerpt only"),
    ],
)
def test_the_policy_of_the_feed_decides_with_a_reason(
    policy: Updates, made: Post, after: Wording, outcome: Update, why: str
) -> None:
    decision = updates.decide(POST, made, updates.extent(STANDING, after), policy)
    assert decision.outcome is outcome
    assert why in decision.reason


@pytest.mark.parametrize("policy", Updates)
def test_a_page_that_could_be_had_at_last_completes_the_post_whatever_the_policy(policy: Updates) -> None:
    decision = updates.decide(POST, POST, updates.extent(STANDING, REWRITE), policy, completes=True)
    assert decision.outcome is Update.CARRIED


@pytest.mark.parametrize(
    ("stated", "at"),
    [
        (None, NOW),
        (NOW - 5 * MINUTES, NOW - 5 * MINUTES),
        (NOW + 5 * MINUTES, NOW),
        (POST.published_at - MINUTES, NOW),
    ],
)
def test_the_time_of_change_is_the_sources_own_where_it_can_be(stated: datetime | None, at: datetime) -> None:
    changed = updates.extent(STANDING, SMALL)
    assert updates.dated(POST, POST, changed, stated=stated, now=NOW, tell=False).modified_at == at


def test_a_post_that_reads_as_before_is_not_an_updated_one() -> None:
    same = updates.extent(STANDING, STANDING)
    assert updates.dated(POST, FACTS, same, stated=NOW, now=NOW, tell=True) == FACTS


@pytest.mark.parametrize(
    ("added", "note"),
    [
        ("Correction: it was a boat.", "Correction: it was a boat."),
        ("Editor's note, 24 November: it was a boat.", "Editor's note, 24 November: it was a boat."),
        ("This article was amended on 24 November.", "This article was amended on 24 November."),
        ("Korrektur: Es war ein Boot.", "Korrektur: Es war ein Boot."),
        ("Mise à jour : c’était un bateau.", "Mise à jour : c’était un bateau."),
        ("Updates of the fleet are rare.", ""),
        ("The correction of the course took an hour.", ""),
    ],
)
def test_the_publishers_own_correction_is_quoted(added: str, note: str) -> None:
    changed = updates.extent(STANDING, replace(STANDING, text=f"{TEXT}\n\n{added}"))
    told = updates.dated(POST, POST, changed, stated=None, now=NOW, tell=True).update_note
    assert told == UpdateNote(at=NOW, paragraphs=1, note=note)


def test_a_correction_that_stood_there_before_is_not_quoted_again() -> None:
    before = replace(STANDING, text=f"{TEXT}\n\nCorrection: it was a boat.")
    assert updates.extent(before, replace(before, text=before.text + "\n\nMore.")).note == ""


@pytest.mark.parametrize(
    ("minutes_ago", "wait"),
    [
        ([], None),
        ([1], None),
        ([3, 1], 14),
        ([100, 16], None),
        ([100, 50, 20], 10),
        ([400, 300, 200, 50], 10),
        ([400, 300, 200, 100, 50], 70),
        ([10] * 20, 350),
        ([60 * 24 * 8] * 20, None),
        ([60 * 24 * 8] * 20 + [1], None),
        ([-100_000] * 2, 15),
    ],
)
def test_pauses_grow_while_a_text_keeps_changing(minutes_ago: list[int], wait: int | None) -> None:
    until = updates.pause([NOW - minutes * MINUTES for minutes in minutes_ago], NOW)
    assert until == (NOW + wait * MINUTES if wait is not None else None)


def test_a_text_that_changes_each_minute_is_looked_at_ten_times_in_its_first_day_and_four_times_in_each_later_one() -> (
    None
):
    looked: list[datetime] = []
    for minute in range(3 * 24 * 60):
        now = NOW + minute * MINUTES
        if updates.pause(looked, now) is None:
            looked.append(now)
    by_day = [sum(1 for at in looked if (at - NOW).days == day) for day in range(3)]
    assert by_day[0] <= 10
    assert max(by_day[1:]) <= 4


def test_folding_takes_time_in_proportion_to_a_hostile_text() -> None:
    assert not wording.is_noise("5 " * 59 + "x")
    assert list(wording.paragraphs("\n" * 100_000)) == []
