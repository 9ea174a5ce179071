"""Whether a call may go ahead: by policy, by rule, by leave that was given before, or by asking a human now."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from hephaestus_tui.domain.events import ALLOW, QuestionKind
from hephaestus_tui.domain.leave import CHANGE_ENDS, CHANGED, Wish
from hephaestus_tui.domain.policy import Containment, Effect, Leave, Policy, leave
from hephaestus_tui.engine.desk import CallDesk
from hephaestus_tui.tools.base import Tool


@dataclass(frozen=True, slots=True)
class Permit:
    """`refusal` says why it may not, empty where it may: then with these `arguments`, and `note` is told with the result.

    `direct` says that an argument vector was allowed, and not a text: no shell may read it.
    """

    arguments: Any
    refusal: str = ""
    note: str = ""
    direct: bool = False


def policy_of(desk: CallDesk) -> Policy:
    """What holds for the agent that calls."""
    state = desk.ledger.state
    return state.policy_of(state.agents[desk.task_id].role)


async def permit(tool: Tool[Any], arguments: Any, desk: CallDesk) -> Permit:
    """Asks a human where it must, and waits. Raises ToolFault where what a human allowed instead cannot be run."""
    state = desk.ledger.state
    role, policy = state.agents[desk.task_id].role, policy_of(desk)
    verdict = leave(policy, tool.effect, state.containment)
    asked = desk.asked(QuestionKind.PERMISSION)
    if verdict is Leave.ALLOWED and not asked:
        return Permit(arguments)
    if verdict is Leave.REFUSED:
        whose = "this run" if policy is state.policy else f"the role {role}"
        return Permit(
            arguments, f"{tool.name} was not run: the policy of {whose} is {policy}. Do without it, or ask a human."
        )
    wish = Wish(tool=tool.name, effect=tool.effect, argv=tool.argv(arguments))
    # whoever was asked before the policy was changed, or leave was given, is heard all the same
    if not asked and _known(wish, role, desk):
        return Permit(arguments, direct=wish.argv is not None)
    return await _ask(tool, arguments, wish, desk)


def _known(wish: Wish, role: str, desk: CallDesk) -> bool:
    """Whether a rule of the person's settings, or leave given in this run, allows it: commands in a sandbox alone."""
    state = desk.ledger.state
    if wish.effect is Effect.RUN and (wish.argv is None or state.containment is not Containment.SANDBOX):
        return False
    ruled = wish.effect is Effect.RUN and any(
        rule.argv == wish.argv and rule.role in ("", role) for rule in desk.kit.settings.allow
    )
    return ruled or any(grant.covers(wish, desk.task_id) for grant in state.grants.values())


async def _ask(tool: Tool[Any], arguments: Any, wish: Wish, desk: CallDesk) -> Permit:
    # in a thread: it may read a file, and compare two long texts
    text = await asyncio.to_thread(tool.shown, arguments, desk.workspace)
    answer = await desk.ask_leave(text, wish)
    if answer != ALLOW:
        return Permit(arguments, f"{tool.name} was not run: a human refused it. {answer}")
    if (instead := desk.command_instead) is None or tool.amend is None:
        return Permit(arguments)
    return Permit(tool.amend(arguments, instead), note=f"{CHANGED}{instead}{CHANGE_ENDS}")
