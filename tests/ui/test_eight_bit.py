"""A terminal of 256 colours is sent those of its own that look most like ours."""

from __future__ import annotations

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from hephaestus_tui.ui.eight_bit import EightBit, nearest, triplet_of


def test_a_colour_that_the_terminal_has_is_itself() -> None:
    for number in range(16, 256):
        assert RichColor.from_ansi(number).get_truecolor() == triplet_of(number)
        assert triplet_of(nearest(triplet_of(number))) == triplet_of(number)


def test_the_rest_of_a_style_and_what_has_no_colour_of_its_own_stay() -> None:
    styles = [Style.parse("bold #4a3121 on #171412"), Style.parse("italic red"), Style.parse("reverse"), None]
    sent = EightBit().apply([Segment("word", style) for style in styles], Color(0, 0, 0))
    assert [segment.style for segment in sent] == [
        Style.parse("bold color(237) on color(233)"), *styles[1:]
    ]  # fmt: skip
    assert [segment.text for segment in sent] == ["word"] * 4
