"""Words and regular expressions of the owner's on strangers' text: checked when the file is read, bounded in time.

The dialect is that of the ``regex`` library, which is Python's and more, and can be told to give up.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from time import process_time
from typing import Annotated

import regex
from pydantic import Field

from aggregator.config.values import BadValueError
from aggregator.errors import StepError

LIMIT = 1.0  #: seconds of computing that a pattern may take on one post
MAX_REPLACED = 1000  #: occurrences in one piece of text

Word = Annotated[str, Field(min_length=1, max_length=1000)]


@lru_cache(maxsize=2000)
def whole(word: str) -> regex.Pattern[str]:
    """What finds a word or a phrase as it is, whole and in any case."""
    return regex.compile(rf"(?<!\w){regex.escape(word)}(?!\w)", regex.IGNORECASE)


@lru_cache(maxsize=2000)
def compiled(pattern: str, *, case: bool = False) -> regex.Pattern[str]:
    """A regular expression; ``^`` and ``$`` stand for the ends of lines. Raises BadValueError where it is none."""
    try:
        return regex.compile(pattern, regex.MULTILINE | (0 if case else regex.IGNORECASE))
    except (regex.error, OverflowError, RecursionError) as error:
        message = f"{pattern[:60]!r} is not a regular expression: {error}"
        raise BadValueError(message, "in single quotes, backslashes stay as they are: 'v\\d+'") from error


def checked(patterns: Sequence[str], by: str = "") -> None:
    """Raises BadValueError for the first of the patterns that is none, or whose groups ``by`` does not fit."""
    for pattern in patterns:
        compiled(pattern)
        try:
            # With an empty alternative it is found in nothing at all, so that the template is read.
            regex.compile(f"{pattern}\n|").sub(by, "")
        except (regex.error, IndexError) as error:
            hint = r"\1 is the first group, \g<name> a named one"
            raise BadValueError(f"{by[:60]!r} does not fit the pattern: {error}", hint) from error


def found(pattern: regex.Pattern[str], text: str) -> bool:
    """Whether a pattern is found in a text. Raises StepError where that takes too long."""
    try:
        return pattern.search(text, timeout=LIMIT) is not None
    except TimeoutError as error:
        raise _too_long(pattern) from error


def replaced(pattern: regex.Pattern[str], by: str, texts: Sequence[str]) -> list[str]:
    """The texts with each occurrence replaced by a template of groups. Raises StepError where that takes too long."""
    end, out = process_time() + LIMIT, []
    for text in texts:
        left = end - process_time()
        if left <= 0:
            raise _too_long(pattern)
        try:
            out.append(pattern.sub(by, text, count=MAX_REPLACED, timeout=left))
        except TimeoutError as error:
            raise _too_long(pattern) from error
    return out


def _too_long(pattern: regex.Pattern[str]) -> StepError:
    return StepError(f"the pattern {pattern.pattern[:60]!r} takes too long")
