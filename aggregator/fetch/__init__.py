"""Polite, bounded, safe HTTP: bytes or a classed error."""

from aggregator.fetch.client import Client, user_agent
from aggregator.fetch.hosts import Hosts
from aggregator.fetch.purposes import Purpose

__all__ = ["Client", "Hosts", "Purpose", "user_agent"]
