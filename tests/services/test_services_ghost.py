"""The target ghost before real Ghosts, 5 and 6, with and without a spoiled line (CI_GHOST=1)."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import lxml.html
import posting
import pytest
import strangers
from deliveries import LOOPBACK, SITE, connect, make_picture, make_post
from posting import deliver
from relay import Fault, Relay, every

from aggregator.config import Secret
from aggregator.errors import BlockedError, RemovedError, TryLaterError
from aggregator.markup import clean
from aggregator.policy import change
from aggregator.targets import ghost as kind
from aggregator.targets.ghost import key
from aggregator.targets.shared import article
from aggregator.types import Enclosure, Image, Post, Publication
from tools.services import ghost

pytestmark = pytest.mark.service

RICH = """<p>A <a href="https://x.example/?a=1&amp;b=2">link</a>, <strong>bold <em>both</em></strong>, <code>f()</code>,
H<sub>2</sub>O, <del>old</del> <ins>new</ins> <mark>m</mark> <kbd>K</kbd> <abbr title="x">AB</abbr> <q>q</q> 😀 “—”</p>
<h2>Table</h2><table><caption>C</caption><thead><tr><th scope="col">A</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>
<figure><img src="https://paper.example/a.png" alt="A"><figcaption>Cap <em>e</em></figcaption></figure>
<p><a href="https://l.example/"><img src="https://paper.example/b.png" alt="B"></a></p>
<p>In the <img src="https://paper.example/c.png" alt="C"> text.</p>
<pre><code class="language-python">def f():\n\n    return {{ x }} &lt; 2</code></pre><pre>plain\n  text</pre>
<blockquote><p>One.</p><p>Two.</p><footer>— <cite>Who</cite></footer></blockquote><blockquote><ul><li>a</li></ul></blockquote>
<ul><li>a</li><li><p>b</p><ul><li>c</li></ul></li></ul><ol start="4"><li>four</li></ol><ol><li><p>a</p><p>b</p></li></ol>
<dl><dt>T</dt><dd>D</dd></dl><details><summary>S</summary><p>D</p></details><hr>
<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ" title="t"></iframe><video src="https://v.example/a.mp4"></video>
<p lang="ar" dir="rtl">مرحبا بالعالم</p><div>loose <b>text</b><p>in a box</p></div>"""
MARKUP = "&lt;img src=x onerror=alert(1)&gt;&lt;!--kg-card-end: html--&gt;&lt;script&gt;alert(2)&lt;/script&gt;"
#: Places where a text that speaks of markup might become what it talks about.
PLACES = [
    f"<{tag}>{MARKUP}</{tag}>" for tag in ("p", "h2", "pre", "kbd", "blockquote", "aside", "div", "li", "td", "dd")
]
PLACES += [
    f"<{tag}>a<hr>{MARKUP}</{tag}>" for tag in ("abbr", "a href='https://x.example/'", "b", "q", "ruby", "p", "s")
]
PLACES += [
    MARKUP,
    f"a<p>b</p>{MARKUP}",
    f"<p><abbr>a<hr>{MARKUP}</abbr>{MARKUP}</p>{MARKUP}",
    f"<p>a<b><table><tr><td>b</td></tr></table>{MARKUP}</b></p>",
    f"<table>{MARKUP}<tr>{MARKUP}<td><table>{MARKUP}</table></td></tr></table>",
    f"<ul>{MARKUP}<li>a</li>{MARKUP}</ul><dl>{MARKUP}<dt>a</dt></dl><details>{MARKUP}<summary>{MARKUP}</summary></details>",
    f"<figure><img src='https://a.example/p.png' alt='{MARKUP}' title='{MARKUP}'><figcaption>{MARKUP}</figcaption></figure>",
    f"<blockquote>a<cite><hr>{MARKUP}</cite><p>b</p></blockquote><pre><code>{MARKUP}<b>{MARKUP}</b></code></pre>",
    f"<video src='https://a.example/v.mp4'>{MARKUP}</video><audio src='https://a.example/v.mp3'>{MARKUP}</audio>",
]
#: What a reader would miss. ``del`` may have become ``s``, ``cite`` in a quote ``em``.
SEEN = ("a", "abbr", "audio", "code", "dd", "details", "figcaption", "h2", "hr", "iframe", "img", "ins", "kbd", "li")
SEEN += ("mark", "ol", "pre", "q", "sub", "summary", "table", "td", "th", "ul", "video")


def build(site: ghost.Site, url: str = "", **options: Any) -> kind.GhostTarget:
    now = options.pop("now", lambda: datetime.now(UTC))
    settings = {"key": Secret(site.admin_key), "timeout": "10s"} | options
    chosen = kind.Options(url=url or site.url, allow_networks=LOOPBACK, **settings)
    return kind.build("magazine", chosen, site=SITE, folder=Path(), http=connect, now=now)


def owner(site: ghost.Site, method: str, path: str, **request: Any) -> Any:
    """What the owner of the blog gets from its API."""
    headers = {"Authorization": f"Ghost {key.token(Secret(site.admin_key), datetime.now(UTC))}"}
    with httpx.Client(base_url=site.admin_api, headers=headers, timeout=30, trust_env=False) as client:
        answer = client.request(method, path, **request).raise_for_status()
        return answer.json() if answer.content else None


def held(site: ghost.Site, post: Post) -> list[dict[str, Any]]:
    """The posts that carry the key."""
    params = {"filter": f"codeinjection_head:~'{post.key}'", "formats": "html", "limit": "100"}
    posts: list[dict[str, Any]] = owner(site, "GET", "posts/", params=params)["posts"]
    return posts


def edit(site: ghost.Site, published: Publication, **fields: object) -> None:
    """The owner saves the post."""
    (post,) = owner(site, "GET", f"posts/{published.remote_id}/")["posts"]
    body = {"posts": [{"updated_at": post["updated_at"], **fields}]}
    owner(site, "PUT", f"posts/{published.remote_id}/", json=body, params={"source": "html"})


def page(published: Publication) -> lxml.html.HtmlElement:
    """The page as a reader gets it."""
    assert published.remote_url is not None
    return lxml.html.document_fromstring(httpx.get(published.remote_url, trust_env=False, timeout=30).content)


def told(root: lxml.html.HtmlElement) -> str:
    """All words, without the space between them."""
    return re.sub(r"\s+", "", str(root.text_content()))


async def test_a_sound_ghost_has_nothing_to_complain_of(ghost: ghost.Site) -> None:
    target = build(ghost, author=ghost.email)
    assert await target.check() == []
    await target.close()


async def test_what_is_wrong_is_told_to_the_owner(ghost: ghost.Site) -> None:
    name, _, secret = ghost.admin_key.partition(":")
    for options, expected in (
        ({"key": Secret(f"{name}:{secret[::-1]}")}, "does not know this key"),
        ({"key": Secret(f"{name[::-1]}:{secret}")}, "does not know this key"),
        ({"now": lambda: datetime.now(UTC) - timedelta(minutes=9)}, "minutes behind the blog's"),
        ({"author": "nobody@example.org"}, "nobody writes there as nobody@example.org"),
    ):
        target = build(ghost, **options)
        (problem,) = await target.check()
        assert expected in problem
        assert secret not in problem
        if "author" not in options:
            with pytest.raises(BlockedError, match=expected):
                await target.publish(make_post(1), media={}, previous=None)
        await target.close()


@pytest.mark.parametrize("content", ["native", "card"])
async def test_nothing_of_a_rich_post_is_lost(ghost: ghost.Site, tmp_path: Path, content: str) -> None:
    target = build(ghost, content=content)
    lead = Image(url="https://paper.example/lead.png", alt="A red door", caption="The <door>", credit="Photo: Ada")
    number = 10 + len(content)
    post = make_post(
        number,
        body=clean.html(RICH),
        lead=lead,
        standfirst="In short.",
        altered="translated",
        enclosures=(Enclosure(url="https://v.example/a.mp3", type="audio/mpeg"),),
    )
    media = {
        url: make_picture(tmp_path, url, colour)
        for url, colour in zip(target.wants(post), ("red", "blue"), strict=False)
    }
    published = await target.publish(post, media=media, previous=None)
    (there,) = held(ghost, post)
    assert (there["title"], there["status"], there["slug"]) == (post.title, "published", post.slug)
    assert datetime.fromisoformat(there["published_at"]) == post.published_at == published.published_at
    assert there["canonical_url"] == post.canonical_url
    assert (there["feature_image_alt"], there["custom_excerpt"]) == ("A red door", "In short.")
    assert there["feature_image_caption"] == "The &lt;door&gt; Photo: Ada"
    assert {tag["name"] for tag in there["tags"]} == {"Science", "Déjà vu", "#wirecopy", "#feed-paper"}
    picture = httpx.get(there["feature_image"], trust_env=False)
    assert picture.headers["content-type"] == "image/png"

    source = article.parse(article.html(post, lead_shown=True))
    for element in source.xpath("./p[@class='standfirst']"):
        element.drop_tree()
    arrived = article.parse(there["html"])
    assert told(arrived) == told(source)
    count = {name: len(source.findall(f".//{name}")) for name in SEEN}
    count["code"] += content == "native"  # a piece of code, where it was preformatted text
    found = {name: len(arrived.findall(f".//{name}")) for name in SEEN}
    assert found == count
    links = Counter(link.get("href") for link in source.iter("a"))
    assert Counter(link.get("href") for link in arrived.iter("a")) == links
    assert arrived.xpath("//p[@lang='ar'][@dir='rtl']")
    assert article.mark_of(there["html"]) == (post.key, change.revision(post))
    head = page(published).find("head")
    assert head is not None
    assert head.xpath("link[@rel='canonical']/@href") == [post.canonical_url]
    assert head.xpath(f"//script[@data-wirecopy='{post.key}:{change.revision(post)}']")
    await target.close()


async def test_a_kill_between_picture_and_post_leaves_no_second_picture(ghost: ghost.Site, tmp_path: Path) -> None:
    lead = Image(url="https://paper.example/lead.png", alt="A green door")
    post, media = make_post(6, lead=lead), {lead.url: make_picture(tmp_path, lead.url, "green")}
    async with Relay(ghost.url, [None, Fault.RESET_BEFORE]) as relay:
        target = build(ghost, relay.url)
        with pytest.raises(TryLaterError):
            await target.publish(post, media=media, previous=None)
        await target.close()
        again = build(ghost, relay.url)
        await again.publish(post, media=media, previous=None)
        await again.close()
    (there,) = held(ghost, post)
    stored = (ghost.folder / "content" / "images").glob(f"2*/*/{media[lead.url].sha256[:20]}*.png")
    # Ghost keeps the file as it came beside the one that it shows.
    assert {Path(there["feature_image"]).name} == {path.name for path in stored if not path.stem.endswith("_o")}


async def test_a_post_is_found_kept_up_to_date_and_taken_back(ghost: ghost.Site) -> None:
    target = build(ghost)
    published = await target.publish(make_post(2), media={}, previous=None)
    again = build(ghost)
    assert await again.find(make_post(2)) == published
    assert await again.publish(make_post(2), media={}, previous=published) == published
    changed = make_post(2, title="Corrected", body="<p>Other.</p>")
    updated = await again.publish(changed, media={}, previous=published)
    assert (updated.remote_url, updated.note) == (published.remote_url, "")
    (there,) = held(ghost, changed)
    assert there["title"] == "Corrected"
    assert "Other." in there["html"]
    await target.withdraw(changed, updated)
    await target.withdraw(changed, updated)
    assert held(ghost, changed) == []
    with pytest.raises(RemovedError):
        await target.publish(changed, media={}, previous=updated)
    await target.close()
    await again.close()


async def test_what_the_owner_changed_stays(ghost: ghost.Site) -> None:
    target = build(ghost)
    first = await target.publish(make_post(3), media={}, previous=None)
    edit(ghost, first, title="My headline", tags=["Mine"])
    second = await target.publish(make_post(3, title="New", body="<p>New.</p>"), media={}, previous=first)
    (there,) = held(ghost, make_post(3))
    assert (there["title"], [tag["name"] for tag in there["tags"]]) == ("My headline", ["Mine"])
    assert "New." in there["html"]
    assert second.note == "edited by hand there and left as it is: tags, title"
    edit(ghost, first, html="<p>My own words.</p>")
    third = await target.publish(make_post(3, body="<p>Newest.</p>"), media={}, previous=second)
    (there,) = held(ghost, make_post(3))
    assert there["html"] == "<p>My own words.</p>"
    assert "text" in third.note
    await target.close()


async def test_what_the_owner_took_offline_stays_offline(ghost: ghost.Site) -> None:
    target = build(ghost)
    first = await target.publish(make_post(4), media={}, previous=None)
    edit(ghost, first, status="draft")
    for previous in (first, None):
        await target.publish(make_post(4, body="<p>New.</p>"), media={}, previous=previous)
        (there,) = held(ghost, make_post(4))
        assert there["status"] == "draft"
    await target.close()


async def test_drafts_that_an_attempt_left_are_finished_or_deleted(ghost: ghost.Site) -> None:
    waiting = build(ghost, status="draft")
    left = await waiting.publish(make_post(5), media={}, previous=None)
    (draft,) = owner(ghost, "GET", f"posts/{left.remote_id}/", params={"formats": "lexical"})["posts"]
    twin = {name: draft[name] for name in ("title", "slug", "lexical", "codeinjection_head", "tags")}
    owner(ghost, "POST", "posts/", json={"posts": [twin]})
    assert len(held(ghost, make_post(5))) == 2
    target = build(ghost)
    published = await target.publish(make_post(5), media={}, previous=None)
    (there,) = held(ghost, make_post(5))
    assert (there["id"], there["status"], there["slug"]) == (published.remote_id, "published", make_post(5).slug)
    await waiting.close()
    await target.close()


async def test_nothing_of_strangers_runs_and_nothing_is_lost(ghost: ghost.Site) -> None:
    target = build(ghost)
    speaking = [posting.make_post(50 + number, body=clean.html(place)) for number, place in enumerate(PLACES)]
    for post in [*strangers.posts(), *speaking]:
        published = await target.publish(post, media={}, previous=None)
        (there,) = held(ghost, post)
        shown = article.parse(article.html(post, lead_shown=True))
        for element in shown.xpath("./p[@class='standfirst']"):
            if there["custom_excerpt"]:
                element.drop_tree()
        assert told(article.parse(there["html"])) == told(shown)
        for element in page(published).iter("*"):
            assert not [name for name in element.attrib if name.startswith("on")], post.body
            assert not any(value.startswith("javascript:") for value in element.attrib.values())
            if element.tag == "script" and element.get("type") != "application/ld+json":
                assert "alert(" not in (element.text or ""), post.body
    await target.close()


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.DELAY_REPLY])
@pytest.mark.parametrize("write", [0, 1])
async def test_whatever_is_spoiled_makes_one_post(ghost: ghost.Site, fault: Fault, write: int) -> None:
    number = 100 + 10 * list(Fault).index(fault) + write
    async with Relay(ghost.url, [*[None] * write, fault]) as relay:
        target = build(ghost, relay.url)
        published = await deliver(target, make_post(number))
        await target.close()
    (there,) = held(ghost, make_post(number))
    assert (there["id"], there["status"]) == (published.remote_id, "published")
    assert relay.spoiled[fault] == 1


async def test_forty_posts_over_a_bad_line_arrive_once_each(ghost: ghost.Site) -> None:
    faults = [fault for fault in Fault if fault is not Fault.DELAY_REPLY]
    async with Relay(ghost.url, every(4, faults)) as relay:
        target = build(ghost, relay.url)
        for number in range(200, 240):
            await deliver(target, make_post(number))
        await target.close()
    found = [held(ghost, make_post(number)) for number in range(200, 240)]
    assert [len(posts) for posts in found] == [1] * 40
    assert {posts[0]["status"] for posts in found} == {"published"}
