"""The nouns, in the order in which data passes through them.

Feed → Response → Parsed → Entry → Article → Post → Delivery → Publication

All are frozen, keyword-only and picklable. Times are aware UTC datetimes and end in ``_at``;
text fields are plain text unless their comment says HTML.
"""

from aggregator.types.nouns import (
    Article,
    Credit,
    Delivery,
    Entry,
    Every,
    Feed,
    FeedMemory,
    Hop,
    Known,
    MediaFile,
    Parsed,
    Post,
    Publication,
    Response,
    Sighting,
    Step,
    StepSettings,
)
from aggregator.types.parts import (
    Author,
    Deleted,
    Enclosure,
    Image,
    Origin,
    OwnPost,
    Site,
    SourceInfo,
)
from aggregator.types.words import (
    Action,
    Basis,
    Decision,
    DeliveryState,
    Duplicates,
    Future,
    Identity,
    Lead,
    Outcome,
    Rights,
    Withdrawals,
)

__all__ = [
    "Action",
    "Article",
    "Author",
    "Basis",
    "Credit",
    "Decision",
    "Deleted",
    "Delivery",
    "DeliveryState",
    "Duplicates",
    "Enclosure",
    "Entry",
    "Every",
    "Feed",
    "FeedMemory",
    "Future",
    "Hop",
    "Identity",
    "Image",
    "Known",
    "Lead",
    "MediaFile",
    "Origin",
    "Outcome",
    "OwnPost",
    "Parsed",
    "Post",
    "Publication",
    "Response",
    "Rights",
    "Sighting",
    "Site",
    "SourceInfo",
    "Step",
    "StepSettings",
    "Withdrawals",
]
