"""The sample press: small sites, written for it, that ``wirecopy demo`` serves on loopback and republishes."""

from aggregator.demo.config import write_config
from aggregator.demo.press import app, running, serve

__all__ = ["app", "running", "serve", "write_config"]
