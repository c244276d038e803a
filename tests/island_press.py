"""A press of two islands: a news search whose links are redirects, and the paper that wrote the stories."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from html import escape

from fakes import ScriptedWeb
from PIL import Image

PAPER = "The Strait Courier"
WRITER = "Ines Marlow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article of the paper."""

    name: str  #: the end of its address
    title: str
    date: str
    standfirst: str
    before: tuple[str, ...]  #: paragraphs above the sub-heading
    heading: str
    after: tuple[str, ...]


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a text that is parted by blank lines."""
    return tuple(" ".join(part.split()) for part in text.split("\n\n"))


EARLIER = Story(
    name="ferry-ministers-agree-to-talk",
    title="Island ferry ministers agree to talk about the strait",
    date="Mon, 01 Jun 2026 08:00:00 GMT",
    standfirst="After two winters of silence both islands will send somebody to the mainland.",
    before=paragraphs(
        """
        Both islands said on Monday that they would send their ministers to a meeting on the
        mainland, the first since the night boats were laid up and the harbour masters stopped
        answering each other's letters.

        A spokeswoman for the northern island said that nobody should expect a timetable from a
        first meeting, but that a cup of tea was better than another winter of notices on closed
        gates.
        """
    ),
    heading="An empty pier",
    after=paragraphs(
        """
        On the southern island the pier has stood empty since the autumn before last. Fishermen dry
        their nets on the railings where passengers used to queue, and the kiosk sells bait instead
        of newspapers.
        """
    ),
)
LATEST = Story(
    name="ferry-talks-on-the-mainland",
    title="Update: Island ministers meet on the mainland for first ferry talks",
    date="Thu, 04 Jun 2026 15:30:00 GMT",
    standfirst="The northern minister proposed one night boat a week, but went home without a promise, while her "
    "colleague said that his island's closing of the strait was going as planned.",
    before=paragraphs(
        """
        The ministers of the two islands sat down at one table on Thursday, in the reading room of a
        mainland library, for the first talks since the southern island closed the strait to
        ferries.

        Maud Ellery of the northern island said that her colleague, Tomas Reck, had given her no
        word that a boat could carry post and medicine, which the smaller villages have asked for
        since the spring storms.

        “We also spoke about a single sailing on Sundays, and about that too nothing was settled,”
        Ellery told reporters on the steps of the library when the doors had closed behind her.

        “It looks as if others on his island decide about this,” she added, and named nobody.

        She called the meeting hard work, and said that her colleague had read from old papers for
        an hour.

        “My island has not given up its boats, does not give them up now, and will not,” said
        Ellery.
        """
    ),
    heading="Tried ‘every other way’",
    after=paragraphs(
        """
        Reck said for his part that his island wished to go on talking, and that its council would
        not refuse a meeting of both mayors if there were “something in particular” to sign.

        The strait would never have been closed, he said, if the northern island had not turned down
        the plan for shared moorings that he had sent it three times.

        “Until the last day we tried to settle this in every other way,” he said.

        Reck said that the mainland behaved without care, and that the new buoys were laid as
        planned and in time.

        The minister did not believe that the quarrel would come to the fishing grounds, where the
        boats of both islands still lend each other ice.
        """
    ),
)


def page(story: Story, base: str) -> str:
    """The page of a story, with all that stands around it."""
    url, picture = f"{base}/news/{story.name}", f"{base}/pictures/{story.name}.png"
    told = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "description": story.standfirst,
        "image": picture,
        "author": {"@type": "Person", "name": WRITER, "url": f"{base}/people/ines-marlow"},
        "publisher": {"@type": "Organization", "name": PAPER},
    }
    before, after = ("".join(f"<p>{escape(words)}</p>" for words in part) for part in (story.before, story.after))
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(story.title)} | {PAPER}</title>
        <link rel="canonical" href="{url}"><meta name="description" content="{escape(story.standfirst)}">
        <meta property="og:site_name" content="{PAPER}"><meta property="og:image" content="{picture}">
        <script type="application/ld+json">{json.dumps(told)}</script></head><body>
        <header><nav><a href="{base}/">Home</a> <a href="{base}/sport">Sport</a></nav></header>
        <main><article><h1>{escape(story.title)}</h1><p class="standfirst">{escape(story.standfirst)}</p>
        <p class="byline">By <a rel="author" href="{base}/people/ines-marlow">{WRITER}</a></p>
        <figure><img src="{picture}" alt="Two empty chairs at a library table" width="1200" height="675">
        <figcaption>The table at which the ministers met</figcaption></figure>
        {before}<h2>{escape(story.heading)}</h2>{after}</article></main>
        <footer><p>Subscribe to our newsletter</p></footer></body></html>"""


def picture(story: Story) -> bytes:
    """A picture of a colour of its own."""
    shade = sum(story.name.encode()) % 120
    image = Image.new("RGB", (1200, 675), (40 + shade, 90, 140))
    image.paste((230, 220, 200), (0, 450, 1200, 675))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def item(story: Story, search: str, paper: str) -> str:
    """A story as a news search tells it: by a link of its own, with the publisher in ``source``."""
    link, title = f"{search}/rss/articles/CBMi{story.name}?oc=5", escape(story.title)
    about = escape(f'<a href="{link}">{title}</a>&nbsp;&nbsp;<font color="#6f6f6f">{PAPER}</font>')
    return (
        f'<item><title>{title} - {PAPER}</title><link>{link}</link><guid isPermaLink="false">CBMi{story.name}</guid>'
        f'<pubDate>{story.date}</pubDate><description>{about}</description><source url="{paper}">{PAPER}</source></item>'
    )


def lay_out(web: ScriptedWeb, *stories: Story) -> None:
    """Puts these stories on the web: the search at ``localhost``, the paper at the server's number."""
    search, paper = (web.url("", host=host).rstrip("/") for host in ("localhost", None))
    items = "".join(item(story, search, paper) for story in reversed(stories))
    channel = f"<title>&quot;ferry talks&quot; - News search</title><link>{search}/search?q=ferry+talks</link>{items}"
    document = f'<rss version="2.0"><channel>{channel}</channel></rss>'
    web.route("/rss/search", document, headers={"Content-Type": "application/rss+xml"})
    for story in stories:
        web.redirect(f"/rss/articles/CBMi{story.name}", f"{paper}/news/{story.name}")
        web.route(f"/news/{story.name}", page(story, paper), headers={"Content-Type": "text/html; charset=utf-8"})
        web.route(f"/pictures/{story.name}.png", picture(story), headers={"Content-Type": "image/png"})
