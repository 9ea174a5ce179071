"""request_review: other eyes on an agent's work; without it an author would be the only one who ever judged it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hephaestus_tui.domain.criterion import CRITERIA_LIMIT
from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.domain.task import (
    BLOCKERS_LIMIT,
    TITLE_LIMIT,
    Discovery,
    Phase,
    Priority,
    TaskDraft,
    draft_faults,
)
from hephaestus_tui.tools.base import Arguments, Tool, ToolContext, ToolOutcome
from hephaestus_tui.tools.faults import ToolFault
from hephaestus_tui.tools.fields import WITHOUT_NUL
from hephaestus_tui.tools.spawn import CriterionGiven, Id, Words, criteria_given

REVIEW_TOOL = "request_review"
REVIEWER = "tech_lead"
_TITLE = "Review: "


class RequestReview(Arguments):
    what: Annotated[str, Field(min_length=1, max_length=TITLE_LIMIT - len(_TITLE)), WITHOUT_NUL] = Field(
        description="One line that says what is to be reviewed, such as 'the cache of tokens in auth.py'."
    )
    look_at: Words = Field(
        description="Files, what was decided and why, what you are least sure of: the reviewer has not read your transcript."
    )
    rationale: Words = Field(description="Why it deserves other eyes, for the human who decides.")
    done_criteria: tuple[CriterionGiven, ...] = Field(
        default=(),
        max_length=CRITERIA_LIMIT,
        description="What the review has to settle; each can be checked by itself.",
    )
    after_my_task: bool = Field(
        default=True, description="The review begins when your task is completed. Set to false to have it at once."
    )
    blocking_task_ids: tuple[Id, ...] = Field(
        default=(), max_length=BLOCKERS_LIMIT - 1, description="Other tasks that must be completed before it."
    )
    priority: Priority = Field(default=Priority.NORMAL, description="How soon it should be done.")


def request_review() -> Tool[RequestReview]:
    async def act(arguments: RequestReview, context: ToolContext) -> ToolOutcome:
        draft = _draft(arguments, context.desk.task_id)
        if faults := draft_faults(draft, roles=()):
            raise ToolFault(f"Not proposed: {'; '.join(faults.values())}. Correct it and call the tool again.")
        return ToolOutcome(await context.desk.propose(draft, wait=False))

    return Tool(
        name=REVIEW_TOOL,
        description=(
            "Proposes that the tech lead reviews your work, as a validation task that begins when yours is completed. Ask "
            "for it when a mistake would be costly or hard to see: security, data, a public interface, concurrency, a "
            "choice between two designs. A human decides on it as on any proposal; go on with your task meanwhile."
        ),
        arguments=RequestReview,
        effect=Effect.NONE,
        run=act,
        explain=lambda arguments: f"propose a review: {arguments.what}",
    )


def _draft(arguments: RequestReview, task_id: str) -> TaskDraft:
    mine = (task_id,) if arguments.after_my_task else ()
    return TaskDraft(
        title=f"{_TITLE}{arguments.what.strip()}",
        description=f"{arguments.look_at}\n\nThe work is that of {task_id}: read_task gives what it brought.",
        rationale=arguments.rationale,
        phase=Phase.VALIDATION,
        role=REVIEWER,
        blocked_by=tuple(dict.fromkeys((*mine, *arguments.blocking_task_ids))),
        done_criteria=criteria_given(arguments.done_criteria),
        discovery=Discovery.OTHER,
        priority=arguments.priority,
    )
