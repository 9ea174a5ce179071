"""send_message and report_blocker; without them agents would meet only in each other's files, and hold their troubles back."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.domain.talk import LETTER_LIMIT
from hephaestus_tui.tools.base import Arguments, Tool, ToolContext, ToolOutcome
from hephaestus_tui.tools.faults import ToolFault
from hephaestus_tui.tools.fields import WITHOUT_NUL

TO_LIMIT = 64

Text = Annotated[str, Field(min_length=1, max_length=LETTER_LIMIT), WITHOUT_NUL]


class SendMessage(Arguments):
    to: Annotated[str, Field(min_length=1, max_length=TO_LIMIT), WITHOUT_NUL] = Field(
        description="A task, such as T3, or a role, such as tech_lead: then it reaches all that are at work in it."
    )
    text: Text = Field(description="What they need from you, whole: they do not see your transcript.")


class ReportBlocker(Arguments):
    text: Text = Field(description="What is in your way, what you tried, and what would help.")
    wait: bool = Field(
        default=False, description="Wait for a person's word. Only when you cannot take another step without it."
    )


def send_message() -> Tool[SendMessage]:
    async def act(arguments: SendMessage, context: ToolContext) -> ToolOutcome:
        if not arguments.text.strip():
            raise ToolFault("The message is empty. Write what they need to know.")
        return ToolOutcome(await context.desk.commons.send_message(arguments.to, arguments.text))

    return Tool(
        name="send_message",
        description=(
            "Sends a message to the agent of another task, or to all that are at work in a role. They read it before their "
            "next step; one that has not begun gets it with its brief. Use it when what you found or changed matters to "
            "work that is going on now: an interface that you change, a file that you both edit, an answer that they wait "
            "for. It orders nothing, and no answer may come: do not wait for one. Not for thanks or news of progress."
        ),
        arguments=SendMessage,
        effect=Effect.NONE,
        run=act,
        explain=lambda arguments: f"message to {arguments.to}: {arguments.text}",
    )


def report_blocker() -> Tool[ReportBlocker]:
    async def act(arguments: ReportBlocker, context: ToolContext) -> ToolOutcome:
        if not arguments.text.strip():
            raise ToolFault("The report is empty. Write what is in your way.")
        return ToolOutcome(await context.desk.commons.report_blocker(arguments.text, arguments.wait))

    return Tool(
        name="report_blocker",
        description=(
            "Tells the person who supervises you, and the project manager if one is at work, that something outside your "
            "task is in your way: a tool that is missing, an access that you lack, a part that another must mend first. Go "
            "on with what it does not keep you from. For a choice that is theirs to make use ask_human; for work that "
            "someone should do, propose it."
        ),
        arguments=ReportBlocker,
        effect=Effect.NONE,
        run=act,
        explain=lambda arguments: f"report: {arguments.text}",
    )
