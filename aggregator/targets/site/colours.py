"""The accent colour in a shade that can be read on light and on dark paper (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import colorsys

LIGHT_PAPER = "#fbf9f4"
DARK_PAPER = "#171614"
CONTRAST = 5.0  #: a little more than the 4.5 that WCAG asks for


def readable(accent: str, paper: str) -> str:
    """The nearest shade of ``accent`` (``#rrggbb``) that stands out enough from the paper."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(accent))
    step = -0.01 if _luminance(paper) > 0.5 else 0.01
    shade = accent
    while contrast(shade, paper) < CONTRAST and 0 <= lightness + step <= 1:
        lightness += step
        shade = "#" + "".join(f"{round(c * 255):02x}" for c in colorsys.hls_to_rgb(hue, lightness, saturation))
    return shade


def contrast(a: str, b: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    brighter, darker = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
