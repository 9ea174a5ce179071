"""Asking the agent of a proposal about it, before anything is decided."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.commands import AskBack
from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.screens.ask_back import AskBackScreen


async def ask_back(desk: Desk, state: RunState, shown: Target) -> None:
    if (task_id := shown.task_id) is None:
        return None
    text = fault = ""
    while True:
        dialog = AskBackScreen(task_id, state, text=text, fault=fault, clock=desk.clock)
        asked = await desk.ask(dialog, again=bool(text))
        if asked is None:
            return None
        command = AskBack(task_id=task_id, version=asked.version, question=asked.text, actor=desk.actor)
        try:
            return await desk.submit(command)
        except HephaestusError as error:  # what was typed is not lost: the box opens again
            text, fault = asked.text, str(error)


HANDLERS: Mapping[str, Handler] = {"proposal.ask": ask_back}
