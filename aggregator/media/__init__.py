"""Copies of other people's pictures: fetched within limits, checked, cleaned, kept once by hash."""

from aggregator.media.library import Library

__all__ = ["Library"]
