"""Counts work instead of timing it: the same on every machine, however busy."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType


def calls(work: Callable[[], object]) -> int:
    """How many functions, of Python and of C, are called by a piece of work."""
    work()  # what is made once and kept, such as compiled patterns, is not counted
    counted = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted


def growth(work: Callable[[int], object], size: int) -> float:
    """How many times as much work twice the size is: 2 for linear, 4 for quadratic."""
    return calls(lambda: work(2 * size)) / calls(lambda: work(size))
