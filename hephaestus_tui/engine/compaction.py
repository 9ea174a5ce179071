"""What of a long conversation still goes to the model, and what may be taken out of it: pure, so that a resumed agent
sends exactly what the one that was killed would have sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

from hephaestus_tui.domain.context import message_tokens
from hephaestus_tui.domain.events import ContextCompacted
from hephaestus_tui.domain.message import (
    LetterPart,
    Message,
    OverlapPart,
    Part,
    Speaker,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    UnreadPart,
)
from hephaestus_tui.engine.prompts import ANSWER_NUDGE, NUDGE

LONG = 1_500  # characters of a result from which on it is worth shortening
ENDS = 300  # characters that are left of each end of it
SUMMARY_TOKENS = 2_000
_OURS = (NUDGE, ANSWER_NUDGE)

_HEAD = (
    "The first {count} messages of this conversation were summed up to save room. Your task and what people told you "
    "stand above, word for word. The summary, then the conversation goes on:\n\n"
)
_QUOTED = "In the messages that were summed up, {name} {arguments} was answered, word for word:\n{content}"
_LEFT_OUT = (
    "\n[… {count:,} characters were left out here to save room. To see them, call {name} again, for a part of them if you "
    "can; but repeat nothing that would do something twice …]\n"
)


@dataclass(frozen=True, slots=True)
class Cut:
    """What is taken out: messages before `upto`, and the middle of the results of the calls in `cleared`; the results in
    `quoted` are told word for word all the same."""

    upto: int = 0
    cleared: tuple[str, ...] = ()
    quoted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """In tokens: what goes along with every request (`fixed`), what the conversation may be at the most, and what it is
    cut down to. `scale` is what our estimates are multiplied by."""

    fixed: int
    limit: int
    target: int
    scale: float = 1.0

    def size(self, messages: Sequence[Message]) -> int:
        return self.fixed + round(self.scale * sum(map(message_tokens, messages)))


def as_sent(messages: Sequence[Message], done: ContextCompacted | None) -> tuple[Message, ...]:
    """The messages of a request: everything but the system prompt, as the last compaction left it."""
    spoken = tuple(m for m in messages if m.speaker is not Speaker.SYSTEM)
    if done is None:
        return spoken
    return _without(spoken, Cut(done.upto, done.cleared, done.quoted), done.summary)


def cut_of(done: ContextCompacted | None) -> Cut:
    return Cut(done.upto, done.cleared, done.quoted) if done else Cut()


def plan_cut(
    messages: Sequence[Message], done: ContextCompacted | None, room: Room, *, keep_turns: int, human: Set[str],
    summary: bool = False,
) -> Cut | None:  # fmt: skip
    """The least that makes the conversation fit `room.target`; where nothing does, the most that may be taken.

    Long results of old turns go first, then the oldest turns but the last `keep_turns`, then more of these; results in
    `human` hold what a person said and are never shortened. With `summary` old turns are summed up even where there is
    room. None where nothing can be taken.
    """
    spoken = [m for m in messages if m.speaker is not Speaker.SYSTEM]
    before = cut_of(done)
    turns = [m.ordinal for m in spoken if m.speaker is Speaker.ASSISTANT]
    starts = [n for n in reversed(turns[-keep_turns:]) if n > before.upto]  # the newest first

    def size(cut: Cut) -> int:
        words = (done.summary if done else "") if cut.upto == before.upto else "x" * 4 * SUMMARY_TOKENS
        return room.size(_without(spoken, cut, words))

    oldest_kept = turns[-keep_turns] if len(turns) >= keep_turns else 0
    long_ones = _long_results([m for m in spoken if before.upto <= m.ordinal < oldest_kept], human, before.cleared)
    cut = replace(before, cleared=(*before.cleared, *long_ones))
    if not summary and size(cut) <= room.target:
        return cut if cut != before else None
    for upto in reversed(starts):
        earlier = [m for m in spoken if m.ordinal < upto]
        if not any(m.speaker is not Speaker.USER and m.ordinal >= before.upto for m in earlier):
            continue  # nothing but what people said: that goes word for word anyway
        kept = [c for c in cut.cleared if c not in _call_ids(earlier)]
        cut = Cut(upto, tuple(kept), tuple(c for c in _call_ids(earlier) if c in human))
        if size(cut) <= room.target:
            return cut
    for call_id in _long_results([m for m in spoken if m.ordinal >= cut.upto], human, cut.cleared):
        last = _is_of_last_turn(spoken, call_id)
        if size(cut) <= (room.limit if last else room.target):
            break
        cut = replace(cut, cleared=(*cut.cleared, call_id))
    return cut if cut != before and size(cut) < size(before) else None


def _without(spoken: Sequence[Message], cut: Cut, summary: str) -> tuple[Message, ...]:
    names = {call.call_id: call for m in spoken for call in m.calls()}
    tail = tuple(_shortened(m, cut.cleared, names) for m in spoken if m.ordinal >= cut.upto)
    earlier = [m for m in spoken if m.ordinal < cut.upto]
    if not earlier:
        return tail
    told = [m for m in map(_of_people, earlier) if m.parts]
    quotes = tuple(_quotes(earlier, cut.quoted, names))
    said = TextPart(_HEAD.format(count=len(earlier)) + summary)
    words = Message(
        ordinal=earlier[-1].ordinal, speaker=Speaker.USER, parts=(*quotes, said), at=earlier[-1].at
    )  # fmt: skip
    return (*told, words, *tail)


def _of_people(message: Message) -> Message:
    """What people (and the brief of the task) said in it; the engine's own proddings are not worth their place."""
    if message.speaker is not Speaker.USER:
        return replace(message, parts=())
    return replace(message, parts=tuple(p for p in message.parts if not _may_be_summed_up(p)))


def _may_be_summed_up(part: Part) -> bool:
    """What other agents wrote and do may be, as the agent's own words may."""
    return isinstance(part, LetterPart | UnreadPart | OverlapPart) or (
        isinstance(part, TextPart) and part.text in _OURS
    )


def _quotes(earlier: Sequence[Message], quoted: Sequence[str], calls: dict[str, ToolCallPart]) -> Iterator[Part]:
    for part in (p for m in earlier for p in m.parts if isinstance(p, ToolResultPart) and p.call_id in quoted):
        call = calls[part.call_id]
        yield TextPart(_QUOTED.format(name=call.name, arguments=call.arguments, content=part.content))


def _shortened(message: Message, cleared: Sequence[str], calls: dict[str, ToolCallPart]) -> Message:
    if message.speaker is not Speaker.TOOL:
        return message
    return replace(message, parts=tuple(_shorter(p, cleared, calls) for p in message.parts))


def _shorter(part: Part, cleared: Sequence[str], calls: dict[str, ToolCallPart]) -> Part:
    if not (isinstance(part, ToolResultPart) and part.call_id in cleared and len(part.content) > 2 * ENDS):
        return part
    name = calls[part.call_id].name if part.call_id in calls else "the tool"
    mark = _LEFT_OUT.format(count=len(part.content) - 2 * ENDS, name=name)
    return replace(part, content=part.content[:ENDS] + mark + part.content[-ENDS:])


def _long_results(messages: Sequence[Message], human: Set[str], cleared: Sequence[str]) -> list[str]:
    parts = (p for m in messages for p in m.parts if isinstance(p, ToolResultPart))
    return [p.call_id for p in parts if len(p.content) > LONG and p.call_id not in human and p.call_id not in cleared]


def _call_ids(messages: Sequence[Message]) -> list[str]:
    return [call.call_id for m in messages for call in m.calls()]


def _is_of_last_turn(spoken: Sequence[Message], call_id: str) -> bool:
    last = next((m for m in reversed(spoken) if m.speaker is Speaker.ASSISTANT), None)
    return last is not None and any(call.call_id == call_id for call in last.calls())
