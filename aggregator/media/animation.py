"""Moving pictures, taken apart and put together again without what is not picture.

Encoding an animation anew would spoil or bloat it, so its own parts are kept, in order: what a viewer needs
passes, comments, EXIF, XMP, unknown extensions and whatever follows the end do not.
"""

from __future__ import annotations

import struct

MAX_BYTES = 4_000_000  #: a heavier animation is shown as its first frame
MAX_FRAMES = 1000

_WEBP_KEPT = frozenset({b"VP8X", b"ICCP", b"ANIM", b"ANMF"})
_WEBP_METADATA_FLAGS = 0x08 | 0x04  # EXIF and XMP in VP8X (RFC 9649, 2.7)


def gif(body: bytes) -> bytes | None:
    """A GIF of several frames without its comments and extras; None where it does not move, or too much.

    Structure as in the GIF89a specification, 17 to 26. Raises ValueError for what ends too early.
    """
    if len(body) > MAX_BYTES:
        return None
    out = bytearray(b"GIF89a" + _take(body, 6, 7))
    position, frames = 13, 0
    if out[10] & 0x80:  # a global colour table follows
        size = 3 << ((out[10] & 7) + 1)
        out += _take(body, position, size)
        position += size
    while (introducer := _take(body, position, 1)) != b";":
        if introducer == b"!":
            end = _blocks_end(body, position + 2)
            part = body[position:end]
            # Graphic control, and the one application extension that says "repeat".
            if part[1] == 0xF9 or (part[1] == 0xFF and part[3:14] in {b"NETSCAPE2.0", b"ANIMEXTS1.0"}):
                out += part
        elif introducer == b",":
            flags = _take(body, position + 9, 1)[0]
            table = 3 << ((flags & 7) + 1) if flags & 0x80 else 0
            end = _blocks_end(body, position + 10 + table + 1)
            out += body[position:end]
            frames += 1
        else:
            raise ValueError("an unknown block in the GIF")
        position = end
    out += b";"
    return bytes(out) if 1 < frames <= MAX_FRAMES else None


def webp(body: bytes) -> bytes | None:
    """An animated WebP without metadata and unknown chunks; None where it does not move, or too much.

    Structure as in RFC 9649, 2.7. Raises ValueError for what ends too early.
    """
    if len(body) > MAX_BYTES or len(body) < 30 or body[12:16] != b"VP8X" or not body[20] & 0x02:
        return None
    end = min(len(body), 8 + struct.unpack_from("<I", body, 4)[0])
    out, position, frames = bytearray(), 12, 0
    while position + 8 <= end:
        name, size = struct.unpack_from("<4sI", body, position)
        chunk = bytearray(_take(body, position, 8 + size))
        if name == b"VP8X":
            chunk[8] &= ~_WEBP_METADATA_FLAGS & 0xFF
        if name in _WEBP_KEPT:
            out += chunk + b"\0" * (size & 1)
        frames += name == b"ANMF"
        position += 8 + size + (size & 1)
    return struct.pack("<4sI4s", b"RIFF", 4 + len(out), b"WEBP") + out if 1 < frames <= MAX_FRAMES else None


def _take(body: bytes, start: int, size: int) -> bytes:
    part = body[start : start + size]
    if len(part) != size:
        raise ValueError("the animation ends too early")
    return part


def _blocks_end(body: bytes, position: int) -> int:
    """Where a row of GIF sub-blocks ends: each begins with its length, the last is empty."""
    while length := _take(body, position, 1)[0]:
        position += 1 + length
    return position + 1
