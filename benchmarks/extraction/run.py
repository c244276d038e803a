"""How well and how fast articles are extracted, trafilatura beside us: ``python benchmarks/extraction/run.py FOLDER``.

    PYTHONPATH=. python benchmarks/extraction/run.py FOLDER [--only NAME,NAME] [--pages 50]

FOLDER holds data sets: ``NAME/html/ID.html.gz`` (UTF-8) and ``NAME/expected/ID.json`` with any of ``url``, ``text``,
``html``, ``with``/``without`` (pieces that the text must and must not hold), ``structure`` (lists by kind), ``title``,
``author``, ``date``, ``site_name``, ``lead_image``, ``license``.

Printed per data set: the F1 of words (mean over pages), the F1 of pieces, the F1 of each kind of structure, the share of
right metadata; and at the end the processor time of our whole record over that of trafilatura's text alone.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import re
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import lxml.html
import trafilatura

from aggregator.errors import ExtractError
from aggregator.extract.records import extract_document
from aggregator.markup import text, tree

KINDS = ("paragraph", "heading", "list", "quote", "link", "image", "table", "code", "embed")
BLOCKS = "p div li h1 h2 h3 h4 h5 h6 td th blockquote figcaption pre dd dt caption section article".split()
META = ("title", "author", "date", "site_name", "lead_image", "license")
Record = dict[str, object]


def main() -> None:
    """Reads every page with both, prints the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--pages", type=int, default=0)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    cost = {"wirecopy": 0.0, "trafilatura": 0.0}
    for folder in sorted(path for path in options.folder.iterdir() if (path / "expected").is_dir()):
        if options.only and folder.name not in options.only.split(","):
            continue
        scores: dict[str, Score] = {"wirecopy": Score(), "trafilatura": Score()}
        readers = [("wirecopy", ours), ("trafilatura", theirs)]
        for expected, page in pages(folder, options.pages):
            readers.reverse()  # whoever comes second finds caches warm
            for name, read in readers:
                scores[name].add(expected, read(page, expected, cost))
        for name, score in scores.items():
            print(f"{folder.name:8} {name:12} {score}")
    if cost["trafilatura"]:
        print(f"processor time: our record / trafilatura's text = {cost['wirecopy'] / cost['trafilatura']:.2f}")


def pages(folder: Path, limit: int) -> Iterator[tuple[Record, bytes]]:
    """What is expected of each page, and its bytes."""
    for number, path in enumerate(sorted((folder / "expected").glob("*.json"))):
        if limit and number >= limit:
            return
        yield json.loads(path.read_text()), gzip.decompress((folder / "html" / f"{path.stem}.html.gz").read_bytes())


def ours(page: bytes, expected: Record, cost: dict[str, float]) -> Record:
    """Our record of a page; empty where we refuse it."""
    url = str(expected["url"]) if expected.get("url") else None
    started = time.process_time()
    try:
        record = extract_document(
            page, url=url, headers={"content-type": "text/html; charset=utf-8"}, title=None, summary=None
        )
    except ExtractError:
        record = {}
    cost["wirecopy"] += time.process_time() - started
    return record | {"lead_image": record.get("image")}


def theirs(page: bytes, expected: Record, cost: dict[str, float]) -> Record:
    """The same of trafilatura, whose text pass alone is timed."""
    source, url = page.decode("utf-8", "replace"), str(expected["url"]) if expected.get("url") else None
    started = time.process_time()
    plain = trafilatura.extract(source, url=url, include_comments=False) or ""
    cost["trafilatura"] += time.process_time() - started
    html = trafilatura.extract(
        source,
        url=url,
        include_comments=False,
        output_format="html",
        include_images=True,
        include_links=True,
        include_formatting=True,
    )
    meta = trafilatura.extract_metadata(source, default_url=url)
    return {
        "text": plain, "html": html or "", "title": meta.title, "author": meta.author, "date": meta.date,
        "site_name": meta.sitename, "lead_image": meta.image, "license": meta.license,
    }  # fmt: skip


class Score:
    """Sums over the pages of one data set."""

    def __init__(self) -> None:
        self.words: list[float] = []
        self.pieces = [0, 0, 0]  # found, wanted, unwanted found
        self.kinds: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        self.meta: dict[str, list[bool | float]] = defaultdict(list)

    def add(self, expected: Record, record: Record) -> None:
        """Counts one page."""
        found = str(record.get("text") or "")
        truth = str(expected.get("text") or text.plain(str(expected.get("html") or "")))
        if truth:
            self.words.append(f1(Counter(words(truth)), Counter(words(found))))
        flat = " ".join(found.split())
        for piece in as_list(expected.get("with")):
            self.pieces[1] += 1
            self.pieces[0] += " ".join(piece.split()) in flat
        self.pieces[2] += sum(" ".join(piece.split()) in flat for piece in as_list(expected.get("without")))
        base = str(expected.get("url") or "")
        if expected.get("html") or expected.get("structure"):
            wanted = structure_of(expected, base)
            given = structure(str(record.get("html") or ""), base)
            for kind in KINDS:
                both = sum((wanted[kind] & given[kind]).values())
                self.kinds[kind].append((both, wanted[kind].total(), given[kind].total()))
        for name in META:
            if expected.get(name):
                self.meta[name].append(right(name, str(expected[name]), str(record.get(name) or "")))

    def __str__(self) -> str:
        parts = [f"words {mean(self.words):.4f}"] if self.words else []
        found, wanted, leaked = self.pieces
        if wanted:
            parts.append(f"pieces {2 * found / (found + leaked + wanted):.4f}")
        for kind, counts in self.kinds.items():
            kept = [both / wanted for both, wanted, _ in counts if wanted]
            true = [both / given for both, _, given in counts if given]
            if len(kept) >= 3 and true:
                parts.append(f"{kind} {harmonic(mean(kept), mean(true)):.3f}")
        parts += [f"{name} {mean([float(value) for value in values]):.3f}" for name, values in self.meta.items()]
        return "  ".join(parts)


def structure_of(expected: Record, base: str) -> dict[str, Counter[str]]:
    """The structure that is expected of a page, by kind."""
    if expected.get("html"):
        return structure(str(expected["html"]), base)
    listed = expected["structure"]
    assert isinstance(listed, dict)
    out: dict[str, Counter[str]] = {}
    for kind in KINDS:
        values = listed.get(kind, [])
        if kind == "image":
            out[kind] = Counter(picture(urljoin(base, as_list(value)[0])) for value in values if value)
        elif kind in {"link", "embed"}:
            out[kind] = Counter(place(urljoin(base, value)) for value in values)
        else:
            out[kind] = Counter(" ".join(value.split()) if kind == "code" else key(value) for value in values)
    return out


def structure(html: str, base: str) -> dict[str, Counter[str]]:
    """Blocks by their words, links, pictures and players by address, code by line."""
    out: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    body = tree.body(html)
    if body is None:
        return out
    for element in body.iter(*BLOCKS):
        own = key(own_text(element))
        above = {element.tag, *(up.tag for up in element.iterancestors())}
        if not own or "pre" in above or "figcaption" in above:
            continue
        if element.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            out["heading"][own] += 1
        elif "li" in above:
            out["list"][own] += 1
        elif {"td", "th"} & above:
            out["table"][own] += 1
        elif len(own.split()) >= 6:
            out["paragraph"][own] += 1
        if "blockquote" in above and len(own.split()) >= 3:
            out["quote"][own] += 1
    out["code"].update(
        " ".join(line.split()) for pre in body.iter("pre") for line in pre.text_content().split("\n") if line.strip()
    )
    for link in body.iter("a"):
        href = link.get("href") or ""
        if href and not href.startswith(("#", "mailto:", "javascript:")) and link.text_content().strip():
            out["link"][place(urljoin(base, href))] += 1
    out["image"] = Counter(
        {picture(urljoin(base, image.get("src") or "")): 1 for image in body.iter("img") if image.get("src")}
    )
    for frame in body.iter("iframe", "video", "audio"):
        if frame.get("src"):
            out["embed"][place(urljoin(base, frame.get("src") or ""))] += 1
    return out


def own_text(element: lxml.html.HtmlElement) -> str:
    """The text of a block without that of the blocks in it."""
    parts = [element.text or ""]
    for child in element:
        if child.tag not in BLOCKS and child.tag not in {
            "ul",
            "ol",
            "table",
            "figure",
            "tbody",
            "tr",
            "dl",
            "script",
            "style",
        }:
            parts.append(own_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def right(name: str, wanted: str, given: str) -> bool | float:
    """Whether a field is right; of authors how nearly."""
    if not given:
        return False
    if name == "author":
        return f1(Counter(set(people(wanted))), Counter(set(people(given))))
    if name == "date":
        days = [re.search(r"\d{4}-\d\d-\d\d", value) for value in (wanted, given)]
        return all(days) and len({day.group() for day in days if day}) == 1
    if name == "lead_image":
        return picture(wanted) == picture(given)
    if name == "license":
        kinds = [re.search(r"(?i)(?:licenses/|cc[ -])(by(?:[ -](?:nc|nd|sa))*)", value) for value in (wanted, given)]
        return len({kind.group(1).lower().replace(" ", "-") if kind else None for kind in kinds}) == 1
    return key(wanted) == key(given)


def people(value: str) -> list[str]:
    """The names in a line of authors."""
    bare = re.sub(r"(?i)^\s*(?:by|von|par|por|written by)\s+", "", value)
    return [key(part) for part in re.split(r"(?i)[;,|&/]|\b(?:and|und|et|y)\b", bare) if key(part)]


def picture(url: str) -> str:
    """A picture's address without its size."""
    parts = urlsplit(url)
    return (parts.hostname or "") + re.sub(r"-\d{2,4}x\d{2,4}(?=\.\w+$)", "", unquote(parts.path)).lower()


def place(url: str) -> str:
    """An address without scheme, ``www.`` and campaign parameters."""
    parts = urlsplit(url)
    query = "&".join(part for part in parts.query.split("&") if part and not part.startswith("utm_"))
    host = (parts.hostname or "").removeprefix("www.").replace("-nocookie", "")
    return f"{host}{unquote(parts.path).rstrip('/')}?{query}"


def key(value: str) -> str:
    """The words of a text, folded."""
    return " ".join(words(unicodedata.normalize("NFKC", value)))


def words(value: str) -> list[str]:
    """The words of a text, lower case."""
    return re.findall(r"\w+", value.lower())


def as_list(value: object) -> list[str]:
    """A list of strings, whatever it was."""
    return [str(part) for part in value] if isinstance(value, list) else [str(value)] if value else []


def f1(wanted: Counter[str], given: Counter[str]) -> float:
    """The F1 of two bags."""
    total = wanted.total() + given.total()
    return 2 * (wanted & given).total() / total if total else 1.0


def harmonic(one: float, other: float) -> float:
    """The harmonic mean of two shares."""
    return 2 * one * other / (one + other) if one + other else 0.0


def mean(values: Iterable[float]) -> float:
    """The mean, 0 of nothing."""
    listed = list(values)
    return sum(listed) / len(listed) if listed else 0.0


if __name__ == "__main__":
    main()
