"""Without this, nothing could be shown, tested or measured without a key, a network and luck.

A provider whose turns stand in a file (`script`). It keeps no state: which turn comes next follows from the request
alone, since each reply is marked "AGENT#TURN" ("AGENT#" where it only answers what a human asked about a proposal);
so a run that was killed goes on where it was.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NoReturn

from pydantic import JsonValue

from hephaestus_tui.config import Price
from hephaestus_tui.domain.decision import Query
from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.domain.events import Channel
from hephaestus_tui.domain.message import Part, ReasoningPart, TextPart, ToolCallPart, Usage
from hephaestus_tui.providers.base import CallDelta, StreamItem, TextDelta, TurnContext, TurnEnd, TurnRequest
from hephaestus_tui.providers.conversation import size_of
from hephaestus_tui.providers.draft import CHARACTERS_PER_TOKEN, TEXT_LIMIT, estimated_tokens, priced
from hephaestus_tui.providers.errors import AuthFailed, BadRequest, IncompleteTurn, Overloaded
from hephaestus_tui.providers.http import Deadlines
from hephaestus_tui.providers.memory import ANSWER_TOOL, COMPLETE_TOOL, Memory, UnknownReference
from hephaestus_tui.providers.retry import Pace
from hephaestus_tui.providers.script import Fault, FaultKind, Reply, Script, ScriptedCall, Turn

_AT_ONCE = Turn(text="…", delay=0.3)
_NO_SUMMARY = "This agent plays a script, which has no summary of what it did."
_PIECE = re.compile(r"\s*\S{1,6}|\s+")


class ScriptedProvider:
    """Plays a script. `speed` multiplies its rate and divides its delays; `name` is the file, for messages."""

    def __init__(self, script: Script, name: str, *, speed: float = 1.0, pace: Pace | None = None) -> None:
        if not speed > 0:
            raise UsageError(f"The speed of a script must be above 0, and {speed:g} is not.")
        self._script = script
        self._name = name
        self._speed = speed
        self._pace = pace or Pace()

    def price(self, model: str) -> Price | None:
        return self._script.tokens_price()

    def window(self, model: str) -> int | None:
        return self._script.window

    def hurry(self) -> bool:
        return False

    async def aclose(self) -> None:
        """Nothing is open."""

    async def stream(self, request: TurnRequest) -> AsyncGenerator[StreamItem, None]:
        """See `Provider.stream`. Raises BadRequest where the script has no (further) turn for the task."""
        turn, mark, parts = self._next(request)
        fault = turn.fault if turn.fault and request.attempt <= turn.fault.times else None
        if fault is not None:
            self._refuse(fault)
        await self._pace.sleep(turn.delay / self._speed)
        items = list(_items(parts))
        if fault is not None and fault.kind in (FaultKind.CUT, FaultKind.ERROR, FaultKind.HANG):
            items = items[: max(len(items) // 2, 1)]
        async for item in self._timed(items):
            yield item
        if fault is not None:
            async for item in self._fail(fault, items):
                yield item
        usage = Usage(
            input=estimated_tokens(len(request.system) + size_of(request.messages)),
            output=estimated_tokens(sum(_size(item) for item in items)),
        )
        yield TurnEnd(parts=parts, usage=priced(usage, self._script.tokens_price()), reply_id=mark)

    def _next(self, request: TurnRequest) -> tuple[Turn, str, tuple[Part, ...]]:
        """The turn that comes next, its mark, and what it says."""
        context = request.context
        if context.sums_up:
            return _AT_ONCE, "", (TextPart(self._script.summary or _NO_SUMMARY),)
        entry = self._script.entry_for(context)
        if entry is None:
            raise BadRequest(
                f"The script {self._name} has no agent for task {context.task_id} ({context.role}, {context.phase}):"
                " add one."
            )
        memory = Memory(entry, request.messages)
        asked = memory.questions()
        if asked or _only_answers(request):
            return _AT_ONCE, f"{entry.name}#", self._answers(asked, memory)
        if self._script.stopped and memory.failed:
            return _AT_ONCE, f"{entry.name}#", self._parts(_stopping(self._script.stopped), memory, context)
        number = memory.next_turn()
        if (
            number is None and memory.put_off
        ):  # a person had a word for it: a script knows none, and ends as it would have
            number = memory.last_turn
        if number is None and memory.sent_back and self._script.sent_back:
            return _AT_ONCE, f"{entry.name}#", self._parts(_stopping(self._script.sent_back), memory, context)
        if number is None:
            raise BadRequest(
                f"The script {self._name} has no further turn for task {context.task_id}: agent {entry.name!r} is past"
                f" its turn {memory.last_turn} and no later one applies. Add one."
            )
        turn = entry.turn[number - 1]
        return turn, f"{entry.name}#{number}", self._parts(turn, memory, context)

    def _answers(self, asked: Sequence[tuple[str, Query, Reply | None]], memory: Memory) -> tuple[Part, ...]:
        """A call for each question; words alone where nothing was asked that has no answer."""
        said: list[Part] = []
        calls: list[Part] = []
        with self._references():
            for call_id, query, reply in asked:
                given: dict[str, JsonValue] = {"task_id": query.task_id, "answer": self._script.unforeseen_answer}
                if reply:
                    said += [ReasoningPart(str(memory.fill(reply.reasoning)))] if reply.reasoning else []
                    said += [TextPart(str(memory.fill(reply.text)))] if reply.text else []
                    given |= {"answer": reply.answer, **reply.amend.model_dump(mode="json", exclude_none=True)}
                calls.append(ToolCallPart(call_id, ANSWER_TOOL, json.dumps(memory.fill(given), ensure_ascii=False)))
        return (*said, *calls) or (TextPart(self._script.unforeseen_answer),)

    def _parts(self, turn: Turn, memory: Memory, context: TurnContext) -> tuple[Part, ...]:
        parts: list[Part] = []
        with self._references():
            if turn.reasoning:
                parts.append(ReasoningPart(str(memory.fill(turn.reasoning))))
            if turn.text:
                parts.append(TextPart(str(memory.fill(turn.text))))
            for call in turn.call:
                given = call.arguments
                if call.tool == COMPLETE_TOOL and self._script.unforeseen:
                    given = _with_evidence(given, context.done_criteria, self._script.unforeseen)
                arguments = json.dumps(memory.fill(given), ensure_ascii=False)
                parts.append(ToolCallPart(call.id, call.tool, arguments))
        return tuple(parts)

    @contextmanager
    def _references(self) -> Iterator[None]:
        try:
            yield
        except UnknownReference as error:
            raise BadRequest(
                f"This agent plays the script {self._name}, and its next turn speaks of a task that it has not proposed"
                f" in this conversation (@{error}), so it cannot go on. Stop it, or choose a model to go on instead. To"
                " mend the script, let an earlier turn propose that task, or give this one a `when`."
            ) from error

    def _refuse(self, fault: Fault) -> None:
        if fault.kind is FaultKind.OVERLOADED:
            raise Overloaded(f"The script {self._name} plays an overloaded provider: it can be tried again.")
        if fault.kind is FaultKind.AUTH:
            raise AuthFailed(f"The script {self._name} plays a provider that refuses the key.")

    async def _fail(self, fault: Fault, items: Sequence[StreamItem]) -> AsyncIterator[StreamItem]:
        match fault.kind:
            case FaultKind.CUT:
                self._incomplete("was cut off in the middle of its answer")
            case FaultKind.ERROR:
                self._incomplete("broke off with an error")
            case FaultKind.MALFORMED:
                self._incomplete("sent a malformed tool call")
            case FaultKind.HANG:
                await self._pace.sleep(Deadlines().idle)
                self._incomplete("sent no word for too long")
            case _:
                words = "".join(item.text for item in items if isinstance(item, TextDelta)) or "and so on "
                again = [TextDelta(Channel.TEXT, words)]
                sent = 0
                while sent <= TEXT_LIMIT:
                    async for item in self._timed(again):
                        sent += _size(item)
                        yield item
                self._incomplete(f"wrote more than {TEXT_LIMIT:,} characters in one turn and was stopped")

    def _incomplete(self, what: str) -> NoReturn:
        raise IncompleteTurn(f"The script {self._name} {what}. Nothing of this turn ran.")

    async def _timed(self, items: Sequence[StreamItem]) -> AsyncIterator[StreamItem]:
        """The items at the script's rate, each due at a time counted from the first: small waits do not add up."""
        rate = self._script.rate * CHARACTERS_PER_TOKEN * self._speed
        start, sent = self._pace.now(), 0
        for item in items:
            sent += _size(item)
            due = start + sent / rate if rate else start
            await self._pace.sleep(max(due - self._pace.now(), 0.0))
            yield item


def _stopping(words: str) -> Turn:
    call = ScriptedCall(id="stopped", tool=COMPLETE_TOOL, arguments={"summary": words})
    return Turn(text=words, call=(call,))


def _only_answers(request: TurnRequest) -> bool:
    """Whether the agent was woken for an answer alone."""
    return bool(request.tools) and all(tool.name == ANSWER_TOOL for tool in request.tools)


def _with_evidence(given: Mapping[str, JsonValue], criteria: Sequence[str], words: str) -> dict[str, JsonValue]:
    """The arguments with an entry of evidence for each criterion that they leave out."""
    evidence = given.get("evidence")
    offered: list[JsonValue] = [e for e in evidence if isinstance(e, dict)] if isinstance(evidence, list) else []
    named = {str(e.get("criterion", "")).strip().casefold() for e in offered if isinstance(e, dict)}
    more: list[JsonValue] = [{"criterion": c, "evidence": words} for c in criteria if c.strip().casefold() not in named]
    return {**given, "evidence": [*offered, *more]}


def _items(parts: tuple[Part, ...]) -> Iterator[StreamItem]:
    index = 0
    for part in parts:
        match part:
            case ReasoningPart(text):
                yield from (TextDelta(Channel.REASONING, piece) for piece in _PIECE.findall(text))
            case TextPart(text):
                yield from (TextDelta(Channel.TEXT, piece) for piece in _PIECE.findall(text))
            case ToolCallPart(_, name, arguments):
                size = 0
                for piece in _PIECE.findall(arguments):
                    size += len(piece)
                    yield CallDelta(index, name, size)
                index += 1
            case _:
                pass


def _size(item: StreamItem) -> int:
    match item:
        case TextDelta(_, text):
            return len(text)
        case CallDelta():
            return CHARACTERS_PER_TOKEN
        case _:
            return 0
