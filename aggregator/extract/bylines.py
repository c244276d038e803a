"""Who wrote a page: people rather than the site, from what it claims and from its byline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum

import lxml.html

from aggregator import urls
from aggregator.extract.blocks import WORD
from aggregator.markup import text
from aggregator.markup.structured import Structured
from aggregator.types import Author

MAX_AUTHORS = 10
MAX_LOOKED_AT = 40  #: elements of each kind that are looked at
MAX_WORDS = 6

_BY = re.compile(
    r"(?i)^\W*(?:(?:(?:view|see|show|zeige|alle|all|ver|voir|tous|posts?|beitr[aä]ge|articles|entradas|les|todas|las)\s+){1,4})?"
    r"(?:(?:written|posted|published|reported|submitted|words|story|text|article|review|opinion|column)\s+)?"
    r"(?:by|von|par|por|di|door|av|af|przez|autor(?:in|en|es|a)?|author|auteur|autore|redaktion|text|texte|texto|foto|"
    r"von:|verfasst von|geschrieben von|erstellt von|publicado por|escrito por|rédigé par|scritto da|napsal[a]?|kirjoittanut)\b[\s:.]*"
)
_TAIL = re.compile(
    r"(?i)\s*(?:[|\u2022\u00b7\u2013\u2014]|\bon\b\s+\w+\s+\d|\bam\b\s+\d|,?\s+(?:updated|published|posted)\b|\d{1,2}[./:]\d{1,2}|\(\s*@|@\w|"
    r"\b(?:view|see|more|all)\b\s+(?:profile|posts|articles)|,\s*(?:special to|for|staff|senior|chief|associate|contributing|the)\b.*"
    r"|\s+(?:is|ist|was|has|hat)\s+(?:an?|the|ein)\b|\s{2,}).*$"
)
_PARTS = re.compile(
    r"(?i)\s*(?:;|\||/|,?\s+\b(?:and|und|et|y|e|og|och|en|i|&amp;|with|mit)\b\s+|\s&\s|,\s*&\s*|\n)\s*|\s*,\s*"
)
_NOT_A_NAME = re.compile(
    r"(?i)^(?:admin\w*|administrator|editor(?:s|ial)?(?: team| board)?|redaktion\w*|redacc?i[oó]n|r[ée]daction|redazione|staff|team|"
    r"guest|gast\w*|anonymous|anonym|unknown|none|null|nan|undefined|user|webmaster|root|author|autor|by|press release|newsroom|"
    r"web ?desk|news ?desk|online|follow|share|home|kontakt|contact|impressum|more|reply|print|email|e-mail|updated|posted|published|"
    r"comments?|tags?|categor(?:y|ies)|view (?:all|profile)|staff (?:writer|reporter)s?|contributors?|correspondent|subscribe)$"
)
_SUFFIX = re.compile(r"(?i)^(?:jr|sr|ii|iii|iv|ph\.?d|m\.?d|m\.?a|esq|mba|rn|dds|b\.?a|m\.?sc|dr)\.?$")
_HOLDERS = frozenset({"a", "span", "div", "p", "li", "cite", "strong", "address"})
#: Marked up as the author by convention (hCard): any name is believed.
_MARKED = re.compile(r"^fn$|url fn|(?:^|\s)author vcard(?:\s|$)|(?:^|\s)p-author(?:\s|$)")
_STRONG = re.compile(r"^(?:author|authors|autor|byline)$|author-?_?_?name|byline-name|documentauthor", re.IGNORECASE)
_WEAK = re.compile(r"byline|by-line|author|autor|writer|creator|user-?name", re.IGNORECASE)
_META_LINE = re.compile(r"meta|info|posted|dateline|kicker", re.IGNORECASE)
_PROFILE = re.compile(r"/(?:author|authors|autor|auteur)/", re.IGNORECASE)
_LINES = "//p[string-length(.) < 90] | //span[string-length(.) < 90] | //div[not(*) and string-length(.) < 90]"
_BY_SOMEBODY = re.compile(
    r"(?:^|[\s|,•·])(?:[Bb]y|BY|[Vv]on|VON|[Pp]ar|[Pp]or|[Dd]i|[Dd]oor|[Aa]utor(?:in)?:|[Aa]uthor:|[Aa]uteur ?:|[Tt]exto?:)\s+"
    r"((?:[^\W\d_][\w.'’-]*\s*(?:(?:and|und|et|y|&|,)\s+(?=[^\W\d_]))?){1,8})"
)
_FAR = re.compile(
    r"(?i)comment|related|sidebar|(?<!post-)(?<!entry-)(?<!article-)footer(?!--article)|recommend|widget|popular|teaser|respond|aside|promo|latest|trending"
)


def choose(root: lxml.html.HtmlElement, said: Structured, sites: Iterable[str]) -> tuple[tuple[Author, ...], str]:
    """The authors, each once, and where they were found; at most ten.

    The site itself and its "editors" count only where nobody else is named.
    """
    site_keys = {_key(site) for site in sites if site}
    found: dict[_Place, list[lxml.html.HtmlElement]] | None = None
    for strict in (True, False):
        keys = site_keys if strict else set()
        for claim in said.claims:
            people = _people(claim.authors, keys, strict=strict)
            if people and (strict or claim.source in {"json-ld", "microdata", "twitter"}):
                return people, claim.source
        found = _places(root) if found is None else found
        for place in _Place if strict else (_Place.MARKED,):
            people = _byline(root, place, found[place], keys, strict=strict)
            if people:
                return people, place.value
    return (), "none"


class _Place(Enum):
    """Where a byline may stand, the most trustworthy first."""

    MARKED = "marked as the author"
    STRONG = "the byline"
    WEAK = "a byline"
    META_LINE = "the line of the date"
    LINE = "a line that begins like a byline"


def _places(root: lxml.html.HtmlElement) -> dict[_Place, list[lxml.html.HtmlElement]]:
    """The elements that may hold a byline, by how they are named; in one walk, since pages are large."""
    found: dict[_Place, list[lxml.html.HtmlElement]] = {place: [] for place in _Place}
    for element in root.iter("*"):
        attributes = element.attrib
        if not attributes:
            continue
        names, own = attributes.get("class") or "", attributes.get("id") or ""
        marks = f"{attributes.get('rel')} {attributes.get('itemprop')}"
        if element.tag in _HOLDERS and ("author" in marks or "creator" in marks or (names and _MARKED.search(names))):
            found[_Place.MARKED].append(element)
        if names and _META_LINE.search(names):
            found[_Place.META_LINE].append(element)
        if element.tag == "a" and _PROFILE.search(attributes.get("href") or ""):
            found[_Place.STRONG].append(element)
        elif (names or own) and _WEAK.search(f"{names} {own}"):
            strong = _STRONG.search(names) or own == "author" or attributes.get("data-testid") == "byline"
            found[_Place.STRONG if strong else _Place.WEAK].append(element)
    return found


def names(value: str) -> Iterator[str]:
    """The names in a byline, without what stands around them."""
    bare = _TAIL.sub("", _BY.sub("", text.line(value, 300), count=1)).strip(" .,:;-–—|•·\"'()[]")
    parts = _PARTS.split(bare)
    for part in parts:
        name = _BY.sub("", part or "").strip(" .,:;-–—|•·\"'()[]")
        if not name or _SUFFIX.match(name):
            continue
        yield name


def plausible(name: str, *, strict: bool = True) -> bool:
    """Whether a string looks like somebody's name; not strict: or that of a group or an account."""
    if not 2 <= len(name) <= 60 or "@" in name or re.search(r"\d{5,}|[<>{}=\\%#]|www\.|://", name):
        return False
    if re.search(r"^[\w-]+\.(?:com|org|net|[a-z]{2})$", name) or len(name.split()) > MAX_WORDS:
        return False
    return (not strict or _NOT_A_NAME.match(name) is None) and re.search(r"[^\W\d_]", name) is not None


def _people(authors: Iterable[Author], sites: set[str], *, strict: bool = True) -> tuple[Author, ...]:
    out: dict[str, Author] = {}
    for author in authors:
        if _key(author.name) in sites:
            continue
        found = [name for name in names(author.name) if plausible(name, strict=strict) and _key(name) not in sites]
        for name in found:
            link = author.url if len(found) == 1 else None
            out.setdefault(_key(name), Author(name=name, url=link))
    return tuple(out.values())[:MAX_AUTHORS]


def _key(name: str) -> str:
    return "".join(WORD.findall(name.lower()))


def _byline(
    root: lxml.html.HtmlElement, place: _Place, elements: list[lxml.html.HtmlElement], sites: set[str], *, strict: bool
) -> tuple[Author, ...]:
    base = root.base_url if isinstance(root.base_url, str) else None
    marked, line = place is _Place.MARKED, place is _Place.LINE
    for element in (root.xpath(_LINES) if line else elements)[:MAX_LOOKED_AT]:
        above = [element, *element.iterancestors()][:8]
        if any(_FAR.search(f"{up.get('class') or ''} {up.get('id') or ''}"[:300]) for up in above):
            continue
        value = _text(element)
        if not 3 <= len(value) <= 160:
            continue
        if line or place is _Place.META_LINE:
            match = _BY_SOMEBODY.match(value) if line else _BY_SOMEBODY.search(value)
            fits = match is not None and (not line or len(value) - match.end() < 3)
            people = _people([Author(name=match.group(1))], sites) if match and fits else ()
        else:
            people = _named(element, value, base, sites, strict=strict)
        people = tuple(person for person in people if marked or _capital(person.name))
        if people and len(people) <= 5:
            return people
    return ()


def _named(
    element: lxml.html.HtmlElement, value: str, base: str | None, sites: set[str], *, strict: bool
) -> tuple[Author, ...]:
    """The people that a byline names: by its parts that are names, by its links, by its text."""
    inner = element.xpath(".//*[@itemprop='name' or @class='fn' or contains(@class,'name')]")[:5]
    people = _people([Author(name=_text(part)) for part in inner], sites, strict=strict) if inner else ()
    if people:
        return people
    links = element.xpath("descendant-or-self::a[@href]")[:5]
    linked = [Author(name=_text(link), url=urls.resolve(base, link.get("href"))) for link in links]
    people = _people([author for author in linked if _capital(author.name)], sites, strict=strict)
    if people:
        return people
    match = _BY_SOMEBODY.search(value)
    return _people([Author(name=match.group(1) if match else value)], sites, strict=strict)


def _text(element: lxml.html.HtmlElement) -> str:
    return " ".join(" ".join(element.itertext()).split())


def _capital(name: str) -> bool:
    """Whether a name out of running text is written like one."""
    words = name.split()
    return 1 <= len(words) <= 5 and sum(word[:1].isupper() or not word[:1].islower() for word in words) * 2 > len(words)
