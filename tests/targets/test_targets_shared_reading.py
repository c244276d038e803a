"""What targets read of others: links to endpoints, JSON that may be anything, and words that go into errors."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.errors import BlockedError, PublishError, TryLaterError
from aggregator.targets.shared import discovery, edits, tolerant
from aggregator.targets.shared.api import Web, leaving_doubt
from aggregator.targets.shared.quoting import MAX_QUOTE, quoted
from aggregator.types import Response


def page(html: str, **fields: str) -> Response:
    url = "https://blog.example/about/"
    headers = tuple(fields.items())
    return Response(
        url=url, requested_url=url, status=200, headers=headers, body=html.encode(), fetched_at=datetime.now(UTC)
    )


@pytest.mark.parametrize(
    ("html", "fields", "expected"),
    [
        (
            '<link rel="x" href="/a"><a rel="x" href="b">',
            {},
            ["https://blog.example/a", "https://blog.example/about/b"],
        ),
        ('<a rel="x" href="/a">', {"link": '</f>; rel="x"'}, ["https://blog.example/f", "https://blog.example/a"]),
        ('<link rel="other X" href="">', {}, ["https://blog.example/about/"]),
        ('<base href="https://cdn.example/"><link rel="x" href="a">', {}, ["https://cdn.example/a"]),
        ('<link rel="x"><link rel="x" href="mailto:a@b.example"><area rel="x" href="/a">', {}, []),
        ("", {}, []),
    ],
)
def test_endpoints_are_named_by_fields_first_then_by_the_page(
    html: str, fields: dict[str, str], expected: list[str]
) -> None:
    assert list(discovery.links(page(html, **fields), "x", "link", "a")) == expected


def test_no_secret_goes_to_an_endpoint_in_the_clear_where_the_site_is_encrypted() -> None:
    assert discovery.encrypted("blog", "http://a.example/", site="http://a.example") == "http://a.example/"
    with pytest.raises(BlockedError, match="not encrypted"):
        discovery.encrypted("blog", "http://a.example/", site="https://a.example")


@pytest.mark.parametrize("value", [None, 3, "x", [], [None, 3], {"a": None}, {"a": {"b": 3}}])
def test_whatever_comes_is_read_as_what_was_hoped_for_or_as_nothing(value: object) -> None:
    assert tolerant.table(value, "a", "b") == {}
    assert tolerant.rows(value) == []
    assert tolerant.text(value, "a") == ""
    assert tolerant.number(value, "a") is None
    assert tolerant.moment(value) is None
    assert tolerant.texts(value) == frozenset()


@pytest.mark.parametrize("told", ["2026-03-01T12:00:00Z", "2026-03-01T12:00:00", "2026-03-01T13:00:00+01:00"])
def test_a_moment_is_in_utc(told: str) -> None:
    assert tolerant.moment(told) == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_words_of_others_are_one_short_line_without_secrets() -> None:
    assert quoted("no\nsesame, no sesame-open", hide=("sesame", "sesame-open", "")) == "no ***, no ***"
    assert len(quoted("word " * 1_000)) <= MAX_QUOTE


@pytest.mark.parametrize(
    ("url", "clear"),
    [("https://a.example", False), ("http://a.example", True), ("http://127.0.0.1:80", False), ("http://nas", False)],
)
def test_a_secret_in_the_clear_is_told_but_for_ones_own_network(url: str, clear: bool) -> None:
    assert bool(Web.model_validate({"url": url}).in_the_clear("token")) is clear


def test_what_goes_wrong_after_a_first_step_leaves_a_doubt() -> None:
    with pytest.raises(PublishError) as caught, leaving_doubt():
        raise TryLaterError("blog", "later")
    assert caught.value.in_doubt


def test_edits_are_told_part_by_part_and_what_was_kept_stays_known() -> None:
    known = {"title": edits.fingerprint("a"), "text": edits.fingerprint("b")}
    now = {"title": edits.fingerprint("mended"), "text": edits.fingerprint("b"), "tags": edits.fingerprint(["x"])}
    assert edits.edited(edits.read(edits.written(known)), now) == {"title"}
    assert edits.read(edits.remembered(known, now, {"title"})) == {**now, "title": known["title"]}


@pytest.mark.parametrize(
    ("version", "revision", "expected"),
    [("old:1", "1", True), ("now:1", "1", False), ("old:1", "", True), ("old:1", "2", False), ("", "1", False)],
)
def test_a_whole_post_is_edited_where_it_is_another_under_the_same_revision(
    version: str, revision: str, expected: bool
) -> None:
    assert edits.edited_since(version, "now", revision) is expected
