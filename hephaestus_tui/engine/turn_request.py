"""What is asked of a model for an agent's next turn: without it each who asks would put it together in a way of its own."""

from __future__ import annotations

from hephaestus_tui.domain.criterion import words_of
from hephaestus_tui.domain.message import ToolDeclaration
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.engine.conversation import Conversation
from hephaestus_tui.engine.kit import Kit
from hephaestus_tui.engine.ledger import Ledger
from hephaestus_tui.engine.models import Choice
from hephaestus_tui.providers.base import TurnContext, TurnRequest


def turn_request(
    ledger: Ledger, kit: Kit, task_id: TaskId, choice: Choice, talk: Conversation, model: str,
    tools: tuple[ToolDeclaration, ...],
) -> TurnRequest:  # fmt: skip
    """`model` is the provider's own word for it; the effort is that of the `choice`."""
    task = ledger.state.tasks[task_id]
    return TurnRequest(
        model=model,
        system=talk.system,
        messages=talk.spoken,
        tools=tools,
        max_tokens=kit.settings.limits.reply_tokens,
        attempt=1,
        effort=choice.effort,
        effort_setting=choice.effort_setting,
        cache_key=f"{ledger.run_id}.{task_id}",
        context=TurnContext(
            task_id=task.id,
            role=task.draft.role,
            phase=task.draft.phase,
            title=task.draft.title,
            done_criteria=tuple(map(words_of, task.draft.done_criteria)),
            # what a human split off a proposal was found in that call, but is not what it proposed
            origin_call_id=None if task.origin.turn is None else task.origin.call_id,
        ),
    )
