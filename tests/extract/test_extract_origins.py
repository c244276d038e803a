"""Whose words a text says its own are: datelines, credit lines, the canonical address of a page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator import extract
from aggregator.extract import origins
from aggregator.types import Entry, Response

BETWEEN = "<p>A first paragraph of the article.</p><p>A second one.</p><p>A third one.</p><p>A fourth one.</p>"


@pytest.mark.parametrize(
    ("start", "name"),
    [
        ("LONDON (Reuters) - The bank raised its rates.", "Reuters"),
        ("NAIROBI, Kenya (AP) — The rains came late.", "AP"),
        ("Berlin (dpa) – Der Bundestag hat beschlossen.", "dpa"),
        ("PARIS (AFP) - Le gouvernement a annoncé.", "AFP"),
        ("MADRID, 12 May. (EUROPA PRESS) - El Gobierno ha aprobado.", "EUROPA PRESS"),
        ("(ANSA) - ROMA, 12 MAG - Il governo ha approvato.", "ANSA"),
        ("МОСКВА, 12 мая - РИА Новости. Совет принял решение.", "РИА Новости"),
        ("МОСКВА, 12 мая. /ТАСС/. Совет принял решение.", "ТАСС"),
        ("القاهرة 12 مايو (رويترز) - قال الوزير إن الميناء سيفتح.", "رويترز"),
        ("新华社北京5月12日电 国务院决定，从今年秋天起关闭旧桥。", "新华社"),
        ("【共同】政府は十二日、古い橋を閉鎖することを決めた。", "共同"),
        ("नई दिल्ली, 12 मई (भाषा) सरकार ने पुल बंद करने का फैसला किया।", "भाषा"),
    ],
)
def test_a_dateline_names_its_agency_in_any_language(start: str, name: str) -> None:
    assert name in origins.of_text(f"<p>{start}</p>{BETWEEN}", start)


@pytest.mark.parametrize(
    ("line", "claim"),
    [
        ("This article was originally published by The Conversation under a free licence.", "The Conversation"),
        ("This story first appeared in <a href='https://herald.example/a?utm_source=x'>the Herald</a>.", "https://herald.example/a"),
        ("Republished with permission from Netzpolitik.org.", "Netzpolitik.org"),
        ("Source: Reuters", "Reuters"),
        ("Quelle: dpa/lno", "dpa"),
        ("Das teilte die Polizei mit. dpa/ak", "dpa"),
        ("© 2026 Agence France-Presse", "Agence France-Presse"),
        ("So sagte er. (APA)", "APA"),
        ("Dieser Artikel ist zuerst erschienen bei Netzpolitik.org.", "Netzpolitik.org"),
        ("Cet article a été initialement publié sur Mediapart.", "Mediapart"),
        ("Este artículo fue publicado originalmente en El Faro.", "El Faro"),
        ("Fuente: Agencia EFE", "Agencia EFE"),
        ("Источник: Интерфакс", "Интерфакс"),
        ("المصدر: رويترز", "رويترز"),
        ("本文转载自澎湃新闻。", "澎湃新闻"),
        ("出典：共同通信", "共同通信"),
        ("स्रोत: पीटीआई", "पीटीआई"),
    ],
)  # fmt: skip
def test_a_credit_line_names_its_original_in_any_language(line: str, claim: str) -> None:
    assert claim in origins.of_text(f"{BETWEEN}<p>{line}</p>", "A first paragraph of the article.")


@pytest.mark.parametrize(
    "text",
    [
        "The council (which met on Tuesday) voted to close the bridge.",
        "Two people were hurt, the police said; one of them (44) is in hospital.",
        "He had the source of the river on his map, and read Reuters every day.",
    ],
)
def test_plain_prose_names_nobody(text: str) -> None:
    assert origins.of_text(f"<p>{text}</p>{BETWEEN}", text) == []


def test_a_credit_line_in_the_midst_of_a_text_is_part_of_the_story() -> None:
    body = f"{BETWEEN}<p>The paper's article was originally published by the Herald.</p>{BETWEEN}"
    assert origins.of_text(body, "A first paragraph of the article.") == []


def test_what_a_page_says_of_its_own_site_is_no_claim() -> None:
    claims = ["https://paper.example/other", "https://herald.example/a", "Reuters", "Reuters"]
    assert origins.chosen(claims, "https://www.paper.example/a") == ("https://herald.example/a", "Reuters")


@pytest.mark.parametrize(
    ("head", "claims"),
    [
        ("<link rel=canonical href='https://herald.example/a'>", ("https://herald.example/a",)),
        ("<meta property='og:url' content='https://herald.example/a?utm_source=x'>", ("https://herald.example/a",)),
        ("<meta name='syndication-source' content='https://herald.example/a'>", ("https://herald.example/a",)),
        ("<link rel=canonical href='https://herald.example/'>", ()),  # a front page is nobody's original
        ("<link rel=canonical href='https://paper.example/b'>", ()),
        ("", ()),
    ],
)
def test_the_address_that_a_page_names_on_another_site_is_kept_as_a_claim(head: str, claims: tuple[str, ...]) -> None:
    text = "".join(
        f"<p>Paragraph {n} tells of the harbour and of the council that met there again.</p>" for n in range(9)
    )
    page = f"<html><head><title>Story</title>{head}</head><body><article><h1>Story</h1>{text}</article></body></html>"
    response = Response(
        url="https://paper.example/a",
        requested_url="https://paper.example/a",
        status=200,
        headers=(("content-type", "text/html"),),
        body=page.encode(),
        fetched_at=datetime(2026, 6, 1, tzinfo=UTC),
    )
    article = extract.article(response, Entry(key="k", url="https://paper.example/a", title="Story"))
    assert article.comes_from == claims
    assert "herald" not in (article.canonical_url or "")
