"""Where asking, undoing, merging and stopping meet: nothing that a person or an agent has said may be lost between them."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

from hephaestus_tui.domain.attention import attention
from hephaestus_tui.domain.commands import AskBack, Decide, Merge, Retry, Split, Stop, Undo
from hephaestus_tui.domain.decision import Verdict
from hephaestus_tui.domain.state import AgentStatus, replay
from hephaestus_tui.domain.task import Priority
from hephaestus_tui.engine.desk import CallDesk


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
    await session.submit(Stop(task_id="T1", actor=ada))
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
    await session.submit(Retry(task_id="T1", actor=ada))
    state = await until(session, lambda s: s.tasks["T1"].attempt == 2)
    assert state.agents["T1"].status is AgentStatus.WORKING
    await session.settled()
    assert replay(await forge.store.facts(session.run_id)) == session.state()


async def test_an_answer_keeps_what_was_merged_while_it_was_on_its_way(forge, say, ada):
    session = await spawned(forge, say, "a", "b")
    await forge.halt()
    await session.submit(ask("T2", ada))
    desk = CallDesk(session._ledger, session._gate, session._kit, "T1", turn=9, index=0, call_id="late")
    await asyncio.gather(
        session.submit(Merge(task_id="T3", version=1, into="T2", actor=ada)),
        desk.answer_about("T2", "So.", {"priority": Priority.HIGH}),
    )
    draft = session.state().proposals["T2"].draft
    assert (draft.priority, "Do b." in draft.description) == (Priority.HIGH, True)


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
