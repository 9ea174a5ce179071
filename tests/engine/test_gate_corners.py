"""Where asking, undoing, merging and stopping meet: nothing that a person or an agent has said may be lost between them."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from dataclasses import replace

import pytest

from hephaestus_tui.config import SpawnBounds
from hephaestus_tui.domain.attention import attention
from hephaestus_tui.domain.commands import (
    AddTask,
    Answer,
    AskBack,
    Decide,
    Merge,
    Restart,
    SettleBlocker,
    Split,
    Stop,
    Undo,
)
from hephaestus_tui.domain.decision import Choice, Verdict
from hephaestus_tui.domain.errors import BadDraft, CommandRefused
from hephaestus_tui.domain.events import Recorded, TaskFailed
from hephaestus_tui.domain.message import Speaker, TextPart, WordsPart
from hephaestus_tui.domain.reach import only
from hephaestus_tui.domain.record import entries
from hephaestus_tui.domain.reducer import apply, replay
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import Phase, Priority, TaskDraft
from hephaestus_tui.engine.deciding import add
from hephaestus_tui.engine.desk import CallDesk
from hephaestus_tui.engine.settling import settle_blocker
from hephaestus_tui.providers.scripted import ScriptedProvider


def root(say, *turns):
    return say.entry("root", 'role = "backend_developer"', *turns)


def accept(task_id, actor, version=1):
    return Decide(task_id=task_id, verdict=Verdict.ACCEPT, actor=actor, version=version)


def ask(task_id, actor, version=1):
    return AskBack(task_id=task_id, version=version, question=f"Why {task_id}?", actor=actor)


async def spawned(forge, say, *names, more=None):
    """A run whose root has proposed `names` as T2, T3, … and has ended."""
    turns = [say.turn(n, say.spawn(n, more=(more or {}).get(n, ""))) for n in names]
    session = await forge.start(say.script(say.children(*names), root(say, *turns, say.done())))
    await session.settled()
    return session


async def stopped_while_waiting(forge, say, ada):
    """T1 has proposed T2, and was stopped while it stood still for the decision on T3."""
    turns = say.turn("b", say.spawn("b")), say.turn("a", say.spawn("a", more="wait_for_decision = true"))
    session = await forge.start(say.script(say.children("a", "b"), root(say, *turns, say.done())))
    await session.settled()
    assert [i.task_id for i in attention(session.state()) if i.stands] == ["T3"]
    await session.submit(Stop(reach=only("T1"), actor=ada))
    assert [i.task_id for i in attention(session.state()) if i.stands] == []
    await session.submit(ask("T3", ada))
    await session.settled()
    assert not session.state().queries
    with closing(sqlite3.connect(forge.folder / "hephaestus.db")) as db:
        assert db.execute("SELECT sum(waits) FROM proposals").fetchone() == (0,)
    return session


async def test_an_agent_woken_for_an_answer_does_not_stand_still_for_the_decision(forge, say, ada):
    session = await stopped_while_waiting(forge, say, ada)
    await session.submit(ask("T2", ada))
    await session.settled()
    assert not session.state().queries


async def test_a_task_whose_agent_was_asked_is_retried_at_once(forge, say, ada, until):
    session = await stopped_while_waiting(forge, say, ada)
    await session.submit(Restart(reach=only("T1"), actor=ada))
    state = await until(session, lambda s: s.tasks["T1"].attempt == 2)
    assert state.agents["T1"].status is AgentStatus.WORKING
    await session.settled()
    assert replay(await forge.store.facts(session.run_id)) == session.state()


async def test_an_answer_keeps_what_was_merged_while_it_was_on_its_way(forge, say, ada):
    session = await spawned(forge, say, "a", "b")
    await forge.halt()
    await session.submit(ask("T2", ada))
    desk = CallDesk(
        session._ledger, session._gate, session._kit, session._kit.workspace, "T1", turn=9, index=0, call_id="late"
    )
    await asyncio.gather(
        session.submit(Merge(task_id="T3", version=1, into="T2", actor=ada)),
        desk.answer_about("T2", "So.", {"priority": Priority.HIGH}),
    )
    draft = session.state().proposals["T2"].draft
    assert (draft.priority, "Do b." in draft.description) == (Priority.HIGH, True)


async def test_what_a_human_splits_off_uses_up_no_bound_of_the_agent(forge, say, ada):
    forge.settings = replace(forge.settings, spawn=SpawnBounds(children=3, per_minute=3))
    wait = say.turn("?", say.call("ask_human", "q", '{ question = "on?" }'))
    turns = say.turn("a", say.spawn("a")), wait, say.turn("b", say.spawn("b")), say.done()
    session = await forge.start(say.script(root(say, *turns)))
    await session.settled()
    draft = session.state().proposals["T2"].draft
    await session.submit(Split(task_id="T2", version=1, parts=(draft,) * 4, chained=False, actor=ada))
    await session.submit(Answer(question_id=next(iter(session.state().questions)), answer="on", actor=ada))
    await session.settled()
    assert list(session.state().proposals) == ["T2", "T3", "T4", "T5", "T6"]
    assert not session.state().bounds_reached


async def test_a_reason_is_no_longer_than_other_words(forge, say, ada):
    session = await spawned(forge, say, "a")
    reject = Decide(task_id="T2", verdict=Verdict.REJECT, actor=ada, version=1, reason="x" * 20_001)
    for command in (
        reject,
        replace(accept("T2", ada), reason=reject.reason),
        Undo(task_id="T1", actor=ada, reason=reject.reason),
    ):
        with pytest.raises(BadDraft, match="at most 20,000 characters"):
            await session.submit(command)


async def test_a_question_that_a_decision_made_moot_is_closed_in_the_table(forge, say, ada):
    session = await spawned(forge, say, "a")
    await forge.halt()
    await session.submit(ask("T2", ada))
    await session.submit(accept("T2", ada))
    (reply,) = session.state().replies["T2"]
    with closing(sqlite3.connect(forge.folder / "hephaestus.db")) as db:
        rows = db.execute("SELECT answer, failed, answered_at FROM queries").fetchall()
    assert rows == [(reply.text, 1, reply.at)]


def test_cancelling_thousands_that_wait_for_one_takes_no_square_of_them(ada):
    state = RunState(run_id="r", roles=("backend_developer",))
    draft = TaskDraft(title="t", description="d", rationale="r", phase=Phase.BUILDING, role="backend_developer")
    facts = iter(range(1, 20_000))
    for number in range(4_000):
        added = AddTask(draft=replace(draft, blocked_by=("T1",) if number else ()), actor=ada)
        for fact in add(state, added, 0.0).facts:
            apply(state, Recorded(next(facts), 0.0, fact))
    apply(state, Recorded(next(facts), 0.0, TaskFailed(task_id="T1", reason="it broke")))
    began = time.process_time()
    plan = settle_blocker(state, SettleBlocker(blocker="T1", choice=Choice.CANCEL, actor=ada), 0.0)
    assert len(plan.facts) == 4_000
    assert time.process_time() - began < 2.0


async def test_a_merge_into_a_task_that_is_to_be_retried_is_told_to_its_agent(forge, say, ada):
    wait = say.turn("?", say.call("ask_human", "q", '{ question = "on?" }'))
    session = await forge.start(say.script(root(say, say.turn("a", say.spawn("a")), wait, say.done())))
    await session.settled()
    await forge.halt()
    await session.submit(Stop(reach=only("T1"), actor=ada))
    await session.submit(Restart(reach=only("T1"), actor=ada))
    await session.submit(Merge(task_id="T2", version=1, into="T1", actor=ada))
    run_id = session.run_id
    await forge.stop()
    session = await forge.resume(run_id)
    await session.settled()
    await session.submit(Answer(question_id=next(iter(session.state().questions)), answer="on", actor=ada))
    await session.settled()
    said = [p.word.text for m in (await session.transcript("T1")).messages for p in m.parts if isinstance(p, WordsPart)]
    assert [text for text in said if "T2 is part of your task now: Task a" in text]


async def test_undoing_keeps_what_was_merged_into_the_task_meanwhile(forge, say, ada):
    session = await spawned(forge, say, "a", "b", more={"b": 'done_criteria = ["b works"]'})
    await forge.halt()
    await session.submit(accept("T2", ada))
    await session.submit(Merge(task_id="T3", version=1, into="T2", actor=ada))
    assert "Do b." in session.state().tasks["T2"].draft.description
    await session.submit(Undo(task_id="T2", actor=ada))
    state = session.state()
    assert "Do b." in state.proposals["T2"].draft.description


async def test_undoing_keeps_the_blockers_that_a_split_has_given_meanwhile(forge, say, ada):
    session = await spawned(forge, say, "a", "b", more={"b": 'blocking_task_ids = ["@a"]'})
    await session.submit(accept("T3", ada))
    draft = session.state().proposals["T2"].draft
    await session.submit(Split(task_id="T2", version=1, parts=(draft, draft), chained=False, actor=ada))
    assert session.state().blockers["T3"] == ("T2", "T4")
    await session.submit(Undo(task_id="T3", actor=ada))
    state = session.state()
    assert state.proposals["T3"].draft.blocked_by == state.blockers["T3"] == ("T2", "T4")
    assert replay(await forge.store.facts(session.run_id)) == state


async def test_an_agent_is_told_what_a_human_changed_before_it_amended_its_proposal(forge, say, ada):
    amend = '[[agent.reply]]\nto = "a"\nanswer = "So."\namend = { priority = "high" }\n'
    turns = [say.turn(n, say.spawn(n)) for n in ("a", "b")]
    session = await forge.start(say.script(say.children("a"), root(say, *turns, say.done()) + amend))
    await session.settled()
    await session.submit(Merge(task_id="T3", version=1, into="T2", actor=ada))
    await session.submit(ask("T2", ada, version=2))
    await session.settled()
    state = session.state()
    assert state.proposals["T2"].draft.priority is Priority.HIGH
    await session.submit(accept("T2", ada, version=3))
    decision = session.state().decisions["T2"]
    assert [change.field for change in decision.changes] == ["description"]
    assert decision.verdict is Verdict.EDIT
    (entry,) = [e for e in entries(session.state()) if e.decision_id == decision.id]
    assert (entry.before.priority, "Do b." in entry.before.description) == (Priority.HIGH, False)


async def test_an_agent_is_reminded_of_a_question_that_it_has_left_unanswered(forge, say, ada, monkeypatch):
    """A model that is called without a word after its own last one has nothing to answer, or refuses."""
    wait = say.turn("?", say.call("ask_human", "q", '{ question = "on?" }'))
    session = await forge.start(say.script(root(say, say.turn("a", say.spawn("a")), wait, say.done())))
    await session.settled()
    await session.submit(ask("T2", ada))
    seen = []
    stream = ScriptedProvider.stream

    def watched(self, request):
        seen.append(request.messages[-1])
        return stream(self, request)

    monkeypatch.setattr(ScriptedProvider, "stream", watched)
    monkeypatch.setattr(ScriptedProvider, "_answers", lambda *_: (TextPart("I would rather not."),))
    await session.submit(Answer(question_id=next(iter(session.state().questions)), answer="on", actor=ada))
    await session.settled()
    await session.submit(Stop(reach=only("T1"), actor=ada))
    seen.clear()
    await session.settled()
    assert [message.speaker for message in seen] == [Speaker.USER] * 3
    assert [reply.failed for reply in session.state().replies["T2"]] == [True]


async def test_stopping_what_has_ended_does_not_cut_off_an_answer(forge, say, ada, monkeypatch):
    session = await spawned(forge, say, "a")
    speaks, goes_on = asyncio.Event(), asyncio.Event()
    stream, turns = ScriptedProvider.stream, []

    async def held(self, request):
        turns.append(request)
        async for item in stream(self, request):
            yield item
            speaks.set()
            await goes_on.wait()

    monkeypatch.setattr(ScriptedProvider, "stream", held)
    await session.submit(ask("T2", ada))
    await speaks.wait()
    with pytest.raises(CommandRefused, match="T1 had ended already"):
        await session.submit(Stop(reach=only("T1"), actor=ada))
    goes_on.set()
    await session.settled()
    assert not session.state().replies["T2"][0].failed
    assert len(turns) == 1
