"""Options that several kinds have: what means the same has one name, one form and one default everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from aggregator.config import Duration, FolderPath, Line
from aggregator.config.values import FeedUrl
from aggregator.types import Post

Timeout = Annotated[Duration, Field(ge=timedelta(seconds=1), le=timedelta(minutes=30))]
#: ``pictures``, by default "copy".
Pictures = Annotated[
    Literal["copy", "link"], Field(description="copies of pictures there, or the originals where they are")
]
#: ``path``, where copies of pictures are noted by ourselves.
NotesPath = Annotated[FolderPath, Field(validate_default=True, description="folder of notes of pictures uploaded")]
NOTES = Path("data/pictures")  #: its default
#: ``date``, by default "original".
Dating = Annotated[Literal["original", "now"], Field(description="the original's date, or that of publishing")]
#: ``source_tags``, by default 10.
SourceTags = Annotated[int, Field(ge=0, le=50, description="at most this many tags of the source")]
#: ``overwrite_edits``, by default off.
OverwriteEdits = Annotated[
    bool, Field(description="let a correction at the source replace what a person changed there")
]
#: ``endpoint``, by default none.
Endpoint = Annotated[FeedUrl | None, Field(description="where the blog takes calls, where its page does not say")]
#: ``blog``, by default none.
BlogOfAccount = Annotated[Line, Field(description="which blog, where the account has several")]


def _always(value: object) -> object:
    return {"always": value} if isinstance(value, (list, tuple)) else value


#: Before a table with a key ``always``: a list of names stands for the table with these.
AlwaysNames = BeforeValidator(_always)


def fold(name: str) -> str:
    """What two spellings of one name share."""
    return " ".join(name.split()).casefold()


def signature(post: Post, default: str, authors: Mapping[str, str]) -> str:
    """Who signs a post there, by ``author`` and ``authors``: by a name in the byline, by feed, or by publisher."""
    named = {fold(name): author for name, author in authors.items()}
    for known in (*(author.name for author in post.authors), post.feed, post.source_name):
        if found := named.get(fold(known)):
            return found
    return default
