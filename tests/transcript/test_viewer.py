"""A long text is shown whole, and only what is on the screen is drawn."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.screens.find import FindScreen
from hephaestus_tui.ui.screens.viewer import ViewerScreen
from hephaestus_tui.ui.widgets.long_text import LongText


class Small(App[None]):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def on_mount(self) -> None:
        self.animation_level = "none"
        self.push_screen(ViewerScreen("run_command  make", self.text, UNICODE))


async def until(pilot: Pilot[None], holds: Callable[[], object]) -> None:
    for _ in range(300):
        if holds():
            return
        await pilot.pause()
    raise AssertionError("the condition never held")


def rows(app: App[Any]) -> list[str]:
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


def shows(app: App[Any], words: str) -> bool:
    return any(words in row for row in rows(app))


async def test_five_megabytes_are_read_to_the_end_and_searched() -> None:
    text = (
        "".join(f"line {n} says that \x1b[32mall is well\x1b[0m and nothing is amiss here\n" for n in range(80_000))
        + "the last needle"
    )
    assert len(text) > 5_000_000
    app = Small(text)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: shows(app, "80,001 lines"))
        assert shows(app, "1  line 0 says that all is well")
        view = app.screen.query_one(LongText)
        await pilot.press("end")
        await until(pilot, lambda: shows(app, "80,001  the last needle"))
        began = time.process_time()
        for y in range(200):
            view.scroll_to(y=y * 300, animate=False, force=True)
            view.render_line(5)
        assert time.process_time() - began < 2
        await pilot.press("home", "ctrl+f")
        await until(pilot, lambda: isinstance(app.screen, FindScreen))
        await pilot.press(*"needle", "enter")
        await until(pilot, lambda: shows(app, "line 1 of 1"))
        assert shows(app, "the last needle")


async def test_a_line_of_any_length_can_be_read_by_shifting_it() -> None:
    app = Small("x" * 990 + "begin" + "y" * 1_005 + "end of it")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: shows(app, "xxxx"))
        assert shows(app, "end of it"), "it goes on in rows without a number"
        assert not shows(app, "begin")
        for _ in range(47):
            await pilot.press("right")
        await until(pilot, lambda: shows(app, "begin"))


@pytest.mark.parametrize("text", ["\x1b[2J\x1b]52;c;aGk=\x07 [red]x[/red] \u202e", "", "\n\n", "a\tb\rc"])
async def test_nothing_in_it_is_obeyed(text: str) -> None:
    app = Small(text)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: shows(app, "line"))
        view = app.screen.query_one(LongText)
        drawn = "".join(view.render_line(y).text for y in range(10))
        assert not set(drawn) & {"\x1b", "\x07", "\r", "\u202e", "\t"}


@pytest.mark.parametrize("key", ["escape", "backspace"])
async def test_it_is_left_by_the_keys_that_go_back(key: str) -> None:
    app = Small("text")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: shows(app, "text"))
        await pilot.press(key)
        await until(pilot, lambda: not isinstance(app.screen, ViewerScreen))
