"""A long run that was laid out in a thread reads as one that was laid out while it was shown, and is not laid out again."""

from __future__ import annotations

from typing import Protocol

from textual.app import App, ComposeResult

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.widgets.dag import DagView

MANY = 520


class Run(Protocol):
    state: RunState

    def task(self, title: str = ..., *blocked_by: TaskId) -> TaskId: ...
    def start(self, task_id: TaskId) -> None: ...
    def complete(self, task_id: TaskId) -> None: ...


class Pane(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.view = DagView(UNICODE)

    def compose(self) -> ComposeResult:
        yield self.view

    def lines(self) -> list[str]:
        return [self.view.render_line(y).text for y in range(self.view.size.height)]


def grown(run: Run) -> None:
    for number in range(MANY):
        run.task("Map", *([f"T{number}"] if number % 3 and number else []))
        if number < MANY // 2:
            run.start(f"T{number + 1}")
            run.complete(f"T{number + 1}")


async def test_it_reads_the_same_and_goes_on_the_same(run: Run) -> None:
    grown(run)
    shown, prepared = Pane(), Pane()
    async with shown.run_test(size=(80, 20)) as pilot, prepared.run_test(size=(80, 20)) as other:
        await prepared.view.prepare(run.state.snapshot())
        for more in range(2):
            for app in (shown, prepared):
                app.view.show(run.state)
            await pilot.pause()
            await other.pause()
            assert prepared.lines() == shown.lines()
            assert any(f"T{MANY + more}" in line for line in prepared.lines())
            run.task("Map", f"T{MANY}")
