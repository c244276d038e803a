"""Which of our own posts is worth a link."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aggregator.policy import related
from aggregator.types import OwnPost
from tests.transforms.test_transforms import POST

TITLES = [
    "Lavrov: NATO expansion east threatens Russian territory",
    "Ferry strike enters its second week",
    "Ferry captain retires after forty years",
    "Council votes to keep the last gas lamp burning",
    "A soup for the day the heating failed",
    "Why moths steer by the dark",
    "北海道で大雪、空の便に影響",
    "Забастовка паромщиков продолжается вторую неделю",
]
OWN = [
    OwnPost(
        key=f"{number:032x}",
        title=title,
        url=f"https://nestor.example/{number}",
        published_at=datetime(2026, 1, number, tzinfo=UTC),
    )
    for number, title in enumerate(TITLES, start=1)
]


@pytest.mark.parametrize(
    ("title", "text", "nearest"),
    [
        (
            "Lavrov, Kuleba in Turkey for first talks",
            "The foreign ministers of Russia met. NATO expansion and Russian aims were named.",
            TITLES[0],
        ),
        ("Ferry strike ends", "The strike is over in its third week.", TITLES[1]),
        ("大雪で北海道の空の便に影響", "札幌の空港で欠航。", TITLES[6]),
        ("Забастовка паромщиков окончена", "Паромщики вышли на работу: вторую неделю никто не работал.", TITLES[7]),
        ("The day of the lamp", "A day for all.", None),  # short words and a single one in common say nothing
        (
            "Prices rise",
            "Lavrov, NATO, expansion, east, Russian territory.",
            None,
        ),  # its title speaks of something else
    ],
)
def test_a_post_is_near_whose_title_speaks_of_the_same(title, text, nearest):
    found = related.nearest(replace(POST, title=title, tags=(), excerpt="", body=f"<p>{text}</p>"), OWN, least=0.25)
    assert [near.post.title for near in found][:1] == ([nearest] if nearest else [])


def test_a_post_is_not_near_itself_and_a_word_that_all_have_weighs_little():
    own = [replace(post, title=f"Ferry news {post.title}") for post in OWN]
    found = related.nearest(
        replace(POST, key=own[1].key, title="Ferry news", tags=(), body="", excerpt=""), own, least=0.25
    )
    assert found == []


def test_the_reason_names_the_words():
    found = related.nearest(replace(POST, title="Ferry strike ends", tags=()), OWN, least=0.1)
    assert "ferry, strike" in found[0].reason
