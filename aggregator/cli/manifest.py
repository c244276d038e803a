"""``--manifest FILE.jsonl --out DIR``: many documents in one call, in parallel, a result file for each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from aggregator.cli.documents import Document, Job, Reader, Result, children, failure, in_order, read_with
from aggregator.cli.output import tell

MAX_LINE = 1_000_000
TEXTS = ("path", "name", "url", "title", "summary")


@dataclass(slots=True)
class Summary:
    """What a manifest came to."""

    read: int = 0
    failed: int = 0  #: their result file holds ``{"error": …}``
    lost: int = 0  #: those that no result file could be written for


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    name: str
    document: Document | ValueError


def run_manifest(
    manifest: Path | None, out: Path | None, sources: Sequence[str] | None, reader: Reader, *, preload: Sequence[str]
) -> None:
    """Works through a manifest and tells what it came to; exit code 1 where a result could not be written."""
    if manifest is None or out is None or sources:
        raise typer.BadParameter("--manifest and --out go together, and without SOURCE")
    out.mkdir(parents=True, exist_ok=True)
    summary = asyncio.run(_work_through(manifest, out.resolve(), reader, preload=preload))
    tell(f"{summary.read} read, {summary.failed} failed" + (f", {summary.lost} without result" if summary.lost else ""))
    if summary.lost:
        raise typer.Exit(1)


async def _work_through(manifest: Path, root: Path, reader: Reader, *, preload: Sequence[str]) -> Summary:
    summary = Summary()
    lines = list(_lines(manifest))
    with children(len(lines), *preload) as workers:

        def job(line: _Line) -> Job:
            async def run() -> Result:
                if isinstance(line.document, ValueError):
                    return failure(line.document)
                return await read_with(workers, reader, line.document)

            return run

        results = in_order(map(job, lines), 32)
        for line in lines:
            result = await anext(results)
            try:
                _write(root, line.name, result)
            except (OSError, ValueError) as error:
                summary.lost += 1
                tell(f"{line.name or manifest}: {error}")
            else:
                summary.read += not result.error
                summary.failed += bool(result.error)
    return summary


def _lines(manifest: Path) -> Iterator[_Line]:
    with manifest.open("rb") as file:
        number = 0
        while row := file.readline(MAX_LINE):
            number += 1
            if row.strip():
                yield _line(row, manifest, number)


def _line(row: bytes, manifest: Path, number: int) -> _Line:
    name = ""
    try:
        fields = json.loads(row)
        if not isinstance(fields, dict):
            raise ValueError("is no JSON object")
        given = fields.get("name")
        name = given if isinstance(given, str) else Path(str(fields.get("path", ""))).name
        for key in TEXTS:
            if fields.get(key) is not None and not isinstance(fields[key], str):
                raise ValueError(f"{key} must be text")
        headers = fields.get("headers") or {}
        if not isinstance(headers, dict):
            raise ValueError("headers must be an object")
        if not fields.get("path"):
            raise ValueError("path is missing")
    except (ValueError, RecursionError) as error:
        return _Line(name=name, document=ValueError(f"line {number} of {manifest.name}: {error}"))
    document = Document(
        path=_find(fields["path"], manifest),
        url=fields.get("url"),
        headers={str(key): str(value) for key, value in headers.items()},
        title=fields.get("title") or "",
        summary=fields.get("summary") or "",
    )
    return _Line(name=name, document=document)


def _find(path: str, manifest: Path) -> str:
    """A relative path is relative to where we are, or else to where the manifest lies."""
    beside = manifest.parent / path
    return str(beside if not Path(path).exists() and beside.exists() else path)


def _write(root: Path, name: str, result: Result) -> None:
    if not name:
        raise ValueError(result.error or "no name to write the result under")
    target = (root / f"{name}.json").resolve()
    if root not in target.parents:
        raise ValueError(f"this name leads out of {root}")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(f"{result.json}\n", encoding="utf-8")
