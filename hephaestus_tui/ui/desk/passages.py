"""Where a task was discovered: the way from a proposal to what its agent saw, and back."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target


async def origin(desk: Desk, state: RunState, shown: Target) -> None:
    if shown.task_id:
        desk.visit(shown.task_id)


HANDLERS: Mapping[str, Handler] = {"task.origin": origin}
