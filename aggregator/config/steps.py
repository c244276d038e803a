"""The steps of a feed: those of its profiles, and its own, which may change one of them by its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

Table = Mapping[str, object]

#: Keys of a step's table that are not its kind's own.
OF_ALL_KINDS = ("kind", "name", "enabled")


class Merged(NamedTuple):
    """One step as it is to run."""

    table: Table
    own: int | None  #: which of the feed's own steps it is, or was changed by; None: it is a profile's as it stands


def merge(of_profiles: Iterable[Table], own: Sequence[Table]) -> list[Merged]:
    """The steps in the order in which they run: the profiles' first, each of them once.

    A step of the feed's own that goes by the name of an earlier one (its ``name``, else its ``kind``) takes its
    place: keys that it leaves out stay as they were, unless it is of another kind. What is not ``enabled`` is among
    them.
    """
    steps = [Merged(table, None) for table in of_profiles]
    for number, table in enumerate(own):
        place = next((at for at, step in enumerate(steps) if table.get("name") == label(step.table)), None)
        if place is None:
            steps.append(Merged(table, number))
            continue
        base = steps[place].table
        same_kind = table.get("kind", base.get("kind")) == base.get("kind")
        steps[place] = Merged({**(base if same_kind else {}), **table}, number)
    return steps


def label(table: Table) -> object:
    """What a step goes by: its name, else its kind."""
    return table.get("name") or table.get("kind")


def options(table: Table) -> dict[str, object]:
    """The keys of a step that its kind reads."""
    return {key: value for key, value in table.items() if key not in OF_ALL_KINDS}
