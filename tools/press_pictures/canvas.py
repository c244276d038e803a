# ruff: noqa: D102, D103, S311, PLR0915
"""What all pictures are drawn with: gradients, ridges, simple shapes, a little grain."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Point = tuple[float, float]

W, H = 1200, 750
SCALE = 2


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
