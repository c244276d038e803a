"""``recheck``: how long after its publication an article's page is looked at once more."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import PlainValidator

from aggregator.config.values import BadValueError, duration
from aggregator.types import RECHECK

_MOST = 12
_SOONEST, _LATEST = timedelta(minutes=15), timedelta(days=365)


def _recheck(value: object) -> tuple[timedelta, ...]:
    if isinstance(value, bool):
        return RECHECK if value else ()
    hint = 'for example true, false or ["6h", "3d"]'
    if not isinstance(value, (list, tuple)) or not 1 <= len(value) <= _MOST:
        raise BadValueError(f"must be true, false or a list of 1 to {_MOST} durations", hint)
    spans = tuple(duration(span) if isinstance(span, str) else _no_span(span) for span in value)
    if list(spans) != sorted(set(spans)):
        raise BadValueError("must grow", hint)
    if spans[0] < _SOONEST or spans[-1] > _LATEST:
        raise BadValueError("must lie between 15m and 365d", hint)
    return spans


def _no_span(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    raise BadValueError("must be durations in quotes", 'for example ["6h", "3d"]')


RecheckValue = Annotated[tuple[timedelta, ...], PlainValidator(_recheck)]
