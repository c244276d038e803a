"""Documents made to cost their reader dear, by size: about so many repeats of what hurts.

Tests count the work that they make, ``benchmarks/hostile`` measures the time.
"""

from __future__ import annotations

from collections.abc import Callable

Sized = dict[str, Callable[[int], str]]

HEAD = '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title>'


def _rss(items: str) -> str:
    return f"{HEAD}<link>https://site.example/</link>{items}</channel></rss>"


def _broken(items: str) -> str:
    return _rss(f"</x>{items}")


def laughs(levels: int) -> str:
    """Entities within entities: each level is ten times as long as the one below."""
    entities = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(levels))
    document = _rss(f"<item><title>&l{levels};</title></item>")
    return f'<?xml version="1.0"?>\n<!DOCTYPE rss [<!ENTITY l0 "lol">{entities}]>{document}'


FEEDS: Sized = {
    "one entity many times": lambda n: (
        f'<!DOCTYPE rss [<!ENTITY a "{"A" * n}">]>' + _rss(f"<item><title>{'&a;' * n}</title></item>")
    ),
    "depth": lambda n: _rss("<item>" + "<a>" * 5 * n + "</a>" * 5 * n + "</item>"),
    "depth, never closed": lambda n: "<rss><channel>" + "<a>" * 5 * n,
    "attributes": lambda n: _rss("<item " + " ".join(f'a{k}="1"' for k in range(n)) + "/>"),
    "namespaces": lambda n: "<rss " + " ".join(f'xmlns:n{k}="http://n/{k}"' for k in range(n)) + "><channel/></rss>",
    "comments that never end": lambda n: _rss(f"<item><title>{'&lt;!--' * 2 * n}</title></item>"),
    "ampersands": lambda n: _rss("&" * 5 * n),
    "angle brackets": lambda n: _rss("<" * 5 * n),
    "CDATA that never ends": lambda n: _rss("<![CDATA[" * 2 * n),
    "processing instructions": lambda n: _rss("<?" * 4 * n),
    "document types": lambda n: "<!DOCTYPE rss [ " * n + _rss(""),
    "entity declarations": lambda n: "<!DOCTYPE rss [" + '<!ENTITY a "b">' * n + "]>" + _rss(""),
    "broken: author": lambda n: _broken(f"<item><author>{'a' * 4 * n}</author></item>"),
    "broken: categories": lambda n: _broken("<item>" + "<category>c</category>" * n + "</item>"),
    "broken: attributes": lambda n: _broken("<item " + " ".join(f'a{k}="1"' for k in range(n)) + "></item>"),
    "mail addresses": lambda n: _rss(f"<item><author>{'a@' * 2 * n}</author></item>"),
    "brackets in an author": lambda n: _rss(f"<item><author>{'(@' * 2 * n}</author></item>"),
    "ends without beginnings": lambda n: _rss("</a>" * 4 * n),
    "beginnings without ends": lambda n: _rss("<b><i>" * 2 * n),
    "a long date": lambda n: _rss(f"<item><pubDate>{'1 Jan ' * n}</pubDate></item>"),
}

FRAGMENTS: Sized = {
    "depth": lambda n: "<div>" * 7 * n,
    "formatting in blocks": lambda n: "<p>" + "".join(f"<b a={k}>" for k in range(250)) + "<div>x</div>" * n,
    "misnested tables": lambda n: "<table>" + "<b><tr><td>x" * n,
    "links in links": lambda n: "<a href=x>" * n,
    "attributes": lambda n: "<p " + " ".join(f"a{k}=1" for k in range(5 * n)) + ">x",
    "brackets": lambda n: "<" * 25 * n,
    "comments": lambda n: "<!--" * 7 * n,
}

PAGES: Sized = {
    "depth": lambda n: "<div>" * 2 * n + "text " * 50,
    "paragraphs": lambda n: "<p>some words of a text here</p>" * 2 * n,
    "tables": lambda n: "<table><tr><td>a<td>b" * n,
    "figures": lambda n: "<figure><img src=a.jpg><figcaption>c</figcaption></figure>" * n,
    "brackets": lambda n: "<script type='application/ld+json'>" + "[" * 30 * n + "</script><p>text</p>",
}

ROBOTS: Sized = {
    "names": lambda n: (
        "".join(f"User-agent: bot{k}\n" for k in range(n)) + "".join(f"Disallow: /{k}\n" for k in range(n))
    ),
    "groups": lambda n: "".join(f"User-agent: wirecopy{k}\nUser-agent: *\nDisallow: /{k}\n" for k in range(n)),
    "stars": lambda n: "User-agent: *\nDisallow: /" + "*a" * 20 * n,
    "dollars": lambda n: "User-agent: *\nDisallow: /" + "$" * 40 * n,
    "wildcards": lambda n: "User-agent: *\n" + "Disallow: /*a*b*c*d$\n" * 2 * n,
    "lines": lambda n: "\n" * 50 * n,
    "delay": lambda n: "User-agent: *\nCrawl-delay: " + "9" * 10 * n,
    "bytes": lambda n: "\x00\xff" * 10 * n,
}
