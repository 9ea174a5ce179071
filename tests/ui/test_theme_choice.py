"""A theme is tried, taken or left while the app runs; what was taken is kept, until the settings say otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hephaestus_tui.bootstrap.theme_choice import FILE, chosen_theme, keep_theme
from hephaestus_tui.config import UiSettings
from hephaestus_tui.domain.errors import StoreError

SIZE = (80, 24)
SHIPPED = Path(__file__).parents[2] / "themes"


def shown(app: Any) -> str:
    return "\n".join("".join(s.text for s in strip) for strip in app.screen._compositor.render_strips())


def grounds(app: Any) -> set[str]:
    """What is behind the words on the screen."""
    styles = [segment.style for strip in app.screen._compositor.render_strips() for segment in strip]
    return {style.bgcolor.name for style in styles if style and style.bgcolor}


async def opened(pilot: Any, wait_for: Any) -> None:
    await wait_for(pilot, lambda: pilot.app.screen.query("#dag .title"), "the run is drawn")
    await pilot.press("ctrl+t")
    await wait_for(pilot, lambda: "high-contrast" in shown(pilot.app), "the themes are listed")


async def test_what_is_pointed_at_is_shown_and_what_is_taken_is_kept(make_app: Any, wait_for: Any) -> None:
    kept: list[str] = []
    app = make_app("r1", remember=kept.append)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await opened(pilot, wait_for)
        await pilot.press(*"mono")
        await wait_for(pilot, lambda: app.theme == "mono", "it is previewed")
        assert kept == []
        await pilot.press("enter")
        await wait_for(pilot, lambda: kept == ["mono"], "it is kept")
        await wait_for(pilot, lambda: "mono from now on" in shown(app), "it is said")
        assert app.theme == "mono"


async def test_what_is_left_looks_as_before(make_app: Any, wait_for: Any) -> None:
    kept: list[str] = []
    app = make_app("r1", settings=UiSettings(theme="forge-light"), remember=kept.append)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, wait_for)
        await pilot.press("down", "down")
        await wait_for(pilot, lambda: app.theme != "forge-light", "another is previewed")
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.theme == "forge-light", "it is as before")
        assert kept == []


async def test_what_cannot_be_kept_is_said(make_app: Any, wait_for: Any, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    app = make_app("r1", remember=lambda name: keep_theme(tmp_path / "state", "forge-dark", name))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await opened(pilot, wait_for)
        await pilot.press(*"mono", "enter")
        await wait_for(pilot, lambda: "The state folder" in shown(app), "why not is told")
        assert app.theme == "mono"


async def test_a_theme_written_while_it_runs_is_there_and_one_with_a_mistake_says_where(
    make_app: Any, wait_for: Any, tmp_path: Path
) -> None:
    text = (SHIPPED / "mono.toml").read_text()
    app = make_app("r1", themes=[SHIPPED, tmp_path])
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await wait_for(pilot, lambda: app.screen.query("#dag .title"), "the run is drawn")
        (tmp_path / "mine.toml").write_text(text.replace('"mono"', '"mine"'))
        (tmp_path / "wrong.toml").write_text(text.replace('primary = "#ffffff"', 'primary = "whitish"'))
        await pilot.press("ctrl+t", *"mine")
        await wait_for(pilot, lambda: app.theme == "mine", "the new one is shown")
        told = [notice.message for notice in app._notifications]
        assert any("wrong.toml, line 10: colours.primary: 'whitish'" in words for words in told), told
        await pilot.press("enter")
        (tmp_path / "mine.toml").write_text(text.replace('"mono"', '"mine"').replace("#121212", "#330000"))
        await pilot.press("ctrl+t")
        await wait_for(pilot, lambda: "#320000" in grounds(app), "what was changed is drawn")


async def test_nothing_moves_by_itself(make_app: Any) -> None:
    app = make_app("r1")
    async with app.run_test(size=SIZE):
        assert app.animation_level == "none"


def test_a_choice_counts_until_the_settings_name_another(tmp_path: Path) -> None:
    assert chosen_theme(tmp_path, "forge-dark") == "forge-dark"
    keep_theme(tmp_path / "new", "forge-dark", "mono")
    assert chosen_theme(tmp_path / "new", "forge-dark") == "mono"
    assert chosen_theme(tmp_path / "new", "forge-light") == "forge-light"
    assert [path.name for path in (tmp_path / "new").iterdir()] == [FILE]
    keep_theme(tmp_path / "new", "forge-dark", "forge-dark")
    assert chosen_theme(tmp_path / "new", "forge-dark") == "forge-dark"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"settings": "a"}', '{"settings": "a", "theme": 3}', "\x00"])
def test_what_is_not_ours_is_passed_over(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert chosen_theme(tmp_path, "a") == "a"


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(StoreError, match=r"theme\.json"):
        keep_theme(tmp_path, "a", "b")
