"""answer_about_proposal: the agent's side of a human's question; without it a doubt could only end in a rejection."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from hephaestus_tui.domain.criterion import CRITERIA_LIMIT
from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.domain.task import (
    BLOCKERS_LIMIT,
    TEXT_LIMIT,
    TITLE_LIMIT,
    Discovery,
    Phase,
    Priority,
)
from hephaestus_tui.tools.base import Arguments, Tool, ToolContext, ToolOutcome
from hephaestus_tui.tools.fields import WITHOUT_NUL
from hephaestus_tui.tools.spawn import ROLE_LIMIT, CriterionGiven, Id, Words, criteria_given

ANSWER_TOOL = "answer_about_proposal"


class AnswerAboutProposal(Arguments):
    task_id: Id = Field(description="The proposal that the question is about, such as T12.")
    answer: Words = Field(description="The answer, to the point: what you saw, and where.")
    title: Annotated[str, Field(max_length=TITLE_LIMIT), WITHOUT_NUL] = Field(
        default="", description="A new title, if the answer changes it. Leave out every field that stays as it is."
    )
    description: Annotated[str, Field(max_length=TEXT_LIMIT), WITHOUT_NUL] = Field(
        default="", description="A new description, whole."
    )
    rationale: Annotated[str, Field(max_length=TEXT_LIMIT), WITHOUT_NUL] = Field(
        default="", description="A new rationale, whole."
    )
    phase: Literal["", "investigation", "building", "validation"] = Field(default="", description="Another phase.")
    role: str = Field(default="", max_length=ROLE_LIMIT, description="Another role.")
    blocking_task_ids: tuple[Id, ...] = Field(
        default=(), max_length=BLOCKERS_LIMIT, description="All tasks that must be completed before, if that changes."
    )
    blocks_task_ids: tuple[Id, ...] = Field(
        default=(), max_length=BLOCKERS_LIMIT, description="All tasks that must wait for it, if that changes."
    )
    done_criteria: tuple[CriterionGiven, ...] = Field(
        default=(), max_length=CRITERIA_LIMIT, description="All done criteria, if they change."
    )
    discovery: Literal[
        "", "optimization", "bug", "refactoring", "performance", "security", "missing_feature", "other"
    ] = Field(default="", description="Another kind of discovery.")
    priority: Literal["", "low", "normal", "high", "urgent"] = Field(default="", description="Another priority.")


def answer_about_proposal() -> Tool[AnswerAboutProposal]:
    async def act(arguments: AnswerAboutProposal, context: ToolContext) -> ToolOutcome:
        text = await context.desk.answer_about(arguments.task_id, arguments.answer, _changes(arguments))
        return ToolOutcome(text)

    return Tool(
        name=ANSWER_TOOL,
        description=(
            "Answers a human's question about a proposal of yours. Use it only when you were asked. Where the answer "
            "changes what should be done, give the fields that change: the proposal then stands in a new version, and the "
            "human decides on that one. Nothing is decided by answering."
        ),
        arguments=AnswerAboutProposal,
        effect=Effect.NONE,
        run=act,
        explain=lambda arguments: f"answer about {arguments.task_id}: {arguments.answer}",
    )


def _changes(arguments: AnswerAboutProposal) -> dict[str, Any]:
    """The fields of a draft that were given, under the draft's own names; a list may be given empty, a text may not."""
    given = {name: getattr(arguments, name) for name in arguments.model_fields_set - {"task_id", "answer"}}
    changes = {name: value for name, value in given.items() if not isinstance(value, str) or value.strip()}
    if "blocking_task_ids" in changes:
        changes["blocked_by"] = changes.pop("blocking_task_ids")
    if "blocks_task_ids" in changes:
        changes["blocks"] = changes.pop("blocks_task_ids")
    if "done_criteria" in changes:
        changes["done_criteria"] = criteria_given(changes["done_criteria"])
    for name, kind in (("phase", Phase), ("discovery", Discovery), ("priority", Priority)):
        if name in changes:
            changes[name] = kind(changes[name])
    return changes
