"""How much of a document is read: what comes from outside is bounded before it is kept."""

from __future__ import annotations

from typing import Final

ENTRIES: Final = 1_000  #: entries of a document; ``Parsed.left_out`` counts the rest
DELETED: Final = 1_000  #: entries of a document that it says are withdrawn
TITLE: Final = 2_000  #: characters of a title, a name of a feed, a line of rights
NAME: Final = 300  #: characters of a person's name or of a tag
GUID: Final = 4_000  #: characters of a guid
HTML: Final = 2_000_000  #: characters of a summary or of a content
AUTHORS: Final = 20
TAGS: Final = 50
ENCLOSURES: Final = 20
IMAGES: Final = 50
RAW: Final = 40  #: other elements kept of one entry
RAW_TEXT: Final = 1_000  #: characters of each
