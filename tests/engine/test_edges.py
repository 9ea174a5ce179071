"""Moments at which two things happen at once, or the process or the store fails between two records."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import aclosing, suppress
from dataclasses import replace
from itertools import pairwise
from typing import Any, cast

import pytest

from hephaestus_tui.config import Limits, SpawnBounds
from hephaestus_tui.domain.commands import AddTask, Answer, Decide, Pause, Restart, Resume, SetPolicy, Steer, Stop
from hephaestus_tui.domain.decision import Actor, ActorKind, Verdict
from hephaestus_tui.domain.errors import CommandRefused, StoreError
from hephaestus_tui.domain.events import (
    ALLOW,
    AgentPaused,
    MessageAdded,
    PolicyChanged,
    Question,
    QuestionAnswered,
    QuestionAsked,
    QuestionKind,
    Recorded,
    RunPaused,
    TaskCancelled,
    TaskStarted,
    ToolOutput,
    TurnBegan,
)
from hephaestus_tui.domain.message import Speaker, ToolResultPart, WordsPart
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.reach import WHOLE_RUN, only
from hephaestus_tui.domain.spending import held_by
from hephaestus_tui.domain.state import AgentStatus
from hephaestus_tui.domain.task import Origin, Phase, TaskDraft, TaskStatus
from hephaestus_tui.engine.bus import FACT_LIMIT, Bus
from hephaestus_tui.engine.busy import Busy
from hephaestus_tui.engine.gate import Gate
from hephaestus_tui.engine.ledger import Ledger
from hephaestus_tui.headless.policies import Waiting
from hephaestus_tui.headless.runner import HeadlessRun
from hephaestus_tui.store import failpoints
from hephaestus_tui.store.store import Store

SECONDS = 5
ADA = Actor(ActorKind.HUMAN, "ada")


@pytest.fixture(autouse=True)
def disarmed():
    yield
    failpoints.arm("")


def root(say, *turns):
    return say.entry("root", 'role = "backend_developer"', *turns)


def look(say, call_id="look", path="."):
    return say.call("list_files", call_id, f'{{ path = "{path}" }}')


def write(say, call_id="write", path="a.txt"):
    return say.call("write_file", call_id, f'{{ path = "{path}", content = "x" }}')


async def settled(session):
    async with asyncio.timeout(SECONDS):
        await session.settled()


async def seen(session, wanted):
    async with asyncio.timeout(SECONDS), aclosing(session.watch(0)) as events:
        async for event in events:
            if wanted(event):
                return event
    raise AssertionError("the session closed")


def fact_of(kind):
    return lambda event: isinstance(event, Recorded) and isinstance(event.fact, kind)


async def facts_of(forge, session):
    return [recorded.fact for recorded in await forge.store.facts(session.run_id)]


async def heard_by(session, task_id="T1"):
    messages = (await session.transcript(task_id)).messages
    return [p.word.text for m in messages if m.speaker is Speaker.USER for p in m.parts if isinstance(p, WordsPart)]


# -- stopping


@pytest.mark.parametrize("moment", range(10))
async def test_a_stop_while_the_agent_is_being_started_stops_it(forge, say, ada, moment):
    session = await forge.start(say.script(root(say, say.turn("1", look(say)), say.done())))
    await seen(session, fact_of(TaskStarted))
    for _ in range(moment):
        await asyncio.sleep(0)
    await session.submit(Stop(reach=only("T1"), actor=ada))
    await settled(session)
    assert session.state().tasks["T1"].status is TaskStatus.CANCELLED
    assert isinstance((await facts_of(forge, session))[-1], TaskCancelled)


async def test_a_task_stopped_while_it_asked_can_be_retried_and_asks_again(forge, say, ada, until):
    forge.policy = Policy.ASK
    session = await forge.start(say.script(root(say, say.turn("w", write(say)), say.done())))
    await until(session, lambda s: s.questions)
    await session.submit(Stop(reach=only("T1"), actor=ada))
    await settled(session)
    await session.submit(Restart(reach=only("T1"), actor=ada))
    state = await until(session, lambda s: s.questions)
    assert not (forge.project / "a.txt").exists()
    await session.submit(Answer(question_id=next(iter(state.questions)), answer=ALLOW, actor=ada))
    await settled(session)
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED
    assert (forge.project / "a.txt").exists()


async def test_a_retried_task_whose_spawn_waits_for_a_decision_waits_too(forge, say, ada, until):
    script = say.script(
        say.children("a"), root(say, say.turn("x", say.spawn("a", more="wait_for_decision = true")), say.done())
    )
    session = await forge.start(script)
    await until(session, lambda s: s.proposals)
    await session.submit(Stop(reach=only("T1"), actor=ada))
    await session.submit(Restart(reach=only("T1"), actor=ada))
    await settled(session)
    assert session.state().agents["T1"].status is AgentStatus.WAITING
    assert list(session.state().proposals) == ["T2"]
    await session.submit(Decide(task_id="T2", verdict=Verdict.REJECT, actor=ada, version=1, reason="no"))
    await settled(session)
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED


async def test_a_turn_that_was_stored_when_the_stop_came_is_not_cut_as_well(forge, say, ada):
    session = await forge.start(say.script(root(say, say.turn("Some words.", look(say)), say.done())))
    stops: list[Any] = []

    def stop_at_reply(run_id, recorded):
        replied = any(
            isinstance(r.fact, MessageAdded) and r.fact.message.speaker is Speaker.ASSISTANT for r in recorded
        )
        if replied and not stops:
            stops.append(asyncio.create_task(session.submit(Stop(reach=only("T1"), actor=ada))))

    forge.store.subscribe(stop_at_reply)
    await seen(session, fact_of(TaskCancelled))
    await stops[0]
    transcript = await session.transcript("T1")
    assert [m.speaker for m in transcript.messages][-1] is Speaker.ASSISTANT
    assert not transcript.cuts


async def test_a_proposal_keeps_its_number_when_its_agent_is_stopped_before_it_is_stored(forge, say):
    session = await forge.start(say.script(root(say, say.done())), serve=False)
    ledger = await Ledger.open(forge.store, session.run_id)
    gate = Gate(ledger, SpawnBounds(), lambda: 1.0)
    draft = TaskDraft(title="t", description="d", rationale="r", phase=Phase.BUILDING, role="qa_tester")
    other = sqlite3.connect(forge.folder / "hephaestus.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")  # the writer has to wait
    first = asyncio.create_task(gate.propose(draft, Origin(task_id="T1", turn=2, index=0), waits=False))
    second = asyncio.create_task(gate.propose(draft, Origin(task_id="T1", turn=2, index=1), waits=False))
    await asyncio.sleep(0)
    first.cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    other.rollback()
    other.close()
    await asyncio.wait([first, second])
    assert first.cancelled()
    assert second.result() == "T3"
    assert [p.origin.index for p in ledger.state.proposals.values()] == [0, 1]
    ledger.close()


# -- pausing and steering


async def test_an_agent_that_asks_just_after_it_was_paused_stays_paused_when_it_is_answered(forge, say, ada):
    session = await forge.start(say.script(root(say, say.done())), serve=False)
    question = Question(
        id="q", kind=QuestionKind.QUESTION, task_id="T1", text="?", options=(), turn=2, index=0, asked_at=0.0
    )
    started = TaskStarted(task_id="T1", agent_id="T1.1", role="backend_developer", model="m", attempt=1)
    paused = AgentPaused(task_id="T1", actor=ada)
    await forge.store.append(session.run_id, [started, paused, QuestionAsked(question=question)])
    await session.submit(Answer(question_id="q", answer="yes", actor=ada))
    assert session.state().agents["T1"].status is AgentStatus.PAUSED
    await session.submit(Resume(reach=only("T1"), actor=ada))
    assert session.state().agents["T1"].status is AgentStatus.WORKING


async def test_a_pause_while_a_turn_streams_comes_before_its_calls(forge, say, ada, until):
    ask = say.call("ask_human", "q", '{ question = "Ready?" }')
    session = await forge.start(say.script(root(say, say.turn("1", ask, extra="delay = 0.2"), say.done())))
    await seen(session, lambda event: isinstance(event, TurnBegan))
    await session.submit(Pause(reach=only("T1"), actor=ada))
    await settled(session)
    assert not session.state().questions
    await session.submit(Resume(reach=only("T1"), actor=ada))
    state = await until(session, lambda s: s.questions)
    await session.submit(Answer(question_id=next(iter(state.questions)), answer="yes", actor=ada))
    await settled(session)
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED


@pytest.mark.parametrize("task_id", ["T1", None])
async def test_a_pause_holds_between_two_calls_of_one_turn(forge, say, ada, until, task_id):
    run = say.call("run_command", "r", '{ command = "echo begun; while [ ! -e go ]; do sleep 0.02; done" }')
    session = await forge.start(say.script(root(say, say.turn("1", run, write(say)), say.done())))
    await seen(session, lambda event: isinstance(event, ToolOutput))
    await session.submit(Pause(reach=only(task_id), actor=ada))
    (forge.project / "go").touch()
    await settled(session)
    assert not (forge.project / "a.txt").exists()
    await session.submit(Resume(reach=only(task_id), actor=ada))
    await settled(session)
    assert (forge.project / "a.txt").exists()
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED


async def test_a_pause_right_behind_a_resume_holds(forge, say, ada, until):
    ask = say.call("ask_human", "q", '{ question = "Ready?" }')
    session = await forge.start(say.script(root(say, say.turn("1", ask), say.turn("2", write(say)), say.done())))
    state = await until(session, lambda s: s.questions)
    await session.submit(Pause(reach=WHOLE_RUN, actor=ada))
    await session.submit(Answer(question_id=next(iter(state.questions)), answer="yes", actor=ada))
    await settled(session)
    await asyncio.gather(
        session.submit(Resume(reach=WHOLE_RUN, actor=ada)), session.submit(Pause(reach=WHOLE_RUN, actor=ada))
    )
    await settled(session)
    assert session.state().paused
    assert session.state().agents["T1"].turns == 1


async def test_words_to_an_agent_that_only_talks_reach_it(forge, say, ada):
    session = await forge.start(say.script(root(say, say.turn("Hm.", extra="delay = 0.2"), say.done())))
    await seen(session, lambda event: isinstance(event, TurnBegan))
    await session.submit(Steer(reach=only("T1"), text="Mind the locks.", actor=ada))
    await settled(session)
    assert any("Mind the locks." in text for text in await heard_by(session))
    assert not session.state().steering


async def test_words_to_an_agent_that_has_not_begun_reach_it(forge, say, ada):
    session = await forge.start(say.script(root(say, say.done())), serve=False)
    started = TaskStarted(
        task_id="T1", agent_id="T1.1", role="backend_developer", model=session.state().model, attempt=1
    )
    await forge.store.append(session.run_id, [started])
    await session.submit(Steer(reach=only("T1"), text="Mind the locks.", actor=ada))
    forge.serve(session)
    await settled(session)
    assert any("Mind the locks." in text for text in await heard_by(session))


async def test_only_turns_without_a_call_that_follow_each_other_stall_an_agent(forge, say):
    work = [say.call("write_file", f"w{n}", f'{{ path = "{n}.txt", content = "x" }}') for n in range(5)]
    turns = [say.turn(f"Talk {n}.") + say.turn(f"Work {n}.", work[n]) for n in range(5)]
    session = await forge.start(say.script(root(say, *turns, say.done())))
    await settled(session)
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED


async def test_a_silent_agent_is_nudged_after_a_crash_too(forge, say, ada):
    session = await forge.start(say.script(root(say, *[say.turn(f"Talk {n}.") for n in range(4)], say.done())))
    await settled(session)
    assert session.state().agents["T1"].status is AgentStatus.STALLED
    await session.submit(Resume(reach=only("T1"), actor=ada))
    await settled(session)
    speakers = [m.speaker for m in (await session.transcript("T1")).messages]
    assert (Speaker.ASSISTANT, Speaker.ASSISTANT) not in list(pairwise(speakers))


async def test_words_to_a_stalled_agent_get_it_going(forge, say, ada):
    session = await forge.start(say.script(root(say, *[say.turn(f"Talk {n}.") for n in range(4)], say.done())))
    await settled(session)
    assert session.state().agents["T1"].status is AgentStatus.STALLED
    await session.submit(Steer(reach=only("T1"), text="Use the tools.", actor=ada))
    await settled(session)
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED
    assert any("Use the tools." in text for text in await heard_by(session))


# -- the store fails, or the process ends


async def test_a_run_taken_up_with_another_model_goes_on_with_it(forge, say, ada):
    session = await forge.start(say.script(root(say, say.turn("x", extra='fault = { kind = "auth" }'))))
    await settled(session)
    await forge.stop()
    other = forge.folder / "other.toml"
    other.write_text(say.script(root(say, say.done())), encoding="utf-8")
    forge.settings = replace(forge.settings, model=f"scripted:{other}")
    again = await forge.resume(session.run_id)
    await again.submit(Resume(reach=WHOLE_RUN, actor=ada))
    await settled(again)
    assert again.state().tasks["T1"].status is TaskStatus.COMPLETED
    assert again.state().agents["T1"].model == f"scripted:{other}"


async def test_a_store_that_fails_when_an_agent_starts_does_not_end_the_run(forge, say):
    session = await forge.start(say.script(root(say, say.done())), serve=False)
    failpoints.arm("tx.before_commit=raise@1")
    forge.serve(session)
    await settled(session)
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED


async def test_a_turn_that_could_not_be_stored_is_not_bought_again(forge, say):
    session = await forge.start(say.script(root(say, say.turn("", look(say), extra="delay = 0.1"), say.done())))
    began = []

    async def count():
        async with aclosing(session.watch(0)) as events:
            async for event in events:
                if isinstance(event, TurnBegan):
                    began.append(event.turn)
                    if len(began) == 1:
                        failpoints.arm("tx.before_commit=raise@1")

    counting = asyncio.create_task(count())
    await settled(session)
    counting.cancel()
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED
    assert began == sorted(set(began))


async def test_a_result_that_could_not_be_stored_is_not_lost(forge, say):
    run = say.call("run_command", "r", '{ command = "echo begun; while [ ! -e go ]; do sleep 0.02; done; echo 42" }')
    session = await forge.start(say.script(root(say, say.turn("", run), say.done())))
    await seen(session, lambda event: isinstance(event, ToolOutput))
    failpoints.arm("tx.before_commit=raise@1")
    (forge.project / "go").touch()
    await settled(session)
    parts = [p for m in (await session.transcript("T1")).messages for p in m.parts]
    assert "42" in next(p.content for p in parts if isinstance(p, ToolResultPart))


async def test_a_stop_that_could_not_be_stored_leaves_the_agent_at_work(forge, say, ada):
    session = await forge.start(say.script(root(say, say.turn("", look(say), extra="delay = 0.3"), say.done())))
    await seen(session, lambda event: isinstance(event, TurnBegan))
    failpoints.arm("tx.before_commit=raise@1")
    with pytest.raises(StoreError):
        await session.submit(Stop(reach=only("T1"), actor=ada))
    await settled(session)
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED


async def test_a_run_is_stored_with_its_first_task_or_not_at_all(forge, say):
    failpoints.arm("tx.before_commit=raise@2")
    await forge._store()
    failpoints.arm("tx.before_commit=raise@2")
    with suppress(StoreError):
        await forge.start(say.script(root(say, say.done())), serve=False)
    assert all(run.tasks for run in await forge.store.runs())


async def test_a_run_whose_first_task_will_not_do_leaves_nothing(forge, say):
    with pytest.raises(CommandRefused):
        await forge.start(say.script(root(say, say.done())), goal=" ", serve=False)
    assert not await forge.store.runs()


async def test_what_was_said_when_the_process_was_killed_is_kept(forge, say, ada):
    session = await forge.start(say.script(root(say, say.done())), serve=False)
    run_id = session.run_id
    started = TaskStarted(
        task_id="T1", agent_id="T1.1", role="backend_developer", model=session.state().model, attempt=1
    )
    await forge.store.append(run_id, [started])
    forge.store.keep_partial(run_id, "T1", 2, "I was about to say")
    await forge.stop()
    again = await forge.resume(run_id)
    await settled(again)
    assert (await again.transcript("T1")).unfinished == "I was about to say"
    await again.submit(Resume(reach=only("T1"), actor=ada))
    await settled(again)
    transcript = await again.transcript("T1")
    assert [cut.text for cut in transcript.cuts] == ["I was about to say"]
    assert not transcript.unfinished


async def test_a_limit_that_others_reached_holds_for_an_agent_that_was_stalled(forge, say, ada):
    hopeless = say.turn("x", look(say), extra='fault = { kind = "auth" }')
    forge.settings = replace(forge.settings, limits=Limits(run_tokens=1))
    script = say.script(say.entry("mine", 'title = "My own"', say.done()), root(say, hopeless, say.done()))
    session = await forge.start(script)
    await settled(session)
    assert session.state().agents["T1"].status is AgentStatus.STALLED
    draft = TaskDraft(title="My own", description="d", rationale="r", phase=Phase.VALIDATION, role="qa_tester")
    await session.submit(AddTask(draft=draft, actor=ada))
    await settled(session)
    assert session.state().usage.total > 1
    await session.submit(Resume(reach=only("T1"), actor=ada))
    await settled(session)
    assert held_by(session.state(), "T1") is not None
    assert session.state().agents["T1"].turns == 0


# -- watching


async def test_a_watcher_that_falls_behind_while_it_reads_the_journal_misses_nothing():
    facts = [Recorded(n, 0.0, RunPaused(actor=ADA)) for n in range(1, FACT_LIMIT + 102)]
    reads = []

    async def read(after):
        reads.append(after)
        if len(reads) == 1:
            bus.publish(facts[1:])  # more than a watcher may hold
            return facts[:1]
        return [f for f in facts if f.seq > after]

    bus = Bus(read)
    got = []
    async with asyncio.timeout(SECONDS), aclosing(bus.watch(0)) as events:
        async for event in events:
            assert isinstance(event, Recorded)
            got.append(event.seq)
            if len(got) == len(facts):
                break
    assert got == [f.seq for f in facts]


async def test_a_headless_run_of_which_nothing_is_left_to_do_ends(forge, say, ada):
    session = await forge.start(say.script(root(say, say.turn("1", say.spawn("a")), say.done())))
    await settled(session)
    run_id = session.run_id
    await forge.stop()
    again = await forge.resume(run_id)
    emitted: list[Recorded] = []
    async with asyncio.timeout(SECONDS):
        assert await HeadlessRun(again, Waiting(), ada, emitted.append).run(from_start=False) == 0
    assert not emitted


async def test_a_person_is_asked_one_thing_at_a_time(forge, say, ada, until):
    script = say.script(
        say.entry("mine", 'title = "My own"', say.turn("1", say.spawn("b")), say.done()),
        root(say, say.turn("1", say.spawn("a")), say.done()),
    )
    session = await forge.start(script)
    await settled(session)
    draft = TaskDraft(title="My own", description="d", rationale="r", phase=Phase.VALIDATION, role="qa_tester")
    await forge.stop()
    again = await forge.resume(session.run_id, serve=False)
    await again.submit(AddTask(draft=draft, actor=ada))

    class Slow:
        """Answers its first question when the next one is there already."""

        def __init__(self):
            self.asked = []
            self.inside = 0
            self.most = 0

        async def decide(self, proposal):
            self.asked.append(proposal.task_id)
            self.inside += 1
            self.most = max(self.most, self.inside)
            await until(again, lambda s: "T4" in s.proposals)
            for _ in range(20):
                await asyncio.sleep(0)
            self.inside -= 1

        async def answer(self, question):
            raise NotImplementedError

    decider = Slow()
    front = asyncio.create_task(HeadlessRun(again, decider, ada, lambda _: None).run(from_start=False))
    forge.serve(again)
    async with asyncio.timeout(SECONDS):
        await front
    assert decider.asked == ["T2", "T4"]
    assert decider.most == 1


async def test_a_ledger_that_is_opened_while_another_stores_lacks_nothing(forge, say, ada):
    session = await forge.start(say.script(root(say, say.done())), serve=False)

    class Slow:
        """The store, in which something is stored after a journal was read and before its reader has it."""

        append, subscribe = forge.store.append, forge.store.subscribe

        async def facts(self, run_id, after=0, most=None):
            found = await forge.store.facts(run_id, after, most)
            await session.submit(Pause(reach=WHOLE_RUN, actor=ada))
            return found

    ledger = await Ledger.open(cast(Store, Slow()), session.run_id)
    assert ledger.state == session.state()
    ledger.close()


async def test_settled_does_not_return_where_work_ended_and_began_in_one_breath():
    busy = Busy()
    busy.enter()
    waiting = asyncio.create_task(busy.settled())
    await asyncio.sleep(0)
    busy.leave()
    busy.enter()
    for _ in range(3):
        await asyncio.sleep(0)
    assert not waiting.done()
    busy.leave()
    await waiting


async def test_whoever_loosens_the_policy_allows_what_already_waits_for_it(forge, say, ada, until):
    forge.policy = Policy.ASK
    session = await forge.start(say.script(root(say, say.turn("1", write(say)), say.done())))
    state = await until(session, lambda s: s.questions)
    run_id, question_id = session.run_id, next(iter(state.questions))
    await forge.stop()
    again = await forge.resume(run_id)
    receipt = await again.submit(SetPolicy(policy=Policy.AUTO, actor=ada))
    assert receipt.note == "the policy is now auto, which allowed a waiting permission"
    *_, changed, answered = [r.fact for r in await forge.store.facts(run_id, 0)]
    assert isinstance(changed, PolicyChanged)
    assert answered == QuestionAnswered(question_id=question_id, answer=ALLOW, actor=ada)
    await again.submit(Resume(reach=only("T1"), actor=ada))
    await settled(again)
    assert (forge.project / "a.txt").exists()
    assert again.state().tasks["T1"].status is TaskStatus.COMPLETED
    with pytest.raises(CommandRefused, match="no longer waits"):
        await again.submit(Answer(question_id=question_id, answer="no", actor=ada))


async def test_what_a_new_policy_still_asks_about_waits_on(forge, say, ada, until):
    forge.policy = Policy.ASK
    session = await forge.start(say.script(root(say, say.turn("1", write(say)), say.done())))
    await until(session, lambda s: s.questions)
    for policy in (Policy.READ_ONLY, Policy.ASK):
        receipt = await session.submit(SetPolicy(policy=policy, actor=ada))
        assert receipt.note == f"the policy is now {policy}"
        assert session.state().questions
