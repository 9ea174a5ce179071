"""From task to task along the edges, and back the way one came; by keys in the pane, of which none has two meanings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.pilot import Pilot

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Proposal
from hephaestus_tui.domain.task import Origin, Phase, TaskDraft
from hephaestus_tui.ui.actions.registry import ACTIONS
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.key_names import long_key
from hephaestus_tui.ui.widgets.dag import DagView


class Pane(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.view = DagView(UNICODE)

    def compose(self) -> ComposeResult:
        yield self.view

    @property
    def notes(self) -> list[str]:
        return [str(note.message) for note in self._notifications]


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await pilot.pause()


async def walk(pilot: Pilot[None], view: DagView, keys: str) -> list[str | None]:
    """Where each key led."""
    places = []
    for key in keys.split():
        await pilot.press(key)
        places.append(view.selected)
    return places


def spawn(run: Any, parent: str) -> str:
    task_id: str = run.state.next_id()
    draft = TaskDraft(title="Found", description="d", rationale="r", phase=Phase.BUILDING, role="qa_tester")
    origin = Origin(task_id=parent, agent_id=f"A{parent}", turn=1, index=0, depth=1)
    proposal = Proposal(task_id=task_id, version=1, draft=draft, origin=origin, waits=False, proposed_at=0.0)
    run.fact(e.TaskProposed(proposal=proposal))
    return task_id


async def test_along_the_edges_and_back(run: Any) -> None:
    app = Pane()
    for n in range(5):
        run.task(f"Task {n}")
    run.task("Waits for three", "T1", "T3", "T5")  # T6
    run.task("Waits for one", "T6")  # T7
    run.task("So does this", "T6")  # T8
    run.start("T1")
    run.complete("T1")
    spawn(run, "T2")  # T9
    spawn(run, "T2")  # T10
    async with app.run_test(size=(80, 24)) as pilot:
        app.view.show(run.state)
        app.view.focus()
        app.view.select("T8")
        keys = "less_than_sign less_than_sign less_than_sign less_than_sign less_than_sign comma"
        assert await walk(pilot, app.view, keys) == ["T6", "T3", "T5", "T1", "T3", "T1"]
        assert any("blocker 3 of 3 of T6" in note for note in app.notes)
        keys = "left_square_bracket left_square_bracket right_square_bracket"
        assert await walk(pilot, app.view, keys) == ["T3", "T1", "T3"]
        app.view.select("T6")
        assert await walk(pilot, app.view, "greater_than_sign greater_than_sign up") == ["T7", "T8", "T7"]
        assert await walk(pilot, app.view, "greater_than_sign") == ["T7"]
        assert any("nothing waits for T7" in note for note in app.notes)
        app.view.select("T2")
        assert await walk(pilot, app.view, "right down left left") == ["T9", "T10", "T2", "T2"]
        assert any("T2 was found in no other task" in note for note in app.notes)


async def test_to_the_next_of_a_state_round_the_end(run: Any) -> None:
    app = Pane()
    for n in range(30):
        run.task(f"Task {n}")
    for task_id in ("T3", "T9", "T20"):
        run.start(task_id)
    run.fact(e.TaskFailed(task_id="T9", reason="no"))
    async with app.run_test(size=(80, 24)) as pilot:
        app.view.show(run.state)
        app.view.focus()
        app.view.select("T5")
        assert await walk(pilot, app.view, "l l F F W") == ["T20", "T3", "T9", "T9", "T9"]
        await until(pilot, lambda: any("no work waits to be reviewed" in note for note in app.notes))


def test_no_key_of_the_pane_means_something_else_there() -> None:
    own = [binding.key for binding in Binding.make_bindings(DagView.BINDINGS)]
    assert len(own) == len(set(own))
    own.remove("escape")  # it is the pane's only while words are marked that were looked for
    assert not {*own} & {long_key(action.key) for action in ACTIONS}
