"""Colours of real tools are kept, as roles of the theme; nothing else that a tool writes has any effect."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from hephaestus_tui.ui.colours import PLAIN, Tint, coloured, without_colours
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.text import clean
from hephaestus_tui.ui.widgets.blocks import Call, CallState
from hephaestus_tui.ui.widgets.call_lines import call_rows
from hephaestus_tui.ui.widgets.coloured_rows import coloured_rows
from hephaestus_tui.ui.widgets.drawing import Canvas
from hephaestus_tui.ui.widgets.look import Look

FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
LOOK = Look(
    UNICODE,
    base=Style.parse("white on black"),
    muted=Style.parse("grey50"),
    bad=Style.parse("red"),
    good=Style.parse("green"),
)
CANVAS = Canvas(60, LOOK)
PIECES = st.sampled_from(
    ["\x1b[31m", "\x1b[0m", "\x1b[m", "\x1b[1;38;5;196m", "\x1b[48;2;1;2;3m", "\x1b[8m", "\x1b[5m", "\x1b[2J", "\x1b[31", "\x1b]52;c;aGk=\x07",
     "\x1b[?1049h", "\x9b31m", "\x1bP", "e\u0301\u0301\u0301", "\u202e", "漢字", "a\tb", "\r\n", "\n", "\r", "word ", "[red]x[/]", "\x1b[" + "9" * 70 + "m"]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=8), max_size=30).map("".join)


@pytest.mark.parametrize(
    ("codes", "tint"),
    [
        ("31", Tint("bad")), ("32", Tint("good")), ("91", Tint("bad")), ("1;33", Tint("warn", bold=True)), ("4;36", Tint("accent", underline=True)),
        ("38;5;196", Tint("bad")), ("38;2;0;200;0", Tint("good")), ("38:2:0:200:0", Tint("good")), ("7", Tint(reverse=True)), ("30", Tint("faint")), ("37", PLAIN),
        ("8", PLAIN), ("5", PLAIN), ("41", PLAIN), ("48;5;196", PLAIN), ("48;2;1;31;1", PLAIN), ("38", PLAIN), ("38;5", PLAIN), ("38;9;31", Tint("bad")), ("", PLAIN),
    ],
)  # fmt: skip
def test_a_code_gives_a_role_and_never_hides_a_word(codes: str, tint: Tint) -> None:
    text, tints = coloured(f"\x1b[{codes}mword")
    assert text == "word"
    assert (tints[-1][1] if tints else PLAIN) == tint


def test_a_tint_holds_until_it_is_taken_back() -> None:
    text, tints = coloured("a \x1b[31mb\nc\x1b[1m d\x1b[22m e\x1b[39m f\x1b[0m")
    assert text == "a b\nc d e f"
    assert tints == [(2, Tint("bad")), (5, Tint("bad", bold=True)), (7, Tint("bad")), (9, PLAIN)]


@given(TEXTS)
def test_nothing_passes_but_colours(text: str) -> None:
    plain, tints = coloured(text)
    assert not FORBIDDEN.search(plain)
    assert plain == clean(plain), "what it says is clean as a whole"
    places = [place for place, _ in tints]
    assert places == sorted(places)
    assert all(0 <= place <= len(plain) for place in places)


@given(TEXTS)
def test_rows_say_what_the_text_says_and_nothing_else(text: str) -> None:
    rows = coloured_rows(text, CANVAS)
    assert all(row.cell_length == 60 for row in rows)
    assert not any(FORBIDDEN.search(segment.text) or segment.control for row in rows for segment in row)
    assert not any(
        segment.style and (segment.style.conceal or segment.style.blink or segment.style.link)
        for row in rows
        for segment in row
    )
    said = "".join("".join(row.text[4:].split()) for row in rows)
    assert said == "".join(coloured(text.rstrip().strip("\n"))[0].split())


@given(TEXTS)
def test_the_same_words_without_colours_hold_none(text: str) -> None:
    assert not re.search(r"\x1b\[[0-9;:]{0,64}m", without_colours(text))
    assert without_colours(text.replace("\x1b", "")) == text.replace("\x1b", "")


def test_a_call_shows_its_output_in_colours_and_its_head_without() -> None:
    result = "[exit code 1 after 2.4 s]\n\x1b[32m2 passed\x1b[0m, \x1b[1;31m1 failed\x1b[0m"
    call = Call("run_command", '{"command": "pytest"}', CallState.FAILED, result=result)
    rows = call_rows(call, CANVAS, unfolded=True)
    assert "exit 1" in rows[0].text
    painted = {segment.text: segment.style for segment in rows[-1]}
    assert painted["2 passed"] == LOOK.base + LOOK.good
    assert painted["1 failed"] == LOOK.base + LOOK.bad + Style(bold=True)
    failed = Call(
        "edit_file", "{}", CallState.FAILED, result="\x1b[31mthere is no such text in the file, look again\x1b[0m"
    )
    assert "\u241b" not in "".join(row.text for row in call_rows(failed, CANVAS, unfolded=False))


def test_long_output_says_how_much_is_left_and_is_drawn_soon() -> None:
    rows = coloured_rows("\x1b[31mx\x1b[0m\n" * 7_000, CANVAS)
    assert rows[-2].text.strip(" │").startswith("… ") or rows[-1].text.strip(" │").startswith("… ")
    assert len(rows) <= 2_001
