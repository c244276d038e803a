"""From what pydantic says to what a person can act on: key, reason, nearest known key."""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from aggregator.config.lines import Path
from aggregator.config.values import BadValueError

_LISTED = 12

#: pydantic's error type → what we say; ``{…}`` are its context values.
_SENTENCES = {
    "missing": "is missing",
    "string_type": "must be text in quotes, not {got}",
    "bool_type": "must be true or false, not {got}",
    "int_type": "must be a whole number, not {got}",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number, not {got}",
    "path_type": "must be a path in quotes, not {got}",
    "tuple_type": "must be a list in [ ], not {got}",
    "list_type": "must be a list in [ ], not {got}",
    "set_type": "must be a list in [ ], not {got}",
    "frozen_set_type": "must be a list in [ ], not {got}",
    "model_type": "must be a table, not {got}",
    "model_attributes_type": "must be a table, not {got}",
    "dict_type": "must be a table, not {got}",
    "enum": "must be {expected}, not {value}",
    "literal_error": "must be {expected}, not {value}",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
}

#: What stands where, for a hint on what a missing or mistaken table looks like.
_EXAMPLES: dict[Path, str] = {
    ("site",): 'write [site] with title = "…" and base_url = "https://…"',
    ("site", "title"): 'the name of the blog, such as "Site Nestor"',
    ("site", "base_url"): 'where readers find the blog, such as "https://news.example.org"',
    ("feeds",): "one table for each feed: [feeds.NAME]",
    ("groups",): "one table for each group: [groups.NAME]",
    ("profiles",): "one table for each profile: [profiles.NAME]",
    ("targets",): "one table for each target: [targets.NAME]",
}


class Complaint:
    """One complaint before its line is known."""

    __slots__ = ("hint", "message", "path")

    def __init__(self, path: Path, message: str, hint: str = "") -> None:
        self.path, self.message, self.hint = path, message, hint


def dotted(path: Path) -> str:
    """``("feeds", "a", "transforms", 0)`` as ``feeds.a.transforms[0]``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + (part if part.isprintable() and len(part) <= 100 else ascii(part)[:100])
    return text


def from_pydantic(
    error: ValidationError,
    model: type[BaseModel],
    *,
    under: Path = (),
    home: Mapping[str, Iterable[str]] | None = None,
    beside: Iterable[str] = (),
) -> Iterator[Complaint]:
    """All complaints of one validation, in the order of the model.

    ``home`` tells in which table a key is at home; ``beside`` are keys of the outermost table that ``model`` does not
    know.
    """
    for details in error.errors(include_url=False):
        path = tuple(part for part in details["loc"] if part != "[key]")
        known = known_keys(model, path[:-1])
        yield _complaint(details, (*under, *path), known if path[:-1] else (*known, *beside), home or {})


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint that names the known word next to ``word``, or all there are."""
    words = sorted(known)
    close = difflib.get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{close[0]}"?'
    if not words:
        return ""
    more = f" and {len(words) - _LISTED} more" if len(words) > _LISTED else ""
    return f"known: {', '.join(words[:_LISTED])}{more}"


def known_keys(model: type[BaseModel], path: Sequence[str | int]) -> tuple[str, ...]:
    """The keys that the table at ``path`` below ``model`` may have; empty where any may stand."""
    inner: Any = model
    for part in path:
        inner = _step(inner, part)
    inner = _bare(inner)
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        return tuple(field.alias or name for name, field in inner.model_fields.items())
    return ()


def toml_type(value: object) -> str:
    """What a value is called in TOML."""
    if isinstance(value, bool):
        return "true or false" if value is None else str(value).lower()
    names = {str: "text", int: "a whole number", float: "a number", list: "a list", dict: "a table"}
    return names.get(type(value), "a date or time")


def _complaint(details: ErrorDetails, path: Path, known: Sequence[str], home: Mapping[str, Iterable[str]]) -> Complaint:
    kind, context = details["type"], details.get("ctx", {})
    cause = context.get("error")
    if kind == "extra_forbidden":
        return Complaint(path, "unknown key", _unknown_hint(str(path[-1]), known, home))
    if isinstance(cause, BadValueError):
        return Complaint(path, str(cause), cause.hint)
    if kind in ("value_error", "assertion_error"):
        return Complaint(path, str(cause) or "is not allowed")
    value = details["input"]
    shown = repr(value)[:60] if isinstance(value, str) else toml_type(value)
    sentence = _SENTENCES.get(kind)
    # Other sentences are pydantic's own; they never hold the value, which may be a secret.
    message = sentence.format(got=toml_type(value), value=shown, **context) if sentence else details["msg"].lower()
    hint = _EXAMPLES.get(path, "")
    if kind in ("enum", "literal_error") and isinstance(value, str):
        hint = hint or nearest(
            value, [word.strip("' ") for word in str(context["expected"]).replace(" or ", ",").split(",")]
        )
        hint = hint if hint.startswith("did") else ""
    if kind == "model_type" and path[:-1] in (("feeds",), ("groups",), ("profiles",), ("targets",)):
        hint = f"write [{dotted(path)}] on a line of its own, and its keys below"
    return Complaint(path, message, hint)


def _unknown_hint(key: str, known: Sequence[str], home: Mapping[str, Iterable[str]]) -> str:
    hint = nearest(key, known)
    if not hint.startswith("did"):
        tables = [table for table, keys in home.items() if key in keys]
        if tables:
            return f"it belongs into [{'] or ['.join(tables)}]"
    return hint


def _step(annotation: Any, part: str | int) -> Any:
    """The type of what stands at ``part`` in a value of the annotated type."""
    annotation = _bare(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            if part in (name, field.alias):
                return field.annotation
        return None
    arguments = get_args(annotation)
    return arguments[1 if get_origin(annotation) is dict else 0] if arguments else None


def _bare(annotation: Any) -> Any:
    """The type inside ``Annotated[…]`` and ``… | None``."""
    while get_origin(annotation) in (Annotated, Union, types.UnionType):
        annotation = next((a for a in get_args(annotation) if a is not type(None)), None)
    return annotation
