"""Durations in words, for reasons that a person reads."""

from __future__ import annotations

from datetime import timedelta


def words(wait: timedelta) -> str:
    """A duration to three digits in its largest unit: ``90 s`` is ``1.5 min``."""
    seconds = wait.total_seconds()
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.0f} s"
