"""Looking up what was decided, and going to the task that it was about."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.screens.decisions import DecisionsScreen


async def decisions(desk: Desk, state: RunState, shown: Target) -> None:
    await look_up(desk, state)


async def look_up(desk: Desk, state: RunState, decision_id: int | None = None) -> None:
    """Show the record, with one of its decisions unfolded."""
    task_id = await desk.ask(DecisionsScreen(state, at=decision_id, now=desk.now, clock=desk.clock))
    if task_id is not None:
        desk.jump(task_id)


HANDLERS: Mapping[str, Handler] = {"decisions": decisions}
