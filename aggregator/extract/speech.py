"""In which language and direction the parts of a page are written, where that is not the page's own."""

from __future__ import annotations

import lxml.html

NAMES = ("lang", "dir")


class Speech:
    """What is in effect at a place of the source, as a walk through it goes on."""

    def __init__(self) -> None:
        self._page = {"lang": "", "dir": "ltr"}
        self._stack: list[tuple[lxml.html.HtmlElement, dict[str, str]]] = []

    def enter(self, element: lxml.html.HtmlElement) -> None:
        """Takes note of what a block says of itself; what the page as a whole says is no news."""
        if element.tag == "body":
            for around in reversed((element, *element.iterancestors())):
                self._page |= _said(around)
        elif said := _said(element):
            self._stack.append((element, self._now | said))

    def leave(self, element: lxml.html.HtmlElement) -> None:
        """Forgets it again."""
        if self._stack and self._stack[-1][0] is element:
            self._stack.pop()

    def tell(self, copy: lxml.html.HtmlElement) -> None:
        """Says it of a block that was just put into the output, unless a block around it says so."""
        for name, value in self._now.items():
            told = (str(around.get(name)) for around in copy.iterancestors() if around.get(name))
            if _primary(value) != _primary(next(told, self._page[name])):
                copy.set(name, value)

    @property
    def _now(self) -> dict[str, str]:
        return self._stack[-1][1] if self._stack else {}


def _said(element: lxml.html.HtmlElement) -> dict[str, str]:
    return {name: value for name in NAMES if (value := (element.get(name) or "").strip())}


def _primary(value: str) -> str:
    """A language without its region (RFC 5646); a direction as it is."""
    return value.lower().partition("-")[0]
