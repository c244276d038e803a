"""Decisions as pure functions; each gives a reason."""
