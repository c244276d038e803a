"""A stranger's bytes in, a clean picture out: checked by content, turned upright, stripped, scaled.

What a server calls a picture counts for nothing: the first bytes say what it is, and Pillow must be able
to decode all of it. Stills are encoded anew, animations are rebuilt from their own parts
(``aggregator.media.animation``); so nothing hidden before, behind or within them gets through.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from PIL import Image, ImageCms, features

from aggregator.media import animation

MAX_PIXELS = 40_000_000  #: of a picture before it is decoded: 160 MB in memory
MIN_SIDE = 32  #: pixels: less is a tracker, an emoji or a rule
MAX_WIDTH = 1600  #: pixels: wider pictures are scaled down
THUMBNAIL_FROM = 800  #: pixels: wider pictures get a thumbnail
THUMBNAIL_WIDTH = 640
MAX_PROFILE = 1_000_000  #: bytes of an ICC profile

EXTENSIONS: Mapping[str, str] = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
}

#: What Pillow raises for damaged files, beside its own errors: it doesn't wrap all that its decoders stumble over.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    ArithmeticError,
    MemoryError,
    RuntimeError,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
#: What stands a picture upright, by its orientation.
_TURNS: Mapping[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LYING = frozenset({5, 6, 7, 8})

#: Nothing that makes a browser or a server see a page or a program has a place in a picture's margins.
_ACTIVE = (b"<script", b"<!doctype", b"<html", b"<svg", b"<iframe", b"<body", b"<?php", b"<?xml")


class UnfitError(ValueError):
    """These bytes are not kept as a picture; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture fit for keeping."""

    data: bytes = field(repr=False)
    type: str  #: media type of ``data``
    width: int
    height: int
    thumbnail: bytes = field(default=b"", repr=False)  #: WebP; empty: none was needed


def sniff(body: bytes) -> str | None:
    """The format that the first bytes announce, in Pillow's words; None for all that we don't take."""
    if body.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if body.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "WEBP"
    if body[4:8] == b"ftyp" and body[8:12] in (b"avif", b"avis") and features.check("avif"):
        return "AVIF"
    return None


def read(body: bytes) -> Picture:
    """The picture in these bytes, clean and upright. Raises UnfitError.

    Metadata (place, camera, comments) goes, the colour profile stays. AVIF becomes WebP and a GIF that
    does not move becomes PNG, so that every reader and every target can show them.
    """
    kind = sniff(body)
    if kind is None:
        raise UnfitError("no picture of a kind that we take: starts with " + repr(body[:12]))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.simplefilter("ignore", UserWarning)  # about odd metadata, which goes anyway
            with Image.open(io.BytesIO(body), formats=[kind]) as image:
                _check_size(image)
                return _animated(body, kind, image) or _still(kind, image)
    except UnfitError:
        raise
    except _BROKEN as error:
        raise UnfitError(f"a damaged {kind}: {error}") from error


def _check_size(image: Image.Image) -> None:
    """Refuses by the size in the header, before any pixel is decoded."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise UnfitError(f"{width} x {height} pixels are too many")
    if width < MIN_SIDE or height < MIN_SIDE:
        raise UnfitError(f"{width} x {height} pixels are too few for a picture")


def _animated(body: bytes, kind: str, image: Image.Image) -> Picture | None:
    """A moving GIF or WebP, rebuilt without its metadata; None for a still, and for what moves too much."""
    rebuild = {"GIF": animation.gif, "WEBP": animation.webp}.get(kind)
    data = rebuild(body) if rebuild else None
    if data is None or any(mark in data.lower() for mark in _ACTIVE):
        return None
    width, height = image.size
    image.load()
    thumbnail = _thumbnail(_plain(image.copy())) if width > THUMBNAIL_FROM else b""
    return Picture(data=data, type=f"image/{kind.lower()}", width=width, height=height, thumbnail=thumbnail)


def _still(kind: str, image: Image.Image) -> Picture:
    progressive = "progressive" in image.info
    plain = _plain(_fitted(image))
    if kind == "JPEG" and plain is image and image.format == "JPEG":
        # Neither scaled nor turned: with its own tables it loses next to nothing.
        type_, data = "image/jpeg", _save(plain, "JPEG", quality="keep", optimize=True, progressive=progressive)
    elif kind == "JPEG":
        type_, data = "image/jpeg", _save(plain, "JPEG", quality=86, optimize=True, progressive=True)
    elif kind in {"PNG", "GIF"}:
        type_, data = "image/png", _save(plain, "PNG")
    else:
        type_, data = "image/webp", _save(plain, "WEBP", quality=86, method=4)
    width, height = plain.size
    thumbnail = _thumbnail(plain) if width > THUMBNAIL_FROM else b""
    return Picture(data=data, type=type_, width=width, height=height, thumbnail=thumbnail)


def _fitted(image: Image.Image) -> Image.Image:
    """The picture upright and not too wide; itself where nothing is to be done."""
    orientation = image.getexif().get(274, 1)  # how the camera was held (EXIF 2.32, 4.6.4): 1 is upright
    width, height = reversed(image.size) if orientation in _LYING else image.size
    fitted = image
    if width > MAX_WIDTH:
        box = (MAX_WIDTH, max(1, round(height * MAX_WIDTH / width)))
        if orientation in _LYING:
            box = (box[1], box[0])
        image.draft(None, (box[0] * 2, box[1] * 2))  # a JPEG need not be decoded in full
        colours = _with_colours(image) if image.mode in {"1", "P", "PA"} else image
        fitted = colours.resize(box, Image.Resampling.LANCZOS, reducing_gap=3.0)
    image.load()
    turn = _TURNS.get(orientation)
    return fitted.transpose(turn) if turn is not None else fitted


def _plain(image: Image.Image) -> Image.Image:
    """The picture in a mode that every format here can hold, with nothing attached but its colour profile."""
    profile = _profile(image)
    kept = image
    if image.mode == "CMYK":
        kept, profile = _from_print(image, profile), b""
    elif image.mode.startswith("I"):  # 16 bits of grey; Pillow's own conversion would clip them to white
        kept = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif image.mode not in {"1", "L", "LA", "P", "RGB", "RGBA"}:
        kept = image.convert("RGBA" if image.has_transparency_data else "RGB")
    transparency = kept.info.get("transparency") if kept.mode in {"1", "L", "P", "RGB"} else None
    kept.info.clear()
    if transparency is not None:
        kept.info["transparency"] = transparency
    if profile:
        kept.info["icc_profile"] = profile
    return kept


def _profile(image: Image.Image) -> bytes:
    """The ICC profile where it is one (ICC.1:2022, 7.2: the signature is at byte 36), else nothing."""
    profile = image.info.get("icc_profile")
    if not isinstance(profile, bytes) or not 128 <= len(profile) <= MAX_PROFILE or profile[36:40] != b"acsp":
        return b""
    return b"" if any(mark in profile.lower() for mark in _ACTIVE) else profile


def _from_print(image: Image.Image, profile: bytes) -> Image.Image:
    """Printing colours as screen colours, by the picture's own profile where it can be used."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB")


def _with_colours(image: Image.Image) -> Image.Image:
    """The picture in a mode that can be scaled smoothly."""
    if image.mode in {"RGB", "RGBA"}:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _thumbnail(image: Image.Image) -> bytes:
    profile = image.info.get("icc_profile", b"")
    width, height = image.size
    colours = _with_colours(image)
    small = colours.resize(
        (THUMBNAIL_WIDTH, max(1, round(height * THUMBNAIL_WIDTH / width))), Image.Resampling.LANCZOS, reducing_gap=3.0
    )
    small.info.clear()
    return _save(small, "WEBP", quality=80, method=4, icc_profile=profile)


def _save(image: Image.Image, kind: str, **options: object) -> bytes:
    options.setdefault("icc_profile", image.info.get("icc_profile") or b"")
    if not options["icc_profile"]:
        # Without this, savers would fall back to what came with the file.
        options["icc_profile"] = None if kind != "WEBP" else b""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
