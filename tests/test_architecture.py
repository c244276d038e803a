"""The house: foreign libraries come in by their doors only, and each kind is what its room asks for."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import aggregator
from aggregator import kinds

ROOT = Path(aggregator.__file__).parent
#: Which rooms may import a library (docs/architecture.md, "The house").
DOORS = {
    "feedparser": {"sources"},
    "trafilatura": {"extract"},
    "htmldate": {"extract"},
    "nh3": {"markup"},
    "lxml": {"extract", "markup", "sources", "targets"},
    "httpx": {"fetch", "targets", "app"},
    "httpcore": {"fetch"},
    "protego": {"fetch"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "apscheduler": {"daemon"},
    "starlette": {"server", "demo"},
    "uvicorn": {"server"},
    "PIL": {"media"},
    "typer": {"cli"},
    "rich": {"cli"},
    "tomlkit": {"config", "cli"},
    "structlog": {"log"},
    "babel": {"targets"},
    "aiosmtplib": {"targets"},
    "yaml": {"targets"},
    "markdownify": {"targets"},
    "markdown_it": {"targets"},
    "cronsim": {"config", "policy"},
    # Ways to the network that go round our own client: nobody's.
    "requests": set(),
    "urllib3": set(),
    "aiohttp": set(),
    "urllib.request": set(),
    "http.client": set(),
    "smtplib": set(),
}


def rooms_importing(library: str) -> set[str]:
    found: set[str] = set()
    for path in ROOT.rglob("*.py"):
        tree = ast.parse(path.read_text())
        names = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
        names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
        if any(name == library or name.startswith(f"{library}.") for name in names):
            found.add(path.relative_to(ROOT).parts[0].removesuffix(".py"))
    return found


@pytest.mark.parametrize("library", DOORS)
def test_a_library_comes_in_by_its_doors_only(library: str) -> None:
    assert rooms_importing(library) <= DOORS[library]


def test_the_way_that_doors_are_watched_sees_an_import() -> None:
    assert rooms_importing("feedparser") == {"sources"}


VERBS = {"sources": "parse", "transforms": "apply", "targets": "build"}


@pytest.mark.parametrize(("room", "kind"), [(room, kind) for room in VERBS for kind in kinds.names(room)])
def test_a_kind_has_options_its_verb_and_the_first_line_of_its_manual_page(room: str, kind: str) -> None:
    module = kinds.load(room, kind)
    assert isinstance(module.Options, type)
    assert callable(getattr(module, VERBS[room]))
    assert len(inspect.getdoc(module) or "") > 20
    assert (ROOT.parent / "docs" / room / f"{kind}.md").exists()


def test_an_unknown_kind_is_told_with_those_there_are() -> None:
    with pytest.raises(LookupError, match="site"):
        kinds.load("targets", "blogger")


#: Options of targets that mean the same wherever they are.
SHARED = ("allow_networks", "blog", "date", "endpoint", "environment", "overwrite_edits", "pictures", "source_tags")


@pytest.mark.parametrize("option", SHARED)
def test_an_option_that_several_targets_have_is_the_same_in_all(option: str) -> None:
    models = [kinds.load("targets", kind).Options for kind in kinds.names("targets")]
    fields = [model.model_fields[option] for model in models if option in model.model_fields]
    assert len(fields) > 1
    assert len({(str(field.annotation), str(field.default), field.description) for field in fields}) == 1
