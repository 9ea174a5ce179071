"""complete_task: how a task ends well; without it work would be called done that no one can check."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from hephaestus_tui.domain.criterion import CRITERIA_LIMIT, CRITERION_LIMIT
from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.domain.task import TEXT_LIMIT, Evidence, Finding
from hephaestus_tui.tools.base import Arguments, Completion, Tool, ToolContext, ToolOutcome
from hephaestus_tui.tools.faults import ToolFault
from hephaestus_tui.tools.fields import WITHOUT_NUL

EVIDENCE_LIMIT = 4_000


class Shown(Arguments):
    criterion: Annotated[str, Field(min_length=1, max_length=CRITERION_LIMIT), WITHOUT_NUL] = Field(
        description="The done criterion, word for word."
    )
    evidence: Annotated[str, Field(min_length=1, max_length=EVIDENCE_LIMIT), WITHOUT_NUL] = Field(
        description="What shows that it is met: the command and its result, the file and line, the figure."
    )


class CompleteTask(Arguments):
    summary: Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT), WITHOUT_NUL] = Field(
        description="What was done or found, what was not, and what whoever comes next must know."
    )
    evidence: tuple[Shown, ...] = Field(
        default=(), max_length=CRITERIA_LIMIT, description="One entry for each done criterion of the task."
    )
    verdict: Literal["", "passed", "failed"] = Field(
        default="",
        description="Of a validation: whether the work that you checked passed. That it failed is said when a building "
        "task was proposed for each fault, and ends your task as well as that it passed.",
    )
    no_task_because: Annotated[str, Field(max_length=EVIDENCE_LIMIT), WITHOUT_NUL] = Field(
        default="",
        description="Only where the verdict is `failed` and you proposed no building task: why none is needed.",
    )


def complete_task() -> Tool[CompleteTask]:
    async def act(arguments: CompleteTask, context: ToolContext) -> ToolOutcome:
        if not arguments.summary.strip():
            raise ToolFault("The summary is empty. Write what was done and what was found.")
        evidence = tuple(Evidence(criterion=e.criterion, evidence=e.evidence) for e in arguments.evidence)
        completion = Completion(
            summary=arguments.summary,
            evidence=evidence,
            finding=Finding(arguments.verdict) if arguments.verdict else None,
            no_task_because=arguments.no_task_because.strip(),
        )
        return ToolOutcome(await context.desk.complete(completion), ends_task=True)

    return Tool(
        name="complete_task",
        description=(
            "Ends your task. Call it once, alone, when every done criterion is met and you have seen that it is, with "
            "the evidence for each. Where a criterion names a command, that command is run now, and its exit code decides, "
            "not your word: if it fails you get its output, and go on. Tasks that wait for yours start afterwards and "
            "read the summary. If you cannot meet a criterion, use ask_human and do not call this."
        ),
        arguments=CompleteTask,
        effect=Effect.NONE,
        run=act,
        explain=lambda arguments: f"complete: {arguments.summary}",
    )
