"""Facts and flickers to blocks: what is read afterwards is what was watched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Verdict
from hephaestus_tui.domain.events import (
    AgentInterrupted,
    AgentSteered,
    CallStreamed,
    Channel,
    Flicker,
    MessageAdded,
    ModelSwitched,
    ProviderWaiting,
    Question,
    QuestionAnswered,
    QuestionAsked,
    QuestionKind,
    Recorded,
    TextStreamed,
    ToolOutput,
    ToolStarted,
    TurnBegan,
    TurnCut,
)
from hephaestus_tui.domain.message import (
    DecisionPart,
    Message,
    Part,
    ReasoningPart,
    Speaker,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from hephaestus_tui.session import Transcript
from hephaestus_tui.ui.text import TEXT_LIMIT
from hephaestus_tui.ui.widgets.blocks import (
    Call,
    CallState,
    Cut,
    Decided,
    Instructions,
    Prose,
    Switched,
    Thought,
    Unfinished,
    Waiting,
    Words,
)
from hephaestus_tui.ui.widgets.call_blocks import OUTPUT_LIMIT
from hephaestus_tui.ui.widgets.conversation import Conversation

ADA = Actor(ActorKind.HUMAN, "ada")
EMPTY = Transcript(task_id="T1", seq=0, messages=())

texts = st.lists(
    st.sampled_from(
        ["a word ", "two\n", "\n", "\n\n", "- item\n", "1. first\n", "```py\n", "```\n", "  x = 1\n", "# H\n"]
    ),
    min_size=1,
    max_size=12,
).map("".join)


def feed(conversation: Conversation, *events: Recorded | Flicker) -> Conversation:
    conversation.feed(
        [e for e in events if isinstance(e, Recorded)], [e for e in events if not isinstance(e, Recorded)]
    )  # fmt: skip
    return conversation


@st.composite
def told(draw: st.DrawFn, make: Callable[[], Any]) -> Any:
    """A whole story: each turn streamed, some cut, each call answered."""
    story = make()
    story.say(Speaker.SYSTEM, TextPart("be brief"))
    story.say(Speaker.USER, TextPart(draw(texts)))
    for _ in range(draw(st.integers(1, 5))):
        if draw(st.booleans()):
            story.say(Speaker.USER, TextPart(draw(texts)), DecisionPart(_rejection()))
        for attempt in range(1, draw(st.integers(1, 3))):
            lost = draw(texts)
            _stream(draw, story, attempt, Channel.TEXT, lost)
            story.cut(lost)
            if draw(st.booleans()):
                story.switch(f"b:{attempt}", fallback=draw(st.booleans()))
        if draw(st.booleans()):
            story.switch("c:chosen", fallback=False)
        parts: list[Part] = []
        for channel, part in ((Channel.REASONING, ReasoningPart), (Channel.TEXT, TextPart)):
            if draw(st.booleans()):
                parts.append(part(draw(texts)))
                _stream(draw, story, 3, channel, parts[-1].text)  # type: ignore[union-attr]
        turn = story.next
        calls = [ToolCallPart(f"c{turn}.{i}", "run_command", "{}") for i in range(draw(st.integers(0, 3)))]
        for index, call in enumerate(calls):
            story.flicker(CallStreamed("T1", turn, index, call.name, 2))
        story.say(Speaker.ASSISTANT, *parts, *calls)
        for index, call in enumerate(calls):
            if draw(st.booleans()):
                story.start(turn, index, call.call_id)
                story.flicker(ToolOutput("T1", turn, index, "some output\n"))
            story.answer(call.call_id, draw(texts), is_error=draw(st.booleans()))
    return story


def _stream(draw: st.DrawFn, story: Any, attempt: int, channel: Channel, text: str) -> None:
    if draw(st.booleans()):
        story.begin(attempt)
    step = draw(st.integers(1, 9))
    for start in range(0, len(text), step):
        story.flicker(TextStreamed("T1", story.next, channel, text[start : start + step]))


def _rejection() -> Decision:
    return Decision(
        id=1, task_id="T2", version=1, verdict=Verdict.REJECT, actor=ADA, decided_at=0, waited=3, reason="no"
    )  # fmt: skip


@settings(deadline=None)
@given(data=st.data())
def test_read_afterwards_is_as_watched(new_story: Callable[[], Any], data: st.DataObject) -> None:
    story = data.draw(told(new_story))
    live = Conversation(EMPTY)
    events: Sequence[Recorded | Flicker] = story.events
    while events:
        size = data.draw(st.integers(1, 12))
        feed(live, *events[:size])
        events = events[size:]
    assert live.blocks == Conversation(story.transcript()).blocks


@settings(deadline=None)
@given(data=st.data())
def test_opened_in_the_middle_ends_as_watched_from_the_start(new_story: Callable[[], Any], data: st.DataObject) -> None:
    story = data.draw(told(new_story))
    seq = data.draw(st.integers(0, len(story.events)))
    early = [e.fact for e in story.events[:seq] if isinstance(e, Recorded)]
    messages = tuple(f.message for f in early if isinstance(f, MessageAdded))
    answered = {p.call_id for m in messages for p in m.parts if isinstance(p, ToolResultPart)}
    late = Conversation(
        Transcript(
            task_id="T1",
            seq=seq,
            messages=messages,
            cuts=tuple(f for f in early if isinstance(f, TurnCut)),
            switches=tuple(
                (sum(isinstance(cut, TurnCut) for cut in early[:place]), f)
                for place, f in enumerate(early)
                if isinstance(f, ModelSwitched)
            ),
            unanswered=tuple(f for f in early if isinstance(f, ToolStarted) and f.call_id not in answered),
        )
    )
    for position, event in enumerate(story.events):
        if isinstance(event, Recorded) or position >= seq:  # facts that it has already come again
            feed(late, event)
    assert late.blocks == Conversation(story.transcript()).blocks


def test_who_takes_over_is_seen_where_it_happened_and_the_countdown_ends(story: Any) -> None:
    story.say(Speaker.USER, TextPart("do it"))
    story.begin()
    story.flicker(ProviderWaiting("T1", "it answered 529", 30.0))
    watched = feed(Conversation(EMPTY), *story.events)
    assert isinstance(watched.blocks[-1], Waiting)
    told = len(story.events)
    story.cut("", "it answered 529")
    story.switch("b:next")
    story.switch("c:chosen", fallback=False)
    feed(watched, *story.events[told:])
    expected = [
        Cut("", "it answered 529"),
        Switched("a:first", "b:next", "it answered 401", fallback=True),
        Switched("a:first", "c:chosen", "it answered 401", fallback=False),
    ]
    assert watched.blocks[1:] == Conversation(story.transcript()).blocks[1:] == expected


def test_brief_and_prompt_are_instructions_and_later_words_are_words(story: Any) -> None:
    story.say(Speaker.SYSTEM, TextPart("you are"))
    story.say(Speaker.USER, TextPart("do it"))
    story.say(Speaker.ASSISTANT, TextPart("one\n\ntwo"))
    story.say(Speaker.USER, TextPart("stop that"), DecisionPart(_rejection()))
    assert Conversation(story.transcript()).blocks == [
        Instructions("system prompt", "you are"),
        Instructions("brief", "do it"),
        Prose("one"),
        Prose("two"),
        Words("stop that"),
        Decided(_rejection()),
    ]


def test_a_cut_stands_before_the_message_that_took_its_place(story: Any) -> None:
    story.say(Speaker.USER, TextPart("do it"))
    story.cut("half a")
    story.say(Speaker.ASSISTANT, TextPart("whole"))
    kinds = [type(b) for b in Conversation(story.transcript()).blocks]
    assert kinds == [Instructions, Cut, Prose]


def test_text_streams_into_paragraphs_of_which_only_the_last_is_live() -> None:
    live = feed(Conversation(EMPTY), TextStreamed("T1", 0, Channel.TEXT, "one\n\ntwo\n\nthr"))
    feed(live, TextStreamed("T1", 0, Channel.TEXT, "ee"))
    assert live.blocks == [Prose("one"), Prose("two"), Prose("three", live=True)]


def test_a_new_try_voids_what_the_last_one_said() -> None:
    live = feed(Conversation(EMPTY), TurnBegan("T1", 0, 1), TextStreamed("T1", 0, Channel.TEXT, "lost"))
    assert feed(live, TurnBegan("T1", 0, 2)).blocks == []


def test_a_try_that_was_cut_within_a_frame_leaves_nothing_behind(story: Any) -> None:
    story.begin(1)
    story.flicker(TextStreamed("T1", 0, Channel.TEXT, "lost"))
    story.cut("lost")
    story.begin(2)
    story.flicker(TextStreamed("T1", 0, Channel.TEXT, "kept"))
    cut = Cut("lost", "the stream ended early")
    assert feed(Conversation(EMPTY), *story.events[:3]).blocks == [cut]
    assert feed(Conversation(EMPTY), *story.events).blocks == [cut, Prose("kept", live=True)]


def test_reasoning_closes_when_text_begins() -> None:
    live = feed(
        Conversation(EMPTY),
        TextStreamed("T1", 0, Channel.REASONING, "hm"),
        TextStreamed("T1", 0, Channel.TEXT, "so"),
        CallStreamed("T1", 0, 0, "write_file", 120),
    )
    assert live.blocks == [Thought("hm"), Prose("so"), Call("write_file", state=CallState.WRITING, size=120)]


def test_events_of_other_tasks_and_known_facts_change_nothing(story: Any) -> None:
    story.say(Speaker.USER, TextPart("do it"))
    conversation = Conversation(story.transcript())
    before = list(conversation.blocks)
    other = Message(ordinal=1, speaker=Speaker.USER, parts=(TextPart("not you"),), at=1.0)
    feed(
        conversation,
        story.events[0],
        Recorded(9, 0, MessageAdded(task_id="T2", message=other)),
        TextStreamed("T2", 1, Channel.TEXT, "not you"),
        ProviderWaiting("T2", "slow", 3),
    )
    assert conversation.blocks == before


def test_late_flickers_of_a_finished_turn_are_ignored(story: Any) -> None:
    story.say(Speaker.ASSISTANT, TextPart("whole"))
    live = feed(Conversation(EMPTY), *story.events, TextStreamed("T1", 0, Channel.TEXT, "whole"))
    assert live.blocks == [Prose("whole")]


def test_an_interrupted_agent_leaves_its_words_and_its_open_call(story: Any) -> None:
    story.say(Speaker.ASSISTANT, ToolCallPart("c", "run_command", "{}"))
    story.start(0, 0, "c")
    live = feed(Conversation(EMPTY), *story.events)
    assert live.blocks == [Call("run_command", "{}", CallState.RUNNING)]
    feed(live, TextStreamed("T1", 1, Channel.TEXT, "and then"))
    feed(live, Recorded(99, 0, AgentInterrupted(task_id="T1")))
    assert live.blocks == [Call("run_command", "{}", CallState.UNANSWERED), Unfinished("and then")]
    assert Conversation(story.transcript("and then")).blocks == live.blocks


def test_unfinished_text_goes_on_when_its_turn_does(story: Any) -> None:
    conversation = Conversation(story.transcript("Hello w"))
    assert conversation.blocks == [Unfinished("Hello w")]
    feed(conversation, TextStreamed("T1", 0, Channel.TEXT, "orld"))
    assert conversation.blocks == [Prose("Hello world", live=True)]


def test_a_call_asks_runs_and_is_answered(story: Any) -> None:
    story.say(Speaker.ASSISTANT, ToolCallPart("c", "run_command", "{}"))
    live = feed(Conversation(EMPTY), *story.events)
    question = Question(
        id="q", kind=QuestionKind.PERMISSION, task_id="T1", text="x", options=(), turn=0, index=0, asked_at=0.0
    )  # fmt: skip
    states = []
    for event in (
        Recorded(50, 0, QuestionAsked(question=question)),
        Recorded(51, 0, QuestionAnswered(question_id="q", answer="allow", actor=ADA)),
        ToolOutput("T1", 0, 0, "x" * 2 * OUTPUT_LIMIT),
    ):
        feed(live, event)
        states.append(live.blocks[0].state)  # type: ignore[union-attr]
    assert states == [CallState.ASKING, CallState.PLANNED, CallState.RUNNING]
    assert len(live.blocks[0].output) == OUTPUT_LIMIT  # type: ignore[union-attr]


def test_waiting_and_queued_words_stand_at_the_end_until_they_are_over(story: Any) -> None:
    live = feed(Conversation(EMPTY), ProviderWaiting("T1", "429", 8.0))
    assert live.blocks == [Waiting("429", 8.0)]
    feed(live, Recorded(1, 0, AgentSteered(task_id="T1", text="hurry", actor=ADA)), ProviderWaiting("T1", "", 0.0))
    assert live.blocks == [Words("hurry", str(ADA), "at its next turn")]
    steered = Message(ordinal=0, speaker=Speaker.USER, parts=(TextPart("hurry"),), at=0.0)
    feed(live, Recorded(2, 0, MessageAdded(task_id="T1", message=steered)))
    assert not any(isinstance(b, Words) and b.waits for b in live.blocks)


def test_text_past_the_limit_is_counted_not_kept() -> None:
    live = Conversation(EMPTY)
    for _ in range(20):
        feed(live, TextStreamed("T1", 0, Channel.TEXT, "word " * 2_000))
    shown = [b for b in live.blocks if isinstance(b, Prose)]
    assert sum(len(b.text) for b in shown) == TEXT_LIMIT
    assert shown[-1].hidden == 200_000 - TEXT_LIMIT
