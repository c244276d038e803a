"""TOML in, validated models out; all complaints at once, each with its key, its line and the nearest known key.

The models of kinds (``Options``) use `Section`, `Duration`, `Secret` and the other values from here.
"""

from aggregator.config.advice import warnings
from aggregator.config.hours import Hours, time_zone
from aggregator.config.loading import load
from aggregator.config.merged import Config, TargetSettings
from aggregator.config.sections import (
    HARD_FLOOR,
    DaemonSettings,
    FeedDefaults,
    FeedSettings,
    FetchSettings,
    File,
    Manners,
    Section,
    SiteSettings,
    StoreSettings,
)
from aggregator.config.values import BadValueError, BaseUrl, Duration, FolderPath, HeaderName, Line, Secret

__all__ = [
    "HARD_FLOOR",
    "BadValueError",
    "BaseUrl",
    "Config",
    "DaemonSettings",
    "Duration",
    "FeedDefaults",
    "FeedSettings",
    "FetchSettings",
    "File",
    "FolderPath",
    "HeaderName",
    "Hours",
    "Line",
    "Manners",
    "Secret",
    "Section",
    "SiteSettings",
    "StoreSettings",
    "TargetSettings",
    "load",
    "time_zone",
    "warnings",
]
