# ruff: noqa: D102, D103, S311, T201, PLR0915
"""Draws the illustrations and the one film of the demo's sample press. Not needed at run time.

    python tools/draw_press_pictures.py [FOLDER]

Everything is made of gradients, ridges and simple shapes with fixed seeds, so that the same Pillow gives
the same pictures. They are drawn at twice their size and scaled down, which makes all edges smooth.
"""

from __future__ import annotations

import io
import math
import random
import struct
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Point = tuple[float, float]

W, H = 1200, 750
SCALE = 2
PRESS = Path(__file__).parent.parent / "aggregator" / "demo" / "press"


def rgb(code: str) -> Colour:
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


class Canvas:
    """A picture in the making; coordinates are those of the finished one."""

    def __init__(self, seed: int, width: int = W, height: int = H) -> None:
        self.width, self.height = width, height
        self.image = Image.new("RGB", (width * SCALE, height * SCALE))
        self.chance = random.Random(seed)

    @property
    def pen(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.image, "RGBA")

    def sky(self, *codes: str, top: float = 0.0, bottom: float = 1.0) -> None:
        """A vertical gradient through the colours."""
        colours = [rgb(code) for code in codes]
        rows = 256
        strip = Image.new("RGB", (1, rows))
        for row in range(rows):
            place = row / (rows - 1) * (len(colours) - 1)
            index = min(int(place), len(colours) - 2)
            strip.putpixel((0, row), mix(colours[index], colours[index + 1], place - index))
        y0, y1 = round(top * self.image.height), round(bottom * self.image.height)
        self.image.paste(strip.resize((self.image.width, y1 - y0), Image.Resampling.BICUBIC), (0, y0))

    def glow(self, x: float, y: float, radius: float, code: str, strength: float = 1.0) -> None:
        """A soft light."""
        size = round(radius * 2 * SCALE)
        mask = ImageChops.invert(Image.radial_gradient("L")).resize((size, size), Image.Resampling.BICUBIC)
        mask = mask.point(lambda v: round((max(0, v - 75) / 180) ** 1.6 * 255 * strength))
        corner = (round((x - radius) * SCALE), round((y - radius) * SCALE))
        self.image.paste(Image.new("RGB", (size, size), rgb(code)), corner, mask)

    def disc(self, x: float, y: float, radius: float, code: str, alpha: int = 255) -> None:
        self.pen.ellipse(
            [(x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE],
            fill=(*rgb(code), alpha),
        )

    def oval(self, x: float, y: float, rx: float, ry: float, code: str, alpha: int = 255) -> None:
        self.pen.ellipse(
            [(x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE], fill=(*rgb(code), alpha)
        )

    def shape(self, points: Sequence[Point], code: str, alpha: int = 255) -> None:
        self.pen.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=(*rgb(code), alpha))

    def line(self, points: Sequence[Point], code: str, width: float = 2, alpha: int = 255) -> None:
        self.pen.line(
            [(x * SCALE, y * SCALE) for x, y in points],
            fill=(*rgb(code), alpha),
            width=round(width * SCALE),
            joint="curve",
        )

    def box(self, x0: float, y0: float, x1: float, y1: float, code: str, alpha: int = 255, radius: float = 0) -> None:
        self.pen.rounded_rectangle(
            [x0 * SCALE, y0 * SCALE, x1 * SCALE, y1 * SCALE], radius * SCALE, fill=(*rgb(code), alpha)
        )

    def ridge(
        self, base: float, height: float, code: str, *, rough: float = 0.5, floor: float | None = None
    ) -> list[Point]:
        """A hill line from edge to edge, filled down to the floor."""
        waves = [
            (self.chance.uniform(0.6, 1.4) * 1.9**n, self.chance.uniform(0, math.tau), height * rough**n)
            for n in range(6)
        ]
        line = [
            (
                x,
                base
                - sum(size * math.sin(rate * math.pi * x / self.width * 1.6 + shift) for rate, shift, size in waves)
                / 2,
            )
            for x in range(-4, self.width + 8, 4)
        ]
        bottom = self.height if floor is None else floor
        self.shape([(-4, bottom), *line, (self.width + 4, bottom)], code)
        return line

    def blob(
        self, x: float, y: float, rx: float, ry: float, code: str, *, wobble: float = 0.06, alpha: int = 255
    ) -> None:
        """A rounded, hand-cut shape."""
        shifts = [self.chance.uniform(0, math.tau) for _ in range(3)]
        points = []
        for step in range(120):
            angle = step / 120 * math.tau
            swell = 1 + sum(wobble / (n + 1) * math.sin((n + 2) * angle + shift) for n, shift in enumerate(shifts))
            points.append((x + rx * swell * math.cos(angle), y + ry * swell * math.sin(angle)))
        self.shape(points, code, alpha)

    def leaf(
        self, x: float, y: float, length: float, width: float, angle: float, code: str, vein: str | None = None
    ) -> None:
        """A pointed leaf that grows from a point in a direction (radians)."""
        along, across = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))
        points = []
        for side in (1, -1):
            steps = range(25) if side == 1 else range(24, -1, -1)
            for step in steps:
                t = step / 24
                out = side * width / 2 * math.sin(math.pi * t**0.8)
                points.append(
                    (x + along[0] * length * t + across[0] * out, y + along[1] * length * t + across[1] * out)
                )
        self.shape(points, code)
        if vein:
            self.line([(x, y), (x + along[0] * length * 0.92, y + along[1] * length * 0.92)], vein, 1.6)

    def shade(self, draw: Callable[[Canvas], None], blur: float, alpha: float = 1.0) -> None:
        """Draws on a copy that is blurred and laid over: soft shadows and mist."""
        copy = Canvas(1, self.width, self.height)
        copy.image = self.image.copy()
        copy.chance = self.chance
        draw(copy)
        soft = copy.image.filter(ImageFilter.GaussianBlur(blur * SCALE))
        difference = (
            ImageChops.difference(copy.image, self.image).convert("L").filter(ImageFilter.GaussianBlur(blur * SCALE))
        )
        mask = difference.point(lambda v: min(255, round(v * 4 * alpha)))
        self.image.paste(soft, (0, 0), mask)

    def grain(self, amount: int) -> None:
        """Paper: a little noise, the same on every run."""
        size = (self.width // 2, self.height // 2)
        noise = Image.frombytes("L", size, self.chance.randbytes(size[0] * size[1])).resize((self.width, self.height))
        noise = noise.filter(ImageFilter.GaussianBlur(0.6)).point(lambda v: round((v - 128) / 128 * amount) + 128)
        layer = Image.merge("RGB", [noise] * 3)
        self.image = ImageChops.add(self.image, layer, 1, -128)

    def done(self, grain: int = 3) -> Image.Image:
        self.image = self.image.resize((self.width, self.height), Image.Resampling.LANCZOS)
        self.grain(grain)
        return self.image


# --- The Tidewater Gazette: navy, slate, sea green, rust, cream ---------------------------------


def sea(canvas: Canvas, horizon: float, dark: str, light: str, count: int = 60) -> None:
    """Short horizontal strokes that widen towards the viewer."""
    for _ in range(count):
        depth = canvas.chance.random() ** 1.4
        y = horizon + 6 + depth * (canvas.height - horizon)
        length = 14 + depth * 150 * canvas.chance.uniform(0.5, 1.2)
        x = canvas.chance.uniform(-40, canvas.width)
        code = light if canvas.chance.random() < 0.45 else dark
        canvas.oval(x + length / 2, y, length / 2, 0.8 + depth * 3.2, code, 70)


def path_of_light(canvas: Canvas, x: float, horizon: float, code: str, spread: float) -> None:
    for step in range(46):
        depth = (step / 45) ** 1.3
        y = horizon + 5 + depth * (canvas.height - horizon)
        half = 8 + depth * spread * canvas.chance.uniform(0.35, 1)
        shift = canvas.chance.uniform(-1, 1) * spread * 0.25 * depth
        canvas.oval(x + shift, y, half, 1 + depth * 3, code, 150 - round(80 * depth))


def bell() -> Image.Image:
    c = Canvas(11)
    c.sky("f2d9b8", "e8b48c", "b0747a", "5c5876", bottom=0.56)
    c.glow(820, 330, 420, "fbe7c2", 0.9)
    c.disc(820, 335, 62, "fdf0d4")
    c.ridge(415, 26, "8a7488")
    c.ridge(424, 14, "6a6482")
    c.sky("56648a", "33506f", "1d3450", "14263d", top=0.56)
    path_of_light(c, 820, 424, "f6d6ab", 120)
    sea(c, 424, "14263d", "8fa4b8", 90)
    # the rock and its frame
    c.shape([(150, 640), (220, 560), (330, 520), (430, 535), (520, 600), (600, 650), (760, 700), (120, 720)], "1b2333")
    c.shape([(330, 520), (430, 535), (520, 600), (470, 610), (380, 560)], "2c374b")
    for x in (300, 500):
        c.shape([(x - 11, 590), (x - 5, 210), (x + 7, 210), (x + 13, 590)], "1b2333")
    c.shape([(262, 214), (400, 168), (538, 214), (538, 234), (400, 190), (262, 234)], "1b2333")
    c.box(300, 262, 500, 276, "1b2333")
    body = [
        (400 - s * w, y)
        for s, rows in ((1, [(10, 276), (38, 292), (50, 330), (55, 380), (68, 425), (92, 458)]),)
        for w, y in rows
    ]
    other = [(800 - x, y) for x, y in reversed(body)]
    c.shape([*body, *other], "a4593a")
    c.shape(
        [
            (400 + 18, 290),
            (400 + 38, 300),
            (400 + 46, 350),
            (400 + 56, 405),
            (400 + 84, 458),
            (400 + 44, 458),
            (400 + 30, 380),
        ],
        "c98257",
    )
    c.oval(400, 459, 92, 12, "6f3526")
    c.disc(400, 472, 15, "1b2333")
    c.line([(392, 300), (386, 380), (362, 440)], "7f4130", 3, 180)
    return c.done()


def lamp() -> Image.Image:
    c = Canvas(12, 1200, 800)
    c.sky("0f1c33", "1d3150", "2f4b66", "4d6b78")
    for _ in range(70):
        c.disc(
            c.chance.uniform(0, 1200),
            c.chance.uniform(0, 380),
            c.chance.uniform(0.6, 1.7),
            "f3ead2",
            c.chance.randint(60, 200),
        )
    # houses up the hill
    for row, code in ((0, "24405a"), (1, "1b3048"), (2, "132337")):
        x = -60.0
        while x < 1260:
            wide, tall = c.chance.uniform(90, 150), c.chance.uniform(150, 240)
            base = 520 + row * 130
            top = base - tall + 60 * math.sin(x / 260 + row)
            c.shape([(x, 800), (x, top), (x + wide / 2, top - 52), (x + wide, top), (x + wide, 800)], code)
            c.box(x + wide * 0.68, top - 48, x + wide * 0.68 + 14, top, code)
            for _ in range(2):
                wx, wy = x + c.chance.uniform(12, wide - 34), top + c.chance.uniform(24, 96)
                if c.chance.random() < 0.42:
                    c.box(wx, wy, wx + 17, wy + 25, "e9b56a", 210, 2)
                    c.line([(wx + 8.5, wy), (wx + 8.5, wy + 25)], code, 2)
            x += wide + c.chance.uniform(-6, 8)
    c.glow(760, 330, 430, "ffd58a", 0.62)
    c.box(752, 380, 768, 800, "0b1422")
    c.shape([(726, 376), (794, 376), (780, 396), (740, 396)], "0b1422")
    c.shape([(722, 262), (798, 262), (786, 376), (734, 376)], "ffe2a3")
    c.glow(760, 326, 58, "fffbe9", 1)
    c.shape([(712, 262), (760, 208), (808, 262)], "0b1422")
    c.disc(760, 204, 9, "0b1422")
    for x0, x1 in ((722, 734), (760, 760), (798, 786)):
        c.line([(x0, 262), (x1, 376)], "0b1422", 4)
    c.line([(712, 412), (808, 412)], "0b1422", 7)
    return c.done()


def ferry() -> Image.Image:
    c = Canvas(13)
    c.sky("16243f", "27406a", "4a6c8f", "9fb4b4", bottom=0.62)
    c.disc(250, 150, 54, "f3ecd6")
    c.disc(272, 138, 48, "203659")
    for _ in range(60):
        c.disc(
            c.chance.uniform(0, 1200),
            c.chance.uniform(0, 300),
            c.chance.uniform(0.6, 1.6),
            "f3ead2",
            c.chance.randint(60, 190),
        )
    c.ridge(452, 38, "5d7c92")
    c.ridge(462, 22, "3f5e78")
    c.sky("3c6079", "234560", "132b45", "0d1e33", top=0.62)
    sea(c, 466, "0d1e33", "a9c0c4", 110)
    # hull
    c.shape([(330, 500), (980, 500), (930, 582), (392, 582)], "9c4a33")
    c.shape([(330, 500), (980, 500), (972, 514), (338, 514)], "f0e4cb")
    c.shape([(392, 582), (930, 582), (918, 600), (404, 600)], "2a1b22")
    c.box(420, 424, 900, 500, "f0e4cb", radius=6)
    c.box(500, 366, 820, 424, "e5d6b8", radius=6)
    c.box(560, 322, 700, 366, "f0e4cb", radius=6)
    c.shape([(730, 366), (742, 268), (802, 268), (806, 366)], "9c4a33")
    c.box(739, 290, 805, 306, "f0e4cb")
    for x in range(440, 890, 38):
        c.box(x, 446, x + 22, 474, "ffce7d", radius=4)
    for x in range(518, 810, 34):
        c.box(x, 382, x + 18, 404, "ffce7d", radius=4)
    for x in range(574, 690, 28):
        c.box(x, 334, x + 18, 352, "ffe1a6", radius=3)
    for number in range(9):
        c.disc(
            786 + number * 34 + c.chance.uniform(-6, 6),
            248 - number * 13,
            15 + number * 4.5,
            "c9d3d2",
            120 - number * 11,
        )
    for x in range(440, 890, 38):
        path = [(x + 11 + c.chance.uniform(-7, 7), 612 + n * 15) for n in range(6)]
        for n, (px, py) in enumerate(path):
            c.oval(px, py, 17 - n * 1.3, 2.2, "ffce7d", 110 - n * 15)
    c.shape([(300, 600), (420, 586), (380, 606), (260, 614)], "dfe7e2", 150)
    c.shape([(1030, 612), (930, 588), (960, 606), (1090, 618)], "dfe7e2", 130)
    return c.done()


def nets() -> Image.Image:
    c = Canvas(14, 1200, 800)
    c.sky("efe3cb", "e3cfac")
    c.disc(880, 260, 190, "c0643f")
    c.glow(880, 260, 280, "f0b383", 0.25)

    def net(x0: float, y0: float, dx: float, dy: float, code: str, width: float, sag: float) -> None:
        rows, columns = 11, 18
        grid = [
            [
                (
                    x0 + (col + (row % 2) / 2) * dx + 16 * math.sin(row * 0.6 + col * 0.25),
                    y0
                    + row * dy
                    + sag * math.sin(math.pi * col / columns) * (0.5 + row / rows)
                    + 7 * math.sin(col * 1.1 + row),
                )
                for col in range(columns)
            ]
            for row in range(rows)
        ]
        for row in range(rows - 1):
            for col in range(columns - 1):
                here, shift = grid[row][col], row % 2
                for other in (grid[row + 1][max(0, col - 1 + shift)], grid[row + 1][min(columns - 1, col + shift)]):
                    middle = ((here[0] + other[0]) / 2 + 3, (here[1] + other[1]) / 2 + 3)
                    c.line([here, middle, other], code, width)
                c.disc(*here, width * 1.7, code)
        for col in range(0, columns, 3):
            x, y = grid[0][col]
            c.blob(x, y - 6, 21, 13, "d98a4e")
            c.blob(x - 4, y - 10, 8, 4, "f2bd86")
        c.line([grid[0][col] for col in range(columns)], code, width * 2)

    net(-110, 330, 78, 58, "a9b8b0", 2.4, 130)
    net(-90, 190, 88, 70, "1f3f57", 3.2, 190)
    return c.done(1)


def lighthouse() -> Image.Image:
    c = Canvas(15)
    c.sky("0c1a2e", "1a3350", "365a6e", "7d9690", bottom=0.74)
    for _ in range(90):
        c.disc(
            c.chance.uniform(0, 1200),
            c.chance.uniform(0, 420),
            c.chance.uniform(0.6, 1.8),
            "f5eed8",
            c.chance.randint(50, 210),
        )

    def beams(copy: Canvas) -> None:
        copy.shape([(372, 214), (1240, 40), (1240, 330)], "f6e3b0", 110)
        copy.shape([(348, 214), (-40, 130), (-40, 290)], "f6e3b0", 80)

    c.shade(beams, 14)
    c.ridge(545, 20, "29495a")
    c.sky("28485c", "16304a", "0d2036", top=0.74)
    sea(c, 556, "0b1a2d", "9fb7b5", 90)
    c.shape([(120, 750), (190, 620), (280, 566), (440, 560), (540, 612), (640, 690), (760, 750)], "10161f")
    c.shape([(300, 566), (440, 560), (540, 612), (600, 660), (470, 620)], "1d2733")
    c.shape([(318, 262), (402, 262), (428, 572), (292, 572)], "efe3cb")
    for y0, y1 in ((300, 350), (410, 460), (520, 572)):
        w0, w1 = 42 + (y0 - 262) * 26 / 310, 42 + (y1 - 262) * 26 / 310
        c.shape([(360 - w0, y0), (360 + w0, y0), (360 + w1, y1), (360 - w1, y1)], "a8492f")
    c.shape([(376, 262), (402, 262), (428, 572), (392, 572)], "10161f", 46)
    c.box(306, 250, 414, 264, "10161f", radius=3)
    c.box(330, 190, 390, 250, "ffe9ae", radius=4)
    c.glow(360, 216, 120, "fff3cc", 0.9)
    c.shape([(322, 192), (360, 150), (398, 192)], "10161f")
    for x in (330, 350, 370, 390):
        c.line([(x, 190), (x, 250)], "10161f", 3)
    c.box(348, 520, 372, 572, "10161f", radius=10)
    return c.done()


# --- Lattice: indigo, teal, violet, gold ----------------------------------------------------------


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


def smooth(points: Sequence[Point], closed: bool = True, steps: int = 10) -> list[Point]:
    """A Catmull-Rom curve through the points."""
    count = len(points)
    out = []
    for index in range(count if closed else count - 1):
        p = [
            points[(index + n) % count] if closed else points[min(max(index + n, 0), count - 1)] for n in (-1, 0, 1, 2)
        ]
        for step in range(steps):
            t = step / steps
            out.append(
                tuple(
                    0.5
                    * (
                        2 * p[1][k]
                        + (p[2][k] - p[0][k]) * t
                        + (2 * p[0][k] - 5 * p[1][k] + 4 * p[2][k] - p[3][k]) * t * t
                        + (3 * p[1][k] - p[0][k] - 3 * p[2][k] + p[3][k]) * t**3
                    )
                    for k in (0, 1)
                )
            )
    if not closed:
        out.append(points[-1])
    return out  # type: ignore[return-value]


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


# --- Slow Table: terracotta, olive, ochre, cream, plum ----------------------------------------------


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


# --- Small Hours: charcoal, mint, amber, pink ---------------------------------------------------------


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


# --- a film: rain on a tin roof ----------------------------------------------------------------


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


PICTURES: dict[str, tuple[Callable[[], Image.Image], int]] = {
    "tidewater/bell.jpg": (bell, 74),
    "tidewater/lamp.webp": (lamp, 78),
    "tidewater/ferry.jpg": (ferry, 74),
    "tidewater/nets.webp": (nets, 47),
    "tidewater/lighthouse.webp": (lighthouse, 78),
    "lattice/moth.webp": (moth, 78),
    "lattice/seagrass.webp": (seagrass, 72),
    "lattice/rings.webp": (rings, 44),
    "lattice/rain.webp": (rain, 78),
    "lattice/crystal.webp": (crystal, 74),
    "kelproom/octopus.webp": (kelp, 66),
    "slowtable/soup.jpg": (soup, 74),
    "slowtable/train.webp": (train, 78),
    "slowtable/bread.webp": (bread, 76),
    "slowtable/tiles.webp": (tiles, 40),
    "slowtable/figs.webp": (figs, 76),
    "smallhours/desk.webp": (desk, 78),
    "smallhours/blocks.webp": (blocks, 78),
    "smallhours/clock.webp": (clock, 78),
}


def main() -> None:
    """Draws all pictures into the press, or into the folder given."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PRESS
    total = 0
    for name, (draw, quality) in PICTURES.items():
        site, file = name.split("/")
        path = folder / site / "pictures" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        image = draw()
        if path.suffix == ".jpg":
            image.save(path, quality=quality, optimize=True, progressive=True)
        else:
            image.save(path, quality=quality, method=6)
        total += path.stat().st_size
        print(f"{name:28} {image.size[0]} x {image.size[1]}  {path.stat().st_size / 1000:6.1f} kB")
    path = folder / "lattice" / "pictures" / "rain.webm"
    path.write_bytes(film())
    total += path.stat().st_size
    print(f"{'lattice/rain.webm':28} {path.stat().st_size / 1000:18.1f} kB")
    print(f"{'':28} {total / 1000:.0f} kB in all")


if __name__ == "__main__":
    main()
