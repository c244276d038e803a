# ruff: noqa: D102, D103, S311, PLR0915
"""Small Hours: charcoal, mint, amber, pink."""

from __future__ import annotations

import math

from PIL import Image

from press_pictures.canvas import SCALE, Canvas, rgb, smooth


def desk() -> Image.Image:
    c = Canvas(41)
    c.sky("16171d", "1c1e27")
    c.box(620, 70, 1120, 430, "0d0e13", radius=10)
    c.image.paste(Image.new("RGB", (1, 1)), (0, 0))
    for n, code in enumerate(("22304a", "2b3c58", "385070")):
        c.box(634, 84 + n * 110, 1106, 194 + n * 110, code)
    c.disc(980, 160, 38, "f4e3b5")
    for _ in range(30):
        c.disc(c.chance.uniform(640, 1100), c.chance.uniform(90, 250), c.chance.uniform(0.7, 1.7), "ffffff", 150)
    x = 634.0
    while x < 1100:
        wide, tall = c.chance.uniform(34, 70), c.chance.uniform(60, 170)
        c.box(x, 416 - tall, min(x + wide, 1106), 416, "14161f")
        for wy in range(int(416 - tall + 12), 404, 19):
            for wx in range(int(x + 8), int(min(x + wide, 1106)) - 10, 16):
                if c.chance.random() < 0.3:
                    c.box(wx, wy, wx + 7, wy + 10, "f0b95b", 220)
        x += wide + 3
    c.box(862, 70, 876, 430, "0d0e13")
    c.box(620, 240, 1120, 252, "0d0e13")
    c.box(0, 590, 1200, 750, "2a2320")
    c.box(0, 590, 1200, 600, "40342c")
    c.glow(330, 400, 420, "5fd3a8", 0.28)
    c.box(120, 250, 560, 540, "0d0e13", radius=14)
    c.box(134, 264, 546, 526, "10201d", radius=6)
    y = 286
    for indent, parts in (
        (0, (90, 40)),
        (26, (60, 110, 30)),
        (26, (140,)),
        (52, (50, 70)),
        (52, (120, 44)),
        (26, (70,)),
        (0, (36,)),
        (0, ()),
        (0, (76, 60)),
        (26, (150, 30)),
        (26, (44, 90)),
    ):
        px = 154 + indent
        for n, wide in enumerate(parts):
            c.box(px, y, px + wide, y + 9, ("6fe0b3", "f0b95b", "f08fa8")[(n + indent // 26) % 3], radius=4)
            px += wide + 12
        y += 21
    c.box(154, y, 166, y + 12, "6fe0b3")
    c.box(320, 540, 360, 586, "0d0e13")
    c.box(260, 580, 420, 594, "0d0e13", radius=6)
    c.box(150, 618, 520, 660, "3a3b45", radius=8)
    for row in range(3):
        for col in range(22):
            c.box(
                160 + col * 16 + row * 2, 623 + row * 11, 172 + col * 16 + row * 2, 631 + row * 11, "565864", radius=2
            )
    c.box(640, 548, 712, 622, "f08fa8", radius=10)
    c.pen.arc(
        [700 * SCALE, 562 * SCALE, 742 * SCALE, 606 * SCALE], 270, 90, fill=(*rgb("f08fa8"), 255), width=9 * SCALE
    )
    c.oval(676, 550, 36, 8, "3b2a26")
    c.shade(
        lambda copy: copy.line(
            smooth([(676 + 13 * math.sin(n), 532 - n * 22) for n in range(6)], closed=False), "e9eef0", 10, 150
        ),
        6,
        1,
    )
    c.blob(930, 596, 56, 22, "3a2b2e")
    c.shape([(884, 548), (976, 548), (962, 610), (898, 610)], "b06c4c")
    for a in (-2.5, -2.1, -1.75, -1.4, -1.05, -0.65):
        c.leaf(930, 552, c.chance.uniform(90, 140), 30, a, c.chance.choice(["3f8f72", "52a886", "2f7a60"]), "1f5744")
    return c.done()


def blocks() -> Image.Image:
    c = Canvas(42)
    c.sky("1b1d26", "242838", "2f3550")
    a, b = 44.0, 25.0
    origin = (600.0, 190.0)

    def block(i: int, j: int, tall: float, codes: tuple[str, str, str]) -> None:
        x, y = origin[0] + (i - j) * a, origin[1] + (i + j) * b
        c.shape([(x, y - tall), (x + a, y + b - tall), (x, y + 2 * b - tall), (x - a, y + b - tall)], codes[0])
        c.shape([(x - a, y + b - tall), (x, y + 2 * b - tall), (x, y + 2 * b), (x - a, y + b)], codes[1])
        c.shape([(x + a, y + b - tall), (x, y + 2 * b - tall), (x, y + 2 * b), (x + a, y + b)], codes[2])

    mint, amber, pink, grey = (
        ("8ef0c4", "4fb58c", "2f7d62"),
        ("ffd28a", "d99a45", "a06a2a"),
        ("f7a8bb", "cf6f88", "97475f"),
        ("4a4f63", "383c4e", "2a2d3c"),
    )
    for i in range(10):
        for j in range(10):
            gap = i >= 7 and j >= 7
            if gap:
                x, y = origin[0] + (i - j) * a, origin[1] + (i + j) * b
                c.line([(x, y), (x + a, y + b), (x, y + 2 * b), (x - a, y + b), (x, y)], "f7a8bb", 2.4)
                continue
            tall = 18 + 70 * abs(math.sin(i * 0.9) * math.cos(j * 0.7)) + c.chance.uniform(0, 26)
            block(i, j, tall, c.chance.choices([mint, amber, pink, grey], [5, 3, 1, 6])[0])
    return c.done()


def clock() -> Image.Image:
    c = Canvas(43, 1200, 800)
    c.sky("20202a", "2a2a3a")
    for n in range(60):
        r = 620 - n * 10
        c.disc(600, 400, r, "20202a" if n % 2 else "242433")
    c.disc(600, 400, 306, "0f1015")
    c.disc(600, 400, 290, "f2ead8")
    for n in range(60):
        angle = n / 60 * math.tau
        far, near = 270, 250 if n % 5 else 226
        c.line(
            [
                (600 + near * math.sin(angle), 400 - near * math.cos(angle)),
                (600 + far * math.sin(angle), 400 - far * math.cos(angle)),
            ],
            "2a2a3a",
            2.4 if n % 5 else 8,
        )
    for lag, code, alpha in ((0.36, "6fe0b3", 90), (0.24, "6fe0b3", 130), (0.12, "6fe0b3", 180)):
        angle = math.tau * 0.16 - lag
        c.shape(
            [
                (600 - 9 * math.cos(angle), 400 - 9 * math.sin(angle)),
                (600 + 212 * math.sin(angle), 400 - 212 * math.cos(angle)),
                (600 + 9 * math.cos(angle), 400 + 9 * math.sin(angle)),
            ],
            code,
            alpha,
        )
    for angle, long, wide, code in (
        (math.tau * 0.16, 212, 9, "2a2a3a"),
        (math.tau * 0.84, 146, 12, "2a2a3a"),
        (math.tau * 0.47, 236, 3.4, "e0607e"),
    ):
        c.shape(
            [
                (600 - wide * math.cos(angle), 400 - wide * math.sin(angle)),
                (600 + long * math.sin(angle), 400 - long * math.cos(angle)),
                (600 + wide * math.cos(angle), 400 + wide * math.sin(angle)),
                (600 - 40 * math.sin(angle), 400 + 40 * math.cos(angle)),
            ],
            code,
        )
    c.disc(600, 400, 19, "f0b95b")
    c.disc(600, 400, 8, "2a2a3a")
    return c.done()
