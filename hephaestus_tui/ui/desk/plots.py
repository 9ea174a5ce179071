"""Looking at the run over its time, and going to a task whose agent stands out."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.screens.plots import PlotsScreen


async def plots(desk: Desk, state: RunState, shown: Target) -> None:
    if task_id := await desk.ask(PlotsScreen(state, now=desk.now, clock=desk.clock)):
        desk.jump(task_id)


HANDLERS: Mapping[str, Handler] = {"plots": plots}
