# ruff: noqa: T201
"""Draws the illustrations and the one film of the demo's sample press. Not needed at run time.

    python tools/draw_press_pictures.py [FOLDER]

Everything is made of gradients, ridges and simple shapes with fixed seeds, so that the same Pillow gives
the same pictures. They are drawn at twice their size and scaled down, which makes all edges smooth.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from press_pictures import film, lattice, slowtable, smallhours, tidewater

PRESS = Path(__file__).parent.parent / "aggregator" / "demo" / "press"

PICTURES: dict[str, tuple[Callable[[], Image.Image], int]] = {
    "tidewater/bell.jpg": (tidewater.bell, 74),
    "tidewater/lamp.webp": (tidewater.lamp, 78),
    "tidewater/ferry.jpg": (tidewater.ferry, 74),
    "tidewater/nets.webp": (tidewater.nets, 47),
    "tidewater/lighthouse.webp": (tidewater.lighthouse, 78),
    "lattice/moth.webp": (lattice.moth, 78),
    "lattice/seagrass.webp": (lattice.seagrass, 72),
    "lattice/rings.webp": (lattice.rings, 44),
    "lattice/rain.webp": (lattice.rain, 78),
    "lattice/crystal.webp": (lattice.crystal, 74),
    "kelproom/octopus.webp": (lattice.kelp, 66),
    "slowtable/soup.jpg": (slowtable.soup, 74),
    "slowtable/train.webp": (slowtable.train, 78),
    "slowtable/bread.webp": (slowtable.bread, 76),
    "slowtable/tiles.webp": (slowtable.tiles, 40),
    "slowtable/figs.webp": (slowtable.figs, 76),
    "smallhours/desk.webp": (smallhours.desk, 78),
    "smallhours/blocks.webp": (smallhours.blocks, 78),
    "smallhours/clock.webp": (smallhours.clock, 78),
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
    path.write_bytes(film.film())
    total += path.stat().st_size
    print(f"{'lattice/rain.webm':28} {path.stat().st_size / 1000:18.1f} kB")
    print(f"{'':28} {total / 1000:.0f} kB in all")


if __name__ == "__main__":
    main()
