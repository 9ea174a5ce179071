"""The port: all that a front end may ask of a run, whether it is in this process or behind a socket."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.task import Phase, RunId, TaskId

# names for the type checker alone: the first screen needs this module, and none of what they would import
if TYPE_CHECKING:
    from hephaestus_tui.domain.commands import Command, Receipt
    from hephaestus_tui.domain.events import ContextCompacted, Event, ModelSwitched, Recorded, ToolStarted, TurnCut
    from hephaestus_tui.domain.message import Message, Usage
    from hephaestus_tui.domain.policy import Policy
    from hephaestus_tui.domain.rule import Rule
    from hephaestus_tui.domain.state import RunState
    from hephaestus_tui.domain.work import FileChange, FileDiff, MergePreview, Work

Told: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """All that was stored of one task's conversation.

    `cuts` are turns that ended badly, `compactions` say what no longer goes to the
    model, each with how many of the cuts came before it, `switches` are the changes of its model, each with how many of both
    came before it; `unfinished` is text of a turn that was streaming when it was read, or
    when the process died; `unanswered` are calls whose effect is unknown; `spent` says of a message, by its ordinal, what it
    took as its provider told. `seq` is the journal's place it was read at.
    """

    task_id: TaskId
    seq: int
    messages: tuple[Message, ...]
    cuts: tuple[TurnCut, ...] = ()
    compactions: tuple[tuple[int, ContextCompacted], ...] = ()
    switches: tuple[tuple[int, ModelSwitched], ...] = ()
    unfinished: str = ""
    unanswered: tuple[ToolStarted, ...] = ()
    spent: tuple[tuple[int, Usage], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of what was said in a run, in its order: messages, what they took, and what stands between them.

    All of `begin <= seq < end` is there; nothing is before it where `begin` is 0, and nothing after it where `end` is past
    `seq`, the journal's place it was read at. Results of calls are with their calls, also those that came later, as is the start of a call that has none.
    """

    facts: tuple[Recorded, ...]
    begin: int
    end: int
    seq: int


class Session(Protocol):
    """One run. Facts arrive in the order of `seq`, none lost; flickers may be dropped for a slow watcher."""

    @property
    def run_id(self) -> RunId: ...

    def state(self) -> RunState:
        """A snapshot that the caller owns; `state().seq` is where to watch from."""
        ...

    def watch(self, after: int) -> AsyncGenerator[Event, None]:
        """Every fact with a larger `seq`, and the flickers of the moment, until the session closes."""
        ...

    async def submit(self, command: Command) -> Receipt:
        """Carry out a command; returns when it is durable. Raises CommandRefused, StoreError."""
        ...

    async def transcript(self, task_id: TaskId) -> Transcript: ...

    async def page(
        self, of: Collection[TaskId] | None = None, *, before: int | None = None, after: int | None = None
    ) -> Page:
        """What was said `before` a place in the journal or from `after` on, else last, by agents on `of` or on any task."""
        ...

    async def work(self, task_id: TaskId, since: str | None = None) -> Work:
        """All that a task has committed in its workspace; with `since`, the tip of an earlier review, what came after it.

        Raises CommandRefused where it has none.
        """
        ...

    async def diff(self, change: FileChange) -> FileDiff:
        """The lines of one file of any work or preview of this run. Raises CommandRefused where git does not give them."""
        ...

    async def preview(self, task_id: TaskId) -> MergePreview:
        """What a merge of a task's work would do now; nothing is changed by looking. Raises CommandRefused."""
        ...

    async def settled(self) -> None:
        """Returns when nothing moves without a human: no agent at work, nothing ready to start."""
        ...


class NoWork:
    """What a session says of work where tasks have no workspaces of their own. All of it raises CommandRefused."""

    async def work(self, task_id: TaskId, since: str | None = None) -> Work:
        raise CommandRefused(f"{task_id} has no workspace of its own.")

    async def diff(self, change: FileChange) -> FileDiff:
        raise CommandRefused(f"There is no diff of {change.path}: tasks have no workspaces of their own here.")

    async def preview(self, task_id: TaskId) -> MergePreview:
        raise CommandRefused(f"{task_id} has no workspace of its own.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One line of the list of runs; `waiting` counts open proposals, `to_merge` tasks whose work nobody has decided on."""

    run_id: RunId
    goal: str
    project: str
    model: str
    started_at: float
    last_at: float
    tasks: int
    completed: int
    failed: int
    waiting: int
    cost: float | None
    questions: int = 0
    to_merge: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """What a human must say to start a run; the rest comes from the settings."""

    goal: str
    role: str = "project_manager"
    phase: Phase = Phase.INVESTIGATION
    policy: Policy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A provider that could be asked: its key's variable is set, or it is a server on this machine that lists `models`.

    `key_env` is the name of the variable, never what it holds, and "" for a server; `host` is where the server answers.
    Of a provider with a key, which is not asked, `models` are those whose price is known.
    """

    provider: str
    key_env: str = ""
    host: str = ""
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finds:
    """What a new run could use: `model` would be, "" where none is chosen; `fault` says why that one cannot be asked."""

    model: str = ""
    fault: str = ""
    found: tuple[Found, ...] = ()


class Host(Protocol):
    """The composition root as a front end sees it: it opens one run and works on it until it is closed."""

    async def runs(self) -> Sequence[RunSummary]:
        """Earlier runs of the project, the newest first."""
        ...

    async def finds(self) -> Finds:
        """Which model a new run would use, and which others could be: nothing leaves this machine. Raises ConfigError."""
        ...

    async def choose(self, model: str) -> None:
        """Let it be the model of new runs, also of later ones where nothing else names one. Raises UsageError, StoreError."""
        ...

    async def start(self, request: NewRun) -> Session: ...

    async def resume(self, run_id: RunId, told: Told | None = None) -> Session:
        """Take a stored run up again; where that takes long, `told` hears meanwhile how much of how much was read."""
        ...

    async def rules(self) -> Sequence[Rule]:
        """The rules in the person's own settings, none of them on by being there. Raises ConfigError."""
        ...

    async def save_rule(self, rule: Rule) -> None:
        """Add a rule to the person's own settings, or replace the one with its id. Raises ConfigError."""
        ...

    async def serve(self) -> None:
        """Run agents, and answer other terminals, until cancelled."""
        ...

    async def close(self) -> None:
        """Stop agents and commands, store what they said, release the run. At most a few seconds."""
        ...
