"""The target wordpress before a real WordPress, by an author whose HTML is filtered and by an editor whose is not."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import httpx
import lxml.html
import pytest
import strangers
from deliveries import LOOPBACK, SITE, connect, make_picture, make_post
from posting import deliver
from relay import Fault, Relay, every

from aggregator.config import Secret
from aggregator.errors import BlockedError, RejectedError, RemovedError
from aggregator.markup import clean
from aggregator.policy import change
from aggregator.targets import wordpress as kind
from aggregator.targets.shared import article
from aggregator.types import Enclosure, Image, Post, Publication
from tools.services import wordpress

pytestmark = pytest.mark.service

RICH = """<p>A <a href="https://x.example/?a=1&amp;b[]=2">link</a>, <strong>bold <em>both</em></strong>, <code>f()</code>,
H<sub>2</sub>O, <del>old</del> <ins>new</ins> <mark>m</mark> <kbd>K</kbd> <abbr title="[x]">AB</abbr> [gallery] a[0] 😀</p>
loose <b>words</b><br><br>and more<h2>Table</h2>
<table><caption>C</caption><thead><tr><th scope="col">A</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>
<figure><img src="https://paper.example/a.png" alt="A"><figcaption>Cap <em>e</em></figcaption></figure>
<p><a href="https://l.example/"><img src="https://paper.example/b.png" alt="B"></a></p>
<p>In the <picture><source srcset="https://paper.example/c.webp"><img src="https://paper.example/c.png" alt="C"></picture> text.</p>
<p>https://alone.example/line</p>
<pre><code class="language-python">def f():\n\n    return {{ x[0] }} &lt; 2</code></pre><pre>plain\n  text</pre>
<blockquote><p>One.</p><p>Two.</p><footer><cite>Who</cite></footer></blockquote><blockquote>bare<br>words</blockquote>
<ul><li>a</li><li>b<ul><li>c</li></ul></li><li><p>d</p><p>e</p></li></ul><ol start="4"><li>four</li></ol>
<dl><dt>T</dt><dd>D</dd></dl><details><summary>S</summary>D<p>E</p></details><hr>
<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ"></iframe><video><source src="https://v.example/a.mp4"></video>
<p lang="ar" dir="rtl">مرحبا بالعالم</p>"""
#: What a reader would miss, and how much of it there is. A lone picture is a figure to the block editor.
SEEN = {"abbr": 1, "audio": 1, "blockquote": 2, "code": 2, "dd": 1, "del": 1, "details": 1, "figcaption": 1, "h2": 2}
SEEN |= {"hr": 1, "img": 3, "ins": 1, "kbd": 1, "li": 5, "mark": 1, "ol": 1, "pre": 2, "sub": 1, "summary": 1}
SEEN |= {"table": 1, "th": 1, "ul": 2, "video": 1}


def build(site: wordpress.Site, role: str = "author", url: str = "", **options: Any) -> kind.WordPressTarget:
    user = site.users[role]
    settings = {"username": user.login, "password": Secret(user.application_password), "timeout": "20s"} | options
    chosen = kind.Options(url=url or site.url, allow_networks=LOOPBACK, **settings)
    return kind.build("news", chosen, site=SITE, folder=Path(), http=connect)


def owner(site: wordpress.Site, method: str, path: str, **request: Any) -> Any:
    """What the owner of the blog gets from its API."""
    user = site.users["administrator"]
    auth = (user.login, user.application_password)
    with httpx.Client(base_url=site.api, auth=auth, timeout=30, trust_env=False) as client:
        return client.request(method, path, **request).raise_for_status().json()


def held(site: wordpress.Site, post: Post) -> list[dict[str, Any]]:
    """The posts that carry the key, in whatever state."""
    params = {"search": post.key, "context": "edit", "status": "publish,future,draft,pending,private,trash"}
    found: list[dict[str, Any]] = owner(site, "GET", "/posts", params=params)
    return found


def edit(site: wordpress.Site, published: Publication, **fields: object) -> None:
    """The owner saves the post."""
    owner(site, "POST", f"/posts/{published.remote_id}", json=fields)


def page(published: Publication) -> lxml.html.HtmlElement:
    """The page as a reader gets it."""
    assert published.remote_url is not None
    return lxml.html.document_fromstring(httpx.get(published.remote_url, trust_env=False, timeout=30).content)


def told(root: lxml.html.HtmlElement) -> str:
    """All words. Without signs, since WordPress curls quotes and draws smileys."""
    return "".join(re.findall(r"\w+", str(root.text_content())))


@pytest.mark.parametrize("role", ["author", "editor"])
async def test_a_sound_blog_has_nothing_to_complain_of(wordpress: wordpress.Site, role: str) -> None:
    target = build(wordpress, role)
    assert await target.check() == []
    await target.close()


async def test_what_is_wrong_is_told_to_the_owner(wordpress: wordpress.Site) -> None:
    login = wordpress.users["author"].password
    for role, options, expected in (
        ("author", {"password": Secret(login)}, "not the one to log in with"),
        ("author", {"username": "nobody"}, "are username and password right"),
        ("subscriber", {}, "may not write posts"),
        ("contributor", {"pictures": "link"}, 'set status = "pending"'),
        ("author", {"author": wordpress.users["editor"].login}, "needs the role Editor"),
        ("editor", {"author": "nobody"}, "no author nobody"),
        ("author", {"meta": {"source_url": "{url}", "other": ""}}, "drops the custom fields other:"),
        ("author", {"categories": {"always": ["Never made"]}}, "no category Never made"),
    ):
        target = build(wordpress, role, **options)
        problem = " | ".join(await target.check())
        assert expected in problem
        assert login not in problem
        await target.close()


@pytest.mark.parametrize("role", ["author", "editor"])
@pytest.mark.parametrize("content", ["classic", "blocks"])
async def test_nothing_of_a_rich_post_is_lost(
    wordpress: wordpress.Site, tmp_path: Path, role: str, content: str
) -> None:
    target = build(wordpress, role, content=content, meta={"source_url": "{url}"})
    post = make_post(
        int.from_bytes((content + role).encode()),
        body=clean.html(RICH),
        lead=Image(url="https://paper.example/lead.png", alt="A [red] door", caption="The <door>", credit="Photo: Ada"),
        standfirst="In short.",
        altered="translated",
        enclosures=(Enclosure(url="https://v.example/a.mp3", type="audio/mpeg"),),
        tags=("Science", "Déjà vu", "C++", "News & Views"),
    )
    media = {
        url: make_picture(tmp_path, url, colour)
        for url, colour in zip(target.wants(post), ("red", "blue"), strict=False)
    }
    published = await target.publish(post, media=media, previous=None)
    assert published.note == ""
    (there,) = held(wordpress, post)
    assert (html.unescape(there["title"]["raw"]), there["status"], there["slug"]) == (post.title, "publish", post.slug)
    assert there["date_gmt"] == f"{post.published_at:%Y-%m-%dT%H:%M:%S}"
    assert published.published_at == post.published_at
    assert there["meta"]["source_url"] == post.canonical_url
    names = [html.unescape(owner(wordpress, "GET", f"/tags/{number}")["name"]) for number in there["tags"]]
    assert set(names) == set(post.tags)
    picture = owner(wordpress, "GET", f"/media/{there['featured_media']}", params={"context": "edit"})
    assert (picture["alt_text"], picture["caption"]["raw"]) == (
        "A [red] door",
        "The &lt;door&gt; Photo: Ada",
    )

    shown = article.parse(there["content"]["rendered"])
    source = article.html(post, lead_shown=True)
    expected = article.parse(
        re.sub(r"<iframe.*?</iframe>", "<p>https://www.youtube.com/watch?v=dQw4w9WgXcQ</p>", source)
    )
    assert sorted(told(shown)) == sorted(told(expected))
    found = {name: len(shown.findall(f".//{name}")) for name in SEEN}
    more = {"audio": 1, "figcaption": found["figcaption"]}
    assert found == SEEN | more
    assert shown.xpath("//*[@lang='ar' or @dir='rtl']")
    assert not shown.xpath("//iframe|//source")
    assert shown.xpath("//img[contains(@class, 'wp-image-')]/@src")[0].startswith(wordpress.url)
    assert article.mark_of(there["content"]["raw"]) == (post.key, change.revision(post))
    assert await target.find(post) == published
    await target.close()


async def test_a_post_is_found_kept_up_to_date_and_taken_back(wordpress: wordpress.Site) -> None:
    target = build(wordpress)
    published = await target.publish(make_post(2), media={}, previous=None)
    again = build(wordpress)
    assert await again.find(make_post(2)) == published
    modified = held(wordpress, make_post(2))[0]["modified_gmt"]
    assert await again.publish(make_post(2), media={}, previous=published) == published
    assert held(wordpress, make_post(2))[0]["modified_gmt"] == modified
    changed = make_post(2, title="Corrected", body="<p>Other.</p>")
    updated = await again.publish(changed, media={}, previous=published)
    assert (updated.remote_url, updated.note) == (published.remote_url, "")
    (there,) = held(wordpress, changed)
    assert there["title"]["raw"] == "Corrected"
    assert "Other." in there["content"]["raw"]
    await target.withdraw(changed, updated)
    await target.withdraw(changed, updated)
    assert [post["status"] for post in held(wordpress, changed)] == ["trash"]
    brought_back = await target.publish(changed, media={}, previous=updated)
    assert brought_back.remote_url == updated.remote_url
    owner(wordpress, "DELETE", f"/posts/{brought_back.remote_id}")
    updated = brought_back
    with pytest.raises(RemovedError):
        await target.publish(changed, media={}, previous=updated)
    with pytest.raises(RemovedError):
        await target.find(changed)
    owner(wordpress, "DELETE", f"/posts/{updated.remote_id}", params={"force": "true"})
    with pytest.raises(RemovedError):
        await target.publish(changed, media={}, previous=updated)
    await target.close()
    await again.close()


async def test_what_the_owner_changed_stays(wordpress: wordpress.Site) -> None:
    target = build(wordpress)
    first = await target.publish(make_post(3), media={}, previous=None)
    edit(wordpress, first, excerpt="My own words.")
    second = await target.publish(make_post(3, body="<p>New.</p>"), media={}, previous=first)
    assert "left as it is: excerpt" in second.note
    (there,) = held(wordpress, make_post(3))
    assert there["excerpt"]["raw"] == "My own words."
    assert "New." in there["content"]["raw"]
    await target.close()


async def test_what_the_owner_took_offline_stays_offline(wordpress: wordpress.Site) -> None:
    target = build(wordpress)
    first = await target.publish(make_post(4), media={}, previous=None)
    edit(wordpress, first, status="draft")
    for previous in (first, await target.find(make_post(4)), None):
        await target.publish(make_post(4, body="<p>New.</p>"), media={}, previous=previous)
        (there,) = held(wordpress, make_post(4))
        assert there["status"] == "draft"
    await target.close()


async def test_an_author_that_is_set_and_one_who_may_not_edit(wordpress: wordpress.Site) -> None:
    editor = build(wordpress, "editor", authors={"ada byron": wordpress.users["author"].login})
    published = await editor.publish(make_post(5), media={}, previous=None)
    (there,) = held(wordpress, make_post(5))
    assert there["author"] == wordpress.users["author"].id
    edit(wordpress, published, author=wordpress.users["administrator"].id)
    author = build(wordpress)
    with pytest.raises(RejectedError, match="somebody else"):
        await author.publish(make_post(5, body="<p>New.</p>"), media={}, previous=published)
    await editor.close()
    await author.close()


async def test_an_account_that_may_not_publish_is_told_what_to_do(wordpress: wordpress.Site) -> None:
    target = build(wordpress, "contributor", source_tags=0)
    with pytest.raises(BlockedError, match="role Author"):
        await target.publish(make_post(6), media={}, previous=None)
    await target.close()
    waiting = build(wordpress, "contributor", status="pending", source_tags=0)
    await waiting.publish(make_post(7), media={}, previous=None)
    (there,) = held(wordpress, make_post(7))
    assert there["status"] == "pending"
    await waiting.close()


@pytest.mark.parametrize("content", ["classic", "blocks"])
async def test_nothing_of_strangers_runs_and_nothing_is_lost(wordpress: wordpress.Site, content: str) -> None:
    """By an editor, whose HTML WordPress takes as it comes."""
    target = build(wordpress, "editor", content=content)
    for number, post in enumerate(strangers.posts()):
        post = make_post(
            1000 + number + len(content) * 100, title=post.title, body=post.body, tags=post.tags, excerpt=post.excerpt
        )
        published = await target.publish(post, media={}, previous=None)
        (there,) = held(wordpress, post)
        shown = article.parse(there["content"]["rendered"])
        expected = article.parse(article.html(post, lead_shown=True))
        for frame in expected.iter("iframe"):
            frame.tail = "https://www.youtube.com/watch?v=abcdefghijk" + (frame.tail or "")
        assert sorted(told(shown)) == sorted(told(expected)), post.title
        root = page(published)
        (text,) = root.find_class("entry-content")
        for element in text.iter():
            assert not [name for name in element.attrib if name.startswith("on")], post.title
            assert not any(value.startswith("javascript:") for value in element.attrib.values())
            assert element.tag not in ("script", "iframe")
        assert not root.xpath("//h1//img[@onerror]|//title//img")
    await target.close()


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.DELAY_REPLY])
@pytest.mark.parametrize("write", [0, 1])
async def test_whatever_is_spoiled_makes_one_post(wordpress: wordpress.Site, fault: Fault, write: int) -> None:
    number = 100 + 10 * list(Fault).index(fault) + write
    async with Relay(wordpress.url, [*[None] * write, fault]) as relay:
        target = build(wordpress, url=relay.url, source_tags=0)
        published = await deliver(target, make_post(number))
        await target.close()
    (there,) = held(wordpress, make_post(number))
    assert (str(there["id"]), there["status"]) == (published.remote_id, "publish")
    assert relay.spoiled[fault] == 1


async def test_forty_posts_over_a_bad_line_arrive_once_each(wordpress: wordpress.Site) -> None:
    faults = [fault for fault in Fault if fault is not Fault.DELAY_REPLY]
    async with Relay(wordpress.url, every(4, faults)) as relay:
        target = build(wordpress, url=relay.url)
        for number in range(200, 240):
            await deliver(target, make_post(number))
        await target.close()
    found = [held(wordpress, make_post(number)) for number in range(200, 240)]
    assert [[post["status"] for post in posts] for posts in found] == [["publish"]] * 40
