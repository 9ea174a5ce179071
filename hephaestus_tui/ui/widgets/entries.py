"""One message of many agents' talk, with the results of its calls, and what later facts change in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.message import Message, Speaker, ToolResultPart
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.widgets.between import block_of
from hephaestus_tui.ui.widgets.block_making import message_blocks
from hephaestus_tui.ui.widgets.blocks import Block, CallState
from hephaestus_tui.ui.widgets.call_blocks import CallBlocks
from hephaestus_tui.ui.widgets.stamps import Stamp, stamp


@dataclass(slots=True, eq=False)
class Entry:
    """A message, or what stands between two. `start` is its first block among those of all."""

    seq: int
    task_id: TaskId
    blocks: list[Block]
    turn: int = -1
    stamp: Stamp | None = None
    start: int = 0
    calls: CallBlocks = field(init=False)
    _at: float = 0.0

    def __post_init__(self) -> None:
        self.calls = CallBlocks(self.blocks)
        self._at = self.stamp.at if self.stamp else 0.0

    def answer(self, part: ToolResultPart, at: float) -> None:
        self.calls.result(part, max(at - self._at, 0.0))
        self._at = at

    def cost(self, fact: e.UsageRecorded) -> bool:
        """Whether it is what was spent on this message."""
        if self.stamp is None or not self.stamp.model or self.stamp.usage:
            return False
        self.stamp = replace(self.stamp, usage=fact.usage)
        return True


def entry_of(recorded: e.Recorded, fresh: set[TaskId]) -> Entry | None:
    """A new message; None for what says nothing, or changes others.

    `fresh` is kept here: tasks of which a conversation has begun, and the brief has not been told. System prompts are left
    out, since every agent has one.
    """
    match recorded.fact:
        case e.MessageAdded(task_id=task_id, message=message):
            if message.speaker is Speaker.SYSTEM:
                fresh.add(task_id)
            if message.speaker in (Speaker.SYSTEM, Speaker.TOOL):
                return None
            brief = message.speaker is Speaker.USER and (message.ordinal == 0 or task_id in fresh)
            fresh.discard(task_id)
            return _said(recorded.seq, task_id, message, brief=brief)
        case e.TurnCut() | e.ContextCompacted() | e.ModelSwitched() as fact:
            return Entry(recorded.seq, fact.task_id, [block_of(fact)], fact.turn)
        case _:
            return None


def _said(seq: int, task_id: TaskId, message: Message, *, brief: bool) -> Entry:
    blocks = list(message_blocks(message, begun=not brief))
    entry = Entry(seq, task_id, blocks, message.ordinal, stamp(message))
    entry.calls.take(message, 0)
    return entry


def changed_by(recorded: e.Recorded, entries: Sequence[Entry], at_work: Callable[[TaskId], bool]) -> Iterator[Entry]:
    """Change what a fact changes, and give each entry that is not as it was; what is not there is passed over.

    What a message took stands in the journal next to it: another message of the task may say nothing, and be no entry.
    """
    match fact := recorded.fact:
        case e.MessageAdded(task_id=task_id, message=message):
            for part in message.parts:
                if isinstance(part, ToolResultPart) and (entry := _asking(entries, task_id, part.call_id)):
                    entry.answer(part, message.at)
                    yield entry
        case e.UsageRecorded(estimated=False):
            entry = next((n for n in reversed(entries) if n.seq == recorded.seq - 1), None)
            if entry and entry.cost(fact):
                yield entry
        case e.ToolStarted(task_id=task_id, turn=turn):
            state = CallState.RUNNING if at_work(task_id) else CallState.UNANSWERED
            for entry in _turn(entries, task_id, turn):
                entry.calls.set_state(fact, state)
                yield entry
        case e.QuestionAsked(question=question):
            for entry in _turn(entries, question.task_id, question.turn):
                entry.calls.ask(question)
                yield entry
        case e.QuestionAnswered(question_id=question_id):
            for entry in (n for n in entries if n.calls.asks(question_id)):
                entry.calls.answered(question_id)
                yield entry
        case (
            e.AgentInterrupted(task_id=task_id) | e.AgentStalled(task_id=task_id) | e.TaskCompleted(task_id=task_id)
            | e.TaskFailed(task_id=task_id) | e.TaskCancelled(task_id=task_id)
        ):  # fmt: skip
            for entry in (n for n in entries if n.task_id == task_id):
                entry.calls.stop()
                yield entry
        case _:
            pass


def _turn(entries: Sequence[Entry], task_id: TaskId, turn: int) -> Iterator[Entry]:
    yield from (n for n in reversed(entries) if n.turn == turn and n.task_id == task_id)


def _asking(entries: Sequence[Entry], task_id: TaskId, call_id: str) -> Entry | None:
    return next((n for n in reversed(entries) if n.task_id == task_id and n.calls.waits_for(call_id)), None)
