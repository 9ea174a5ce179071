"""Where a terminal has 256 colours, the one that looks nearest: by the usual arithmetic, a dark brown becomes olive or red."""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color, ColorType
from rich.color_triplet import ColorTriplet
from rich.palette import Palette
from rich.segment import Segment
from rich.style import Style
from textual.color import Color as TextualColor
from textual.filter import LineFilter

# The cube and the greys. The first sixteen colours are left out, since each terminal has its own.
_FIRST = 16
_STEPS = (0, 95, 135, 175, 215, 255)
_COLOURS = Palette(
    [(red, green, blue) for red in _STEPS for green in _STEPS for blue in _STEPS]
    + [(grey, grey, grey) for grey in range(8, 239, 10)]
)
_COUNT = 240
_WEIGHTS = (0.7, 1.0, 1.0)  # a colour is known by its hue rather than by how light it is


class EightBit(LineFilter):
    """Colours of 24 bit as the nearest of those that the terminal has, as an eye measures it (OKLab)."""

    def apply(self, segments: list[Segment], background: TextualColor) -> list[Segment]:
        return [Segment(text, _fewer(style) if style else style, control) for text, style, control in segments]


@lru_cache(4096)
def _fewer(style: Style) -> Style:
    color, ground = _nearest_of(style.color), _nearest_of(style.bgcolor)
    return style + Style.from_color(color, ground) if color or ground else style


def _nearest_of(color: Color | None) -> Color | None:
    if color is None or color.type is not ColorType.TRUECOLOR or color.triplet is None:
        return None
    return Color.from_ansi(nearest(color.triplet))


@lru_cache(4096)
def nearest(triplet: ColorTriplet) -> int:
    """The number (16 to 255) of the colour that looks most like it."""
    wanted = _oklab(triplet)
    distances = (sum(w * (a - b) ** 2 for w, a, b in zip(_WEIGHTS, wanted, known, strict=True)) for known in _known())
    return _FIRST + min(enumerate(distances), key=lambda pair: pair[1])[0]


def triplet_of(number: int) -> ColorTriplet:
    """What the colour of a number (16 to 255) is in a terminal that follows xterm."""
    return _COLOURS[number - _FIRST]


@lru_cache(1)
def _known() -> list[tuple[float, float, float]]:
    return [_oklab(_COLOURS[number]) for number in range(_COUNT)]


def _oklab(triplet: ColorTriplet) -> tuple[float, float, float]:
    """Lightness and two opponent axes: https://bottosson.github.io/posts/oklab/ (Björn Ottosson)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (triplet.red / 255, triplet.green / 255, triplet.blue / 255)
    )
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )
