"""What is done to the run as a whole: hold it, let it go on, change its policy, add a task to it."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.commands import AddTask, Pause, Resume, SetPolicy
from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.reach import WHOLE_RUN
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Phase, TaskDraft
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.held import auto_words, roles_words
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.edit import EditScreen


async def pause(desk: Desk, state: RunState, shown: Target) -> None:
    await desk.submit(Pause(reach=WHOLE_RUN, actor=desk.actor))


async def resume(desk: Desk, state: RunState, shown: Target) -> None:
    await desk.submit(Resume(reach=WHOLE_RUN, actor=desk.actor))


async def next_policy(desk: Desk, state: RunState, shown: Target) -> None:
    policies = list(Policy)  # from the strictest on: round from there one looser step is left, to auto
    policy = policies[policies.index(state.policy) - 1]
    if policies.index(policy) > policies.index(state.policy):
        own = f"\n\nRoles with a policy of their own: {roles}" if (roles := roles_words(state)) else ""
        question = f"Change the policy to {policy}?\n\n{auto_words(state.containment)}{own}"
        # not "y": that merges work in a review, where "m" leads to it as it leads here
        ask = ConfirmScreen(question, yes="loosen it", no="leave it as it is", key="l", clock=desk.clock)
        if not await desk.ask(ask):
            return
    await desk.submit(SetPolicy(policy=policy, actor=desk.actor))


async def add(desk: Desk, state: RunState, shown: Target) -> None:
    role = state.roles[0] if state.roles else ""
    draft = TaskDraft(title="", description="", rationale="", phase=Phase.BUILDING, role=role)
    told = ""
    while True:
        written = await desk.ask(EditScreen(None, draft, state, told=told), again=bool(told))
        if written is None:
            return None
        try:
            return await desk.submit(AddTask(draft=written, actor=desk.actor))
        except HephaestusError as error:  # what was typed is not lost: the form opens again
            draft, told = written, str(error)


HANDLERS: Mapping[str, Handler] = {
    "run.pause": pause, "run.resume": resume, "policy.next": next_policy, "task.add": add,
}  # fmt: skip
