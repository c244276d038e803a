"""Every error, grouped by what we do about it.

AggregatorError
├─ ConfigError            refuse to start; lists every problem
├─ FetchError             one GET failed
│   ├─ UnreachableError   later, backoff          (DNS, TLS, timeout, 5xx)
│   ├─ BusyError          later, not before       (429, 503; ``retry_after``)
│   ├─ RefusedError       later, slowly           (401 403 404 451, robots, guard)
│   ├─ GoneError          stop this feed          (410)
│   └─ TooLargeError      skip                    (bytes, ratio, redirects)
├─ ParseError             later, slowly
│   └─ CostlyError        likewise               (time, memory, or a crash of the child)
├─ ExtractError           use the feed's own text
├─ StepError              let the post go on without this transform
├─ CorrectionError        tell who asked for it; nothing was changed
├─ PublishError           one delivery failed
│   ├─ TryLaterError      later, backoff
│   ├─ RejectedError      dead letter, this post only
│   ├─ RemovedError       let it be withdrawn there, never make it again
│   └─ BlockedError       pause the target, tell a human once
└─ StoreError             stop the daemon; later where ``transient``

Drop(reason)              a signal, not an error: this post is not wanted

``policy.recovery`` is the one place that turns a class into an action.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta


class AggregatorError(Exception):
    """Whatever goes wrong in a way that we know how to act on."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One complaint about a configuration file."""

    key: str  #: dotted path, e.g. ``feeds.aljazeera.every``; empty for the file as a whole
    message: str
    line: int | None = None  #: 1-based line in the file, where it can be had
    hint: str = ""  #: what to do, e.g. ``did you mean "every"?``

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        key = f"{self.key}: " if self.key else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}{key}{self.message}{hint}"


class ConfigError(AggregatorError):
    """The configuration can't be used; ``problems`` lists all that is wrong with it."""

    def __init__(self, path: str, problems: Sequence[Problem]) -> None:
        self.path = path
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{path}: {problem}" for problem in self.problems))

    def __reduce__(self) -> tuple[type[ConfigError], tuple[str, tuple[Problem, ...]]]:
        return type(self), (self.path, self.problems)


class FetchError(AggregatorError):
    """One GET failed. ``url`` is the address asked for, without user info."""

    def __init__(self, url: str, message: str, *, status: int | None = None) -> None:
        self.url = url
        self.message = message
        self.status = status  #: HTTP status, None if there was no answer
        self.reached: str | None = None  #: where redirects had led by then; None: nowhere
        super().__init__(f"{message} ({url})")

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.__dict__.copy(), self.args)


class UnreachableError(FetchError):
    """No usable answer: DNS, TLS, timeout, connection lost, 5xx."""


class BusyError(FetchError):
    """The server asked us to come later (429, 503)."""

    def __init__(
        self, url: str, message: str, *, status: int | None = None, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(url, message, status=status)
        self.retry_after = retry_after  #: the server's wish, counted from receipt (RFC 9110, 10.2.3)


class RefusedError(FetchError):
    """The server, its robots.txt or our own guard says no (401, 403, 404, 451 …)."""


class GoneError(FetchError):
    """410: there is nothing here any more and there will not be (RFC 9110, 15.5.11)."""


class TooLargeError(FetchError):
    """Over a limit: bytes, decompression ratio, number of redirects."""


class ParseError(AggregatorError):
    """These bytes are no feed. The message says what they look like."""


class CostlyError(ParseError):
    """Work on a stranger's bytes took too much time or memory, or broke the child process that did it."""


class ExtractError(AggregatorError):
    """No article could be taken from a page."""


class StepError(AggregatorError):
    """A transform could not do its work on a post. The message says why."""


class CorrectionError(AggregatorError):
    """What a person wants corrected by hand can't be."""


class PublishError(AggregatorError):
    """A delivery failed. ``in_doubt`` is set where the target may have taken the post all the same."""

    def __init__(
        self,
        target: str,
        message: str,
        *,
        retry_after: timedelta | None = None,
        in_doubt: bool = False,
        unsettled_for: timedelta | None = None,
    ) -> None:
        self.target = target
        self.message = message
        self.retry_after = retry_after  #: the target's wish: nothing is sent to it before
        self.in_doubt = in_doubt
        self.unsettled_for = unsettled_for  #: it may be at work on this for so long; asked sooner, it knows of nothing
        super().__init__(f"{target}: {message}")

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.__dict__.copy(), self.args)


class TryLaterError(PublishError):
    """The target can't take it now: timeout, 429, 5xx, disk full."""


class RejectedError(PublishError):
    """The target will never take this post."""


class RemovedError(PublishError):
    """The post was there and somebody took it away: it is not made again."""


class BlockedError(PublishError):
    """The target will take nothing until a person mends something (credentials, rights)."""


class StoreError(AggregatorError):
    """The store can't be used: locked by another daemon, read-only, damaged, of a newer version.

    ``transient`` is set where it may pass by itself (locked, disk full): waiting is worth while.
    """

    def __init__(self, message: str, *, transient: bool = False) -> None:
        self.transient = transient
        super().__init__(message)


class Drop(Exception):  # noqa: N818 - a signal, not an error
    """This post is not wanted; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def _rebuild(kind: type[Exception], state: dict[str, object], args: tuple[object, ...]) -> Exception:
    """Makes an error again on the other side of a process boundary."""
    error = kind.__new__(kind)
    error.__dict__.update(state)
    error.args = args
    return error
