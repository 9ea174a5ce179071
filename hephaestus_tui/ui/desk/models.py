"""What a person says of the models of a run: who answers from the next turn on."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.commands import ChooseModel
from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.screens.model import ModelScreen


async def choose(desk: Desk, state: RunState, shown: Target) -> None:
    """For the selected task, or where none is selected, or a proposal, for the run."""
    task_id = shown.task_id if shown.task_id in state.tasks else None
    text = fault = ""
    while True:
        dialog = ModelScreen(desk.session.state(), task_id, text=text, fault=fault, clock=desk.clock)
        chosen = await desk.ask(dialog, again=bool(fault))
        if chosen is None:
            return None
        try:
            return await desk.submit(ChooseModel(model=chosen.model, task_id=chosen.task_id, actor=desk.actor))
        except HephaestusError as error:  # what was typed is not lost: the dialog opens again
            text, fault, task_id = chosen.model, str(error), chosen.task_id


HANDLERS: Mapping[str, Handler] = {"model.choose": choose}
