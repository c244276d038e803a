"""Real generators build sites from the posts of strangers: every post is there, whole, and nothing in it has run."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import lxml.html
import pytest
from posting import make_post
from strangers import posts

from aggregator.errors import TryLaterError
from aggregator.targets.markdown import MarkdownTarget, Options, build
from aggregator.targets.shared import article
from aggregator.types import MediaFile, Post, Site

pytestmark = pytest.mark.service

NO_MEDIA: dict[str, MediaFile] = {}
SITES = Path(__file__).parent / "generators"
SITE = Site(title="The Night Desk", base_url="https://news.example/blog")


@dataclass(frozen=True)
class Generator:
    """A generator that may be installed."""

    name: str
    command: str
    output: str
    package: str  #: what brings it

    @property
    def program(self) -> str:
        return self.command.split()[0]


GENERATORS = (
    Generator("hugo", "hugo --quiet", "public", "the Debian package hugo"),
    Generator("jekyll", "jekyll build --quiet --disable-disk-cache --trace", "_site", "the Debian package jekyll"),
    Generator("pelican", "pelican --fatal errors", "output", "pelican and markdown from PyPI"),
    Generator("eleventy", "eleventy --quiet", "_site", "@11ty/eleventy from npm"),
)


@dataclass
class Blog:
    """A site on disk and the target that writes it."""

    generator: Generator
    target: MarkdownTarget
    folder: Path

    def page(self, post: Post) -> lxml.html.HtmlElement:
        """The built page of a post."""
        path = self.path(post)
        file = self.folder / self.generator.output / path.strip("/") / "index.html"
        return lxml.html.document_fromstring(file.read_text(), parser=lxml.html.HTMLParser(encoding="utf-8"))

    def path(self, post: Post) -> str:
        """Where a post's page is on the site."""
        dated = self.generator.name == "jekyll"
        return f"/{post.published_at:%Y/%m}/{post.slug}/" if dated else f"/posts/{post.slug}/"


@pytest.fixture(params=["html", "markdown"])
def body(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=GENERATORS, ids=lambda generator: generator.name)
def blog(request: pytest.FixtureRequest, tmp_path: Path, body: str) -> Blog:
    generator: Generator = request.param
    if shutil.which(generator.program) is None:
        pytest.skip(f"there is no {generator.program} here; {generator.package} brings it")
    folder = tmp_path / "site"
    shutil.copytree(SITES / generator.name, folder)
    options = Options.model_validate(
        {"profile": generator.name, "path": "site", "content": body, "build": generator.command, "timeout": "1m"}
    )
    target = build("static", options, site=SITE, folder=tmp_path, http=lambda _: pytest.fail("no network is needed"))
    return Blog(generator, target, folder)


def words(element: lxml.html.HtmlElement) -> str:
    """The text of an element, without regard to how it is laid out and to typographer's quotes and dashes."""
    text = re.sub(r"\s+", "", element.text_content())
    for typed, written in (("“", '"'), ("”", '"'), ("‘", "'"), ("’", "'"), ("–", "--"), ("—", "---"), ("…", "...")):
        text = text.replace(typed, written)
    return text


def addresses(element: lxml.html.HtmlElement) -> list[str]:
    """What an element shows and links to."""
    found = element.iter("a", "img", "iframe", "video", "audio")
    return [str(part.get("href") or part.get("src")) for part in found]


async def test_every_post_of_a_stranger_is_on_the_built_site_whole(blog: Blog) -> None:
    sent = posts()
    for post in sent:
        await blog.target.publish(post, media=NO_MEDIA, previous=None)
    assert await blog.target.check() == []
    await blog.target.flush()
    for post in sent:
        page = blog.page(post)
        (content,) = page.cssselect("div.content")
        wanted = article.parse(article.html(post))
        assert words(content) == words(wanted), post.slug
        assert addresses(content) == addresses(wanted), post.slug
        assert [code.text_content() for code in content.iter("pre")] == [
            code.text_content() for code in wanted.iter("pre")
        ]
        assert not page.xpath("//script | //*[@onerror] | //*[@onclick] | //a[starts-with(@href, 'java')]"), post.slug
        assert str(post.published_at.year) in page.findtext(".//time", "")
    await blog.target.close()


async def test_a_post_that_breaks_the_build_is_named_and_the_others_are_shown(blog: Blog) -> None:
    good, bad = make_post(1), make_post(2)
    breaking = {
        "hugo": "---\ntitle: [\n---\n{{< no-such-shortcode >}}\n",
        "jekyll": "---\nlayout: post\n---\n{% no_such_tag %}\n",
        "eleventy": "---\nlayout: post.njk\n---\n{% no_such_tag %}\n",
        "pelican": "<html><head><title>x</title><meta name='date' content='no date'></head><body></body></html>",
    }[blog.generator.name]
    if blog.generator.name == "pelican":
        pytest.skip("Pelican leaves a post out that it can't read, and goes on")
    await blog.target.publish(good, media=NO_MEDIA, previous=None)
    published = await blog.target.publish(bad, media=NO_MEDIA, previous=None)
    (blog.folder / published.remote_id).write_text(breaking)
    with pytest.raises(TryLaterError, match=bad.slug):
        await blog.target.flush()
    assert "First paragraph of story 1." in blog.page(good).text_content()
    await blog.target.close()
