"""Themes come from files; a broken one is named with its field; the shipped ones can be read by everyone."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.color import Color

from hephaestus_tui.domain.errors import ConfigError
from hephaestus_tui.ui.glyphs import COLOURS
from hephaestus_tui.ui.themes import REQUIRED, load_themes, read_theme

SHIPPED = Path(__file__).parents[2] / "themes"
GOOD = "[colours]\n" + "".join(f'{name} = "#808080"\n' for name in REQUIRED)


def luminance(colour: Color) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(channel) for channel in colour.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_one_dark_and_one_light_theme_are_shipped() -> None:
    assert {name: theme.dark for name, theme in load_themes([SHIPPED]).items()} == {
        "forge-dark": True,
        "forge-light": False,
    }


@pytest.mark.parametrize("name", ["forge-dark", "forge-light"])
def test_all_text_of_a_shipped_theme_reaches_wcag_aa(name: str) -> None:
    variables = load_themes([SHIPPED])[name].to_color_system().generate()
    inks = {"foreground", "text-disabled", *COLOURS.values()}
    inks |= {f"text-{ink}" for ink in ("primary", "secondary", "accent", "success", "warning", "error")}
    for ground in ("background", "surface", "panel"):
        for ink in inks:
            ratio = contrast(Color.parse(variables[ink]), Color.parse(variables[ground]))
            assert ratio >= 4.5, f"{name}: ${ink} on ${ground} has {ratio:.2f}"
    cursor = Color.parse(variables["block-cursor-foreground"]), Color.parse(variables["block-cursor-background"])
    assert contrast(*cursor) >= 4.5


def test_a_later_folder_is_stronger_and_a_missing_one_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('name = "forge-dark"\ndark = false\n' + GOOD)
    themes = load_themes([SHIPPED, tmp_path / "nowhere", tmp_path])
    assert themes["forge-dark"].dark is False
    assert themes["forge-dark"].primary == "#808080"


def test_a_theme_without_a_name_is_named_after_its_file(tmp_path: Path) -> None:
    (tmp_path / "coal.toml").write_text(GOOD)
    assert list(load_themes([tmp_path])) == ["coal"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = ", "not valid TOML"),
        ("size = 3\n" + GOOD, "unknown field 'size'"),
        ("dark = 'yes'\n" + GOOD, "dark must be true or false"),
        ("name = 3\n" + GOOD, "name must be text"),
        (GOOD.replace('primary = "#808080"\n', ""), "colours.primary is missing"),
        (GOOD + 'glow = "#808080"\n', "colours.glow is unknown"),
        (GOOD.replace('accent = "#808080"', 'accent = "bluish"'), "colours.accent: 'bluish' is not a colour"),
        (GOOD.replace('accent = "#808080"', "accent = 8"), "colours.accent must be text"),
        ("colours = 3", "colours must be a table"),
    ],
)
def test_a_broken_theme_is_named_with_its_field(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "broken.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_theme(file)
    assert str(caught.value).startswith(str(file))
    assert words in str(caught.value)
