# ruff: noqa: D102, D103, S311, PLR0915
"""The Tidewater Gazette: navy, slate, sea green, rust, cream."""

from __future__ import annotations

import math

from PIL import Image

from press_pictures.canvas import Canvas


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
