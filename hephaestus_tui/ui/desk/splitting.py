"""Making several proposals of one."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.commands import Split
from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.screens.split import SplitScreen


async def split(desk: Desk, state: RunState, shown: Target) -> None:
    if (task_id := shown.task_id) is None:
        return None
    dialog, again = SplitScreen(task_id, state, clock=desk.clock), False
    while True:
        parts = await desk.ask(dialog, again=again)
        if parts is None:
            return None
        command = Split(
            task_id=task_id, version=parts.version, parts=parts.drafts, chained=parts.chained, actor=desk.actor
        )
        try:
            return await desk.submit(command)
        except HephaestusError as error:  # what was typed is not lost: the box opens again
            again = True
            dialog = SplitScreen(
                task_id, state, text=parts.text, chained=parts.chained, fault=str(error), clock=desk.clock
            )


HANDLERS: Mapping[str, Handler] = {"proposal.split": split}
