"""Carries out one tool call: known? well-formed? allowed? Then intent, effect, result, each durable in its turn."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from hephaestus_tui.domain.events import ALLOW, QuestionKind, ToolOutput, ToolStarted
from hephaestus_tui.domain.message import ToolCallPart
from hephaestus_tui.domain.policy import Containment, Effect, Leave, Policy, leave
from hephaestus_tui.engine.desk import CallDesk
from hephaestus_tui.engine.prompts import INTERRUPTED
from hephaestus_tui.tools.base import Tool, ToolContext, ToolFault, ToolOutcome


async def carry_out(call: ToolCallPart, tools: Mapping[str, Tool[Any]], desk: CallDesk) -> ToolOutcome:
    """What the model is told of its call. Never raises but for StoreError and cancellation."""
    tool = tools.get(call.name)
    if tool is None:
        return _refusal(f"There is no tool {call.name!r} for you. Use one of: {', '.join(tools)}.")
    try:
        arguments = tool.parse(call.arguments)
        direct = _ruled(tool, arguments, desk)
        if not direct and (refusal := await _refused(tool, arguments, desk)):
            return _refusal(refusal)
        if tool.effect is not Effect.NONE:
            await desk.ledger.record(
                ToolStarted(
                    task_id=desk.task_id, turn=desk.turn, index=desk.index, call_id=call.call_id, name=call.name
                )
            )
        return await tool.run(arguments, _context(desk, direct))
    except ToolFault as fault:
        return _refusal(str(fault))


async def carry_out_check(tool: Tool[Any], arguments: Any, desk: CallDesk, *, allowed: bool) -> ToolOutcome:
    """Run a command that the engine wants to see the end of, in the same place and hold as an agent's own.

    `allowed` says that a human has allowed exactly this command; a policy that lets nothing be run is stronger. Never
    raises but for StoreError and cancellation.
    """
    try:
        unasked = allowed and desk.ledger.state.policy is not Policy.READ_ONLY
        direct = not unasked and _ruled(tool, arguments, desk)
        if not (unasked or direct) and (refusal := await _refused(tool, arguments, desk)):
            return _refusal(refusal)
        return await tool.run(arguments, _context(desk, direct))
    except ToolFault as fault:
        return _refusal(str(fault))


def lost(call: ToolCallPart, desk: CallDesk) -> ToolOutcome | None:
    """The result of a call that had begun when the process died: its effect may have happened, so it is not repeated."""
    started = desk.ledger.state.unanswered.get(desk.task_id, ())
    if any(s.call_id == call.call_id for s in started):
        return _refusal(INTERRUPTED)
    return None


async def _refused(tool: Tool[Any], arguments: Any, desk: CallDesk) -> str | None:
    policy = desk.ledger.state.policy
    verdict = leave(policy, tool.effect, desk.ledger.state.containment)
    if verdict is Leave.ALLOWED and desk.asked(QuestionKind.PERMISSION):
        verdict = Leave.ASKED  # a human was asked before the policy was changed: the answer still counts
    match verdict:
        case Leave.ALLOWED:
            return None
        case Leave.REFUSED:
            return f"{tool.name} was not run: the policy of this run is {policy}. Do without it, or ask a human."
        case Leave.ASKED:
            # in a thread: it may compare two long texts
            wish = await asyncio.to_thread(tool.explain, arguments)
            answer = await desk.ask(QuestionKind.PERMISSION, wish, (), tool.effect)
            return None if answer == ALLOW else f"{tool.name} was not run: a human refused it. {answer}"


def _ruled(tool: Tool[Any], arguments: Any, desk: CallDesk) -> bool:
    """Whether a rule of the person's own settings allows what would else be asked about: only a command in a sandbox."""
    state = desk.ledger.state
    asks = leave(state.policy, tool.effect, state.containment) is Leave.ASKED and not desk.asked(
        QuestionKind.PERMISSION
    )
    if not asks or tool.effect is not Effect.RUN or state.containment is not Containment.SANDBOX:
        return False
    argv, role = tool.argv(arguments), state.agents[desk.task_id].role
    return argv is not None and any(
        rule.argv == argv and rule.role in ("", role) for rule in desk.kit.settings.allow
    )  # fmt: skip


def _context(desk: CallDesk, direct: bool) -> ToolContext:
    def progress(text: str) -> None:
        desk.ledger.flicker(ToolOutput(desk.task_id, desk.turn, desk.index, text))

    return ToolContext(workspace=desk.workspace, desk=desk, progress=progress, direct=direct)


def _refusal(text: str) -> ToolOutcome:
    return ToolOutcome(text, is_error=True)
