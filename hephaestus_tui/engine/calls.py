"""Carries out one tool call: known? well-formed? allowed? Then intent, effect, result, each durable in its turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hephaestus_tui.domain.events import ToolOutput, ToolStarted
from hephaestus_tui.domain.message import ToolCallPart
from hephaestus_tui.domain.policy import Effect, Policy
from hephaestus_tui.engine.desk import CallDesk
from hephaestus_tui.engine.permission import Permit, permit, policy_of
from hephaestus_tui.engine.prompts import INTERRUPTED
from hephaestus_tui.tools.base import Tool, ToolContext, ToolFault, ToolOutcome


async def carry_out(call: ToolCallPart, tools: Mapping[str, Tool[Any]], desk: CallDesk) -> ToolOutcome:
    """What the model is told of its call. Never raises but for StoreError and cancellation."""
    tool = tools.get(call.name)
    if tool is None:
        return _refusal(f"There is no tool {call.name!r} for you. Use one of: {', '.join(tools)}.")
    try:
        arguments = tool.parse(call.arguments)
        permitted = await permit(tool, arguments, desk)
        if permitted.refusal:
            return _refusal(permitted.refusal)
        if tool.effect is not Effect.NONE:
            await desk.ledger.record(
                ToolStarted(
                    task_id=desk.task_id, turn=desk.turn, index=desk.index, call_id=call.call_id, name=call.name
                )
            )
        return await _run(tool, permitted, desk)
    except ToolFault as fault:
        return _refusal(str(fault))


async def carry_out_check(tool: Tool[Any], arguments: Any, desk: CallDesk, *, allowed: bool) -> ToolOutcome:
    """Run a command that the engine wants to see the end of, in the same place and hold as an agent's own.

    `allowed` says that a human has allowed exactly this command; a policy that lets nothing be run is stronger. Never
    raises but for StoreError and cancellation.
    """
    try:
        if allowed and policy_of(desk) is not Policy.READ_ONLY:
            return await tool.run(arguments, _context(desk, direct=False))
        permitted = await permit(tool, arguments, desk)
        return _refusal(permitted.refusal) if permitted.refusal else await _run(tool, permitted, desk)
    except ToolFault as fault:
        return _refusal(str(fault))


def lost(call: ToolCallPart, desk: CallDesk) -> ToolOutcome | None:
    """The result of a call that had begun when the process died: its effect may have happened, so it is not repeated."""
    started = desk.ledger.state.unanswered.get(desk.task_id, ())
    if any(s.call_id == call.call_id for s in started):
        return _refusal(INTERRUPTED)
    return None


async def _run(tool: Tool[Any], permitted: Permit, desk: CallDesk) -> ToolOutcome:
    outcome = await tool.run(permitted.arguments, _context(desk, permitted.direct))
    return replace(outcome, content=permitted.note + outcome.content) if permitted.note else outcome


def _context(desk: CallDesk, direct: bool) -> ToolContext:
    def progress(text: str) -> None:
        desk.ledger.flicker(ToolOutput(desk.task_id, desk.turn, desk.index, text))

    return ToolContext(workspace=desk.workspace, desk=desk, progress=progress, direct=direct)


def _refusal(text: str) -> ToolOutcome:
    return ToolOutcome(text, is_error=True)
