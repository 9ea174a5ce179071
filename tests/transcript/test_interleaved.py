"""Many agents' words in one transcript: read later as they were watched, and paged without losing one's place."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.message import Message, Part, Speaker, TextPart, ToolCallPart, ToolResultPart, Usage
from hephaestus_tui.session import Page
from hephaestus_tui.ui.widgets.block_rows import BlockRows
from hephaestus_tui.ui.widgets.blocks import Block, Call, CallState, Head, Instructions, Prose, Talking
from hephaestus_tui.ui.widgets.drawing import Canvas
from hephaestus_tui.ui.widgets.interleaved import Interleaved, Many
from hephaestus_tui.ui.widgets.viewport import Viewport
from tests.paged import page_of

MANY = Many(wants=bool, head=lambda t: Head(t, "tech_lead", f"Title {t}"), at_work=bool, questions=tuple)
NOTHING = Page(facts=(), begin=0, end=1, seq=0)


class Crowd:
    """Agents that speak, call, are answered, asked and cut off, in any order."""

    def __init__(self, seed: int = 1, agents: int = 3) -> None:
        self.random = Random(seed)
        self.tasks = [f"T{n + 1}" for n in range(agents)]
        self.ordinals = dict.fromkeys(self.tasks, 0)
        self.open: dict[str, list[str]] = {task: [] for task in self.tasks}
        self.facts: list[e.Recorded] = []

    def tell(self, fact: e.Fact) -> None:
        self.facts.append(e.Recorded(len(self.facts) + 1, 1e9 + len(self.facts), fact))

    def say(self, task: str, speaker: Speaker, *parts: Part) -> None:
        message = Message(
            ordinal=self.ordinals[task], speaker=speaker, parts=parts, at=1e9 + len(self.facts), model="a:m"
        )  # fmt: skip
        self.ordinals[task] += 1
        self.tell(e.MessageAdded(task_id=task, message=message))

    def step(self) -> None:
        task = self.random.choice(self.tasks)
        turn = self.ordinals[task]
        if turn == 0:
            self.say(task, Speaker.SYSTEM, TextPart("Rules for all."))
            self.say(task, Speaker.USER, TextPart(f"The brief of {task}."))
        elif self.open[task]:
            call = self.open[task].pop(0)
            index = int(call.rpartition("-")[2])
            self.tell(e.ToolStarted(task_id=task, turn=int(call.split("-")[1]), index=index, call_id=call, name="run"))
            if self.random.random() < 0.9:
                self.say(task, Speaker.TOOL, ToolResultPart(call, f"result of {call}", self.random.random() < 0.2))
            else:
                self.open[task].insert(0, call)
                self.open[task] = []
                self.tell(e.AgentInterrupted(task_id=task))
        elif self.random.random() < 0.1:
            self.tell(e.TurnCut(task_id=task, turn=turn, text="and so", reason="the stream ended early"))
        elif self.random.random() < 0.2:
            self.say(task, Speaker.USER, TextPart(f"Words to {task}, number {turn}."))
        else:
            self.open[task] = [f"{task}-{turn}-{n}" for n in range(self.random.randrange(3))]
            calls = [ToolCallPart(call, "run_command", "{}") for call in self.open[task]]
            self.say(task, Speaker.ASSISTANT, TextPart(f"{task} says {turn}.\n\nAnd more."), *calls)
            self.tell(e.UsageRecorded(task_id=task, model="a:m", usage=Usage(input=turn, output=1)))


def crowd(steps: int, seed: int = 1, agents: int = 3) -> Crowd:
    told = Crowd(seed, agents)
    for _ in range(steps):
        told.step()
    return told


@pytest.mark.parametrize("seed", range(8))
def test_it_is_the_same_watched_and_read(seed: int) -> None:
    told = crowd(120, seed)
    watched = Interleaved(NOTHING, MANY)
    random = Random(seed)
    left = list(told.facts)
    while left:
        count = random.randrange(1, 9)
        watched.feed(left[:count], ())
        del left[:count]
    stopped = {r.fact.task_id for r in told.facts if isinstance(r.fact, e.AgentInterrupted)}
    read = Interleaved(
        page_of(told.facts, most=10_000), Many(MANY.wants, MANY.head, lambda t: t not in stopped, MANY.questions)
    )
    assert _answered(watched.blocks) == _answered(read.blocks)
    assert watched.stamps == read.stamps
    assert (watched.begin, watched.end, watched.live) == (read.begin, read.end, True)


def _answered(blocks: list[Block]) -> list[Block]:
    """Without the calls that were cut off: whether one of them had begun, a page does not say of those before the last."""
    return [b for b in blocks if not isinstance(b, Call) or b.result]


def test_a_head_stands_where_another_agent_goes_on_and_nowhere_else() -> None:
    blocks = Interleaved(page_of(crowd(200).facts, most=10_000), MANY).blocks
    heads = [block for block in blocks if isinstance(block, Head)]
    assert all(one != other for one, other in pairwise(heads))
    assert 20 < len(heads) < len(blocks) / 2
    told = ""
    for block in blocks:
        told = block.task_id if isinstance(block, Head) else told
        if isinstance(block, Prose) and " says " in block.text:
            assert block.text.startswith(told)
    assert not any(isinstance(block, Instructions) and block.title == "system prompt" for block in blocks)


def test_pages_are_joined_to_the_whole_in_either_direction() -> None:
    facts = crowd(150).facts
    whole = Interleaved(page_of(facts, most=10_000), MANY).blocks
    up = Interleaved(page_of(facts, most=20), MANY)
    while up.begin:
        up.add(page_of(facts, before=up.begin, most=20))
    down = Interleaved(page_of(facts, after=0, most=20), MANY)
    while not down.live:
        down.add(page_of(facts, after=down.end, most=20))
    assert up.blocks == down.blocks == whole


def test_what_is_in_view_stays_while_pages_come_above_and_go_below(canvas: Canvas) -> None:
    facts = crowd(400).facts
    talk = Interleaved(page_of(facts, most=30), MANY, kept=60)
    view = Viewport(BlockRows(canvas, lambda *_: None), 12)
    view.rows.blocks = talk.blocks
    view.settle()
    seen: list[str] = []
    while talk.begin or view.top.block:
        view.move(-9)
        view.settle()
        before = [strip.text for _, strip in view.shown()]
        if talk.begin and view.top.block < 20:
            talk.add(page_of(facts, before=talk.begin, most=30))
            view.shift(talk.take_shift())
            view.settle()
            after = [strip.text for _, strip in view.shown()]
            assert [row for row in after if "•" not in row][:8] == [row for row in before if "•" not in row][:8]
        seen += [strip.text.strip() for _, strip in view.shown()]
    assert len(talk.blocks) < 400
    assert not talk.live
    assert {f"T1 says {n}." for n in range(3, 40)} & set(seen) == {
        f"T1 says {n}." for n in range(3, 40) if any(f"T1 says {n}." in str(r.fact) for r in facts)
    }


def test_what_comes_while_one_reads_above_is_counted_and_found_below() -> None:
    told = crowd(300)
    talk = Interleaved(page_of(told.facts, before=100, most=10), MANY)
    before, length = talk.arrived, len(talk.blocks)
    known = len(told.facts)
    for _ in range(30):
        told.step()
    talk.feed(told.facts[known:], ())
    assert talk.arrived > before
    assert len(talk.blocks) == length
    while not talk.live:
        talk.add(page_of(told.facts, after=talk.end, most=50))
    assert _answered(talk.blocks)[-20:] == _answered(Interleaved(page_of(told.facts, most=10_000), MANY).blocks)[-20:]


@pytest.mark.parametrize("reads_above", [False, True])
def test_what_a_silent_message_took_is_told_of_no_other(reads_above: bool) -> None:
    told = Crowd()
    told.say("T1", Speaker.ASSISTANT, TextPart("I begin."))
    talk = Interleaved(page_of(told.facts), MANY)
    if reads_above:
        talk.live, talk.end = False, 2
    told.say("T1", Speaker.ASSISTANT)
    told.tell(e.UsageRecorded(task_id="T1", model="a:m", usage=Usage(input=5)))
    told.say("T1", Speaker.ASSISTANT, TextPart("I go on."))
    told.tell(e.UsageRecorded(task_id="T1", model="a:m", usage=Usage(input=7)))
    talk.feed(told.facts, ())
    said = [*talk.entries, *talk.later]
    assert [n.stamp.usage.input if n.stamp and n.stamp.usage else 0 for n in said] == [0, 7]


def test_those_who_talk_have_a_line_each_and_no_words_that_move() -> None:
    told = crowd(20)
    talk = Interleaved(page_of(told.facts), MANY)
    turns = told.ordinals
    stream = e.Channel.TEXT
    talk.feed([], [e.TurnBegan("T1", turns["T1"], 1), e.TurnBegan("T2", turns["T2"], 1)])
    talk.feed([], [e.TextStreamed("T1", turns["T1"], stream, "The first paragraph.\n\nThe sec")])
    talk.feed([], [e.TextStreamed("T2", turns["T2"], e.Channel.REASONING, "Is it so?")])
    talk.feed([], [e.TextStreamed("T1", turns["T1"], stream, "ond.\nAnd its second line")])
    assert talk.blocks[-2:] == [Talking("T1", "says", "The second."), Talking("T2", "thinks", "Is it so?")]
    told.say("T1", Speaker.ASSISTANT, TextPart("The first paragraph.\n\nThe second."))
    late = [e.TextStreamed("T1", turns["T1"] - 1, stream, "older than the message")]
    talk.feed(told.facts[-1:], late)
    assert talk.blocks[-3:] == [
        Prose("The first paragraph."),
        Prose("The second."),
        Talking("T2", "thinks", "Is it so?"),
    ]


def test_a_call_is_answered_where_it_stands() -> None:
    told = Crowd()
    talk = Interleaved(NOTHING, MANY)
    told.say("T1", Speaker.ASSISTANT, ToolCallPart("c", "run_command", "{}"))
    told.tell(e.ToolStarted(task_id="T1", turn=0, index=0, call_id="c", name="run_command"))
    told.say("T2", Speaker.ASSISTANT, TextPart("Meanwhile."))
    talk.feed(told.facts, ())
    assert isinstance(call := talk.blocks[1], Call)
    assert call.state is CallState.RUNNING
    told.say("T1", Speaker.TOOL, ToolResultPart("c", "ok"))
    talk.feed(told.facts, ())
    assert isinstance(call := talk.blocks[1], Call)
    assert (call.state, call.result) == (CallState.DONE, "ok")
    assert talk.blocks[-1] == Prose("Meanwhile.")
    assert [entry.seq if (entry := talk.entry_at(n)) else None for n in range(4)] == [1, 1, 3, 3]


def test_a_command_that_runs_is_told_by_its_last_line() -> None:
    crowd = Crowd()
    crowd.say("T1", Speaker.USER, TextPart("The brief."))
    crowd.say("T1", Speaker.ASSISTANT, TextPart("I test."), ToolCallPart("c", "run_command", "{}"))
    crowd.tell(e.ToolStarted(task_id="T1", turn=1, index=0, call_id="c", name="run_command"))
    talk = Interleaved(NOTHING, MANY)
    output = [
        e.ToolOutput("T1", 1, 0, text) for text in ("\x1b[32mfirst\x1b[0m\nsec", "ond **x**\n\n", "\r50 %\r60 %\r")
    ]
    talk.feed(crowd.facts, output[:2])
    assert talk.blocks[-1] == Talking("T1", "runs", "second **x**")
    talk.feed([], output[2:])
    assert talk.blocks[-1] == Talking("T1", "runs", "60 %")
    told = len(crowd.facts)
    crowd.say("T1", Speaker.TOOL, ToolResultPart("c", "all is well"))
    talk.feed(crowd.facts[told:], output)
    assert not any(isinstance(block, Talking) for block in talk.blocks), "what is older than its end says nothing"
