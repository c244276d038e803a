"""How much of an article we may show: the feed's setting, lowered where the source's own word objects."""

from __future__ import annotations

import re

from aggregator.types import Article, Feed, Rights

#: Signals with which a source objects to copies of its full text (robots meta and header; TDMRep, 2024).
AGAINST_COPIES = ("noarchive", "nocache", "tdm-reservation", "noai")
#: Signals with which it objects to any piece of the page's text being shown.
AGAINST_EXCERPTS = ("nosnippet", "none", "max-snippet:0")

#: A licence without derivatives, by its name or address: "CC BY-ND 4.0", creativecommons.org/licenses/by-nc-nd/4.0/.
_NO_DERIVATIVES = re.compile(r"(?i)(?<![a-z0-9])nd(?![a-z0-9])|no[\s_-]?deriv")


def allowed(feed: Feed, article: Article) -> tuple[Rights, str]:
    """What may be shown of an article, and why.

    The configured ``rights`` are the most that is ever shown. The source's reservations lower them, unless
    the owner of the blog says that he has permission (``permission = true``).
    """
    wanted = feed.rights
    if not article.reservations:
        return wanted, f"configured as {wanted}"
    said = ", ".join(article.reservations)
    if feed.rights_permission:
        return wanted, f"configured as {wanted} with permission, though the source says {said}"
    words = _said(article)
    if wanted is not Rights.LINK and words.intersection(AGAINST_EXCERPTS):
        if article.entry.summary or article.entry.content:
            return Rights.EXCERPT, f"lowered to an excerpt of the feed's own words: the source says {said}"
        return Rights.LINK, f"lowered to link: the source says {said}, and the feed has no words of its own"
    if wanted is Rights.FULL and words.intersection(AGAINST_COPIES):
        return Rights.EXCERPT, f"lowered to excerpt: the source says {said}"
    return wanted, f"configured as {wanted}; the source says {said}"


def quotable(feed: Feed, article: Article) -> bool:
    """Whether the page's own words may be shown at all, as text or excerpt; those that the feed brought may."""
    return feed.rights_permission or not _said(article).intersection(AGAINST_EXCERPTS)


def unalterable(feed: Feed, article: Article) -> str:
    """The licence under which an article's words may not be changed, as it is named; empty where they may."""
    licences = (article.licence, feed.licence)
    return next((licence for licence in licences if _NO_DERIVATIVES.search(licence)), "")


def _said(article: Article) -> set[str]:
    return {word for reservation in article.reservations for word in _words(reservation)}


def _words(reservation: str) -> set[str]:
    """``robots: noarchive, noindex`` and ``tdm-reservation: 1`` as words; a reservation of 0 is none."""
    name, _, value = reservation.lower().partition(":")
    if name.strip() == "tdm-reservation":
        return {"tdm-reservation"} if value.strip() in {"1", ""} else set()
    return {word.strip().replace(" ", "") for word in (value or name).replace(";", ",").split(",")}
