"""What a tool is: a declaration, an effect, strict arguments, and a run that never raises at the model."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from hephaestus_tui.codec import BadJson, strict_json
from hephaestus_tui.domain.message import ToolDeclaration
from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.domain.task import Evidence, Finding, TaskDraft, TaskId
from hephaestus_tui.tools.faults import ToolFault
from hephaestus_tui.tools.process import Ended
from hephaestus_tui.tools.schema import plain_schema
from hephaestus_tui.tools.workspace import Workspace

__all__ = ["Arguments", "Commons", "Completion", "Desk", "Tool", "ToolContext", "ToolFault", "ToolOutcome"]


class Arguments(BaseModel):
    """The base of every tool's arguments: frozen, and refusing what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=False)


A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """`ends_task` is True for `complete_task` alone. `touched` are files that were changed, as paths from the root;
    `ended` is how a command ended, None where none ran."""

    content: str
    is_error: bool = False
    ends_task: bool = False
    touched: tuple[str, ...] = ()
    ended: Ended | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What an agent says when it calls its task done; `finding` is that of a validation, `no_task_because` why a fault
    that it found needs no task."""

    summary: str
    evidence: tuple[Evidence, ...]
    finding: Finding | None = None
    no_task_because: str = ""


class Commons(Protocol):
    """The engine's side of the tools by which agents work together. Each gives what the agent is told; raises ToolFault."""

    async def send_message(self, to: str, text: str) -> str:
        """To a task or to a role."""
        ...

    async def report_blocker(self, text: str, wait: bool) -> str:
        """With `wait` it gives a human's word on it."""
        ...

    async def note(self, text: str, tags: tuple[str, ...]) -> str: ...

    async def search_notes(self, query: str) -> str: ...

    async def read_task(self, task_id: TaskId) -> str: ...


class Desk(Protocol):
    """The engine's side of the tools that act on the run and not on the project. Each raises ToolFault."""

    @property
    def commons(self) -> Commons: ...

    @property
    def task_id(self) -> TaskId:
        """The task of the agent that calls."""
        ...

    async def propose(self, draft: TaskDraft, wait: bool) -> str:
        """Journal a proposal and return, as JSON text, its id and standing (the decision, when `wait`)."""
        ...

    async def answer_about(self, task_id: TaskId, answer: str, changes: Mapping[str, Any]) -> str:
        """Answer a human's question about a proposal, with the fields of the draft that change; how it stands then."""
        ...

    async def ask_human(self, question: str, options: tuple[str, ...]) -> str: ...

    async def complete(self, completion: Completion) -> str:
        """Take note of what an agent claims; whether it holds is found out afterwards."""
        ...


@dataclass(frozen=True, slots=True)
class ToolContext:
    """`progress` takes output as it comes; it is shown, never stored.

    `direct` says that a rule allowed an argument vector, and no person the text: no shell may read it.
    """

    workspace: Workspace
    desk: Desk
    progress: Callable[[str], None]
    direct: bool = False


@dataclass(frozen=True, slots=True)
class Tool(Generic[A]):
    """One tool. `explain` renders parsed arguments as what a permission prompt shows: a line that says what, then all of it.

    `preview` does so where the workspace is needed for it, as for what is there already.
    `argv` gives the argument vector that a rule may allow; None where the tool runs no command, or this one is not simple.
    `amend` puts another command in the place of the one that was asked for; a ToolFault where it cannot be one.
    """

    name: str
    description: str
    arguments: type[A]
    effect: Effect
    run: Callable[[A, ToolContext], Awaitable[ToolOutcome]]
    explain: Callable[[A], str]
    argv: Callable[[A], tuple[str, ...] | None] = lambda _: None
    preview: Callable[[A, Workspace], str] | None = None
    amend: Callable[[A, str], A] | None = None

    def shown(self, arguments: A, workspace: Workspace) -> str:
        """What a person is shown who is asked for leave."""
        return self.preview(arguments, workspace) if self.preview else self.explain(arguments)

    def declaration(self) -> ToolDeclaration:
        return ToolDeclaration(self.name, self.description, _parameters(self.arguments))

    def parse(self, text: str) -> A:
        """Raises ToolFault that names each wrong field and what it should be."""
        try:
            value = strict_json(text or "{}")
        except BadJson as error:
            raise ToolFault(f"The arguments of {self.name} are {error}. Send one JSON object.") from error
        try:
            return self.arguments.model_validate(value)
        except ValidationError as error:
            wrong = "; ".join(f"{_place(e['loc'])}: {e['msg']}" for e in error.errors()[:8])
            known = ", ".join(self.arguments.model_fields)
            raise ToolFault(
                f"{self.name} was not run. {wrong}. It takes {known}. Correct the arguments and call it again."
            ) from error


@cache  # an agent declares its tools at each turn, and to make a schema takes a millisecond
def _parameters(arguments: type[Arguments]) -> dict[str, Any]:
    return plain_schema(arguments.model_json_schema())


def _place(location: tuple[int | str, ...]) -> str:
    # a key that the model made up may be of any length
    return ".".join(str(step)[:80] for step in location) or "arguments"
