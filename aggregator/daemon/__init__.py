"""The daemon: ticks, signals, reload, stop; and one round of the same work for ``wirecopy once``."""

from aggregator.daemon.once import once
from aggregator.daemon.preview import Preview, pages, preview
from aggregator.daemon.run import run
from aggregator.daemon.work import Tally

__all__ = ["Preview", "Tally", "once", "pages", "preview", "run"]
