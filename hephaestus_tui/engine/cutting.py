"""What a conversation needs once a human has cut an agent off: a result for each call that will never have one."""

from __future__ import annotations

from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.message import Message, Speaker, ToolCallPart, ToolResultPart
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.engine.conversation import Conversation
from hephaestus_tui.engine.standing import standing_text

CUT_OFF = (
    "There is no result: {actor} interrupted this call while it ran, and its effect may be partial. "
    "Look at the present state before you decide whether to repeat it."
)
REPORTED = "Reported. {actor} interrupted you while you waited for a word on it; what is said of it comes as a message."
NOT_BEGUN = "There is no result: {actor} interrupted you before this call had an effect. Nothing of it was done."


def results_of_cut(state: RunState, talk: Conversation, task_id: TaskId, actor: Actor, at: float) -> Message | None:
    """One message that answers every open call; None where none is open."""
    started = {call.call_id for call in state.unanswered.get(task_id, ())}
    check = state.checking.get(task_id)
    begun = (check.turn, check.index) if check else None
    parts = [
        _result(
            state, task_id, turn, index, call,
            CUT_OFF if call.call_id in started or (turn, index) == begun else NOT_BEGUN, actor,
        )
        for turn, index, call in talk.open_calls()
    ]  # fmt: skip
    return talk.message(Speaker.TOOL, tuple(parts), at) if parts else None


def _result(
    state: RunState, task_id: TaskId, turn: int, index: int, call: ToolCallPart, words: str, actor: Actor
) -> ToolResultPart:
    # a spawn that waited for its decision has proposed its task, and the agent must know which
    for child in state.children(task_id):
        origin = state.versions[child][0].origin
        if (origin.turn, origin.index) == (turn, index) and (child in state.proposals or child in state.decisions):
            return ToolResultPart(call.call_id, standing_text(state, child))
    if f"{task_id}.{turn}.{index}" in state.reports:
        return ToolResultPart(call.call_id, REPORTED.format(actor=actor))
    return ToolResultPart(call.call_id, words.format(actor=actor), is_error=True)
