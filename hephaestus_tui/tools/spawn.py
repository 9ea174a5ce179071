"""The three spawn tools; without them what an agent discovers on its way would be lost, or be done unasked.

They only propose: nothing here can accept, change or order anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field, model_validator

from hephaestus_tui.domain.criterion import COMMAND_LIMIT, CRITERIA_LIMIT, CRITERION_LIMIT, CommandCriterion, Criterion
from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.domain.task import (
    BLOCKERS_LIMIT,
    TEXT_LIMIT,
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

ROLE_LIMIT = 64

Id = Annotated[str, Field(pattern=r"^T[0-9]+$", max_length=12)]
CriterionWords = Annotated[str, Field(min_length=1, max_length=CRITERION_LIMIT), WITHOUT_NUL]
Words = Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT), WITHOUT_NUL]

DEFAULT_ROLES = {
    Phase.INVESTIGATION: "tech_lead",
    Phase.BUILDING: "backend_developer",
    Phase.VALIDATION: "qa_tester",
}
_PURPOSES = {
    Phase.INVESTIGATION: (
        "Proposes a task that finds something out and changes nothing: measure, read, compare, decide whether and how. "
        "Use it when you notice something outside your own task whose cause, worth or solution is not clear yet."
    ),
    Phase.BUILDING: (
        "Proposes a task that changes the project. Use it when you notice work outside your own task and it is clear "
        "what has to be done; where that depends on an open question, propose the investigation first and name it in "
        "blocking_task_ids."
    ),
    Phase.VALIDATION: (
        "Proposes a task that checks finished work by running and measuring it: tests, load, security, acceptance. Use "
        "it when work deserves an independent check, and name the task to be checked in blocking_task_ids."
    ),
}
_RULES = (
    " Spawn as soon as you discover it (an optimization, a bug, a refactoring, a performance or security problem, a "
    "missing feature), and do not do that work yourself. A human accepts, edits or rejects each proposal: until then "
    "nothing of it exists, so do not count on it. You get its id (like T12) at once and may name it as a blocker of your "
    "next proposal. Go on with your own task; the decision reaches you later as a message. If it was rejected, take the "
    "reason seriously and do not propose the same again."
)


class CriterionGiven(Arguments):
    text: CriterionWords = Field(description="What must be true, in words that can be checked by themselves.")
    command: Annotated[str, Field(max_length=COMMAND_LIMIT), WITHOUT_NUL] = Field(
        default="",
        description="Where a command decides it: one line of shell, run in the workspace when the task is to be "
        "completed. It is met when that ends with exit code 0.",
    )

    @model_validator(mode="before")
    @classmethod
    def _words_alone(cls, value: object) -> object:
        return {"text": value} if isinstance(value, str) else value


def criteria_given(given: Iterable[CriterionGiven]) -> tuple[Criterion, ...]:
    """The done criteria of a draft that a model gave."""
    return tuple(
        CommandCriterion(one.text.strip(), command) if (command := one.command.strip()) else one.text for one in given
    )


class SpawnTask(Arguments):
    title: Annotated[str, Field(min_length=1, max_length=TITLE_LIMIT), WITHOUT_NUL] = Field(
        description="One line that says what will be done."
    )
    description: Words = Field(
        description="All that someone who has not read your transcript needs: where (files, lines), what, constraints."
    )
    rationale: Words = Field(
        description="Why it is worth doing, for the human who decides: what you saw, what it costs, what it would bring."
    )
    blocking_task_ids: tuple[Id, ...] = Field(
        default=(),
        max_length=BLOCKERS_LIMIT,
        description="Tasks that must be COMPLETED BEFORE this new one may start, such as ['T3']. Not those that should "
        "wait for it (blocks_task_ids). Only what it really needs.",
    )
    blocks_task_ids: tuple[Id, ...] = Field(
        default=(),
        max_length=BLOCKERS_LIMIT,
        description="Tasks not yet begun, or proposals, that must WAIT FOR this new one, such as ['T9']: for a fault, those "
        "that rest on what is faulty. They wait from its acceptance on.",
    )
    role: str = Field(default="", max_length=ROLE_LIMIT, description="Who should do it; empty takes the usual role.")
    done_criteria: tuple[CriterionGiven, ...] = Field(
        default=(),
        max_length=CRITERIA_LIMIT,
        description="How to see that it is done. Name a command wherever one can decide: it is run, not believed.",
    )
    discovery: Discovery = Field(default=Discovery.OTHER, description="What kind of thing you discovered.")
    priority: Priority = Field(default=Priority.NORMAL, description="How soon it should be done.")
    wait_for_decision: bool = Field(
        default=False, description="Wait until the human has decided. Only when you cannot go on without the answer."
    )


def spawn_task(phase: Phase) -> Tool[SpawnTask]:
    """The spawn tool of one phase."""

    async def act(arguments: SpawnTask, context: ToolContext) -> ToolOutcome:
        draft = _draft(arguments, phase)
        if faults := draft_faults(draft, roles=()):
            raise ToolFault(f"Not proposed: {'; '.join(faults.values())}. Correct it and call the tool again.")
        return ToolOutcome(await context.desk.propose(draft, arguments.wait_for_decision))

    return Tool(
        name=f"spawn_{phase}_task",
        description=_PURPOSES[phase] + _RULES,
        arguments=SpawnTask,
        effect=Effect.NONE,
        run=act,
        explain=lambda arguments: f"propose {phase}: {arguments.title}",
    )


def _draft(arguments: SpawnTask, phase: Phase) -> TaskDraft:
    return TaskDraft(
        title=arguments.title.strip(),
        description=arguments.description,
        rationale=arguments.rationale,
        phase=phase,
        role=arguments.role.strip() or DEFAULT_ROLES[phase],
        blocked_by=arguments.blocking_task_ids,
        blocks=arguments.blocks_task_ids,
        done_criteria=criteria_given(arguments.done_criteria),
        discovery=arguments.discovery,
        priority=arguments.priority,
    )
