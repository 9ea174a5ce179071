"""note, search_notes and read_task; without them each task would have to find out anew what others know already."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.domain.talk import NOTE_LIMIT, TAG_LIMIT, TAGS_LIMIT
from hephaestus_tui.tools.base import Arguments, Tool, ToolContext, ToolOutcome
from hephaestus_tui.tools.faults import ToolFault
from hephaestus_tui.tools.fields import WITHOUT_NUL
from hephaestus_tui.tools.spawn import Id

QUERY_LIMIT = 400

Tag = Annotated[str, Field(min_length=1, max_length=TAG_LIMIT), WITHOUT_NUL]


class WriteNote(Arguments):
    text: Annotated[str, Field(min_length=1, max_length=NOTE_LIMIT), WITHOUT_NUL] = Field(
        description="One thing that others will need, in words that stand alone: what, where, how you know it."
    )
    tags: tuple[Tag, ...] = Field(
        default=(), max_length=TAGS_LIMIT, description="Words by which it should be found: a module, a tool, a subject."
    )


class SearchNotes(Arguments):
    query: Annotated[str, Field(min_length=1, max_length=QUERY_LIMIT), WITHOUT_NUL] = Field(
        description="Words; notes that share any of them are found, the nearest first."
    )


class ReadTask(Arguments):
    task_id: Id = Field(description="A task or proposal of this run, such as T3.")


def note() -> Tool[WriteNote]:
    async def act(arguments: WriteNote, context: ToolContext) -> ToolOutcome:
        if not arguments.text.strip():
            raise ToolFault("The note is empty. Write what others will need.")
        return ToolOutcome(await context.desk.commons.note(arguments.text.strip(), arguments.tags))

    return Tool(
        name="note",
        description=(
            "Writes down for all agents of this run, now and later, what you had to find out and they would have to find "
            "out too: how the tests are run, a trap, where a thing really happens, a decision and its reason. One thing a "
            "note; not what the code says at first sight, nor news of your progress."
        ),
        arguments=WriteNote,
        effect=Effect.NONE,
        run=act,
        explain=lambda arguments: f"note: {arguments.text}",
    )


def search_notes() -> Tool[SearchNotes]:
    async def act(arguments: SearchNotes, context: ToolContext) -> ToolOutcome:
        return ToolOutcome(await context.desk.commons.search_notes(arguments.query))

    return Tool(
        name="search_notes",
        description=(
            "Finds what other agents and the human noted in this run. Look here before you find out anew what is likely "
            "known: how to run things, traps, decisions. What it gives is what others wrote; check what matters."
        ),
        arguments=SearchNotes,
        effect=Effect.NONE,
        run=act,
        explain=lambda arguments: f"search notes: {arguments.query}",
    )


def read_task() -> Tool[ReadTask]:
    async def act(arguments: ReadTask, context: ToolContext) -> ToolOutcome:
        return ToolOutcome(await context.desk.commons.read_task(arguments.task_id))

    return Tool(
        name="read_task",
        description=(
            "Gives what is known of any task or proposal of this run: what it is about, how it stands, its summary, its "
            "evidence, the files that it changed, what it proposed and noted. Your brief has the beginning of what your "
            "blockers brought; this has all of it."
        ),
        arguments=ReadTask,
        effect=Effect.NONE,
        run=act,
        explain=lambda arguments: f"read {arguments.task_id}",
    )
