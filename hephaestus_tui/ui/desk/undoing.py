"""Taking back a decision whose task has not started, and saying beforehand what follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hephaestus_tui.domain.commands import Undo
from hephaestus_tui.domain.decision import Decision, Verdict
from hephaestus_tui.domain.merging import followers
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.dialog import past
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.task_words import few, title_of

_REASON_CELLS = 120


def undo_words(state: RunState, task_id: TaskId) -> str:
    """Which decision would be taken back, and what follows from that."""
    decision = state.decisions[task_id]
    who = f"It {past(decision)} by {line(str(decision.actor))}{_how(decision)}."
    return "\n".join(
        [f"Take back the decision on {task_id}?", title_of(state, task_id), "", who, *_consequences(state, decision)]
    )


def _how(decision: Decision) -> str:
    if decision.verdict is Verdict.EDIT:
        return ", with changes"
    if decision.verdict is Verdict.REJECT and not decision.merged_into and decision.reason:
        return f": {line(decision.reason, _REASON_CELLS).rstrip('.')}"
    return ""


def _consequences(state: RunState, decision: Decision) -> Iterator[str]:
    task_id, into = decision.task_id, decision.merged_into
    if decision.final is not None:
        changes = ", without the changes" if decision.verdict is Verdict.EDIT else ""
        yield f"The task goes, and {task_id} waits for a decision again, as it was proposed{changes}."
    else:
        yield f"{task_id} waits for a decision again."
    if into:
        yield f"{into} keeps what it took over, and whoever waits for {into} goes on waiting for it."
    if waiting := followers(state, task_id):
        one = len(waiting) == 1
        again = "still" if decision.final is not None else "again"
        yield f"{few(waiting)} {'waits' if one else 'wait'} for it {again}."
    yield from _told(state, task_id)


def _told(state: RunState, task_id: TaskId) -> Iterator[str]:
    spawner = state.versions[task_id][-1].origin.task_id
    if spawner and (agent := state.agents.get(spawner)):
        ended = agent.status is AgentStatus.ENDED
        yield f"The agent of {spawner} {'has ended, and is not told' if ended else 'is told at its next turn'}."


async def undo(desk: Desk, state: RunState, shown: Target) -> None:
    if (task_id := shown.task_id) is None or task_id not in state.decisions:
        return
    ask = ConfirmScreen(undo_words(state, task_id), yes="take it back", no="let it stand", clock=desk.clock)
    if await desk.ask(ask):
        await desk.submit(Undo(task_id=task_id, actor=desk.actor))


HANDLERS: Mapping[str, Handler] = {"decision.undo": undo}
