"""A task's stored conversation: what was said, what comes next, and which calls still want a result."""

from __future__ import annotations

from collections.abc import Sequence

from hephaestus_tui.domain.events import Fact, MessageAdded
from hephaestus_tui.domain.message import (
    DecisionPart,
    Message,
    OverlapPart,
    Part,
    QueryPart,
    ReviewPart,
    Speaker,
    ToolCallPart,
    ToolResultPart,
    UndonePart,
    UnreadPart,
)
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.engine.compaction import as_sent
from hephaestus_tui.engine.ledger import Ledger
from hephaestus_tui.engine.news import Told
from hephaestus_tui.engine.standing import decision_in, is_of_the_gate

COMPLETE_TOOL = "complete_task"


class Conversation:
    """Messages in memory as they are in the store; `add` is the way to both.

    `unfinished` is what was found of a turn that had no end when it was loaded. `earlier` are the messages before a
    human let it begin anew: they are kept, and the model does not see them.
    """

    def __init__(self, ledger: Ledger, task_id: TaskId, messages: tuple[Message, ...], unfinished: str) -> None:
        self.unfinished = unfinished
        begins = ledger.state.begins.get(task_id, 0)
        self.earlier = messages[:begins]
        self._ledger = ledger
        self._task_id = task_id
        self._messages = list(messages[begins:])

    @classmethod
    async def load(cls, ledger: Ledger, task_id: TaskId) -> Conversation:
        transcript = await ledger.store.transcript(ledger.run_id, task_id)
        return cls(ledger, task_id, transcript.messages, transcript.unfinished)

    @property
    def next_ordinal(self) -> int:
        return len(self.earlier) + len(self._messages)

    @property
    def length(self) -> int:
        """How many messages the model's conversation has."""
        return len(self._messages)

    @property
    def system(self) -> str:
        return "".join(
            getattr(part, "text", "") for m in self._messages if m.speaker is Speaker.SYSTEM for part in m.parts
        )

    @property
    def messages(self) -> Sequence[Message]:
        """All that was ever said, the system prompt first."""
        return self._messages

    @property
    def spoken(self) -> tuple[Message, ...]:
        """What goes over the wire: everything but the system prompt, and but what was compacted."""
        return as_sent(self._messages, self._ledger.state.compacted.get(self._task_id))

    @property
    def silent(self) -> bool:
        """Whether the model spoke last and called no tool."""
        last = self._messages[-1] if self._messages else None
        return last is not None and last.speaker is Speaker.ASSISTANT and not last.calls()

    @property
    def idle(self) -> bool:
        """Whether the model spoke last, and either called no tool or wanted to complete its task."""
        for message in reversed(self._messages):
            if message.speaker is Speaker.ASSISTANT:
                calls = message.calls()
                return not calls or any(call.name == COMPLETE_TOOL for call in calls)
            if message.speaker is not Speaker.TOOL:
                return False
        return False

    @property
    def call_ids(self) -> set[str]:
        return {call.call_id for m in (*self.earlier, *self._messages) for call in m.calls()}

    def told(self) -> Told:
        """What the agent was told by a message, or by the result of a call that waited for the decision."""
        told = Told()
        gates = {call.call_id for m in self._messages for call in m.calls() if is_of_the_gate(call.name)}
        for part in (part for message in self._messages for part in message.parts):
            match part:
                case DecisionPart(decision):
                    told.decisions.add(decision.id)
                case UndonePart(_, undoing):
                    told.undone.add(undoing.decision_id)
                case ReviewPart(_, number):
                    told.reviews.add(number)
                case QueryPart(query):
                    told.queries.add(query.id)
                case UnreadPart(letter, reader):
                    told.unread.add((letter.id, reader))
                case OverlapPart(other, _, paths):
                    told.overlaps.update((other, path) for path in paths)
                case ToolResultPart() if part.call_id in gates and (found := decision_in(part.content)):
                    told.decisions.add(found)
                case _:
                    pass
        return told

    def open_calls(self) -> list[tuple[int, int, ToolCallPart]]:
        """(turn, index, call) of each call without a result, in order; `index` counts the calls of its message."""
        answered = {p.call_id for m in self._messages for p in m.parts if isinstance(p, ToolResultPart)}
        return [
            (message.ordinal, index, call)
            for message in self._messages
            for index, call in enumerate(message.calls())
            if call.call_id not in answered
        ]

    def message(
        self, speaker: Speaker, parts: tuple[Part, ...], at: float, *, model: str = "", reply_id: str = ""
    ) -> Message:
        """The next message, not yet added."""
        return Message(
            ordinal=self.next_ordinal, speaker=speaker, parts=parts, at=at, model=model, reply_id=reply_id
        )  # fmt: skip

    async def add(self, message: Message, *more: Fact, worked: float = 0.0) -> None:
        """Store a message that took `worked` seconds, and other facts in the same transaction."""
        await self._ledger.record(self.fact(message, worked), *more)
        self.added(message)

    def fact(self, message: Message, worked: float) -> MessageAdded:
        return MessageAdded(task_id=self._task_id, message=message, worked=worked)

    def added(self, message: Message) -> None:
        """Its fact is stored."""
        self._messages.append(message)
