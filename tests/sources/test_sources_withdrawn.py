"""What a document says of entries that it has withdrawn (RFC 6721), and whether it lists all that there are (RFC 5005)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from feed_samples import parsed

from aggregator.sources import limits
from aggregator.types import Deleted

AT, FH = "xmlns:at='http://purl.org/atompub/tombstones/1.0'", "xmlns:fh='http://purl.org/syndication/history/1.0'"
ENTRY = "<entry><id>urn:a</id><title>A</title></entry>"


def atom(inner: str, names: str = f"{AT} {FH}") -> bytes:
    return f"<feed xmlns='http://www.w3.org/2005/Atom' {names}><title>T</title>{inner}</feed>".encode()


def rss(inner: str) -> bytes:
    return f"<rss version='2.0' {AT} {FH}><channel><title>T</title>{inner}</channel></rss>".encode()


ONE = "<at:deleted-entry ref='urn:b' when='2026-05-01T10:00:00Z'><at:comment>by order</at:comment></at:deleted-entry>"


@pytest.mark.parametrize("document", [atom(ONE + ENTRY), atom(ENTRY + ONE), rss(ONE), atom(ONE + ENTRY, "")])
def test_an_entry_that_the_feed_has_deleted_is_told_wherever_it_stands(document: bytes) -> None:
    assert parsed(document).deleted == (Deleted(guid="urn:b", at=datetime(2026, 5, 1, 10, tzinfo=UTC)),)


def test_without_a_reference_nothing_is_deleted_and_without_a_date_it_is() -> None:
    found = parsed(atom("<at:deleted-entry when='2026-05-01T10:00:00Z'/><at:deleted-entry ref=' urn:c ' when='soon'/>"))
    assert found.deleted == (Deleted(guid="urn:c", at=None),)


def test_a_deleted_entry_inside_an_entry_is_none() -> None:
    assert parsed(atom(f"<entry><id>urn:a</id><title>A</title>{ONE}</entry>")).deleted == ()


def test_so_many_are_read_and_no_more() -> None:
    many = "".join(f"<at:deleted-entry ref='urn:{number}'/>" for number in range(limits.DELETED + 5))
    found = parsed(atom(many + f"<at:deleted-entry ref='{'x' * 10_000}'/>"))
    assert len(found.deleted) == limits.DELETED
    assert all(len(word.guid) <= limits.GUID for word in found.deleted)


@pytest.mark.parametrize(
    ("document", "complete"),
    [
        (atom("<fh:complete/>" + ENTRY), True),
        (rss("<fh:complete/><item><title>A</title></item>"), True),
        (atom(ENTRY), False),
        (atom("<fh:archive/>" + ENTRY), False),
        (atom("<entry><title>A</title><fh:complete/></entry>"), False),
    ],
)
def test_a_feed_is_complete_where_it_says_so(document: bytes, complete: bool) -> None:
    assert parsed(document).complete is complete
