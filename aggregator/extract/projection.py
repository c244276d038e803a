"""Gives a base text the structure of the page that it was taken from.

The base extractor decides which text; the page's own elements say what is a heading, a list, a figure. What
stands between two pieces of the text comes along where it belongs to it; what the page's blocks don't hold of
the base text is put back in its place, so that no text is lost.
"""

from __future__ import annotations

import bisect
import re

import lxml.html

from aggregator.extract import blocks, boilerplate, match, titles, writer
from aggregator.extract.blocks import Block, Event, Outline, Token
from aggregator.extract.writer import Writer
from aggregator.markup import images, tree

JUNK = re.compile(
    r"(?i)(?:^|[\s_-])(?:related\w*|recommend\w*|promo\w*|shar(?:e|ing)\w*|social\w*|comments?|respond|newsletter\w*"
    r"|subscri\w*|sign-?up|sidebar|ads?|advert\w*|banner|sponsor\w*|popular|trending|most-?read|breadcrumbs?|pagination"
    r"|pager|nav(?:igation|bar)?|menu|byline|author(?:s|-?(?:bio|box|info|card))?|bio|tags?|taboola|outbrain|widget\w*"
    r"|footer|copyright|hidden|screen-reader\w*|sr-only|visually-?hidden|cookie\w*|consent|paywall|teaser\w*"
    r"|read-?more|more-?on|see-?also|rating|jp-relatedposts|sharedaddy|avatar|profile|follow|toolbar|modal|popup"
    r"|print-?only|noprint|signature|flair|badges?|user-?(?:info|card|details|title|banner|stats)|post-?profile|cta|mw-editsection|toc|edit-?link|headerlink|anchorjs-link)(?:$|[\s_-])"
)
AFTERMATH = 12  #: tokens after the last text in which a picture or player still belongs to it
_JUNK_TAGS = frozenset({"nav", "aside", "footer", "form", "button", "menu", "header"})
_SMALL = re.compile(
    r"(?i)(?:^|[\s_/.-])(?:avatars?|gravatar|icons?|logo|emoji|smil(?:ey|ies)|badge|button|share|sprite|spinner|wp-smiley|profile|ad|ads|banner)(?:$|[\s_/.-])"
)


def outline(root: lxml.html.HtmlElement) -> Outline:
    """The blocks of a page; formulas become text."""
    tree.formulas(root)
    body = root.find("body")
    return blocks.outline(body if body is not None else root)


class Projection:
    """The choice of what to keep of one page."""

    def __init__(self, page: Outline, base_text: str, base_url: str | None) -> None:
        self.page = page
        self.base_url = base_url
        self.title = ""
        self.base = match.base(base_text)
        match.mark(page.blocks, self.base)
        self.matched = [block for block in page.blocks if block.matched]
        self.container = self._container()
        self.inside = set(self.container.iter()) if self.container is not None else set()
        self.junk: dict[lxml.html.HtmlElement, bool] = {self.container: False} if self.container is not None else {}
        self.first, self.last = self._region()
        self.tables: set[lxml.html.HtmlElement] | None = None
        self.parents = {block.element.getparent() for block in self.matched if block.element.tag == "p"}
        self.looks = {
            (block.element.tag, block.element.get("class"))
            for block in self.matched
            if len(block.words) >= 8 and not block.heading
        }

    def _container(self) -> lxml.html.HtmlElement | None:
        """The innermost element that holds nearly all matched text."""
        if not self.matched:
            return None
        root = self.matched[0].element.getroottree().getroot()
        weights: dict[lxml.html.HtmlElement, int] = {}
        for block in self.matched:
            weights[block.element] = weights.get(block.element, 0) + len(block.words)
        for element in reversed(list(root.iter())):
            weight, parent = weights.get(element, 0), element.getparent()
            if weight and parent is not None:
                weights[parent] = weights.get(parent, 0) + weight
        current = root
        while True:
            inner = next((child for child in current if weights.get(child, 0) >= 0.85 * weights[root]), None)
            if inner is None:
                return current
            current = inner

    def _region(self) -> tuple[int, int]:
        """The tokens from the first to the last matched block in the container."""
        inside = [block for block in self.matched if block.element in self.inside]
        if not inside:
            return 0, -1
        return inside[0].first, inside[-1].first

    def is_junk(self, element: lxml.html.HtmlElement) -> bool:
        """Whether an element within the container belongs to the page's furniture."""
        path = []
        current: lxml.html.HtmlElement | None = element
        while current is not None and current not in self.junk:
            path.append(current)
            current = current.getparent()
        result = True if current is None else self.junk[current]
        for step in reversed(path):
            names = f"{step.get('class') or ''} {step.get('id') or ''}"
            furniture = step.tag in _JUNK_TAGS and not _is_attribution(step)
            result = result or furniture or JUNK.search(names[:300]) is not None
            self.junk[step] = result
        return result

    def choose(self, title: str = "") -> None:
        """Keeps the matched blocks, and those between them that belong to the text; leaves furniture out.

        In a table of data, "Home" and "Previous" are the heads of columns.
        """
        for block in self.page.blocks:
            block.kept = block.matched or self._belongs(block)
            if block.kept and "pre" not in block.context and not self._in_data(block):
                block.kept = not boilerplate.is_furniture(block.text, len(block.words))
        self.title = title
        self._drop_title(title)
        self._drop_lone_headings()
        self._trim_ends()

    def _drop_title(self, title: str) -> None:
        """Leaves out the page's title: headings that repeat it, and whatever repeats it before the first paragraph."""
        begun = False
        for block in self.page.blocks:
            if not block.kept:
                continue
            if titles.alike(block.text, title) and (not begun or "h1" in block.context):
                block.kept = False
            elif len(block.words) >= 20 and not block.heading:
                begun = True

    def _drop_lone_headings(self) -> None:
        """Leaves out headings that only the page has and that nothing kept follows."""
        below = False
        for block in reversed(self.page.blocks):
            if not block.heading:
                below = block.kept
            elif block.kept and not block.matched and not below:
                block.kept = False

    def _trim_ends(self) -> None:
        """Leaves out links at both ends and short headings with nothing below them."""
        kept = [block for block in self.page.blocks if block.kept]
        budget = sum(len(block.words) for block in kept) // 10
        for block in kept:
            if block.link_share < 0.8 or len(block.words) > min(20, budget):
                break
            block.kept = False
            budget -= len(block.words)
        for block in reversed(kept):
            trimmed = (block.heading and len(block.words) <= 8) or block.link_share >= 0.8
            if not trimmed or len(block.words) > min(20, budget):
                break
            block.kept = False
            budget -= len(block.words)

    def _belongs(self, block: Block) -> bool:
        """Whether a block that the base text lacks is part of the article all the same."""
        if block.element not in self.inside or self.is_junk(block.element):
            return False
        if "figcaption" in block.context and block.first <= self.last + 4 * AFTERMATH:
            return True
        if not self.first <= block.first <= self.last:
            return False
        if "pre" in block.context:
            return True
        if block.link_share > 0.5:
            return False
        if block.heading:
            return True
        if block.context & {"td", "th"}:
            return self._in_data(block)
        if block.context & {"li", "blockquote"}:
            return True
        if block.context & {"dd", "dt"}:
            return self._near(block)
        if block.context & {"ul", "ol"}:
            return len(block.words) >= 8  # text that stands in a list, but in none of its items
        return block.link_share < 0.3 and self._looks_like_text(block)

    def _looks_like_text(self, block: Block) -> bool:
        """Whether it is made like a block of the base text: a paragraph beside one, or of the same named kind."""
        element = block.element
        if element.tag == "p" and element.getparent() in self.parents:
            return True
        return (
            len(block.words) >= 8 and bool(element.get("class")) and (element.tag, element.get("class")) in self.looks
        )

    def _in_data(self, block: Block) -> bool:
        """Whether it is a cell of a table of data that the base text has a good part of."""
        table = next(block.element.iterancestors("table"), None) if "table" in block.context else None
        return table is not None and table in self._tables()

    def _tables(self) -> set[lxml.html.HtmlElement]:
        """The tables of data of which the base text has at least three words in ten."""
        if self.tables is None:
            words: dict[lxml.html.HtmlElement, list[int]] = {}
            for block in self.page.blocks:
                table = next(block.element.iterancestors("table"), None) if "table" in block.context else None
                if table is not None:
                    counts = words.setdefault(table, [0, 0])
                    counts[block.matched] += len(block.words)
            self.tables = {
                table
                for table, (other, held) in words.items()
                if held >= 0.3 * (other + held) and writer.is_data(table)
            }
        return self.tables

    def _near(self, block: Block) -> bool:
        around = self.page.blocks[max(0, block.number - 2) : block.number + 3]
        return any(other.matched and not other.context.isdisjoint({"dd", "dt"}) for other in around)

    def keeps(self, number: int, token: Token) -> bool:
        """Whether a text or medium goes into the article."""
        if token.event is Event.TEXT:
            return token.block >= 0 and token.block < len(self.page.blocks) and self.page.blocks[token.block].kept
        element = token.element
        if (
            element not in self.inside
            or self.is_junk(element)
            or number > self.last + AFTERMATH * (1 + 3 * _is_figure(element))
        ):
            return False
        if not self.first <= number <= self.last and _leads_elsewhere(element):
            return False
        return element.tag not in {"img", "picture", "noscript", "amp-img"} or _is_shown(element)

    def extra(self) -> dict[int, list[str]]:
        """The lines of the base text that no block holds, by the token that they go before.

        A row of a table is left out where the table is kept: its cells are there, though not in one line.
        """
        places = sorted((block.position, block.first) for block in self.page.blocks if block.matched)
        positions = [position for position, _ in places]
        cells = {
            word for block in self.page.blocks if block.kept and block.context & {"td", "th"} for word in block.words
        }
        out: dict[int, list[str]] = {}
        for start, line in self.base.missing():
            if line.startswith("|") and set(blocks.WORD.findall(line.lower())) <= cells:
                continue
            words = len(blocks.WORD.findall(line))
            if boilerplate.is_furniture(line, words) or titles.alike(line, self.title):
                continue
            after = bisect.bisect_right(positions, start)
            following = places[after][1] if after < len(places) else len(self.page.tokens)
            out.setdefault(following, []).append(
                line.strip("| -").replace(" | ", " · ") if line.startswith("|") else line
            )
        return out

    def body(self) -> lxml.html.HtmlElement:
        """The article's body."""
        return Writer(self.base_url).run(self.page, self.keeps, self.extra())


def _is_attribution(element: lxml.html.HtmlElement) -> bool:
    """Whether it is the footer of a quote, which names its source."""
    return element.tag == "footer" and next(element.iterancestors("blockquote"), None) is not None


def _is_figure(element: lxml.html.HtmlElement) -> bool:
    return element.tag in {"iframe", "video", "audio"} or next(element.iterancestors("figure"), None) is not None


def _leads_elsewhere(element: lxml.html.HtmlElement) -> bool:
    """Whether a picture is the link to another page, as those of teasers are."""
    link = next(element.iterancestors("a"), None)
    href = (link.get("href") or "") if link is not None else ""
    return bool(href) and not images.is_image_name(href)


def _is_shown(element: lxml.html.HtmlElement) -> bool:
    image = element if element.tag in {"img", "amp-img"} else element.find(".//img")
    if image is None:
        return element.tag == "picture"
    for length in (images.pixels(image.get("width")), images.pixels(image.get("height"))):
        if length is not None and length < 80:
            return False
    names = f"{image.get('class') or ''} {image.get('id') or ''} {(image.get('src') or '')[:300]}"
    return _SMALL.search(names) is None
