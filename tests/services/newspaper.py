"""A newspaper on loopback: feeds, articles with categories and one picture each, all written by rule."""

from __future__ import annotations

import colorsys
import io
import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

from fakes import ScriptedWeb
from PIL import Image

FEEDS = 4
SECTIONS = ("Harbour", "Council & Town", "Trains", "Weather", "Markets")
NOUNS = "pier ferry eel lamp bell net crane rope tide gull barge buoy oar mast keel anchor slip quay dune reef".split()
VERBS = "crossed mended painted counted lifted sold measured moved lost found heard followed drew watched kept".split()
PLACES = "the old basin,the north mole,the fish hall,the lock,the west beach,the rope walk,the yard".split(",")
FIRST = datetime(2026, 6, 1, 7, 30, tzinfo=UTC)


class Article:
    """The ``number``-th article."""

    def __init__(self, number: int, base: str) -> None:
        self.number = number
        self.token = f"token{number:04d}"
        self.title = f"Story {self.token}: what the {NOUNS[number % len(NOUNS)]} saw"
        self.url = f"{base}/story/{number}"
        self.picture = f"{base}/pictures/{number}.png"
        self.at = FIRST + timedelta(hours=number)
        self.correction = ""
        self.tags = {SECTIONS[number % len(SECTIONS)], f"Page {number % 7 + 1}"}

    @property
    def item(self) -> str:
        """As the feed tells it."""
        tags = "".join(f"<category>{escape(tag)}</category>" for tag in sorted(self.tags))
        return (
            f"<item><title>{self.title}</title><link>{self.url}</link><guid>{self.url}</guid>{tags}"
            f"<pubDate>{format_datetime(self.at)}</pubDate><description>About {self.token}. {self.correction}</description></item>"
        )

    @property
    def page(self) -> str:
        """The page it stands on."""
        chance = random.Random(self.number)

        def sentence() -> str:
            who, verb, what, where = (chance.choice(words) for words in (NOUNS, VERBS, NOUNS, PLACES))
            return f"The {who} {verb} {chance.randint(3, 900)} times the {what} at {where}."

        paragraphs = "".join(f"<p>{' '.join(sentence() for _ in range(6))}</p>" for _ in range(5))
        figure = (
            f'<figure><img src="{self.picture}" alt="Picture of {self.token}" width="320" height="240">'
            f"<figcaption>What {self.token} looks like.</figcaption></figure>"
        )
        return (
            f"<html lang=en><title>{self.title}</title><body><article><h1>{self.title}</h1>"
            f"{figure}<p>This is {self.token}. {self.correction}</p>{paragraphs}</article>"
        )

    @property
    def bytes(self) -> bytes:
        """The picture: a colour of its own with a stripe."""
        red, green, blue = (round(part * 255) for part in colorsys.hsv_to_rgb(self.number * 0.618 % 1, 0.7, 0.9))
        image = Image.new("RGB", (320, 240), (red, green, blue))
        image.paste((20, 30, self.number % 256), (0, self.number % 200, 320, self.number % 200 + 20))
        file = io.BytesIO()
        image.save(file, "PNG")
        return file.getvalue()


def print_newspaper(web: ScriptedWeb, articles: int) -> list[Article]:
    """Lays the whole newspaper out on a scripted web."""
    base = web.url("").rstrip("/")
    written = [Article(number, base) for number in range(articles)]
    lay_out(web, written)
    return written


def lay_out(web: ScriptedWeb, written: list[Article]) -> None:
    """Lays these articles out, as they are now."""
    base = web.url("").rstrip("/")
    for feed in range(FEEDS):
        items = "".join(article.item for article in written[feed::FEEDS])
        channel = f"<title>The Harbour Post {feed}</title><link>{base}/</link>{items}"
        body = f"<rss version='2.0'><channel>{channel}</channel></rss>"
        web.route(f"/feed/{feed}", body, headers={"Content-Type": "application/rss+xml"})
    for article in written:
        web.route(f"/story/{article.number}", article.page, headers={"Content-Type": "text/html"})
        web.route(f"/pictures/{article.number}.png", article.bytes, headers={"Content-Type": "image/png"})
