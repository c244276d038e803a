"""Where a block of one's own stands in a text: never inside of a quotation, a list, a table or a figure."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

from aggregator.config.values import BadValueError
from aggregator.markup import blocks, text
from aggregator.transforms import Shaped
from aggregator.types import Post


class Place(BaseModel):
    """One place in a text, or several alike."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: Literal["top", "start", "end", "closing"] | None = (
        None  #: before the standfirst, of the text, behind the credit
    )
    after: Annotated[StrictInt, Field(ge=1, le=10_000)] | None = None  #: after this paragraph
    share: Annotated[float, Field(gt=0, lt=1)] | None = None  #: after this share of the text
    every: Annotated[StrictInt, Field(ge=1, le=10_000)] | None = None  #: after each so many paragraphs
    times: Annotated[StrictInt, Field(ge=1, le=100)] = 3  #: with ``every``: so often at most
    apart: Annotated[StrictInt, Field(ge=0, le=1000)] = 2  #: paragraphs between it and another block that was put in
    least: Annotated[StrictInt, Field(ge=0, le=10_000)] = 0  #: paragraphs that a text must have

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if sum(place is not None for place in (self.at, self.after, self.share, self.every)) != 1:
            raise BadValueError(
                "names no place, or several",
                'say one of at = "top", "start", "end" or "closing", after = 3, share = 0.5, every = 5',
            )
        return self


def put(post: Post, block: str, place: Place) -> Shaped:
    """The post with a block of HTML at its place, if there is room for it there; and where that is."""
    body = blocks.read(post.body)
    found = blocks.paragraphs(body)
    if len(found) < place.least:
        return Shaped(post, f"the text has {len(found)} paragraphs, fewer than {place.least}")
    if place.at == "closing":
        closing = blocks.read(post.closing)
        blocks.append(closing, block)
        return Shaped(replace(post, closing=blocks.write(closing)), "behind the credit")
    if place.at == "top":
        if post.standfirst:  # it stands below the block now, and so in the text
            blocks.prepend(body, f"<p>{escape(post.standfirst)}</p>")
        blocks.prepend(body, block)
        return Shaped(replace(post, body=blocks.write(body), standfirst=""), "at the top")
    if place.at == "start":
        blocks.prepend(body, block)
        where = "at the start"
    elif place.at == "end":
        blocks.append(body, block)
        where = "at the end"
    else:
        lengths = [text.word_count(text.of_element(each)) for each in found]
        numbers = _free(_wanted(place, lengths), blocks.places_taken(body), place.apart, len(found))
        if not numbers:
            return Shaped(post, f"there is no such place among the {len(found)} paragraphs of the text")
        for number in numbers:
            blocks.insert_after(found[number - 1], block)
        where = f"after paragraph {', '.join(map(str, numbers))} of {len(found)}"
    return Shaped(replace(post, body=blocks.write(body)), where)


def _free(places: list[int], taken: list[int], apart: int, last: int) -> list[int]:
    """The places, each moved on until it is far enough from all other blocks; without those that find no room."""
    free: list[int] = []
    for place in places:
        fitting = (at for at in range(place, last + 1) if all(abs(at - other) >= apart for other in (*taken, *free)))
        if (at := next(fitting, None)) is not None and (at < last or at == place):
            free.append(at)
    return free


def _wanted(place: Place, lengths: list[int]) -> list[int]:
    """After which paragraphs the block stands, counted from 1; ``lengths`` are their numbers of words."""
    if place.after is not None:
        return [place.after] if place.after <= len(lengths) else []
    if place.every is not None:
        # Never after the last one: a block that parts paragraphs has no place at the end.
        return list(range(place.every, len(lengths), place.every))[: place.times]
    so_far, wanted = 0, sum(lengths) * (place.share or 0)
    for number, length in enumerate(lengths[:-1], start=1):
        so_far += length
        if so_far >= wanted:
            return [number]
    return []
