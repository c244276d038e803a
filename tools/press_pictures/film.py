# ruff: noqa: D102, D103, S311, PLR0915
"""A film: rain on a tin roof."""

from __future__ import annotations

import io
import math
import random
import struct

from press_pictures.canvas import SCALE, Canvas, rgb


def film(seconds: int = 4, rate: int = 10) -> bytes:
    """A WebM film in which every frame is a picture of its own: a lossy WebP holds just such a frame (RFC 6386)."""
    chance = random.Random(51)
    drops = [(chance.uniform(40, 600), 150 + 52 * chance.randrange(4), chance.random()) for _ in range(26)]
    frames = []
    for number in range(seconds * rate):
        c = Canvas(52, 640, 360)
        c.sky("dfe9e4", "a9cfce", "6ba5b4")
        for band, code in enumerate(("3c6b8c", "32597c", "28486a", "1f3858")):
            base = 160 + band * 52
            points = [(x, base + 8 * math.sin(x / 30 * math.tau)) for x in range(0, 641, 3)]
            c.shape([*points, (640, 360), (0, 360)], code)
            for x, y, phase in drops:
                age = (number / (seconds * rate) * 3 + phase) % 1
                if y - 150 != 52 * band:
                    continue
                if age < 0.4:
                    fall = base - 6 - (0.4 - age) * 420
                    c.shape([(x, fall - 16), (x + 3, fall), (x - 3, fall)], "2f6f8f")
                    c.disc(x, fall, 3, "2f6f8f")
                else:
                    r, alpha = 6 + (age - 0.4) * 62, round(235 * (1 - (age - 0.4) / 0.6))
                    box = [(x - r) * SCALE, (base - r * 0.62) * SCALE, (x + r) * SCALE, (base + r * 0.62) * SCALE]
                    c.pen.arc(box, 200, 340, fill=(*rgb("f4d58d"), alpha), width=3 * SCALE)
        out = io.BytesIO()
        c.done(0).save(out, "WEBP", quality=52, method=6)
        webp = out.getvalue()
        assert webp[12:16] == b"VP8 "
        frames.append(webp[20 : 20 + struct.unpack_from("<I", webp, 16)[0]])

    def element(code: str, content: bytes) -> bytes:
        return bytes.fromhex(code) + (len(content) | 1 << 56).to_bytes(8, "big") + content

    def number_of(code: str, value: int) -> bytes:
        return element(code, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))

    versions = [number_of(code, value) for code, value in (("4286", 1), ("42f7", 1), ("42f2", 4), ("42f3", 8))]
    header = b"".join([*versions, element("4282", b"webm"), number_of("4287", 2), number_of("4285", 2)])
    about = number_of("2ad7b1", 1_000_000) + element("4489", struct.pack(">d", seconds * 1000.0))
    about += element("4d80", b"draw") + element("5741", b"draw")
    size = number_of("b0", 640) + number_of("ba", 360)
    track = (
        number_of("d7", 1) + number_of("73c5", 1) + number_of("83", 1) + element("86", b"V_VP8") + element("e0", size)
    )
    blocks = b"".join(
        element("a3", b"\x81" + struct.pack(">hB", index * 1000 // rate, 0x80) + frame)
        for index, frame in enumerate(frames)
    )
    cluster = element("1f43b675", number_of("e7", 0) + blocks)
    segment = element("1549a966", about) + element("1654ae6b", element("ae", track)) + cluster
    return element("1a45dfa3", header) + element("18538067", segment)
