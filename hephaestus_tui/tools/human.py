"""ask_human: a question to whoever supervises; without it an agent that is stuck could only guess."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.tools.base import Arguments, Tool, ToolContext, ToolOutcome
from hephaestus_tui.tools.faults import ToolFault
from hephaestus_tui.tools.fields import WITHOUT_NUL

QUESTION_LIMIT = 4_000
OPTIONS_LIMIT = 8
OPTION_LIMIT = 200

Option = Annotated[str, Field(min_length=1, max_length=OPTION_LIMIT), WITHOUT_NUL]


class AskHuman(Arguments):
    question: Annotated[str, Field(min_length=1, max_length=QUESTION_LIMIT), WITHOUT_NUL] = Field(
        description="The question, with what one has to know to answer it."
    )
    options: tuple[Option, ...] = Field(
        default=(), max_length=OPTIONS_LIMIT, description="Answers to choose from, if there are clear ones."
    )


def ask_human() -> Tool[AskHuman]:
    async def act(arguments: AskHuman, context: ToolContext) -> ToolOutcome:
        if not arguments.question.strip():
            raise ToolFault("The question is empty. Write what you need to know.")
        return ToolOutcome(await context.desk.ask_human(arguments.question, arguments.options))

    return Tool(
        name="ask_human",
        description=(
            "Asks the human who supervises you and waits for the answer. Ask when the goal can be read in two ways, a "
            "choice is theirs to make, or you miss something that no tool gives you; first look whether the project "
            "answers it. For newly discovered work use the spawn tools, and for leave to write or run nothing: the "
            "human is asked for that by itself."
        ),
        arguments=AskHuman,
        effect=Effect.NONE,
        run=act,
        explain=lambda arguments: f"ask: {arguments.question}",
    )
