from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.sources import encoding


def document(label: str, text: str) -> str:
    return f'<?xml version="1.0" encoding="{label}"?><rss><channel><title>{text}</title></channel></rss>'


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("UTF-8", "utf-8", "Ahoj – světe"),
        ("ISO-8859-1", "cp1252", "“Curly” — 5 €"),  # what writers of that label mean (WHATWG)
        ("windows-1251", "cp1251", "Новости дня"),
        ("KOI8-R", "koi8-r", "Новости дня"),
        ("ISO-8859-2", "iso8859-2", "žluťoučký kůň"),
        ("ISO-8859-15", "iso8859-15", "5 €"),
        ("gb2312", "gb18030", "中文新聞𠮷"),
        ("GBK", "gb18030", "中華網"),
        ("Big5", "big5hkscs", "繁體中文"),
        ("Shift_JIS", "cp932", "日本語①"),
        ("x-sjis", "cp932", "日本語"),
        ("EUC-JP", "euc_jp", "日本語"),
        ("ISO-2022-JP", "iso2022_jp", "日本語"),
        ("EUC-KR", "cp949", "한국어"),
        ("windows-874", "cp874", "ไทย"),
        ("TIS-620", "cp874", "ไทย"),
        ("windows-1256", "cp1256", "أخبار"),
    ],
)
def test_a_declared_encoding_is_used(label: str, codec: str, text: str) -> None:
    assert text in encoding.decode(document(label, text).encode(codec)).text


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
        (b"", "utf-32-be"),
    ],
)
def test_a_byte_order_mark_or_its_traces_beat_every_label(mark: bytes, codec: str) -> None:
    text = document("iso-8859-1", "Ahoj – světe")
    assert encoding.decode(mark + text.encode(codec), "text/xml; charset=windows-1251").text == text


@pytest.mark.parametrize(
    ("label", "header"),
    [
        ("iso-8859-1", None),
        ("us-ascii", "text/xml"),
        ("utf-16", None),
        ("x-nonsense", None),
        ("utf-8", "text/xml; charset=ISO-8859-1"),
        ("zip", "text/xml; charset=rot13"),
    ],
)
def test_what_is_utf8_is_utf8_whatever_the_labels_claim(label: str, header: str | None) -> None:
    assert "Ahoj – světe" in encoding.decode(document(label, "Ahoj – světe").encode(), header).text


def test_the_header_beats_the_declaration() -> None:
    body = document("windows-1252", "Новости").encode("cp1251")
    assert "Новости" in encoding.decode(body, 'application/rss+xml; Charset="windows-1251"').text


def test_a_header_that_cannot_be_true_gives_way() -> None:
    body = document("windows-1251", "Новости, длинные и разные, читают у моря").encode("cp1251")
    assert "Новости" in encoding.decode(body, "text/xml; charset=utf-8").text


def test_one_bad_byte_does_not_turn_a_document_to_mojibake() -> None:
    body = document("utf-8", "Ahoj – světe, café").encode() + b"<!-- \x93 -->"
    decoded = encoding.decode(body)
    assert "Ahoj – světe, café" in decoded.text
    assert "“" in decoded.text
    assert decoded.notes == ("1 bytes that are not UTF-8 were repaired",)


def test_without_a_label_what_is_not_utf8_is_windows_1252() -> None:
    assert "café" in encoding.decode(b"<rss><title>caf\xe9</title></rss>").text


def test_the_owner_has_the_last_word_before_the_byte_order_mark() -> None:
    body = "<rss>Новости</rss>".encode("cp1251")
    assert "Новости" in encoding.decode(body, "text/xml; charset=iso-8859-1", "windows-1251").text
    assert "Новости" in encoding.decode(codecs.BOM_UTF8 + "Новости".encode(), None, "windows-1251").text


def test_ebcdic_is_told_by_its_first_letters() -> None:
    assert "<rss>" in encoding.decode('<?xml version="1.0" encoding="cp037"?><rss></rss>'.encode("cp037")).text


@pytest.mark.parametrize(
    "label", ["rot13", "zlib", "base64", "unicode_escape", "idna", "punycode", "utf-7", "mbcs", "\x00", ""]
)
def test_codecs_that_are_no_character_sets_are_not_used(label: str) -> None:
    assert encoding.known(label) == ""


@given(st.binary(max_size=300), st.text(max_size=20), st.text(max_size=12))
def test_any_bytes_become_text_that_utf8_can_hold(body: bytes, header: str, forced: str) -> None:
    encoding.decode(body, f"text/xml; charset={header}", forced).text.encode()
