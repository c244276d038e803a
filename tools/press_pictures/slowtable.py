# ruff: noqa: D102, D103, S311, PLR0915
"""Slow Table: terracotta, olive, ochre, cream, plum."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image

from press_pictures.canvas import SCALE, Canvas, rgb, smooth


def table(c: Canvas, wall: Sequence[str], cloth: str, edge: float) -> None:
    c.sky(*wall, bottom=edge / c.height)
    c.box(0, edge, c.width, c.height, cloth)


def shadow(c: Canvas, x: float, y: float, rx: float, ry: float, code: str) -> None:
    c.shade(lambda copy: copy.oval(x, y, rx, ry, code, 190), 12, 0.7)


def soup() -> Image.Image:
    c = Canvas(31)
    table(c, ("f3e4cb", "eccfa6"), "b9583c", 470)
    for n in range(9):
        c.box(n * 150 - 40, 470, n * 150 + 20, 750, "a94d34")
    c.box(0, 470, 1200, 480, "8e3f2d")
    c.disc(930, 190, 104, "e2a04a", 120)
    shadow(c, 590, 618, 330, 44, "5d241d")
    c.oval(560, 604, 330, 50, "f4ead6")
    c.oval(560, 598, 296, 38, "e0d0b2")
    c.shape(
        smooth([(296, 372), (320, 490), (410, 585), (560, 604), (710, 585), (800, 490), (824, 372), (560, 400)]),
        "2f4858",
    )
    c.shape(smooth([(640, 420), (824, 372), (800, 490), (710, 585), (600, 600), (690, 540)]), "23384a")
    c.oval(560, 372, 264, 66, "f4ead6")
    c.oval(560, 374, 246, 56, "d9772f")
    c.oval(520, 366, 170, 30, "e89345", 150)
    for _ in range(10):
        c.blob(
            c.chance.uniform(390, 730),
            c.chance.uniform(352, 402),
            c.chance.uniform(14, 26),
            c.chance.uniform(6, 11),
            "f2c36b",
        )
    for x, y, a in ((500, 374, -0.5), (560, 360, 0.4), (610, 384, 2.7), (450, 388, 0.1)):
        c.leaf(x, y, 46, 17, a, "6f7f3a", "4f5c2a")
    c.line(smooth([(690, 388), (800, 300), (930, 236), (985, 214)], closed=False), "6b4a36", 13)
    c.oval(676, 392, 40, 17, "6b4a36")

    def steam(copy: Canvas) -> None:
        for x, s in ((470, 0.0), (565, 1.6), (660, 3.1)):
            copy.line(
                smooth([(x + 22 * math.sin(n * 0.9 + s), 320 - n * 42) for n in range(7)], closed=False),
                "fffaf0",
                17,
                170,
            )

    c.shade(steam, 9, 1.2)
    c.blob(196, 560, 74, 68, "e3b64f")
    c.blob(178, 536, 32, 26, "f3d487")
    c.leaf(214, 500, 66, 26, -0.7, "6f7f3a", "4f5c2a")
    c.blob(1010, 590, 60, 54, "8e2f3f")
    c.blob(996, 572, 22, 18, "b65562")
    c.blob(1098, 614, 50, 46, "7a2438")
    return c.done()


def train() -> Image.Image:
    c = Canvas(32)
    c.sky("f7e3c1", "f2c58f", "e5a07a")
    c.disc(870, 215, 92, "fdf1d6")
    c.ridge(390, 96, "d08a6c")
    c.ridge(455, 70, "b3705a")
    c.ridge(520, 54, "8a7a4a")
    for _ in range(36):
        x, y = c.chance.uniform(0, 1200), c.chance.uniform(505, 545)
        c.leaf(x, y + 12, c.chance.uniform(46, 84), 13, -math.pi / 2, "4f5c2a")
    c.ridge(586, 30, "6f7f3a")
    # viaduct
    top = 560
    c.box(0, top, 1200, top + 26, "e9d7b4")
    for n in range(-1, 11):
        x = n * 120 + 30
        c.box(x - 15, top + 20, x + 15, 750, "e9d7b4")
        c.box(x + 4, top + 20, x + 15, 750, "c9ae85")
        c.pen.pieslice(
            [(x + 15) * SCALE, (top + 26) * SCALE, (x + 105) * SCALE, (top + 116) * SCALE],
            180,
            360,
            fill=(*rgb("e9d7b4"), 255),
        )
    for n in range(-1, 11):
        x = n * 120 + 30
        c.pen.pieslice(
            [(x + 17) * SCALE, (top + 32) * SCALE, (x + 103) * SCALE, (top + 120) * SCALE],
            180,
            360,
            fill=(*rgb("7b8a45"), 255),
        )
        c.box(x + 17, top + 74, x + 103, 750, "7b8a45")
    c.ridge(735, 22, "4f5c2a")
    for n in range(4):
        x = 250 + n * 172
        c.box(x, top - 82, x + 160, top - 8, "9c3f33" if n else "7a2c2c", radius=12)
        c.box(x, top - 38, x + 160, top - 30, "f3e4cb")
        for w in range(4):
            c.box(x + 14 + w * 36, top - 70, x + 38 + w * 36, top - 46, "fde9b8", radius=4)
        for w in (36, 124):
            c.disc(x + w, top - 5, 11, "2b2026")
    c.shape([(250, top - 70), (214, top - 36), (214, top - 8), (262, top - 8)], "7a2c2c")
    c.line([(214, top - 2), (935, top - 2)], "2b2026", 3)
    for n in range(7):
        c.oval(300 + n * 46, top - 110 - n * 15, 26 + n * 9, 15 + n * 4, "fff6e6", 150 - n * 18)
    return c.done()


def bread() -> Image.Image:
    c = Canvas(33, 1200, 800)
    table(c, ("7a3b3f", "93504a", "a9654f"), "e7d3ac", 520)
    c.box(0, 520, 1200, 530, "c9ad7d")
    shadow(c, 600, 650, 400, 46, "7b5a35")
    c.box(190, 610, 1010, 662, "8c5b38", radius=22)
    c.box(190, 610, 1010, 628, "a8734a", radius=14)
    c.shape(
        smooth(
            [
                (250, 600),
                (262, 470),
                (370, 360),
                (560, 318),
                (760, 340),
                (900, 440),
                (944, 560),
                (930, 616),
                (600, 634),
                (280, 622),
            ]
        ),
        "b8743a",
    )
    c.shape(
        smooth(
            [
                (290, 560),
                (320, 460),
                (420, 384),
                (580, 346),
                (740, 366),
                (850, 446),
                (880, 520),
                (720, 450),
                (560, 430),
                (400, 470),
            ]
        ),
        "d39a55",
    )
    for n in range(5):
        x = 376 + n * 106
        c.shape(smooth([(x, 556), (x + 26, 452), (x + 84, 380), (x + 70, 452), (x + 36, 548)]), "f2d9a4")
        c.line(smooth([(x, 556), (x + 26, 452), (x + 84, 380)], closed=False), "8a4f28", 4)
    for _ in range(240):
        c.disc(c.chance.gauss(600, 190), c.chance.gauss(470, 80), c.chance.uniform(0.8, 2.2), "fff5dd", 130)
    for x, lean in ((1010, -0.06), (1060, 0.08), (1104, 0.2), (968, -0.2)):
        top = (x + lean * 420, 190)
        c.line([(x - 40, 616), top], "c79a4a", 4)
        for n in range(9):
            y = 190 + n * 21
            px = top[0] - (y - 190) * lean
            for side in (-1, 1):
                c.leaf(px, y + 18, 42, 15, -math.pi / 2 + side * 0.55, "e0b75e")
    c.blob(120, 600, 66, 74, "5d2f45")
    c.box(86, 470, 154, 548, "5d2f45", radius=10)
    c.oval(120, 470, 34, 9, "7f4a60")
    return c.done()


def tiles() -> Image.Image:
    c = Canvas(34)
    c.box(0, 0, 1200, 750, "f4ecda")
    size = 250
    for row in range(3):
        for col in range(5):
            x, y = col * size, row * size
            cx, cy = x + size / 2, y + size / 2
            tone = c.chance.choice(["f4ecda", "f1e7d2", "f6efdf"])
            c.box(x + 2, y + 2, x + size - 2, y + size - 2, tone)
            for corner in ((x, y), (x + size, y), (x, y + size), (x + size, y + size)):
                c.disc(*corner, 66, "2c5a8a")
                c.disc(*corner, 46, "f4ecda")
                c.disc(*corner, 27, "d9963c")
            for n in range(8):
                angle = n * math.pi / 4
                long = 94 if n % 2 else 110
                c.leaf(
                    cx + 15 * math.cos(angle),
                    cy + 15 * math.sin(angle),
                    long,
                    41,
                    angle,
                    "2c5a8a" if n % 2 == 0 else "5f93b8",
                    "f4ecda",
                )
            c.disc(cx, cy, 21, "b9583c")
            c.disc(cx, cy, 8, "f4ecda")
    for n in range(1, 8):
        c.line([(n * size, 0), (n * size, 750)], "d8caa9", 2.4)
    for n in range(1, 5):
        c.line([(0, n * size), (1200, n * size)], "d8caa9", 2.4)
    c.shade(lambda copy: copy.shape([(0, 0), (430, 0), (0, 600)], "7a6a50", 60), 40, 0.8)
    # a swallow over the wall
    swallow = [
        (760, 300),
        (700, 262),
        (600, 236),
        (520, 252),
        (620, 272),
        (690, 310),
        (646, 372),
        (600, 470),
        (700, 400),
        (742, 372),
        (800, 430),
        (790, 372),
        (862, 396),
        (806, 346),
        (838, 330),
        (800, 306),
    ]
    c.shape(smooth(swallow, steps=6), "1d2a3d")
    c.disc(806, 314, 17, "1d2a3d")
    c.shape([(820, 308), (840, 314), (820, 320)], "1d2a3d")
    c.disc(812, 319, 7, "b9583c")
    return c.done(1)


def figs() -> Image.Image:
    c = Canvas(35, 1000, 1000)
    c.sky("f6ecd9", "efdcbb")
    c.disc(620, 380, 300, "e2a765", 110)
    c.line(smooth([(60, 930), (240, 720), (420, 560), (640, 420), (930, 190)], closed=False), "6b4a36", 17)
    c.line(smooth([(420, 560), (470, 380), (460, 220)], closed=False), "6b4a36", 11)

    def figleaf(x: float, y: float, size: float, turn: float, code: str, vein: str) -> None:
        for lobe, long in ((-1.25, 0.62), (-0.62, 0.88), (0.0, 1.0), (0.62, 0.88), (1.25, 0.62)):
            c.leaf(x, y, size * long, size * 0.36, turn + lobe, code)
        c.disc(x + size * 0.16 * math.cos(turn), y + size * 0.16 * math.sin(turn), size * 0.2, code)
        for lobe, long in ((-1.25, 0.5), (-0.62, 0.74), (0.0, 0.84), (0.62, 0.74), (1.25, 0.5)):
            c.line(
                [(x, y), (x + size * long * math.cos(turn + lobe), y + size * long * math.sin(turn + lobe))], vein, 2.4
            )

    figleaf(460, 230, 250, -1.9, "7f8f45", "5c6a2f")
    figleaf(760, 310, 270, -0.95, "6f7f3a", "4f5c2a")
    figleaf(240, 720, 240, -2.6, "5c6a2f", "3f4a20")
    figleaf(560, 480, 210, 0.75, "7f8f45", "5c6a2f")

    def fig(x: float, y: float, size: float) -> None:
        c.line([(x, y - size * 1.32), (x + 6, y - size * 0.9)], "6f7f3a", 12)
        c.shape(
            smooth(
                [
                    (x, y - size * 1.16),
                    (x + size * 0.42, y - size * 0.62),
                    (x + size * 0.86, y + size * 0.12),
                    (x + size * 0.6, y + size * 0.76),
                    (x, y + size * 0.92),
                    (x - size * 0.6, y + size * 0.76),
                    (x - size * 0.86, y + size * 0.12),
                    (x - size * 0.42, y - size * 0.62),
                ]
            ),
            "5d2f55",
        )
        c.shape(
            smooth(
                [
                    (x - size * 0.1, y - size * 0.86),
                    (x - size * 0.34, y - size * 0.4),
                    (x - size * 0.64, y + size * 0.16),
                    (x - size * 0.4, y + size * 0.56),
                    (x - size * 0.24, y),
                ]
            ),
            "8a527a",
        )

    fig(380, 790, 128)
    x, y, r = 690, 790, 150
    c.shape(
        smooth(
            [
                (x, y - r * 1.1),
                (x + r * 0.46, y - r * 0.6),
                (x + r * 0.9, y + r * 0.12),
                (x + r * 0.6, y + r * 0.78),
                (x, y + r * 0.92),
                (x - r * 0.6, y + r * 0.78),
                (x - r * 0.9, y + r * 0.12),
                (x - r * 0.46, y - r * 0.6),
            ]
        ),
        "5d2f55",
    )
    c.shape(
        smooth(
            [
                (x, y - r * 0.84),
                (x + r * 0.38, y - r * 0.46),
                (x + r * 0.76, y + r * 0.12),
                (x + r * 0.5, y + r * 0.66),
                (x, y + r * 0.78),
                (x - r * 0.5, y + r * 0.66),
                (x - r * 0.76, y + r * 0.12),
                (x - r * 0.38, y - r * 0.46),
            ]
        ),
        "f3e3c8",
    )
    c.shape(
        smooth(
            [
                (x, y - r * 0.5),
                (x + r * 0.56, y + r * 0.12),
                (x + r * 0.36, y + r * 0.5),
                (x, y + r * 0.6),
                (x - r * 0.36, y + r * 0.5),
                (x - r * 0.56, y + r * 0.12),
            ]
        ),
        "c4473f",
    )
    for _ in range(150):
        angle, far = c.chance.uniform(0, math.tau), c.chance.random() ** 0.5
        c.disc(x + r * 0.45 * far * math.cos(angle), y + r * 0.16 + r * 0.36 * far * math.sin(angle), 3, "f0c27a", 220)
    return c.done()
