"""Whose story it is: credit is given away by a word against oneself, and never taken by one for oneself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.policy import originals
from aggregator.policy.originals import Credited, Source
from aggregator.types import Lead

PAPER = Source(
    feed="paper",
    name="",
    url="https://paper.example/a",
    canonical="https://paper.example/a",
    at_home=True,
    comes_from=(),
    preferred=False,
)
WIRE = replace(PAPER, feed="wire", name="The Wire", url="https://wire.example/1", canonical="https://wire.example/1")
REUTERS = replace(WIRE, feed="reuters", name="", url="https://www.reuters.com/world/1/")


def passes(first: Source, later: Source, lead: Lead = Lead.ORIGINAL) -> bool:
    return originals.credited(first, later, lead).outcome is Credited.LATER


@pytest.mark.parametrize(
    ("claim", "later"),
    [
        ("https://wire.example/1", WIRE),
        ("https://www.wire.example/another-form-of-it", WIRE),
        ("The Wire", WIRE),
        ("the wire", WIRE),
        ("Wire", replace(WIRE, name="")),  # its site bears the name
        ("Reuters", REUTERS),
        ("路透社", REUTERS),
        ("AP", replace(REUTERS, url="https://apnews.com/article/1")),
        ("Associated Press", replace(REUTERS, url="https://apnews.com/article/1")),
        ("The Conversation", replace(REUTERS, url="https://theconversation.com/a-1")),
    ],
)
def test_credit_passes_to_whom_the_first_names_itself(claim: str, later: Source) -> None:
    decision = originals.credited(replace(PAPER, comes_from=(claim,)), later, Lead.ORIGINAL)
    assert decision.outcome is Credited.LATER
    assert decision.reason == f"the first says itself that it comes from {claim}"


@pytest.mark.parametrize(
    ("claim", "later"),
    [
        ("https://other.example/1", WIRE),
        ("Reuters", WIRE),
        ("Reuters", replace(REUTERS, url="https://reuters.example/1")),  # an agency is at home at its own sites alone
        ("Reuters", replace(REUTERS, at_home=False)),  # a list of links leads there too
        ("", replace(WIRE, name="")),
        ("?", replace(WIRE, name="")),
    ],
)
def test_credit_stays_where_the_name_is_not_that_of_the_later_one(claim: str, later: Source) -> None:
    assert not passes(replace(PAPER, comes_from=(claim,)), later)


@pytest.mark.parametrize("claims", [("https://other.example/1",), ("Reuters",), ("https://wire.example/1",), ()])
def test_what_the_later_one_says_of_itself_never_takes_credit(claims: tuple[str, ...]) -> None:
    assert not passes(PAPER, replace(WIRE, comes_from=claims))


def test_of_two_that_name_each_other_the_first_stays() -> None:
    first, later = replace(PAPER, comes_from=(WIRE.url,)), replace(WIRE, comes_from=(PAPER.url,))
    decision = originals.credited(first, later, Lead.ORIGINAL)
    assert (decision.outcome, decision.reason) == (
        Credited.FIRST, "it says itself that it comes from https://paper.example/a",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (replace(PAPER, feed="original", url="https://paper.example/story?utm_source=rss"), True),
        (replace(PAPER, feed="links", url="https://paper.example/story", at_home=False), False),
        (replace(PAPER, feed="original", url="https://paper.example/other"), False),
    ],
)
def test_the_original_stands_at_the_address_that_the_page_of_the_copy_names(later: Source, expected: bool) -> None:
    copy = replace(PAPER, url="https://paper.example/copy", canonical="https://paper.example/story")
    assert passes(copy, later) is expected


def test_two_that_link_to_one_page_are_no_copies_of_each_other() -> None:
    assert not passes(PAPER, replace(PAPER, feed="other"))


@pytest.mark.parametrize(
    ("first", "later", "lead", "expected"),
    [
        (PAPER, WIRE, Lead.ORIGINAL, False),
        (PAPER, replace(WIRE, preferred=True), Lead.PREFERRED, True),
        (replace(PAPER, preferred=True), replace(WIRE, preferred=True), Lead.PREFERRED, False),
        (replace(PAPER, preferred=True, comes_from=("The Wire",)), WIRE, Lead.ORIGINAL, False),
        (PAPER, replace(WIRE, preferred=True, comes_from=(PAPER.url,)), Lead.PREFERRED, True),
        (replace(PAPER, comes_from=("The Wire",)), WIRE, Lead.FIRST, False),
    ],
)
def test_the_operators_word_goes_before_all_others(first: Source, later: Source, lead: Lead, expected: bool) -> None:
    assert passes(first, later, lead) is expected
