"""A key is found by what it does, and what a key does by the key; keys of panes are moved like any other, and shown so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from hephaestus_tui.cli.key_places import named_by_line
from hephaestus_tui.config import UiSettings
from hephaestus_tui.domain.errors import ConfigError
from hephaestus_tui.first_look import FILE, read_table, ui_settings
from hephaestus_tui.ui.actions.action import Group
from hephaestus_tui.ui.actions.registry import ACTIONS
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.keymap import shown_key
from hephaestus_tui.ui.own_keys import SCOPES, own_keys
from hephaestus_tui.ui.screens.help import HelpScreen, help_lines
from hephaestus_tui.ui.screens.help_search import found_lines
from hephaestus_tui.ui.screens.pick import PickScreen
from tests.at_the_screen import text_of

PAGE = help_lines(UNICODE, {}, SCOPES, named=True)


def found(typed: str) -> list[str]:
    return [line.plain for line in found_lines(PAGE, typed) if line.head]


def test_each_key_of_an_action_stands_in_one_row() -> None:
    heading, keys = "", []
    for row in help_lines(UNICODE, {}, ()):
        heading = heading if row.head else row.plain
        keys += [row.head[0].text.strip()] if row.head and heading in list(Group) else []
    assert sorted(keys) == sorted({shown_key(action.key) for action in ACTIONS})


def test_a_letter_finds_what_it_does_before_what_the_other_case_does() -> None:
    rows = [row.split()[0] for row in found("P")]
    assert rows[0] == "P"
    assert set(rows) == {"P", "p"}
    assert "every agent" in found("P")[0]


@pytest.mark.parametrize("key", ["^p", "esc", "tab", "pgdn"])
def test_a_key_of_several_letters_is_found_by_its_name(key: str) -> None:
    assert key in found(key)[0].split()


def test_words_are_found_in_any_order_and_in_headings_and_names() -> None:
    (row,) = found("comments send review")
    assert "review.wish-send-back" in row
    assert any("pane.zoom" in row for row in found("pane.zo"))
    assert any("Next that failed" in row for row in found("failed tasks"))
    assert found("quartz unicorn") == []
    assert found_lines(PAGE, "  ") == PAGE


def test_every_row_of_keys_is_found_by_its_own_words() -> None:
    for line in PAGE:
        if line.head and line.head[0].text.strip():
            assert line in found_lines(PAGE, line.plain)


async def test_typing_narrows_the_help_and_escape_widens_it_again(make_app: Any, wait_for: Any) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.screen.query("#dag .title"), "the run is drawn")
        await pilot.press("question_mark")
        await wait_for(pilot, lambda: isinstance(app.screen, HelpScreen), "the help opens")
        await pilot.press(*"send back")
        await wait_for(pilot, lambda: "review.wish-send-back" in text_of(app), "what sends back is found")
        assert "proposal.accept" not in text_of(app)
        await pilot.press("escape")
        await wait_for(pilot, lambda: "Decide on what waits" in text_of(app), "all is there again")
        await pilot.press("pagedown", "down", "question_mark")
        await wait_for(pilot, lambda: not isinstance(app.screen, HelpScreen), "the same key closes it")


async def test_the_palette_reaches_what_only_a_pane_does(make_app: Any, wait_for: Any, script: Any) -> None:
    script.task("One")
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: "One" in text_of(app), "the run is drawn")
        await pilot.press("3", "ctrl+p")
        await wait_for(pilot, lambda: isinstance(app.screen, PickScreen), "the palette opens")
        await pilot.press(*"tasks.view-tree", "enter")
        await wait_for(pilot, lambda: app.screen.query_one("DagView").view == "tree", "the tree is shown")
        assert app.focused is app.screen.query_one("DagView")


async def test_a_key_of_a_pane_is_moved_and_shown_where_it_is_now(make_app: Any, wait_for: Any, script: Any) -> None:
    script.task("One")
    app = make_app(settings=UiSettings(keys={"tasks.view-tree": "f5", "detail.follow": "f6"}))
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: "One" in text_of(app), "the run is drawn")
        tasks = app.screen.query_one("DagView")
        await pilot.press("5")
        await pilot.pause()
        assert tasks.view != "tree", "the key that it had does nothing"
        await pilot.press("f5")
        await wait_for(pilot, lambda: tasks.view == "tree", "the new one does it")
        await pilot.press("question_mark", *"tasks.view-t")
        await wait_for(pilot, lambda: re.search(r"f5 +Tree", text_of(app)), "the help shows it")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[ui]\n\n[ui.keys]\nhelp = "f1"\n"proposal.accept" = "r"\n', r"config\.toml, line 5: .*'r' is bound to both"),
        ('[ui]\nkeys = { "proposal.acept" = "f5" }\n', r"line 2: .*no action .*did you mean proposal\.accept"),
        ('ui.keys."tasks.fold" = "hyper+x"\n', r"line 1: ui\.keys\.tasks\.fold: 'hyper\+x' is not a key"),
    ],
)
def test_what_cannot_be_is_named_by_file_and_line(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(ConfigError, match=said) as caught, named_by_line(tmp_path):
        own_keys(ui_settings(read_table(tmp_path), {}).keys)
    assert str(tmp_path) in str(caught.value)
