"""Whatever is taken out of a conversation, what is left is one that every vendor takes, and people's words are all in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hephaestus_tui.domain.context import Cause, text_tokens
from hephaestus_tui.domain.events import ContextCompacted
from hephaestus_tui.domain.message import (
    Message,
    Part,
    ReasoningPart,
    Speaker,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Phase
from hephaestus_tui.engine.compaction import SUMMARY_TOKENS, Cut, Room, as_sent, plan_cut
from hephaestus_tui.engine.prompts import NUDGE
from hephaestus_tui.engine.summary import MECHANICAL, mechanical, question
from hephaestus_tui.providers.anthropic import AnthropicWire
from hephaestus_tui.providers.base import TurnContext, TurnRequest
from hephaestus_tui.providers.failures import Who
from hephaestus_tui.providers.openai import OpenAIWire
from hephaestus_tui.providers.responses import ResponsesWire
from hephaestus_tui.providers.wording import UNANSWERED

WHO = Who(name="forge", host="here")
ANSWER = "an answer in a person's own words"


@dataclass
class Talk:
    """A conversation as an agent has it; `told` are the words of people in it, `human` the calls that hold some."""

    messages: list[Message] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    human: set[str] = field(default_factory=set)
    calls: int = 0

    def add(self, speaker: Speaker, *parts: Part) -> None:
        self.messages.append(
            Message(ordinal=len(self.messages), speaker=speaker, parts=parts, at=0.0, model="forge:m")
        )  # fmt: skip

    def person(self, words: str) -> None:
        self.told.append(words)
        self.add(Speaker.USER, TextPart(words))

    def turn(self, sizes: Sequence[int], thinks: bool, talk: int, asks: bool) -> None:
        parts: list[Part] = [ReasoningPart("so", f"sig{len(self.messages)}")] if thinks else []
        parts += [TextPart("w" * talk)] if talk or not sizes else []
        ids = [f"c{self.calls + n}" for n in range(len(sizes))]
        self.calls += len(sizes)
        parts += [ToolCallPart(i, "ask_human" if asks else "read_file", '{"path": "a.py"}') for i in ids]
        self.add(Speaker.ASSISTANT, *parts)
        for call_id, size in zip(ids, sizes, strict=True):
            if asks:
                self.told.append(f"{ANSWER} {call_id}")
                self.human.add(call_id)
            self.add(Speaker.TOOL, ToolResultPart(call_id, f"{ANSWER} {call_id}" if asks else call_id + "r" * size))
        if not sizes:
            self.add(Speaker.USER, TextPart(NUDGE))


_turns = st.tuples(
    st.lists(st.sampled_from([3, 700, 4_000, 60_000]), max_size=3), st.booleans(), st.sampled_from([0, 40, 2_000]),
    st.booleans(), st.sampled_from(["", "Mind the tests, please."]),
)  # fmt: skip


def grow(talk: Talk, turns: Sequence[tuple[list[int], bool, int, bool, str]]) -> None:
    for sizes, thinks, words, asks, said in turns:
        talk.turn(sizes, thinks, words, asks)
        if said:
            talk.person(f"{said} {len(talk.messages)}")


def begun() -> Talk:
    talk = Talk()
    talk.add(Speaker.SYSTEM, TextPart("You are careful."))
    talk.person("Your task is T1: mend the import.")
    return talk


def compacted(talk: Talk, cut: Cut, done: ContextCompacted | None) -> ContextCompacted:
    since = done.upto if done else 0
    gone = [m for m in talk.messages if since <= m.ordinal < cut.upto]
    summary = mechanical(gone, done.summary if done else "", RunState(), "T1") if gone else done.summary if done else ""
    return ContextCompacted(
        task_id="T1", turn=len(talk.messages), upto=cut.upto, summary=summary, cleared=cut.cleared, quoted=cut.quoted,
        messages=len(gone), before=0, after=0, cause=Cause.NEAR,
    )  # fmt: skip


def request(messages: tuple[Message, ...]) -> TurnRequest:
    context = TurnContext(task_id="T1", role="tester", phase=Phase.BUILDING, title="t")
    return TurnRequest(
        model="m", system="You are careful.", messages=messages, tools=(), max_tokens=10, attempt=1, context=context
    )  # fmt: skip


def check_anthropic(body: Any) -> None:
    messages = body["messages"]
    assert [m["role"] for m in messages] == [("user", "assistant")[n % 2] for n in range(len(messages))]
    for number, message in enumerate(messages):
        called = [b["id"] for b in message["content"] if b["type"] == "tool_use"]
        if called:
            answers = [b["tool_use_id"] for b in messages[number + 1]["content"] if b["type"] == "tool_result"]
            assert answers == called
        results = [b["type"] for b in message["content"]]
        assert results == sorted(results, key=lambda kind: kind != "tool_result") or "tool_result" not in results


def check_openai(body: Any) -> None:
    waiting: list[str] = []
    for message in body["messages"]:
        if message["role"] == "tool":
            assert message["tool_call_id"] == waiting.pop(0)
            continue
        assert not waiting
        waiting = [call["id"] for call in message.get("tool_calls", ())]
    assert not waiting


def check_responses(body: Any) -> None:
    waiting: list[str] = []
    for item in body["input"]:
        match item.get("type"):
            case "function_call":
                waiting.append(item["call_id"])
            case "function_call_output":
                assert item["call_id"] == waiting.pop(0)
            case _ if item.get("role") == "user":
                assert not waiting
    assert not waiting


def words(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from words(inner)
        case list():
            for inner in value:
                yield from words(inner)


def check(talk: Talk, done: ContextCompacted | None) -> None:
    sent = as_sent(talk.messages, done)
    whole = {id(m) for m in talk.messages}
    assert all(id(m) in whole for m in sent if m.speaker is Speaker.ASSISTANT), "reasoning goes back as it came, or not"
    wires = (
        (AnthropicWire(WHO), check_anthropic),
        (OpenAIWire(WHO), check_openai),
        (ResponsesWire(WHO), check_responses),
    )
    for wire, checked in wires:
        body = json.loads(json.dumps(wire.body(request(sent))))
        checked(body)
        said = "\n".join(words(body))
        assert UNANSWERED not in said
        assert all(told in said for told in talk.told)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.lists(_turns, min_size=1, max_size=6), min_size=1, max_size=3),
    st.integers(1, 4),
    st.sampled_from([3_000, 8_000, 30_000]),
    st.booleans(),
)
def test_a_compacted_conversation_is_valid_whole_in_what_people_said_and_fits(
    rounds: list[Any], keep: int, limit: int, asked: bool
) -> None:
    talk, done = begun(), None
    room = Room(fixed=200, limit=limit, target=limit // 2)
    for turns in rounds:
        grow(talk, turns)
        check(talk, done)
        before = room.size(as_sent(talk.messages, done))
        cut = plan_cut(talk.messages, done, room, keep_turns=keep, human=talk.human, summary=asked)
        if cut is None:
            assert before <= max(room.limit, least(talk, room)), "something could have been taken"
            continue
        assert cut.upto >= (done.upto if done else 0)
        done = compacted(talk, cut, done)
        check(talk, done)
        after = room.size(as_sent(talk.messages, done))
        assert after <= max(room.limit, least(talk, room))
        assert as_sent(talk.messages, done) == as_sent(list(talk.messages), done), "the same again, after a crash"


def least(talk: Talk, room: Room) -> int:
    """What can never be taken out: people's words and the last turn but for its long results, with room for a summary."""
    last = next((m.ordinal for m in reversed(talk.messages) if m.speaker is Speaker.ASSISTANT), 0)
    people = sum(text_tokens(t) + 40 for t in talk.told)
    tail = sum(min(text_tokens(str(m.parts)), 600) for m in talk.messages[last:])
    return room.fixed + people + tail + SUMMARY_TOKENS + 300


def test_long_results_of_old_turns_go_first_and_say_how_to_see_them_again() -> None:
    talk = begun()
    for _ in range(6):
        talk.turn([30_000], thinks=False, talk=40, asks=False)
    room = Room(fixed=0, limit=40_000, target=34_000)
    cut = plan_cut(talk.messages, None, room, keep_turns=4, human=set())
    assert cut == Cut(0, ("c0", "c1"))
    sent = as_sent(talk.messages, compacted(talk, cut, None))
    assert len(sent) == len(talk.messages) - 1, "no message is missing"
    first = next(p for m in sent for p in m.parts if isinstance(p, ToolResultPart))
    assert "29,402 characters were left out here to save room. To see them, call read_file again" in first.content
    assert len(first.content) < 1_000


def test_one_turn_that_is_too_long_is_shortened_itself() -> None:
    talk = begun()
    talk.turn([60_000, 60_000], thinks=True, talk=40, asks=False)
    room = Room(fixed=0, limit=20_000, target=10_000)
    cut = plan_cut(talk.messages, None, room, keep_turns=4, human=set())
    assert cut == Cut(0, ("c0",)), "no more of what the model has not seen yet than must be"


def test_what_people_said_is_never_shortened() -> None:
    talk = begun()
    talk.turn([5], thinks=False, talk=0, asks=True)
    talk.messages[-1] = Message(
        ordinal=3, speaker=Speaker.TOOL, parts=(ToolResultPart("c0", "my long answer " * 4_000),), at=0.0
    )
    room = Room(fixed=0, limit=2_000, target=1_000)
    assert plan_cut(talk.messages, None, room, keep_turns=1, human=talk.human) is None


def test_a_summary_of_a_summary_keeps_the_steps_and_stays_short() -> None:
    talk = begun()
    for _ in range(200):
        talk.turn([40], thinks=False, talk=400, asks=False)
    first = mechanical(talk.messages, "", RunState(), "T1")
    assert len(first) < MECHANICAL + 200
    assert first == mechanical(talk.messages, "", RunState(), "T1")
    again = mechanical(talk.messages[-4:], first, RunState(), "T1")
    assert len(again) < MECHANICAL + 200
    assert "earlier steps left out" in again
    assert "read_file path=a.py: c199rrr" in again


def test_the_model_is_asked_about_a_bounded_record() -> None:
    talk = begun()
    for _ in range(40):
        talk.turn([60_000], thinks=True, talk=400, asks=False)
    asked = question(talk.messages, "what came before", 20_000)
    assert len(asked) < 20_300
    assert "what came before" in asked
    assert "characters left out" in asked
