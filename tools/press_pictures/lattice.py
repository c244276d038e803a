# ruff: noqa: D102, D103, S311, PLR0915
"""Lattice and the Kelp Room: indigo, teal, violet, gold."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image

from press_pictures.canvas import SCALE, Canvas, Point, mix, rgb, smooth


def moth() -> Image.Image:
    c = Canvas(21)
    c.sky("14112e", "231b4b", "3a2a63", "553a70")
    c.disc(600, 350, 255, "f1dfb0")
    c.glow(600, 350, 520, "8d6fa8", 0.4)
    c.disc(600, 350, 255, "f1dfb0")
    for _ in range(9):
        c.blob(
            c.chance.uniform(450, 750),
            c.chance.uniform(190, 510),
            c.chance.uniform(14, 48),
            c.chance.uniform(10, 34),
            "e3cb92",
            alpha=140,
        )
    for side in (-1, 1):

        def at(x: float, y: float, side: int = side) -> Point:
            return 600 + side * x, y

        def wing(curve: Sequence[Point], code: str, side: int = side) -> None:
            c.shape([at(x, y) for x, y in smooth(curve)], code)

        wing(
            [(8, 330), (90, 250), (210, 190), (330, 170), (322, 250), (270, 330), (180, 380), (70, 392), (10, 372)],
            "4b3a5c",
        )
        wing([(14, 338), (92, 268), (200, 214), (296, 196), (286, 250), (240, 312), (160, 356), (66, 374)], "7a5b6e")
        wing([(12, 372), (80, 392), (168, 398), (220, 452), (200, 520), (136, 548), (70, 500), (24, 430)], "5b4564")
        wing([(20, 384), (82, 406), (152, 414), (190, 456), (174, 504), (134, 522), (80, 480)], "96706f")
        for x, y, r in ((204, 272, 30), (136, 462, 25)):
            px, py = at(x, y)
            c.disc(px, py, r, "e8c878")
            c.disc(px, py, r * 0.68, "2a1f3d")
            c.disc(px - 4, py - 5, r * 0.3, "7fb3b0")
        for n in range(7):
            c.line([at(16, 344 + n * 4), at(120 + n * 22, 236 + n * 17)], "2a1f3d", 1.4, 90)
        c.line([at(*p) for p in smooth([(5, 300), (24, 258), (58, 226), (104, 212)], closed=False)], "2a1f3d", 3.4)
        for n in range(9):
            x, y = 14 + n * 10, 276 - n * 7.2
            c.line([at(x, y), at(x + 9, y + 13)], "2a1f3d", 1.6)
    c.blob(600, 330, 21, 36, "2a1f3d")
    c.blob(600, 420, 18, 84, "3b2c4d")
    for n in range(7):
        c.oval(600, 366 + n * 20, 18 - n * 1.3, 3.4, "e8c878", 150)
    for _ in range(80):
        c.disc(
            c.chance.uniform(0, 1200),
            c.chance.uniform(0, 750),
            c.chance.uniform(0.6, 2),
            "efe4c6",
            c.chance.randint(40, 150),
        )
    c.ridge(712, 40, "100d24")
    return c.done()


def blades(c: Canvas, count: int, base: float, tall: float, codes: Sequence[str], width: float, lean: float) -> None:
    for _ in range(count):
        x = c.chance.uniform(-30, c.width + 30)
        height = tall * c.chance.uniform(0.55, 1.1)
        bend = lean * c.chance.uniform(0.4, 1.3)
        phase = x / 170
        spine = [
            (x + bend * (n / 10) ** 2 + 12 * math.sin(phase + n * 0.55) * n / 10, base - height * n / 10)
            for n in range(11)
        ]
        wide = width * c.chance.uniform(0.7, 1.2)
        left = [(px - wide * (1 - n / 10.5), py) for n, (px, py) in enumerate(spine)]
        right = [(px + wide * (1 - n / 10.5), py) for n, (px, py) in enumerate(spine)]
        c.shape([*left, *reversed(right)], c.chance.choice(codes))


def seagrass() -> Image.Image:
    c = Canvas(22)
    c.sky("bfe6d6", "62b8b4", "2b7f93", "174f72", "122d52")

    def rays(copy: Canvas) -> None:
        for x, wide in ((180, 70), (430, 40), (640, 90), (930, 60)):
            copy.shape([(x, -10), (x + wide, -10), (x + wide * 2.3 - 190, 760), (x - 190, 760)], "d8f3e0", 70)

    c.shade(rays, 16, 0.8)
    blades(c, 60, 760, 300, ["1f6f83", "23788a", "2b8492"], 6, 90)
    for _ in range(14):
        x, y, r = c.chance.uniform(100, 1150), c.chance.uniform(60, 420), c.chance.uniform(9, 17)
        c.shape([(x - r * 2.1, y - r * 0.8), (x - r * 0.9, y), (x - r * 2.1, y + r * 0.8)], "e9c46a", 230)
        c.oval(x, y, r * 1.5, r * 0.62, "e9c46a", 230)
        c.disc(x + r * 0.85, y - r * 0.12, 1.6, "122d52")
    blades(c, 70, 770, 400, ["1d6a63", "2c8a6c", "3a9c74"], 8, 120)
    blades(c, 48, 780, 330, ["0f4350", "14564f", "1b6b5a"], 10, 140)
    for _ in range(46):
        x, y, r = c.chance.uniform(0, 1200), c.chance.uniform(120, 720), c.chance.uniform(2, 7)
        c.disc(x, y, r, "e6fbf1", 66)
        c.disc(x - r * 0.3, y - r * 0.3, r * 0.3, "ffffff", 170)
    c.ridge(748, 20, "0c2b38")
    return c.done()


def rings() -> Image.Image:
    c = Canvas(23, 1200, 800)
    c.sky("251c45", "3b2b5c")
    shifts = [c.chance.uniform(0, math.tau) for _ in range(4)]
    radius = 545.0
    codes = ["e3c287", "d4ad70", "c4965c", "dcb87c"]
    number = 0
    while radius > 7:
        points = []
        for step in range(220):
            angle = step / 220 * math.tau
            swell = 1 + sum(0.05 / (n + 1) * math.sin((n + 1) * angle + s + radius / 190) for n, s in enumerate(shifts))
            swell += 0.004 * math.sin(17 * angle + radius / 9)
            points.append(
                (
                    560 + (radius - 545) * -0.09 + radius * swell * math.cos(angle),
                    430 + radius * 0.94 * swell * math.sin(angle),
                )
            )
        if number == 0:
            c.shape(points, "3c2438")
        elif number == 1:
            c.shape(points, "5a3644")
        else:
            c.shape(points, codes[number % 4])
            c.line([*points, points[0]], "8e5f46", 1.5 + (2.4 if number % 7 == 0 else 0), 180)
        narrow = 0.62 if 18 < number < 26 else 1.0
        radius -= c.chance.uniform(8, 18) * narrow
        number += 1
    for angle in (0.5, 2.3, 4.4):
        far = 470
        tip = (570 + 20 * math.cos(angle), 430 + 20 * math.sin(angle))
        end = (590 + far * math.cos(angle), 430 + far * math.sin(angle))
        side = (-math.sin(angle), math.cos(angle))
        c.shape(
            [tip, (end[0] + side[0] * 7, end[1] + side[1] * 7), (end[0] - side[0] * 7, end[1] - side[1] * 7)],
            "5a3644",
            200,
        )
    for x, y in ((760, 352), (850, 300), (925, 262)):
        c.disc(x, y, 11, "fff3d0")
        c.disc(x, y, 6, "2f8f8f")
    return c.done(1)


def rain() -> Image.Image:
    c = Canvas(24)
    c.sky("dfe9e4", "a9cfce", "6ba5b4", "4a7c9c")
    for band, code in ((0, "3c6b8c"), (1, "32597c"), (2, "28486a"), (3, "1f3858")):
        base = 420 + band * 88
        for x in range(-30, 1240, 50):
            c.shape(
                [(px, base + 13 * math.sin((px - x) / 50 * math.tau)) for px in range(x, x + 51, 5)]
                + [(x + 50, 760), (x, 760)],
                code,
            )
    for _ in range(26):
        x, y = c.chance.uniform(20, 1180), c.chance.uniform(20, 360)
        long = c.chance.uniform(26, 54)
        c.shape([(x, y - long), (x + long * 0.2, y), (x - long * 0.2, y)], "2f6f8f", 230)
        c.disc(x, y, long * 0.21, "2f6f8f", 230)
        c.disc(x - long * 0.07, y - 2, long * 0.06, "ffffff", 220)
    for x, y, count in ((230, 432, 5), (520, 520, 6), (820, 442, 5), (1010, 606, 6), (360, 640, 4)):
        for n in range(count):
            r = 16 + n * 21
            c.pen.arc(
                [(x - r) * SCALE, (y - r * 0.62) * SCALE, (x + r) * SCALE, (y + r * 0.62) * SCALE],
                200,
                340,
                fill=(*rgb("f4d58d"), 235 - n * 36),
                width=round(5 * SCALE - n),
            )
        c.disc(x, y - 2, 7, "f4d58d")
    return c.done()


def crystal() -> Image.Image:
    c = Canvas(25, 1200, 800)
    c.sky("120f2b", "1b2450", "1f4a6b")
    side = 62.0
    up, across = side, side * math.sqrt(3)

    def cube(x: float, y: float, shade: float) -> None:
        top, left, right = rgb("9be0d2"), rgb("2f8f9d"), rgb("3f3f8f")
        dark = rgb("14163a")
        half = across / 2
        faces = (
            (top, [(x, y - up), (x + half, y - up / 2), (x, y), (x - half, y - up / 2)]),
            (left, [(x - half, y - up / 2), (x, y), (x, y + up), (x - half, y + up / 2)]),
            (right, [(x + half, y - up / 2), (x, y), (x, y + up), (x + half, y + up / 2)]),
        )
        for colour, points in faces:
            tone = mix(colour, dark, shade)
            c.shape(points, "".join(f"{part:02x}" for part in tone))
            c.line([*points, points[0]], "0f1030", 1.6, 130)

    for row in range(-1, 12):
        for col in range(-1, 14):
            x = col * across + (row % 2) * across / 2
            y = row * up * 1.5
            distance = math.hypot((x - 610) / 560, (y - 400) / 390)
            if c.chance.random() < distance - 0.55:
                continue
            cube(
                x,
                y + 10 * math.sin(col + row * 2),
                min(0.86, max(0.0, distance * 0.8 - 0.12 + c.chance.uniform(-0.1, 0.16))),
            )
    c.glow(610, 300, 340, "ffe3a0", 0.42)
    for _ in range(26):
        x, y, r = c.chance.uniform(300, 950), c.chance.uniform(80, 700), c.chance.uniform(5, 15)
        c.shape(
            [
                (x, y - r * 1.7),
                (x + r * 0.28, y - r * 0.28),
                (x + r * 1.7, y),
                (x + r * 0.28, y + r * 0.28),
                (x, y + r * 1.7),
                (x - r * 0.28, y + r * 0.28),
                (x - r * 1.7, y),
                (x - r * 0.28, y - r * 0.28),
            ],
            "fff6da",
            200,
        )
    return c.done()


def kelp() -> Image.Image:
    c = Canvas(26)
    c.sky("0f3a4a", "145566", "0d3550", "0a1f38")
    c.glow(300, 60, 520, "7fd0bb", 0.45)
    for x in (80, 170, 930, 1040, 1130):
        spine = [(x + 26 * math.sin(n / 3 + x), 760 - n * 34) for n in range(25)]
        c.line(spine, "2b5a3a", 6)
        for n, (px, py) in enumerate(spine[1:]):
            c.leaf(
                px,
                py,
                c.chance.uniform(70, 120),
                24,
                (-0.5 if n % 2 else math.pi + 0.5) + c.chance.uniform(-0.3, 0.3),
                c.chance.choice(["4f8a45", "3d7340", "6a9c4a"]),
            )
    # the octopus
    arms = [
        (-300, 250, -1),
        (-210, 290, 1),
        (-120, 300, -1),
        (-40, 310, 1),
        (50, 310, -1),
        (130, 300, 1),
        (220, 285, -1),
        (310, 240, 1),
    ]
    for dx, dy, curl in arms:
        ends = [
            (560 + dx * 0.12, 400),
            (560 + dx * 0.42, 400 + dy * 0.42),
            (560 + dx * 0.82, 400 + dy * 0.74),
            (560 + dx, 400 + dy * 0.92),
            (560 + dx + curl * 52, 400 + dy),
            (560 + dx + curl * 62, 400 + dy - 46),
            (560 + dx + curl * 30, 400 + dy - 50),
        ]
        curve = smooth(ends, closed=False, steps=14)
        for n, (px, py) in enumerate(curve):
            c.disc(px, py, 31 - 25 * n / len(curve), "c8553d")
        for n, (px, py) in enumerate(curve[8::5]):
            c.disc(px + 5, py + 4, max(1.5, 8 - n * 0.5), "f0b38a")
    c.blob(560, 268, 128, 158, "c8553d", wobble=0.04)
    c.blob(592, 232, 62, 92, "d9704f", wobble=0.05)
    c.blob(560, 396, 112, 58, "c8553d", wobble=0.03)
    for x in (510, 612):
        c.oval(x, 372, 27, 23, "f6e6c8")
        c.oval(x, 374, 17, 6.5, "1b1730")
    for _ in range(30):
        c.disc(c.chance.uniform(460, 660), c.chance.uniform(140, 330), c.chance.uniform(2, 7), "f0b38a", 130)
    for _ in range(50):
        c.disc(c.chance.uniform(0, 1200), c.chance.uniform(0, 750), c.chance.uniform(1.5, 6), "d7f5ea", 56)
    c.ridge(742, 26, "081a2c")
    return c.done()
