"""Accept, edit, reject: the three answers to a proposal."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.commands import Decide
from hephaestus_tui.domain.decision import Actor, Verdict
from hephaestus_tui.domain.errors import AlreadyDecided, BadDraft, StaleVersion
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskDraft, TaskId
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.notices import warn
from hephaestus_tui.ui.screens.edit import EditScreen
from hephaestus_tui.ui.screens.reason import ReasonScreen
from hephaestus_tui.ui.text import line


async def accept(desk: Desk, state: RunState, shown: Target) -> None:
    if shown.task_id and shown.version is not None:
        await desk.submit(_decision(shown.task_id, Verdict.ACCEPT, shown.version, desk.actor))


async def edit(desk: Desk, state: RunState, shown: Target) -> None:
    if shown.task_id and shown.version is not None:
        await _edit(desk, state, shown.task_id, shown.version)


async def reject(desk: Desk, state: RunState, shown: Target) -> None:
    if shown.task_id and shown.version is not None:
        await _reject(desk, state, shown.task_id, shown.version)


async def _edit(desk: Desk, state: RunState, task_id: TaskId, version: int) -> None:
    if (proposal := state.proposals.get(task_id)) is None:  # a fact came between the key and this
        raise _decided(task_id)
    proposed = draft = proposal.draft
    while True:
        final = await desk.ask(EditScreen(task_id, draft, state))
        if final is None:
            return None
        verdict = Verdict.ACCEPT if final == proposed else Verdict.EDIT
        try:
            return await desk.submit(_decision(task_id, verdict, version, desk.actor, final=final))
        except (BadDraft, StaleVersion) as error:
            if (proposal := state.proposals.get(task_id)) is None:
                raise
            # what was typed is not lost: the form opens again, now on the version that stands
            warn(desk.app, str(error))
            draft, proposed, version = final, proposal.draft, proposal.version


async def _reject(desk: Desk, state: RunState, task_id: TaskId, version: int) -> None:
    if (proposal := state.proposals.get(task_id)) is None:
        raise _decided(task_id)
    title = f"Reject {task_id}: {line(proposal.draft.title, 60)}"
    proposer = state.agents.get(proposal.origin.task_id or "")
    lives = proposer is not None and proposer.status is not AgentStatus.ENDED
    reader = "The agent that proposed it reads the reason." if lives else "The reason is kept in the record."
    reason = await desk.ask(ReasonScreen(title, f"Why? {reader}", required=True))
    if reason is not None:
        await desk.submit(_decision(task_id, Verdict.REJECT, version, desk.actor, reason=reason))


def _decided(task_id: TaskId) -> AlreadyDecided:
    return AlreadyDecided(f"{task_id} was decided by someone else this very moment; see its detail.")


def _decision(
    task_id: TaskId, verdict: Verdict, version: int, actor: Actor, *, final: TaskDraft | None = None, reason: str = ""
) -> Decide:
    final = final if verdict is Verdict.EDIT else None
    return Decide(task_id=task_id, verdict=verdict, actor=actor, version=version, final=final, reason=reason)


HANDLERS: Mapping[str, Handler] = {"proposal.accept": accept, "proposal.edit": edit, "proposal.reject": reject}
