"""Themes come from files; a broken one is named with its line; the shipped ones can be read by everyone."""

from __future__ import annotations

import math
from itertools import combinations
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.color_triplet import ColorTriplet
from textual.color import Color

from hephaestus_tui.domain.errors import ConfigError
from hephaestus_tui.first_look import ui_settings
from hephaestus_tui.ui.eight_bit import nearest as nearest_of_256
from hephaestus_tui.ui.eight_bit import triplet_of
from hephaestus_tui.ui.glyphs import ASCII, COLOURS, UNICODE, Mark
from hephaestus_tui.ui.themes import REQUIRED, fitting, load_themes, read_theme

SHIPPED = Path(__file__).parents[2] / "themes"
THEMES = ("colour-blind", "forge-dark", "forge-light", "high-contrast", "mono", "sixteen", "sixteen-light")
GOOD = "[colours]\n" + "".join(f'{name} = "#808080"\n' for name in REQUIRED)
GROUNDS = ("background", "surface", "panel")
HUES = tuple(f"text-{ink}" for ink in ("primary", "secondary", "accent", "success", "warning", "error"))
INKS = {"foreground", "text-disabled", *COLOURS.values(), *HUES}
# Machado, Oliveira and Fernandes 2009, severity 1: what is left of linear red, green and blue
EYES = {
    "all cones": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "no red cones": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "no green cones": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}
Rgb = tuple[float, float, float]


def linear(colour: Color) -> Rgb:
    def one(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = (one(channel) for channel in colour.normalized)
    return red, green, blue


def contrast(one: Color, other: Color) -> float:
    """As WCAG 2 has it."""
    light, dark = sorted(
        (0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(one), linear(other))), reverse=True
    )
    return (light + 0.05) / (dark + 0.05)


def seen(colour: Color, eyes: str) -> Rgb:
    """In CIE Lab, as someone with such eyes sees it."""
    rgb = linear(colour)
    red, green, blue = (
        min(max(sum(share * part for share, part in zip(row, rgb, strict=True)), 0.0), 1.0) for row in EYES[eyes]
    )

    def root(part: float) -> float:
        return part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116

    x = root((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505)
    y = root(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    z = root((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def colours_of(name: str) -> dict[str, Color]:
    variables = load_themes([SHIPPED])[name].to_color_system().generate()
    wanted = {*INKS, *GROUNDS, *(v for v in variables if v.startswith("block-cursor") and v.endswith("ground"))}
    return {ink: Color.parse(variables[ink]) for ink in wanted}


def nearest(name: str) -> tuple[float, str, str, str]:
    """The two colours of states that are hardest to tell apart, and for whose eyes."""
    of = colours_of(name)
    pairs = combinations(sorted({*COLOURS.values(), "foreground"}), 2)
    return min((math.dist(seen(of[a], eyes), seen(of[b], eyes)), a, b, eyes) for a, b in pairs for eyes in EYES)


def test_the_shipped_themes() -> None:
    themes = load_themes([SHIPPED])
    assert tuple(sorted(themes)) == THEMES
    assert {name for name, theme in themes.items() if not theme.dark} == {"forge-light", "sixteen-light"}


@pytest.mark.parametrize("name", THEMES)
def test_all_text_of_a_shipped_theme_reaches_wcag_aa(name: str) -> None:
    of, enough = colours_of(name), 7.0 if name == "high-contrast" else 4.5
    for ground in GROUNDS:
        for ink in INKS:
            ratio = contrast(of[ink], of[ground])
            assert ratio >= enough, f"{name}: ${ink} on ${ground} has {ratio:.2f}"


@pytest.mark.parametrize("name", [name for name in THEMES if not name.startswith("sixteen")])
def test_words_are_read_and_grounds_stay_what_they_are_in_256_colours(name: str) -> None:
    full = colours_of(name)
    of = {ink: Color(*triplet_of(nearest_of_256(ColorTriplet(*colour.rgb)))) for ink, colour in full.items()}
    for ground in GROUNDS:
        # no olive and no red for a dark brown: as light as it was, and no more of a colour
        assert contrast(of[ground], full[ground]) < 1.15
        assert max(of[ground].rgb) - min(of[ground].rgb) <= max(full[ground].rgb) - min(full[ground].rgb)
        for ink in INKS:
            ratio = contrast(of[ink], of[ground])
            assert ratio >= 3.7, f"{name}: ${ink} on ${ground} has {ratio:.2f}"


@pytest.mark.parametrize("name", THEMES)
def test_words_and_signs_under_the_cursor_can_be_read(name: str) -> None:
    of = colours_of(name)
    for cursor in ("block-cursor", "block-cursor-blurred"):
        ground = of[f"{cursor}-background"]
        assert contrast(of[f"{cursor}-foreground"], ground) >= 4.5
        for ink in COLOURS.values():  # the signs keep their own colours: 3 is what WCAG asks of signs
            ratio = contrast(of[ink], ground)
            assert ratio >= 3, f"{name}: ${ink} on ${cursor}-background has {ratio:.2f}"


@pytest.mark.parametrize("name", [name for name in THEMES if not name.startswith("sixteen")])
def test_code_can_be_read_on_the_grounds_of_a_diff(name: str) -> None:
    of = colours_of(name)
    for side in ("success", "error"):
        for share, enough in ((0.14, 4.5), (0.38, 3.0)):
            ground = of["background"].blend(of[side], share)
            assert contrast(of["foreground"], ground) >= 4.5
            for ink in HUES:
                ratio = contrast(of[ink], ground)
                assert ratio >= enough, f"{name}: ${ink} on ${side} {share:.0%} has {ratio:.2f}"


def test_states_are_told_apart_by_eyes_without_red_or_green_cones() -> None:
    distance, one, other, eyes = nearest("colour-blind")
    assert distance >= 20, f"${one} and ${other} are {distance:.1f} apart for eyes with {eyes}"
    # the measure has teeth: the same colours by night are not so for everyone
    assert nearest("forge-dark")[0] < 10


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=lambda glyphs: glyphs.name)
def test_no_state_is_told_by_colour_alone(glyphs) -> None:
    assert set(glyphs.marks) == set(COLOURS) == set(Mark)
    assert len(set(glyphs.marks.values())) == len(Mark)
    assert {cell_len(sign) for sign in glyphs.marks.values()} == {1}


def test_mono_is_grey_throughout() -> None:
    for ink, colour in colours_of("mono").items():
        assert colour.r == colour.g == colour.b, ink


@pytest.mark.parametrize(
    ("name", "ground", "ink", "lines", "changed"), [("sixteen", 0, 15, 8, 8), ("sixteen-light", 15, 0, 7, 7)]
)
def test_what_is_meant_for_sixteen_colours_is_read_in_sixteen(
    name: str, ground: int, ink: int, lines: int, changed: int
) -> None:
    of = colours_of(name)

    def taken(colour: Color) -> int | None:
        return colour.rich_color.downgrade(ColorSystem.STANDARD).number

    numbers = {ink: taken(of[ink]) for ink in set(COLOURS.values())}
    assert len(set(numbers.values())) == len(numbers), numbers
    assert {taken(of[one]) for one in GROUNDS} == {ground}
    assert taken(of["foreground"]) == ink
    assert taken(of["background"].blend(of["text-muted"], 0.55)) == lines  # the lines of the graph
    for side in ("success", "error"):
        assert taken(of["background"].blend(of[side], 0.14)) == ground  # what came and went: its sign says so
        assert taken(of["background"].blend(of[side], 0.38)) == changed


def test_a_terminal_of_sixteen_colours_gets_the_theme_for_it_or_one_of_the_persons_own() -> None:
    themes = load_themes([SHIPPED])
    assert fitting("forge-dark", themes, ()) == "sixteen"
    assert fitting("forge-light", themes, ()) == "sixteen-light"
    assert fitting("mine", themes, ("mine",)) == "mine"
    assert fitting("gone", themes, ()) == "sixteen"


@pytest.mark.parametrize(
    ("says", "settings", "theme"),
    [
        ("0;15", {}, "forge-light"),
        ("0;default;7", {}, "forge-light"),
        ("15;0", {}, "forge-dark"),
        ("", {}, "forge-dark"),
        ("0;15", {"ui": {"theme": "mono"}}, "mono"),
    ],
)
def test_a_terminal_that_says_it_is_light_gets_a_light_theme_where_none_is_named(
    says: str, settings: dict[str, object], theme: str
) -> None:
    assert ui_settings(settings, {"COLORFGBG": says}).theme == theme


def test_a_later_folder_is_stronger_and_a_missing_one_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('name = "forge-dark"\ndark = false\n' + GOOD)
    themes = load_themes([SHIPPED, tmp_path / "nowhere", tmp_path])
    assert themes["forge-dark"].dark is False
    assert themes["forge-dark"].primary == "#808080"


def test_a_theme_without_a_name_is_named_after_its_file(tmp_path: Path) -> None:
    (tmp_path / "coal.toml").write_text(GOOD)
    assert list(load_themes([tmp_path])) == ["coal"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("name = ", "", "not valid TOML (Invalid value (at end of document)"),
        ("name = 'x'\nname = = 3", ", line 2", "(at line 2, column 8)"),
        ("size = 3\n" + GOOD, ", line 1", "unknown field 'size'"),
        ("\ndark = 'yes'\n" + GOOD, ", line 2", "dark must be true or false"),
        ("name = 3\n" + GOOD, ", line 1", "name must be text"),
        ("\n\n" + GOOD.replace('primary = "#808080"\n', ""), ", line 3", "colours.primary is missing"),
        ("", "", "colours.primary is missing"),
        (GOOD + 'glow = "#808080"\n', ", line 12", "colours.glow is unknown"),
        (GOOD.replace('accent = "#808080"', 'accent = "bluish"'), ", line 7", "colours.accent: 'bluish' is not a col"),
        (GOOD.replace('accent = "#808080"', "accent = 8"), ", line 7", "colours.accent must be text"),
        ("colours = 3", ", line 1", "colours must be a table"),
        (GOOD + "[variables]\naccent = 3", ", line 13", "variables.accent must be text"),
        (GOOD + "[variables]\nborder = '#12'", ", line 13", "variables.border: '#12' is not a colour"),
        (GOOD + "[variables]\na-style = 'bolt'", ", line 13", "variables.a-style: 'bolt' is not a style"),
    ],
)
def test_a_broken_theme_is_named_with_its_line_and_field(tmp_path: Path, text: str, line: str, words: str) -> None:
    file = tmp_path / "broken.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_theme(file)
    assert str(caught.value).startswith(f"{file}{line}: ")
    assert words in str(caught.value)
