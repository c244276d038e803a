"""Addresses for comparison: redirectors are seen through, other forms of a page are that page."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator import urls

PAGE = "https://a.example/story?id=7"
QUOTED = "https%3A%2F%2Fa.example%2Fstory%3Fid%3D7"
BASE64 = base64.urlsafe_b64encode(PAGE.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "wrapped",
    [
        f"https://www.google.com/url?rct=j&sa=t&url={QUOTED}&ct=ga&cd=CAEY&usg=AOv",
        f"https://www.google.co.uk/url?q={QUOTED}",
        f"http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&tid=6&url={QUOTED}&c=1&mkt=en-us",
        f"https://www.bing.com/ck/a?!&&p=1&u=a1{BASE64}&ntb=1",
        f"https://l.facebook.com/l.php?u={QUOTED}&h=AT0",
        f"https://r.search.yahoo.com/_ylt=A/RV=2/RE=1/RO=10/RU={QUOTED}/RK=2/RS=z",
        f"http://us.rd.yahoo.com/dailynews/rss/world/*{PAGE}",
        "https://www.google.com/amp/s/a.example/story?id=7",
        "https://a-example.cdn.ampproject.org/c/s/a.example/story?id=7",
        f"https://links.example/r?url={QUOTED}",
        f"https://links.example/out.php?to={QUOTED}",
        f"https://www.google.com/url?url=https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3D{QUOTED.replace('%', '%25')}",
    ],
)
def test_a_redirector_is_seen_through(wrapped: str) -> None:
    assert urls.unwrap(wrapped) == PAGE
    assert urls.compare_key(wrapped) == urls.compare_key(PAGE)


@pytest.mark.parametrize(
    "address",
    [
        PAGE,
        "https://news.google.com/rss/articles/CBMiWkFVX3lxTE?oc=5",  # only the network knows where that leads
        f"https://a.example/login?url={QUOTED}",
        "https://a.example/go?q=weather",
        "https://a.example/r?url=/story",
        "https://a.example/r?url=javascript:alert(1)",
        "https://a.example/r?url=http://localhost/",
        "https://www.bing.com/ck/a?u=a1aHR0c!!!",
        "http://[",
    ],
)
def test_an_address_that_does_not_tell_where_it_leads_stays(address: str) -> None:
    assert urls.unwrap(address) == address


@pytest.mark.parametrize(
    "form",
    [
        "http://www.a.example/2026/story/",
        "https://m.a.example/2026/story",
        "https://a.example/2026/story?utm_source=rss&utm_medium=feed#top",
        "https://a.example/2026/story/amp/",
        "https://amp.a.example/2026/story",
        "https://a.example/amp/2026/story",
        "https://a.example/2026/story?amp=1",
        "https://a.example/2026/story/print/",
        "https://a.example/2026/story?print=true",
        "https://a.example/2026/story?output=print",
        "https://a.example/2026/story?m=1",
    ],
)
def test_another_form_of_a_page_is_that_page(form: str) -> None:
    assert urls.compare_key(form) == "a.example/2026/story"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/story?id=1", "https://a.example/story?id=2"),
        ("https://a.example/print", "https://a.example/"),
        ("https://de.m.wiki.example/x", "https://en.m.wiki.example/x"),
        ("https://a.example/story?view=list", "https://a.example/story"),
    ],
)
def test_two_pages_stay_two(one: str, other: str) -> None:
    assert urls.compare_key(one) != urls.compare_key(other)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=60), st.from_regex(r"https?://[a-z.]{1,9}/(url|r|\*http)[?/][ -~]{0,40}")))
def test_seeing_through_never_fails_and_is_done_once(address: str) -> None:
    inner = urls.unwrap(address)
    assert inner == address or inner.startswith(("http://", "https://"))
    assert urls.compare_key(address) == urls.compare_key(address)
