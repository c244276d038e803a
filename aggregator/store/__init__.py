"""The database: tables, statements, one writer. Functions take a ``Session`` first and return our nouns.

``await store.write(feeds.sync, wanted, now)`` is one transaction; ``await store.read(feeds.overview)`` one look.
"""

from sqlalchemy.orm import Session

from aggregator.errors import StoreError
from aggregator.store.blocks import Block
from aggregator.store.database import Store
from aggregator.store.deliveries import DeliveryLine
from aggregator.store.entries import EntryLine, EntryRecord
from aggregator.store.feeds import FeedOverview
from aggregator.store.posts import PostLine
from aggregator.store.rechecks import Recheck
from aggregator.store.retractions import Retraction
from aggregator.store.revisions import Revision
from aggregator.store.second_looks import SecondLook
from aggregator.store.single import lock
from aggregator.store.stories import Kin, Matched, Printed, Teller
from aggregator.store.tombstones import Tombstone
from aggregator.store.verdicts import Verdict

__all__ = [
    "Block",
    "DeliveryLine",
    "EntryLine",
    "EntryRecord",
    "FeedOverview",
    "Kin",
    "Matched",
    "PostLine",
    "Printed",
    "Recheck",
    "Retraction",
    "Revision",
    "SecondLook",
    "Session",
    "Store",
    "StoreError",
    "Teller",
    "Tombstone",
    "Verdict",
    "lock",
]
