"""The pane in a small app: what it shows, what keys and clicks do, and that it redraws and scrolls no more than it must."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.pilot import Pilot
from textual.strip import Strip

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind, Verdict
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import UNICODE, GlyphSet, Mark
from hephaestus_tui.ui.selection import Picked
from hephaestus_tui.ui.widgets.dag import DagView

HEIGHT = 12
ADA = Actor(ActorKind.HUMAN, "Ada")


class Run(Protocol):
    state: RunState

    def propose(self, title: str = ..., *blocked_by: TaskId) -> TaskId: ...
    def decide(self, task_id: TaskId, verdict: Verdict = ...) -> None: ...
    def task(self, title: str = ..., *blocked_by: TaskId) -> TaskId: ...
    def start(self, task_id: TaskId) -> None: ...
    def complete(self, task_id: TaskId) -> None: ...
    def fact(self, fact: e.Fact) -> None: ...


class CountedView(DagView):
    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(glyphs)
        self.drawn: set[int] = set()

    def render_line(self, y: int) -> Strip:
        self.drawn.add(y)
        return super().render_line(y)


class Pane(App[None]):
    def __init__(self, glyphs: GlyphSet = UNICODE) -> None:
        super().__init__()
        self.view = CountedView(glyphs)
        self.chosen: list[TaskId] = []

    def compose(self) -> ComposeResult:
        yield self.view

    def on_dag_view_task_chosen(self, message: DagView.TaskChosen) -> None:
        self.chosen.append(message.task_id)

    def lines(self) -> list[str]:
        return [self.view.render_line(y).text for y in range(self.view.size.height)]

    @property
    def text(self) -> str:
        return "\n".join(self.lines())


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await pilot.pause()


async def test_an_empty_run_says_so_calmly(run: Run) -> None:
    app = Pane()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        app.view.show(run.state)
        await until(pilot, lambda: "No tasks yet" in app.text)
        await pilot.press("down", "up", "G", "g", "pagedown")
        assert app.chosen == []


async def test_rows_say_mark_phase_id_and_title(run: Run, glyphs: GlyphSet) -> None:
    app = Pane(glyphs)
    done, open_ = run.task("Survey"), run.task("Build")
    run.task("Check", open_)
    bad = run.propose("Rewrite it all")
    run.propose("Maybe")
    run.decide(bad, Verdict.REJECT)
    run.start(done)
    run.complete(done)
    run.start(open_)
    async with app.run_test(size=(60, HEIGHT)) as pilot:
        app.view.show(run.state)
        await until(pilot, lambda: "Maybe" in app.text)
        words = [line.split() for line in app.lines()]
        marks = [glyphs.marks[mark] for mark in (Mark.DONE, Mark.RUNNING, Mark.BLOCKED, Mark.REJECTED, Mark.PROPOSED)]
        assert [row[0] for row in words[1:6]] == marks
        assert words[1][1:] == ["B", "T1", "Survey"]
        counted = "".join(words[0])
        assert all(f"{mark}1" in counted for mark in marks)


async def test_a_paused_agent_has_a_mark_of_its_own(run: Run, glyphs: GlyphSet) -> None:
    app = Pane(glyphs)
    task_id = run.task("Survey")
    run.start(task_id)
    async with app.run_test(size=(60, HEIGHT)) as pilot:
        app.view.show(run.state)
        await until(pilot, lambda: f"{glyphs.marks[Mark.RUNNING]} 1 running" in app.lines()[0])
        run.fact(e.AgentPaused(task_id=task_id, actor=ADA))
        app.view.show(run.state)
        await until(pilot, lambda: f"{glyphs.marks[Mark.PAUSED]} 1 paused" in app.lines()[0])
        assert app.lines()[1].split()[0] == glyphs.marks[Mark.PAUSED]
        assert "running" not in app.text


async def test_only_a_person_s_moves_are_told(run: Run) -> None:
    app = Pane()
    for n in range(30):
        run.task(f"Task {n}")
    async with app.run_test(size=(60, HEIGHT)) as pilot:
        app.view.show(run.state)
        app.view.focus()
        app.view.select("T20")
        await pilot.press("down", "up", "up", "g", "pagedown", "G")
        await until(pilot, lambda: len(app.chosen) == 6)
        assert app.chosen == ["T21", "T20", "T19", "T1", "T11", "T30"]
        app.view.move(5)
        app.view.move(-1)
        await until(pilot, lambda: len(app.chosen) == 7)
        assert app.chosen[-1] == "T29"
        app.view.select(None)
        await pilot.pause()
        assert app.view.selected is None
        assert len(app.chosen) == 7


async def test_a_click_selects_the_row_under_it(run: Run) -> None:
    app = Pane()
    for _ in range(40):
        run.task()
    async with app.run_test(size=(60, HEIGHT)) as pilot:
        app.view.show(run.state)
        await until(pilot, lambda: app.view.scroll_offset.y > 0)
        await pilot.click(CountedView, offset=(25, 3))
        await until(pilot, lambda: bool(app.chosen))
        assert app.chosen == [f"T{app.view.scroll_offset.y + 3}"]
        assert app.lines()[3].lstrip().startswith(UNICODE.pointer)
        await pilot.click(CountedView, offset=(25, 0))
        assert len(app.chosen) == 1


async def test_new_rows_are_followed_until_a_person_looks_elsewhere(run: Run) -> None:
    app = Pane()
    for _ in range(40):
        run.task()
    async with app.run_test(size=(60, HEIGHT)) as pilot:
        app.view.show(run.state)
        app.view.focus()
        await until(pilot, lambda: "T40" in app.text)
        run.task()
        app.view.show(run.state)
        await until(pilot, lambda: "T41" in app.text)

        await pilot.press("up", "up")
        app.view.select("T30")
        await pilot.pause()
        place = app.view.scroll_offset.y
        run.task("Unseen")
        run.task("Unseen")
        app.view.show(run.state)
        await until(pilot, lambda: "2 new ↓ End" in app.lines()[0])
        assert app.view.scroll_offset.y == place
        assert "Unseen" not in app.text

        await pilot.press("end")
        await until(pilot, lambda: "T43" in app.text and "new ↓" not in app.text)
        run.task("Seen")
        app.view.show(run.state)
        await until(pilot, lambda: "Seen" in app.text)
        assert app.view.selected == "T43"


async def test_scrolling_back_stops_following_too(run: Run) -> None:
    app = Pane()
    for _ in range(40):
        run.task()
    async with app.run_test(size=(60, HEIGHT)) as pilot:
        app.view.show(run.state)
        await until(pilot, lambda: "T40" in app.text and app.view.show_vertical_scrollbar)
        app.view.scroll_relative(y=-3, animate=False)
        place = app.view.scroll_offset.y
        run.task()
        app.view.show(run.state)
        await until(pilot, lambda: "1 new ↓ End" in app.text)
        assert app.view.scroll_offset.y == place


async def test_what_arrives_for_old_rows_moves_nothing(run: Run) -> None:
    app = Pane()
    for n in range(9):
        run.task("x", *([f"T{n}"] if n % 3 else []))
    async with app.run_test(size=(60, HEIGHT)) as pilot:
        app.view.show(run.state)
        app.view.select("T4")
        await until(pilot, lambda: "T9" in app.text)
        place, before = app.view.scroll_offset.y, app.lines()
        run.start("T1")
        run.complete("T1")
        app.view.show(run.state)
        await until(pilot, lambda: UNICODE.marks[Mark.DONE] in app.lines()[1])
        assert app.view.scroll_offset.y == place
        assert app.view.selected == "T4"
        assert [line.find("T") for line in app.lines()[1:]] == [line.find("T") for line in before[1:]]


async def test_a_state_change_redraws_its_rows_alone(run: Run) -> None:
    app = Pane()
    for n in range(9):
        run.task("x", *(["T2"] if n == 6 else []))
    async with app.run_test(size=(60, HEIGHT)) as pilot:
        app.view.show(run.state)
        await until(pilot, lambda: "T9" in app.text)
        await pilot.pause()
        size = app.view.virtual_size
        app.view.drawn.clear()
        app.view.show(run.state)
        await pilot.pause()
        assert app.view.drawn == set()
        run.start("T9")
        app.view.show(run.state)
        await until(pilot, lambda: bool(app.view.drawn))
        assert app.view.drawn <= {0, 9}
        assert app.view.virtual_size is size


async def test_another_width_lays_out_again_and_keeps_the_selection_in_view(run: Run) -> None:
    app = Pane()
    for n in range(40):
        run.task("Some title", *([f"T{n}"] if n else []))
    async with app.run_test(size=(60, HEIGHT)) as pilot:
        app.view.show(run.state)
        app.view.select("T20")
        await until(pilot, lambda: "T20" in app.text)
        narrow = next(line for line in app.lines() if "T20" in line)
        await pilot.resize_terminal(100, 8)
        await until(pilot, lambda: app.view.size == Size(100, 8))
        wide = next(line for line in app.lines() if "T20" in line)
        assert "qa tester" in wide
        assert "qa tester" not in narrow
        assert {len(line) for line in app.lines()} == {100}


async def test_a_chain_names_the_one_right_above_and_forgets_it_when_it_is_done(run: Run) -> None:
    app = Pane()
    first = run.task("Survey the routes")
    run.task("Build it", first)
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        app.view.show(run.state)
        await until(pilot, lambda: "⇠T1" in app.lines()[2])
        run.start(first)
        run.complete(first)
        app.view.show(run.state)
        await until(pilot, lambda: "⇠T1" not in app.text)


async def test_a_row_is_where_it_was_when_the_pane_has_its_old_width_again(run: Run) -> None:
    app = Pane()
    done = run.task()
    run.task("x", done)
    for _ in range(6):
        run.task()
    run.start(done)
    async with app.run_test(size=(60, HEIGHT)) as pilot:
        app.view.show(run.state)
        await until(pilot, lambda: "T8" in app.text)
        run.complete(done)
        app.view.show(run.state)
        run.task()
        app.view.show(run.state)
        await until(pilot, lambda: "T9" in app.text)
        before = app.lines()
        await pilot.resize_terminal(100, HEIGHT)
        await until(pilot, lambda: "qa tester" in app.text)
        await pilot.resize_terminal(60, HEIGHT)
        await until(pilot, lambda: app.view.size.width == 60)
        assert app.lines() == before


async def test_a_selection_that_comes_before_its_row_is_kept(run: Run) -> None:
    app = Pane()
    async with app.run_test(size=(60, HEIGHT)) as pilot:
        app.view.select("T1")
        run.task("Late")
        app.view.show(run.state)
        await until(pilot, lambda: f"{UNICODE.pointer}{UNICODE.marks[Mark.READY]}" in app.text)


@pytest.mark.parametrize("width", [40, 60, 80, 100])
async def test_hostile_titles_keep_to_their_rows(run: Run, width: int) -> None:
    app = Pane()
    for title in (
        "[@click=app.quit]x[/",
        "\x1b[2J\x1b]0;x\x07",
        "缓存" * 60,
        "👩‍👩‍👧‍👦🇩🇪" * 20,
        "\u202eabc",
        "é" * 300,
    ):
        run.propose(title)
    async with app.run_test(size=(width, HEIGHT)) as pilot:
        app.view.show(run.state)
        await until(pilot, lambda: "T6" in app.text)
        assert {app.view.render_line(y).cell_length for y in range(HEIGHT)} == {width}
        assert "\x1b" not in app.text


async def test_the_theme_may_change(run: Run) -> None:
    app = Pane()
    run.start(run.task("x"))
    async with app.run_test(size=(60, HEIGHT)) as pilot:
        app.view.show(run.state)
        await until(pilot, lambda: "T1" in app.text)
        before = app.view.render_line(1)
        app.theme = "textual-light"
        await until(pilot, lambda: app.view.render_line(1) != before)
        assert app.view.render_line(1).text == before.text


async def test_the_cursor_shows_whether_the_pane_has_the_focus(run: Run) -> None:
    app = Pane()
    run.task("x")
    async with app.run_test(size=(60, HEIGHT)) as pilot:
        app.view.show(run.state)
        app.view.select("T1")
        app.set_focus(None)
        await until(pilot, lambda: "T1" in app.text and not app.view.has_focus)
        blurred = app.view.render_line(1)
        app.view.focus()
        await until(pilot, lambda: app.view.render_line(1) != blurred)
        assert app.view.render_line(1).text == blurred.text


async def test_what_is_selected_is_marked_beside_its_line_and_only_its_rows_are_drawn(
    run: Run, glyphs: GlyphSet
) -> None:
    app = Pane(glyphs)
    for n in range(8):
        run.propose(f"Guess {n}")
    async with app.run_test(size=(60, HEIGHT)) as pilot:
        app.view.show(run.state)
        app.view.select("T3")
        await until(pilot, lambda: "T8" in app.text)
        await pilot.pause()
        before = app.lines()
        app.view.drawn.clear()
        app.view.show_picked({"T3": Picked.AS_SEEN, "T5": Picked.CHANGED})
        await until(pilot, lambda: bool(app.view.drawn))
        assert app.view.drawn == {3, 5}
        rows = app.lines()
        assert f"{glyphs.picked}B T3" in rows[3]
        assert f"{glyphs.changed}B T5" in rows[5]
        assert [len(row) for row in rows] == [len(row) for row in before]
        app.view.show_picked({"T5": Picked.AS_SEEN})
        await until(pilot, lambda: f"{glyphs.picked}B T5" in app.lines()[5])
        assert app.lines()[3] == before[3]


async def test_while_the_run_is_paused_no_row_looks_as_if_its_agent_were_at_work(run: Run, glyphs: GlyphSet) -> None:
    app = Pane(glyphs)
    first = run.task("Survey")
    run.start(first)
    async with app.run_test(size=(60, HEIGHT)) as pilot:
        app.view.show(run.state)
        await until(pilot, lambda: glyphs.marks[Mark.RUNNING] == app.lines()[1].split()[0])
        run.fact(e.RunPaused(actor=ADA))
        app.view.show(run.state)
        await until(pilot, lambda: glyphs.marks[Mark.PAUSED] == app.lines()[1].split()[0])
        run.fact(e.RunUnpaused(actor=ADA))
        app.view.show(run.state)
        await until(pilot, lambda: glyphs.marks[Mark.RUNNING] == app.lines()[1].split()[0])
