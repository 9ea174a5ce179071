"""The pane in a small app: what a person sees and which keys move it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.events import MouseScrollUp
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widgets import Static

from hephaestus_tui.domain.events import Channel, Recorded, TextStreamed, TurnBegan
from hephaestus_tui.domain.message import ReasoningPart, Speaker, TextPart, ToolCallPart
from hephaestus_tui.session import Transcript
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.text import EscapeFilter
from hephaestus_tui.ui.widgets.transcript import TranscriptView

EMPTY = Transcript(task_id="T1", seq=0, messages=())


class Watched(TranscriptView):
    """Notes which rows it asks to have painted."""

    def __init__(self) -> None:
        super().__init__(UNICODE)
        self.painted: list[tuple[Region, ...]] = []
        self.laid_out = 0

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Any:
        if self.is_running:
            self.painted.append(regions)
            self.laid_out += layout
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)


class Small(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.view = Watched()

    def compose(self) -> ComposeResult:
        yield self.view

    def get_line_filters(self) -> Any:
        return [*super().get_line_filters(), EscapeFilter()]


@asynccontextmanager
async def small(width: int = 70, height: int = 24) -> AsyncIterator[tuple[Pilot[None], Watched]]:
    app = Small()
    async with app.run_test(size=(width, height)) as pilot:
        app.view.focus()
        await until(pilot, lambda: app.view.has_focus)
        yield pilot, app.view


async def until(pilot: Pilot[None], holds: Callable[[], object]) -> None:
    for _ in range(200):
        if holds():
            return
        await pilot.pause()
    raise AssertionError("the condition never held")


def has_width(view: TranscriptView, width: int) -> bool:
    return view.size.width == width and view.render_line(1).cell_length == width


def follows(view: TranscriptView) -> bool:
    return view.following


def screen(view: TranscriptView) -> list[str]:
    """The pane as the compositor would draw it."""
    return [strip.text.rstrip() for strip in view.render_lines(view.size.region)]


@pytest.fixture
def long_story(story: Any) -> Any:
    story.say(Speaker.SYSTEM, TextPart("You are a tester"))
    story.say(Speaker.USER, TextPart("Test it"))
    for n in range(20):
        said = f"**Paragraph** {n}, which says something that is longer than a row of a narrow pane.\n\n- item {n}"
        story.say(
            Speaker.ASSISTANT,
            ReasoningPart("hm"),
            TextPart(said),
            ToolCallPart(f"c{n}", "read_file", '{"path": "a.py"}'),
        )
        story.answer(f"c{n}", "x\n" * 5)
    return story


async def test_it_opens_at_the_newest_line_with_its_title_and_state(long_story: Any) -> None:
    async with small() as (_, view):
        view.open(long_story.transcript(), "T1 Test it · qa_tester · scripted:demo")
        rows = screen(view)
        assert rows[0].startswith(" T1 Test it · qa_tester · scripted:demo")
        assert rows[0].endswith("following")
        assert "read_file" in rows[-1]
        assert "a.py" in rows[-1]
        assert any("Paragraph 19" in row for row in rows)
        assert view.task_id == "T1"


async def test_why_there_is_nothing_is_wrapped_not_cut() -> None:
    reason = "T4 has not started: it waits for T1, T2 and T3, of which none is completed."
    async with small(width=30) as (_, view):
        view.clear(reason)
        assert " ".join(" ".join(screen(view)[1:]).split()) == reason


async def test_an_upward_key_holds_and_end_follows(long_story: Any) -> None:
    async with small() as (pilot, view):
        view.open(long_story.transcript(), "T1")
        await pilot.press("up")
        assert not follows(view)
        assert screen(view)[-1].endswith("more ↓ end")
        held = screen(view)[1:-1]
        view.feed((), [TextStreamed("T1", 99, Channel.TEXT, "one\n\ntwo\n\nthree")])
        assert screen(view)[1:-1] == held
        assert screen(view)[-1].endswith("3 new ↓ end")
        assert screen(view)[0].endswith("scrolled up")
        await pilot.press("end")
        assert follows(view)
        assert any("three" in row for row in screen(view))


@pytest.mark.parametrize("key", ["pageup", "home", "F"])
async def test_other_ways_to_hold(long_story: Any, key: str) -> None:
    async with small() as (pilot, view):
        view.open(long_story.transcript(), "T1")
        await pilot.press(key)
        assert not follows(view)
        await pilot.press("end" if key != "F" else "F")
        assert follows(view)


async def test_home_shows_the_first_row_and_paging_down_comes_back(long_story: Any) -> None:
    async with small() as (pilot, view):
        view.open(long_story.transcript(), "T1")
        await pilot.press("home")
        assert "system prompt" in screen(view)[1]
        await pilot.press(*["pagedown"] * 30)
        assert follows(view)


async def test_the_wheel_moves_it(long_story: Any) -> None:
    async with small() as (pilot, view):
        view.open(long_story.transcript(), "T1")
        await pilot._post_mouse_events([MouseScrollUp], view, offset=(5, 5))
        await until(pilot, lambda: not view.following)


async def test_enter_unfolds_the_nearest_call_and_a_click_folds_it(long_story: Any) -> None:
    async with small() as (pilot, view):
        view.open(long_story.transcript(), "T1")
        await pilot.press("enter")
        head = next(y for y, row in enumerate(screen(view)) if row.startswith("›"))
        assert "read_file" in screen(view)[head]
        assert "path  a.py" in screen(view)[head + 1]
        await pilot.click(view, offset=(6, head))
        await until(pilot, lambda: view.following)
        assert "read_file" in screen(view)[-1]


async def test_resizing_keeps_the_place_and_every_row_fits(long_story: Any) -> None:
    async with small(90) as (pilot, view):
        view.open(long_story.transcript(), "T1")
        await pilot.press("home", "pagedown", "pagedown")
        first = re.search(r"Paragraph (\d+)", "\n".join(screen(view)))
        assert first
        for width in (30, 50, 90):
            await pilot.resize_terminal(width, 24)
            await until(pilot, partial(has_width, view, width))
            numbers = [int(n) for n in re.findall(r"Paragraph (\d+)", "\n".join(screen(view)))]
            assert min(abs(n - int(first[1])) for n in numbers) <= 1
            assert all(strip.cell_length == width for strip in view.render_lines(view.size.region))


async def test_streaming_repaints_the_changed_rows_alone_and_never_lays_out(long_story: Any) -> None:
    async with small() as (pilot, view):
        view.open(EMPTY, "T1")
        view.feed((), [TurnBegan("T1", 0, 1), TextStreamed("T1", 0, Channel.TEXT, "Hello")])
        await pilot.pause()
        view.painted.clear()
        view.laid_out = 0
        view.feed((), [TextStreamed("T1", 0, Channel.TEXT, " world")])
        assert view.painted == [(Region(0, 1, view.size.width, 1),)]
        for n in range(100):
            view.feed((), [TextStreamed("T1", 0, Channel.TEXT, f"\n\nparagraph {n}")])
        assert view.laid_out == 0
        assert "paragraph 99" in "\n".join(screen(view))
        view.painted.clear()
        view.feed((), [TextStreamed("T2", 0, Channel.TEXT, "not here")])
        assert view.painted == []


async def test_a_hidden_pane_collects_and_draws_when_it_is_shown(long_story: Any) -> None:
    async with small() as (pilot, view):
        view.display = False
        await pilot.pause()
        view.painted.clear()
        view.open(long_story.transcript(), "T1")
        view.feed((), [TextStreamed("T1", 99, Channel.TEXT, "said meanwhile")])
        assert view.painted == []
        view.display = True
        await until(pilot, lambda: any("said meanwhile" in row for row in screen(view)))


async def test_no_transcript_says_why(long_story: Any) -> None:
    async with small() as (_, view):
        view.clear("T4 has not started")
        assert "T4 has not started" in "\n".join(screen(view))
        assert view.task_id is None
        view.feed([Recorded(1, 0.0, long_story.events[0].fact)], ())
        assert "T4 has not started" in "\n".join(screen(view))


async def test_another_theme_repaints_it(long_story: Any) -> None:
    async with small() as (pilot, view):
        view.open(long_story.transcript(), "T1")
        dark = view.render_line(1)
        pilot.app.theme = "textual-light"
        await until(pilot, lambda: view.render_line(1) != dark)


async def test_hostile_text_reaches_the_screen_without_control_characters(story: Any) -> None:
    hostile = "\x1b]52;c;aGk=\x07 [red]x[/red] [@click=app.quit]y[/] \u202e \x9b2J &#27;"
    story.say(Speaker.USER, TextPart(hostile))
    story.say(Speaker.ASSISTANT, ReasoningPart(hostile), TextPart(hostile), ToolCallPart("c", hostile, hostile))
    story.answer("c", hostile, is_error=True)
    async with small(height=40) as (pilot, view):
        view.open(story.transcript(), hostile)
        await pilot.press("enter", "left_square_bracket", "enter", "left_square_bracket", "enter")
        shown = "".join(screen(view))
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e]", shown)
        assert "[red]x[/red]" in shown
        assert "\ufffd" not in shown  # nothing was left for the last gate to stop


async def test_a_border_from_a_stylesheet_is_drawn() -> None:
    class Bordered(App[None]):
        CSS = "TranscriptView { border: round red; } Static { height: 1; }"

        def compose(self) -> ComposeResult:
            yield Static("above")
            yield TranscriptView(UNICODE)

    app = Bordered()
    async with app.run_test(size=(50, 12)):
        view = app.query_one(TranscriptView)
        view.open(EMPTY, "T1 title")
        rows = [strip.text for strip in view.render_lines(Region(0, 0, 50, 11))]
        assert rows[0][0] == "╭"
        assert "T1 title" in rows[1]


def test_importing_it_loads_no_markdown() -> None:
    code = (
        "import sys, hephaestus_tui.ui.widgets.transcript\n"
        "print([m for m in ('rich.markdown', 'markdown_it', 'pygments', 'pydantic') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
