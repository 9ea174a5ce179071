"""The script decides by the conversation alone: turns, branches, references and faults."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Query, Undoing, Verdict
from hephaestus_tui.domain.errors import ConfigError, ProviderError, UsageError
from hephaestus_tui.domain.events import Channel
from hephaestus_tui.domain.message import (
    DecisionPart,
    Part,
    QueryPart,
    ReasoningPart,
    Speaker,
    TextPart,
    ToolCallPart,
    ToolDeclaration,
    ToolResultPart,
    UndonePart,
)
from hephaestus_tui.domain.task import Phase, TaskDraft
from hephaestus_tui.engine.prompts import INTERRUPTED
from hephaestus_tui.providers.base import CallDelta, StreamItem, TextDelta, TurnEnd, TurnRequest
from hephaestus_tui.providers.errors import AuthFailed, BadRequest, IncompleteTurn, Overloaded
from hephaestus_tui.providers.retry import Pace
from hephaestus_tui.providers.script import Script
from hephaestus_tui.providers.script_file import load_script, parse_script
from hephaestus_tui.providers.scripted import ScriptedProvider

Ask: TypeAlias = Callable[..., TurnRequest]
Entry: TypeAlias = tuple[Speaker, tuple[Part, ...], str]

SQUAD = """
price = { input = 3.0, output = 15.0 }
rate = 100

[[agent]]
name = "qa"
for = { role = "qa_tester", phase = "validation" }
[[agent.turn]]
text = "I test."

[[agent]]
name = "child"
for = { call = "build" }
[[agent.turn]]
text = "I build."

[[agent]]
name = "titled"
for = { title = "n+1" }
[[agent.turn]]
text = "I count."

[[agent]]
name = "root"
[[agent.turn]]
reasoning = "Let me think."
text = "Look first, mail me@look.org."
delay = 0.5
[[agent.turn.call]]
id = "look"
tool = "spawn_investigation_task"
arguments = { title = "Look" }
[[agent.turn.call]]
id = "build"
tool = "spawn_building_task"
arguments = { title = "Build", nested = [{ ids = ["@look"], note = "after @look, with @property" }] }

[[agent.turn]]
when = { look = "rejected" }
text = "Then without."

[[agent.turn]]
when = { look = "accepted", build = "open" }
text = "Both @look and @build."
[[agent.turn.call]]
id = "ask"
tool = "ask_human"
arguments = { question = "Go on?" }

[[agent.turn]]
when = { build = "edited" }
text = "As you changed it."

[[agent.turn]]
when = { answered = "yes" }
text = "On we go."
"""
FIRST = "Look first, mail me@look.org."
DRAFT = TaskDraft(title="t", description="d", rationale="r", phase=Phase.BUILDING, role="x")


def provider(text: str, pace: Pace, speed: float = 1.0) -> ScriptedProvider:
    return ScriptedProvider(parse_script(text, "squad.toml"), "squad.toml", speed=speed, pace=pace)


async def play(player: ScriptedProvider, request: TurnRequest, into: list[StreamItem] | None = None) -> TurnEnd:
    items = [] if into is None else into
    async for item in player.stream(request):
        items.append(item)
    end = items[-1]
    assert isinstance(end, TurnEnd)
    return end


def replied(number: int, *parts: Part, name: str = "root") -> Entry:
    return Speaker.ASSISTANT, parts or (TextPart("…"),), f"{name}#{number}"


def spawned(call_id: str, task_id: str, **more: str) -> Entry:
    return Speaker.TOOL, (ToolResultPart(call_id, json.dumps({"task_id": task_id} | more)),), ""


def decided(task_id: str, verdict: Verdict, into: str | None = None) -> Entry:
    final = None if verdict is Verdict.REJECT else DRAFT
    actor = Actor(ActorKind.HUMAN, "ada")
    decision = Decision(
        id=1, task_id=task_id, version=1, verdict=verdict, actor=actor, decided_at=0, waited=0, final=final,
        merged_into=into,
    )  # fmt: skip
    return Speaker.USER, (DecisionPart(decision),), ""


def asked(task_id: str, text: str, number: int = 1) -> Entry:
    actor = Actor(ActorKind.HUMAN, "ada")
    query = Query(id=f"{task_id}.{number}", task_id=task_id, version=1, text=text, actor=actor, asked_at=0.0)
    return Speaker.USER, (QueryPart(query),), ""


def answered(end: TurnEnd, *, is_error: bool = False) -> tuple[Entry, ...]:
    """The turn as it is stored, and what its calls brought."""
    results = [
        (Speaker.TOOL, (ToolResultPart(c.call_id, json.dumps({"task_id": "T2"}), is_error),), "") for c in calls(end)
    ]
    return (Speaker.ASSISTANT, end.parts, end.reply_id), *results


def calls(end: TurnEnd) -> list[ToolCallPart]:
    return [p for p in end.parts if isinstance(p, ToolCallPart)]


def arguments(end: TurnEnd) -> list[dict[str, Any]]:
    assert {c.name for c in calls(end)} <= {"answer_about_proposal"}
    return [json.loads(c.arguments) for c in calls(end)]


def text_of(end: TurnEnd) -> str:
    return "".join(p.text for p in end.parts if isinstance(p, TextPart))


NO_REFERENCE = SQUAD.replace("@look", "@nobody")
STARTED: tuple[Any, ...] = ("go", replied(1), spawned("look", "T2"), spawned("build", "T3"))


async def test_a_turn_streams_in_pieces_at_its_rate_and_ends_whole(ask: Ask, pace: Pace, slept: list[float]) -> None:
    items: list[StreamItem] = []
    end = await play(provider(NO_REFERENCE, pace, speed=2.0), ask("go"), items)
    assert end.reply_id == "root#1"
    reasoning, text, look, build = end.parts
    assert isinstance(reasoning, ReasoningPart)
    assert isinstance(text, TextPart)
    assert (reasoning.text, text.text) == ("Let me think.", FIRST.replace("@look", "@nobody"))
    assert isinstance(look, ToolCallPart)
    assert isinstance(build, ToolCallPart)
    assert (look.call_id, look.name, json.loads(look.arguments)) == (
        "look",
        "spawn_investigation_task",
        {"title": "Look"},
    )
    for channel, part in ((Channel.REASONING, reasoning), (Channel.TEXT, text)):
        pieces = [i.text for i in items if isinstance(i, TextDelta) and i.channel is channel]
        assert len(pieces) > 2
        assert "".join(pieces) == part.text
    last = {i.index: i for i in items if isinstance(i, CallDelta)}
    assert last == {0: CallDelta(0, look.name, len(look.arguments)), 1: CallDelta(1, build.name, len(build.arguments))}
    assert slept[0] == 0.25
    assert sum(slept[1:]) == pytest.approx(end.usage.output / 100 / 2, abs=0.02)
    assert end.usage.input == -(-len("You are careful.go") // 4)
    assert end.usage.cost == pytest.approx((end.usage.input * 3 + end.usage.output * 15) / 1e6)


async def test_no_rate_is_no_wait(ask: Ask, pace: Pace, slept: list[float]) -> None:
    await play(provider('rate = 0\n[[agent]]\nname = "a"\n[[agent.turn]]\ntext = "a b c d"', pace), ask())
    assert set(slept) == {0.0}


@pytest.mark.parametrize(
    ("asked", "entry"),
    [
        ({"role": "qa_tester", "phase": Phase.VALIDATION, "origin": "build"}, "qa"),
        ({"role": "qa_tester", "origin": "build"}, "child"),
        ({"title": "Fix the N+1 query"}, "titled"),
        ({}, "root"),
    ],
)
async def test_the_first_agent_that_fits_plays(asked: dict[str, Any], entry: str, ask: Ask, pace: Pace) -> None:
    assert (await play(provider(NO_REFERENCE, pace), ask(**asked))).reply_id == f"{entry}#1"


@pytest.mark.parametrize(
    ("since", "reply_id", "text"),
    [
        ([decided("T2", Verdict.REJECT)], "root#2", "Then without."),
        ([decided("T2", Verdict.ACCEPT)], "root#3", "Both T2 and T3."),
        ([decided("T2", Verdict.EDIT)], "root#3", "Both T2 and T3."),
        ([decided("T3", Verdict.EDIT)], "root#4", "As you changed it."),
        ([decided("T2", Verdict.REJECT), replied(2), decided("T3", Verdict.EDIT)], "root#4", "As you changed it."),
        ([replied(7, name="child"), decided("T2", Verdict.REJECT)], "root#2", "Then without."),
    ],
)
async def test_the_next_turn_follows_from_what_was_decided(
    since: list[Entry], reply_id: str, text: str, ask: Ask, pace: Pace
) -> None:
    request = ask(*STARTED, *since)
    player = provider(SQUAD, pace)
    end = await play(player, request)
    assert (end.reply_id, text_of(end)) == (reply_id, text)
    assert await play(player, request) == end, "asked twice, it answers the same"
    assert await play(provider(SQUAD, pace), request) == end, "and so does another after a crash"


async def test_a_decision_that_was_waited_for_stands_in_the_result(ask: Ask, pace: Pace) -> None:
    request = ask("go", replied(1), spawned("look", "T2", decision="rejected", reason="no"), spawned("build", "T3"))
    assert text_of(await play(provider(SQUAD, pace), request)) == "Then without."


async def test_an_answer_of_a_human_opens_a_branch(ask: Ask, pace: Pace) -> None:
    asked = replied(3, ToolCallPart("ask", "ask_human", "{}"))
    for words, reply_id in (("Oh YES please", "root#5"), ("no", None)):
        answer = (Speaker.TOOL, (ToolResultPart("ask", words),), "")
        request = ask(*STARTED, asked, answer)
        if reply_id is not None:
            assert (await play(provider(SQUAD, pace), request)).reply_id == reply_id
            continue
        with pytest.raises(
            BadRequest, match=r"squad\.toml has no further turn for task T1: agent 'root' is past its turn 3"
        ):
            await play(provider(SQUAD, pace), request)


REPLIES = f"""
unforeseen_answer = "That is not in my script."
{SQUAD}
[[agent.reply]]
to = "look"
asks = "how long"
reasoning = "They want a number."
text = "Fair question."
answer = "A day, and @build rests on it."
amend = {{ description = "A day at most, before @build.", done_criteria = ["A number"], priority = "high" }}
[[agent.reply]]
to = "look"
answer = "Because I saw it."
"""


async def test_a_question_is_answered_before_the_next_turn_and_moves_no_counter(ask: Ask, pace: Pace) -> None:
    player = provider(REPLIES, pace)
    before = (*STARTED, asked("T2", "How LONG will it take?"), decided("T2", Verdict.REJECT))
    end = await play(player, ask(*before))
    assert [type(p) for p in end.parts] == [ReasoningPart, TextPart, ToolCallPart]
    assert arguments(end) == [
        {
            "task_id": "T2",
            "answer": "A day, and T3 rests on it.",
            "description": "A day at most, before T3.",
            "done_criteria": ["A number"],
            "priority": "high",
        }
    ]
    assert await play(provider(REPLIES, pace), ask(*before)) == end
    after = await play(player, ask(*before, *answered(end)))
    assert (after.reply_id, text_of(after)) == ("root#2", "Then without.")


async def test_each_reply_is_given_once_and_the_unforeseen_has_one_too(ask: Ask, pace: Pace) -> None:
    player = provider(REPLIES, pace)
    said: tuple[Any, ...] = STARTED
    answers = []
    for number, question in enumerate(("why?", "how long?", "how long again?"), 1):
        said = (*said, asked("T2", question, number))
        end = await play(player, ask(*said))
        answers += [given["answer"] for given in arguments(end)]
        said = (*said, *answered(end))
    assert answers == ["Because I saw it.", "A day, and T3 rests on it.", "That is not in my script."]


async def test_what_was_asked_together_is_answered_together(ask: Ask, pace: Pace) -> None:
    end = await play(provider(REPLIES, pace), ask(*STARTED, asked("T3", "sure?"), asked("T2", "why?")))
    assert [(a["task_id"], a["answer"]) for a in arguments(end)] == [
        ("T3", "That is not in my script."),
        ("T2", "Because I saw it."),
    ]
    assert len({c.call_id for c in calls(end)}) == 2


async def test_an_amendment_that_is_refused_is_left_out_of_a_second_try(ask: Ask, pace: Pace) -> None:
    player = provider(REPLIES, pace)
    said: tuple[Any, ...] = (*STARTED, asked("T2", "how long?"), decided("T2", Verdict.REJECT))
    first = await play(player, ask(*said))
    said = (*said, *answered(first, is_error=True))
    again = await play(player, ask(*said))
    assert arguments(again) == [{"task_id": "T2", "answer": "A day, and T3 rests on it."}]
    assert text_of(await play(player, ask(*said, *answered(again, is_error=True)))) == "Then without."


async def test_an_agent_that_was_woken_for_an_answer_does_nothing_else(ask: Ask, pace: Pace) -> None:
    tool = ToolDeclaration("answer_about_proposal", "", {})
    player = provider(REPLIES, pace)
    woken = replace(ask(*STARTED, decided("T2", Verdict.REJECT), asked("T3", "sure?")), tools=(tool,))
    end = await play(player, woken)
    assert [a["task_id"] for a in arguments(end)] == ["T3"]
    over = replace(ask(*STARTED, decided("T2", Verdict.REJECT)), tools=(tool,))
    assert (await play(player, over)).parts == (TextPart("That is not in my script."),)


@pytest.mark.parametrize(
    ("since", "text"),
    [
        ((Speaker.TOOL, (ToolResultPart("look", "queue full", is_error=True),), ""), "I was told to stop."),
        (decided("T2", Verdict.REJECT, into="T9"), "It is part of another."),
        (decided("T2", Verdict.REJECT), "It is still open."),
    ],
)
async def test_what_was_merged_refused_or_taken_back_is_not_called_rejected(
    since: Entry, text: str, ask: Ask, pace: Pace
) -> None:
    script = """
    [[agent]]
    name = "root"
    [[agent.turn]]
    [[agent.turn.call]]
    id = "look"
    tool = "spawn_investigation_task"
    [[agent.turn]]
    when = { look = "rejected" }
    text = "It was rejected."
    [[agent.turn]]
    when = { look = "refused" }
    text = "I was told to stop."
    [[agent.turn]]
    when = { look = "merged" }
    text = "It is part of another."
    [[agent.turn]]
    when = { look = "open" }
    text = "It is still open."
    """
    entries: tuple[Any, ...] = ("go", replied(1), since)
    if since[0] is Speaker.USER:
        entries = ("go", replied(1), spawned("look", "T2"), since)
    if text == "It is still open.":
        undoing = Undoing(1, Actor(ActorKind.HUMAN, "ada"), 0.0, "")
        entries = (*entries, (Speaker.USER, (UndonePart("T2", undoing),), ""))
    assert text_of(await play(provider(script, pace), ask(*entries))) == text


async def test_nobody_for_a_task(ask: Ask, pace: Pace) -> None:
    text = '[[agent]]\nname = "a"\nfor = { role = "nobody" }\n[[agent.turn]]\ntext = "x"'
    with pytest.raises(BadRequest, match="no agent for task T1"):
        await play(provider(text, pace), ask())


async def test_references_reach_into_nested_arguments(ask: Ask, pace: Pace) -> None:
    two = """
    [[agent]]
    name = "root"
    [[agent.turn]]
    [[agent.turn.call]]
    id = "look"
    tool = "spawn_investigation_task"
    [[agent.turn]]
    [[agent.turn.call]]
    id = "build"
    tool = "spawn_building_task"
    arguments = { blocking_task_ids = ["@look"], nested = [{ note = "after @look, with @property" }], count = 2 }
    """
    end = await play(provider(two, pace), ask("go", replied(1), spawned("look", "T7")))
    (call,) = end.parts
    assert isinstance(call, ToolCallPart)
    assert json.loads(call.arguments) == {
        "blocking_task_ids": ["T7"],
        "nested": [{"note": "after T7, with @property"}],
        "count": 2,
    }
    failed = (Speaker.TOOL, (ToolResultPart("look", "queue full", is_error=True),), "")
    with pytest.raises(BadRequest, match=r"has not proposed in this conversation \(@look\)"):
        await play(provider(two, pace), ask("go", replied(1), failed))


FAULTY = """
rate = 0
[[agent]]
name = "a"
[[agent.turn]]
text = "one two three four five six seven"
fault = { kind = "KIND", times = 2 }
[[agent.turn.call]]
id = "c"
tool = "read"
"""


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("cut", IncompleteTurn),
        ("error", IncompleteTurn),
        ("malformed", IncompleteTurn),
        ("hang", IncompleteTurn),
        ("endless", IncompleteTurn),
        ("overloaded", Overloaded),
        ("auth", AuthFailed),
    ],
)
async def test_a_fault_plays_as_often_as_it_says(kind: str, error: type[ProviderError], ask: Ask, pace: Pace) -> None:
    text = FAULTY.replace("KIND", kind)
    if kind == "endless":
        text = text.replace("one two", "one" * 4_000)
    player = provider(text, pace)
    items: list[StreamItem] = []
    for attempt in (1, 2):
        with pytest.raises(error):
            await play(player, ask(attempt=attempt), items)
    assert not any(isinstance(item, TurnEnd) for item in items)
    assert (await play(player, ask(attempt=3))).reply_id == "a#1"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rate = = 3", r"bad\.toml is not valid TOML.*line 1"),
        ("rate = 3", r"agent: Field required"),
        (
            '[[agent]]\nname = "root"\n[[agent.turn]]\ntext = "x"\nspeed = 3',
            r"agent 'root', turn 1, speed: Extra inputs",
        ),
        (
            '[[agent]]\nname = "root"\n[[agent.turn]]\n[[agent.turn.call]]\nid = "a"',
            r"agent 'root', turn 1, call 1, tool: Field",
        ),
        ('[[agent]]\nname = "root"\n[[agent.turn]]\ndelay = 1', r"agent 'root', turn 1: a turn needs a text or a call"),
        (
            '[[agent]]\nname = "root"\n[[agent.turn]]\ntext = "x"\nwhen = { b = "open" }',
            r"agent 'root': turn 1: when: .*no call 'b'",
        ),
        ('[[agent]]\nname = "ro#ot"\n[[agent.turn]]\ntext = "x"', r"agent 'ro#ot', name: String should match"),
        (NO_REFERENCE.replace('"rejected"', '"declined"'), r"'look' is 'declined', and can be accepted, edited"),
        (NO_REFERENCE.replace('id = "build"', 'id = "look"'), r"the call id 'look' is used twice"),
        (
            REPLIES.replace('to = "look"', 'to = "seek"').replace("@look", "look"),
            r"agent 'root': reply 1: to: there is no call 'seek'",
        ),
        (REPLIES.replace("priority =", "prio ="), r"agent 'root', reply 1, amend, prio: Extra inputs"),
        (NO_REFERENCE.replace('"child"', '"root"'), r"two agents are called 'root'"),
        (NO_REFERENCE.replace('"ask"', '"answered"'), r"give the call another id"),
        (NO_REFERENCE.replace('title = "Look"', "title = inf"), r"agent 'root', turn 1, call 1"),
    ],
)
def test_a_mistake_in_a_script_is_named_with_its_place(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=says) as caught:
        load_script(path)
    assert str(path) in str(caught.value)


def test_a_script_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        load_script(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"# \xe4")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_script(tmp_path / "latin.toml")


def test_a_script_without_prices_is_free_and_the_speed_is_above_zero(pace: Pace) -> None:
    script: Script = parse_script('[[agent]]\nname = "a"\n[[agent.turn]]\ntext = "x"', "x")
    assert replace(script.tokens_price()) == script.tokens_price()
    assert script.tokens_price().input == 0.0
    with pytest.raises(UsageError, match="above 0"):
        ScriptedProvider(script, "x", speed=0.0, pace=pace)


STOPPING = """
stopped = "I stop."
unforeseen = "Not met."
[[agent]]
name = "root"
[[agent.turn]]
[[agent.turn.call]]
id = "edit"
tool = "edit_file"
[[agent.turn]]
text = "It is edited."
"""


@pytest.mark.parametrize(
    ("result", "mark"),
    [
        (ToolResultPart("edit", "done"), "root#2"),
        (ToolResultPart("edit", "edit_file was not run: a human refused it.", is_error=True), "root#"),
        (ToolResultPart("edit", INTERRUPTED, is_error=True), "root#2"),
    ],
)
async def test_after_a_step_that_did_not_go_through_no_later_turn_is_played(
    result: ToolResultPart, mark: str, ask: Ask, pace: Pace
) -> None:
    call = ToolCallPart("edit", "edit_file", "{}")
    request = ask("go", replied(1, call), (Speaker.TOOL, (result,), ""))
    request = replace(request, context=replace(request.context, done_criteria=("It works",)))
    end = await play(provider(STOPPING, pace), request)
    assert end.reply_id == mark
    if mark == "root#":
        (ending,) = calls(end)
        assert (text_of(end), ending.name) == ("I stop.", "complete_task")
        assert json.loads(ending.arguments) == {
            "summary": "I stop.",
            "evidence": [{"criterion": "It works", "evidence": "Not met."}],
        }
