"""The only place where stages meet: refresh a feed, look again at a page, deliver a post."""

from aggregator.pipeline.deliver import Delivered, Deliverer
from aggregator.pipeline.rechecks import Rechecked, Rechecks
from aggregator.pipeline.refresh import Refreshed, Refresher
from aggregator.pipeline.second_looks import Looked, SecondLooks
from aggregator.pipeline.taken import Taken
from aggregator.pipeline.taking import Taker
from aggregator.pipeline.workers import InlineWorkers, Workers

__all__ = [
    "Delivered",
    "Deliverer",
    "InlineWorkers",
    "Looked",
    "Rechecked",
    "Rechecks",
    "Refreshed",
    "Refresher",
    "SecondLooks",
    "Taken",
    "Taker",
    "Workers",
]
