"""What is done about a page that could not be had."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.errors import (
    AggregatorError,
    BusyError,
    CostlyError,
    ExtractError,
    GoneError,
    ParseError,
    RefusedError,
    TooLargeError,
    UnreachableError,
)
from aggregator.policy import second_look
from aggregator.policy.second_look import Look, Meanwhile
from aggregator.types import Basis, Known, Outcome, Rights

NOW = datetime(2026, 3, 4, tzinfo=UTC)
URL = "https://a.example/story"
TIMEOUT = UnreachableError(URL, "no complete answer within 30 s")


def after(
    error: AggregatorError = TIMEOUT,
    *,
    looks: int = 0,
    words: int = 10,
    rights: Rights = Rights.FULL,
    known: Known | None = None,
) -> Look:
    return second_look.after(error, looks=looks, words_given=words, rights=rights, known=known, now=NOW)


def before(post_key: str | None, basis: Basis | None) -> Known:
    return Known(key="k", outcome=Outcome.QUEUED, content_hash="", post_key=post_key, first_seen_at=NOW, basis=basis)


def busy(**wait: float) -> BusyError:
    return BusyError(URL, "429", status=429, retry_after=timedelta(**wait))


@pytest.mark.parametrize(
    ("error", "looks"),
    [
        (TIMEOUT, 3),
        (UnreachableError(URL, "502", status=502), 3),
        (busy(), 3),
        (CostlyError("took more than 60 seconds"), 1),
        (RefusedError(URL, "404", status=404), 0),
        (RefusedError(URL, "401", status=401), 0),
        (RefusedError(URL, "robots.txt asks us not to fetch this"), 0),
        (GoneError(URL, "410", status=410), 0),
        (TooLargeError(URL, "9,000,000 bytes"), 0),
        (ParseError("no feed"), 0),
        (ExtractError("a login"), 0),
    ],
)
def test_only_what_may_pass_is_looked_at_again_and_not_for_ever(error: AggregatorError, looks: int) -> None:
    again = [number for number in range(9) if after(error, looks=number).at is not None]
    assert again == list(range(looks))
    assert all(after(error, looks=number).reason for number in range(9))


def test_pauses_grow() -> None:
    found = [after(looks=number).at for number in range(3)]
    assert found == [NOW + timedelta(minutes=10), NOW + timedelta(hours=1), NOW + timedelta(hours=6)]


@pytest.mark.parametrize(
    ("wish", "wait"),
    [
        (timedelta(seconds=1), timedelta(minutes=10)),
        (timedelta(minutes=30), timedelta(minutes=30)),
        (timedelta(days=365), timedelta(days=7)),
        (timedelta(days=-1), timedelta(minutes=10)),
    ],
)
def test_a_server_may_ask_for_a_longer_pause(wish: timedelta, wait: timedelta) -> None:
    assert after(BusyError(URL, "503", retry_after=wish)).at == NOW + wait


@pytest.mark.parametrize(
    ("facts", "meanwhile"),
    [
        ({"words": 0}, Meanwhile.HELD),
        ({"words": 1}, Meanwhile.SHOWN),
        ({"words": 0, "known": before(None, None)}, Meanwhile.SHOWN),
        ({"words": 0, "known": before("post", Basis.FEED)}, Meanwhile.SHOWN),
        ({"words": 500, "known": before("post", Basis.PAGE)}, Meanwhile.HELD),
        ({"error": busy(days=2), "known": before("post", Basis.PAGE)}, Meanwhile.HELD),
        ({"looks": 3, "known": before("post", Basis.PAGE)}, Meanwhile.SETTLED),
        ({"words": 0, "rights": Rights.EXCERPT}, Meanwhile.HELD),
        ({"words": 1, "rights": Rights.EXCERPT}, Meanwhile.SHOWN),
        ({"words": 0, "error": busy(hours=1)}, Meanwhile.HELD),
        ({"words": 0, "error": busy(hours=2)}, Meanwhile.SHOWN),
        ({"words": 0, "error": GoneError(URL, "410")}, Meanwhile.SETTLED),
    ],
)
def test_held_back_are_new_entries_of_few_words_for_a_short_while_and_what_would_replace_better(
    facts: dict[str, object], meanwhile: Meanwhile
) -> None:
    assert after(**facts).outcome is meanwhile  # type: ignore[arg-type]
