"""Words are found wherever a block says them, counted, lit, and walked through by keys, also in what is folded."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from rich.style import Style
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from hephaestus_tui.domain.message import Speaker, TextPart, ToolCallPart
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.widgets.blocks import Head, Prose, Thought
from hephaestus_tui.ui.widgets.drawing import Canvas
from hephaestus_tui.ui.widgets.finding import Finding
from hephaestus_tui.ui.widgets.transcript import TranscriptView


class Small(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.view = TranscriptView(UNICODE)
        self.asked: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.view

    def on_transcript_keys_find_asked(self, event: TranscriptView.FindAsked) -> None:
        self.asked.append(event.words)


@asynccontextmanager
async def small() -> AsyncIterator[tuple[Pilot[None], Small]]:
    app = Small()
    async with app.run_test(size=(70, 16)) as pilot:
        app.view.focus()
        await until(pilot, lambda: app.view.has_focus)
        yield pilot, app


async def until(pilot: Pilot[None], holds: Callable[[], object]) -> None:
    for _ in range(200):
        if holds():
            return
        await pilot.pause()
    raise AssertionError("the condition never held")


def screen(view: TranscriptView) -> list[str]:
    return [strip.text.rstrip() for strip in view.render_lines(view.size.region)]


def pointed(view: TranscriptView) -> list[str]:
    return [row for row in screen(view) if row.startswith("›")]


def test_heads_which_come_and_go_with_the_pages_are_not_counted() -> None:
    assert Finding("cache").look([Head("T1", "cache_builder", "Read the cache"), Prose("The cache is cold.")]) == 1


@pytest.fixture
def told(story: Any) -> Any:
    """Forty turns; the needle is in turn 3 twice, in a command's output, and in turn 30."""
    story.say(Speaker.USER, TextPart("Test it"))
    for n in range(40):
        needle = {3: "a needle and a Needle. ", 30: "the last needle"}.get(n, "")
        call = ToolCallPart(f"c{n}", "run_command", '{"command": "ls"}')
        story.say(Speaker.ASSISTANT, TextPart(f"Turn {n}, {needle} and no more"), call)
        story.answer(
            f"c{n}", "[exit code 0 after 0.1 s]\n" + ("\n".join(["hay"] * 30 + ["needle"]) if n == 20 else "hay")
        )
    return story


async def test_matches_are_counted_and_walked_through_in_both_directions(told: Any) -> None:
    async with small() as (pilot, app):
        view = app.view
        view.open(told.transcript(), "T1 a task")
        await pilot.press("home")
        assert view.find("NEEDLE") == 4
        seen = []
        for _ in range(4):
            seen.append((screen(view)[0].split(": ")[1].split("  ")[0], pointed(view)[0].strip("› │")))
            await pilot.press("}")
        assert [at for at, _ in seen] == ["1 of 4", "2 of 4", "3 of 4", "4 of 4"]
        assert all("Turn 3, a needle" in row for _, row in seen[:2])
        assert seen[2][1] == "needle", "a folded call was unfolded, and its output stands at the match"
        assert "the last needle" in seen[3][1]
        assert "1 of 4" in screen(view)[0], "after the last comes the first"
        await pilot.press("{")
        assert "4 of 4" in screen(view)[0]
        assert not view.following


async def test_a_search_ends_by_the_key_that_goes_back_and_is_offered_again(told: Any) -> None:
    async with small() as (pilot, app):
        view = app.view
        view.open(told.transcript(), "T1 a task")
        assert not view.check_action("leave", ())
        view.find("needle")
        assert view.check_action("leave", ())
        assert any(
            segment.style and segment.style.reverse for row in view.render_lines(view.size.region) for segment in row
        )
        await pilot.press("backspace")
        assert " of " not in screen(view)[0]
        assert not view.check_action("match", ())
        await pilot.press("ctrl+f")
        await until(pilot, lambda: app.asked)
        assert app.asked == ["needle"]


async def test_what_is_nowhere_is_said_to_be_and_moves_nothing(told: Any) -> None:
    async with small() as (_, app):
        app.view.open(told.transcript(), "T1 a task")
        before = screen(app.view)
        assert app.view.find("no such words") == 0
        assert screen(app.view) == before
        assert app.view.following


def test_only_blocks_that_are_new_are_read_again() -> None:
    finding = Finding("ab")
    first, grown = Prose("ab ab"), Thought("a", live=True)
    assert finding.look([first, grown]) == 2
    assert finding.look([first, Thought("a ab", live=True), Prose("AB")]) == 4
    assert finding.look([first]) == 2


@pytest.mark.parametrize("text", ["日本 needle 日本 needle", "needle", "İ needle", "nneedleedle"])
def test_lit_rows_say_the_same_in_the_same_cells(text: str, canvas: Canvas) -> None:
    row = canvas.row((text, Style()))
    lit = Finding("needle").lit(row, Style(reverse=True))
    assert lit.text == row.text
    assert lit.cell_length == row.cell_length
    marked = "".join(segment.text for segment in lit if segment.style and segment.style.reverse)
    assert marked == "needle" * (0 if "İ" in text else text.count("needle"))


def test_a_match_that_is_wrapped_is_found_in_the_row_where_it_begins(canvas: Canvas) -> None:
    rows = canvas.text("word " * 10 + "two words and more", Style())
    row = next(n for n, strip in enumerate(rows) if strip.text.rstrip().endswith("two"))
    assert Finding("two words").rows_in(rows) == [row]
