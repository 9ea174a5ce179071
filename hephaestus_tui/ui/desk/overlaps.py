"""Going through the tasks that change the same files, one after the other."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.overlap import overlapping
from hephaestus_tui.domain.state import RunState, number
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target


async def through(desk: Desk, state: RunState, shown: Target) -> None:
    tasks = sorted(overlapping(state), key=number)
    if not tasks:
        return
    here = number(shown.task_id) if shown.task_id else 0
    desk.jump(next((task_id for task_id in tasks if number(task_id) > here), tasks[0]))


HANDLERS: Mapping[str, Handler] = {"overlaps": through}
