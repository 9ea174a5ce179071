"""Accept, edit, reject: the three answers to a proposal."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.commands import Decide
from hephaestus_tui.domain.decision import Actor, Proposal, Verdict
from hephaestus_tui.domain.errors import AlreadyDecided, HephaestusError
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskDraft, TaskId
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.screens.edit import EditScreen
from hephaestus_tui.ui.screens.reject import RejectScreen


async def accept(desk: Desk, state: RunState, shown: Target) -> None:
    if shown.task_id and shown.version is not None:
        command = Decide(task_id=shown.task_id, verdict=Verdict.ACCEPT, actor=desk.actor, version=shown.version)
        await desk.submit(command)


async def edit(desk: Desk, state: RunState, shown: Target) -> None:
    if shown.task_id and shown.version is not None:
        await edit_in_form(desk, state, shown.task_id, standing(state, shown.task_id).draft)


async def reject(desk: Desk, state: RunState, shown: Target) -> None:
    if shown.task_id and shown.version is not None:
        standing(state, shown.task_id)
        await _reject(desk, state, shown.task_id)


def standing(state: RunState, task_id: TaskId) -> Proposal:
    """The proposal as it stands. Raises AlreadyDecided where a fact came between the key and this."""
    if proposal := state.proposals.get(task_id):
        return proposal
    raise AlreadyDecided(f"{task_id} was decided by someone else this very moment; see its detail.")


async def edit_in_form(desk: Desk, state: RunState, task_id: TaskId, draft: TaskDraft, told: str = "") -> None:
    """The form, filled with `draft`, until what it says is accepted or given up. `told` says how it came to this."""
    while True:
        form = EditScreen(task_id, draft, state, told=told, clock=desk.clock)
        final = await desk.ask(form, again=bool(told))
        if final is None:
            return None
        try:
            return await desk.submit(accepting(state, task_id, form.version or 0, final, desk.actor))
        except HephaestusError as error:  # what was typed is not lost: the form opens again, on the version that stands
            draft, told = final, str(error)


def accepting(state: RunState, task_id: TaskId, version: int, final: TaskDraft, actor: Actor) -> Decide:
    """Accept a proposal as `final`, which may be what stands already."""
    proposal = state.proposals.get(task_id)
    if proposal and proposal.version == version and proposal.draft == final:
        return Decide(task_id=task_id, verdict=Verdict.ACCEPT, actor=actor, version=version)
    return Decide(task_id=task_id, verdict=Verdict.EDIT, actor=actor, version=version, final=final)


async def _reject(desk: Desk, state: RunState, task_id: TaskId) -> None:
    text = told = ""
    while True:
        dialog = RejectScreen(task_id, state, text=text, told=told, clock=desk.clock)
        reason = await desk.ask(dialog, again=bool(text))
        if reason is None:
            return None
        command = Decide(
            task_id=task_id, verdict=Verdict.REJECT, actor=desk.actor, version=dialog.version, reason=reason
        )
        try:
            return await desk.submit(command)
        except HephaestusError as error:  # nor is this
            text, told = reason, str(error)


HANDLERS: Mapping[str, Handler] = {"proposal.accept": accept, "proposal.edit": edit, "proposal.reject": reject}
