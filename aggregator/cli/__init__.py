"""The command line: one module a verb, each thin. Heavy imports stand inside the verbs, so that help comes at once."""

from aggregator.cli.program import app, main

__all__ = ["app", "main"]
