"""The only place where stages meet: refresh a feed, deliver a post."""

from aggregator.pipeline.deliver import Delivered, Deliverer
from aggregator.pipeline.refresh import Refreshed, Refresher
from aggregator.pipeline.taken import Taken
from aggregator.pipeline.workers import InlineWorkers, Workers

__all__ = ["Delivered", "Deliverer", "InlineWorkers", "Refreshed", "Refresher", "Taken", "Workers"]
