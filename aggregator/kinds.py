"""Finds a kind's module by its name: ``kind = "site"`` of a target is ``aggregator.targets.site``."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def load(room: str, kind: str) -> ModuleType:
    """Imports the module of a kind.

    ``room`` is the package that holds the kinds, e.g. ``targets``. A dotted ``kind`` names a module
    of somebody else's. Raises LookupError naming the kinds there are.
    """
    name = kind if "." in kind else f"aggregator.{room}.{kind}"
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and not name.startswith(error.name):
            raise
        raise LookupError(f"there is no {room} kind {kind!r}; known: {', '.join(names(room))}") from error


def names(room: str) -> list[str]:
    """The kinds that come with Wirecopy: the modules of the room that have ``Options``, sorted."""
    package = importlib.import_module(f"aggregator.{room}")
    modules = (module.name for module in pkgutil.iter_modules(package.__path__))
    return sorted(name for name in modules if hasattr(importlib.import_module(f"{package.__name__}.{name}"), "Options"))
