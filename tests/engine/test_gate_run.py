"""A proposal becomes a task only by a decision; the agent goes on meanwhile, and hears of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from hephaestus_tui.config import SpawnBounds
from hephaestus_tui.domain.commands import AddTask, Answer, Decide, Restart, SettleBlocker, Stop
from hephaestus_tui.domain.decision import Choice, Verdict
from hephaestus_tui.domain.errors import AlreadyDecided, BadDraft, CommandRefused, StaleVersion, UnknownTask
from hephaestus_tui.domain.message import DecisionPart, ToolResultPart
from hephaestus_tui.domain.reach import only
from hephaestus_tui.domain.task import Phase, TaskDraft, TaskStatus


def decide(task_id, actor, verdict=Verdict.ACCEPT, **more):
    return Decide(task_id=task_id, verdict=verdict, actor=actor, version=more.pop("version", 1), **more)


def root(say, *turns):
    return say.entry("root", 'role = "backend_developer"', *turns)


async def test_pending_proposals_do_not_hold_up_the_agent(forge, say):
    script = say.script(
        say.children("inv"), root(say, say.turn("Found.", say.spawn("inv", "investigation")), say.done())
    )
    session = await forge.start(script)
    await session.settled()
    state = session.state()
    assert state.tasks["T1"].status is TaskStatus.COMPLETED
    assert list(state.proposals) == ["T2"]
    assert "T2" not in state.tasks


async def test_an_accepted_chain_runs_in_order(forge, say, ada):
    script = say.script(
        say.children("inv", "bld", "val"),
        root(
            say,
            say.turn("One.", say.spawn("inv", "investigation")),
            say.turn("Two.", say.spawn("bld", "building", 'blocking_task_ids = ["@inv"], role = "frontend_developer"')),
            say.turn("Three.", say.spawn("val", "validation", 'blocking_task_ids = ["@bld"]')),
            say.done(),
        ),
    )
    session = await forge.start(script)
    await session.settled()
    for task_id in ("T4", "T3", "T2"):
        await session.submit(decide(task_id, ada))
    await session.settled()
    state = session.state()
    assert {t.status for t in state.tasks.values()} == {TaskStatus.COMPLETED}
    began = {t: state.tasks[t].started_at for t in state.tasks}
    assert began["T2"] < began["T3"] < began["T4"]
    assert all(d.actor == ada for d in state.decisions.values())


async def test_the_first_answer_wins(forge, say, ada, bob):
    session = await forge.start(say.script(say.children("a"), root(say, say.turn("x", say.spawn("a")), say.done())))
    await session.settled()
    answers = await asyncio.gather(
        session.submit(decide("T2", ada)),
        session.submit(decide("T2", bob, Verdict.REJECT, reason="no")),
        return_exceptions=True,
    )
    refused = [a for a in answers if isinstance(a, AlreadyDecided)]
    assert len(refused) == 1
    assert "already accepted by ada" in str(refused[0])
    assert session.state().decisions["T2"].verdict is Verdict.ACCEPT


async def test_wrong_decisions_are_refused_with_a_reason(forge, say, ada):
    session = await forge.start(say.script(root(say, say.turn("x", say.spawn("a")), say.done())))
    await session.settled()
    with pytest.raises(UnknownTask, match="T9"):
        await session.submit(decide("T9", ada))
    with pytest.raises(StaleVersion, match="no version 2"):
        await session.submit(decide("T2", ada, version=2))
    with pytest.raises(BadDraft, match="needs a reason"):
        await session.submit(decide("T2", ada, Verdict.REJECT, reason="  "))
    draft = session.state().proposals["T2"].draft
    with pytest.raises(BadDraft, match="cannot block itself"):
        await session.submit(decide("T2", ada, Verdict.EDIT, final=replace(draft, blocked_by=("T2",))))
    assert list(session.state().proposals) == ["T2"]


async def test_a_cycle_made_by_an_edit_is_refused(forge, say, ada):
    script = say.script(
        root(
            say,
            say.turn("1", say.spawn("a")),
            say.turn("2", say.spawn("b", more='blocking_task_ids = ["@a"]')),
            say.done(),
        )
    )
    session = await forge.start(script)
    await session.settled()
    draft = session.state().proposals["T2"].draft
    with pytest.raises(BadDraft, match="cycle"):
        await session.submit(decide("T2", ada, Verdict.EDIT, final=replace(draft, blocked_by=("T3",))))


async def test_the_agent_hears_of_edit_and_rejection_at_its_next_turn(forge, say, ada, until):
    question = say.call("ask_human", "q", '{ question = "Go on?" }')
    script = say.script(
        say.children("a"),
        root(
            say,
            say.turn("x", say.spawn("a"), say.spawn("b")),
            say.turn("wait", question),
            say.turn("edited", say.call("list_files", "l", '{ path = "." }'), extra='when = { a = "edited" }'),
            say.turn("rejected", say.call("list_files", "m", '{ path = "." }'), extra='when = { b = "rejected" }'),
            say.done(),
        ),
    )
    session = await forge.start(script)
    state = await until(session, lambda s: s.questions)
    draft = replace(state.proposals["T2"].draft, title="Better", phase=Phase.INVESTIGATION, role="tech_lead")
    await session.submit(decide("T2", ada, Verdict.EDIT, final=draft))
    await session.submit(decide("T3", ada, Verdict.REJECT, reason="not now"))
    await session.submit(Answer(question_id=next(iter(state.questions)), answer="yes", actor=ada))
    await session.settled()
    transcript = await session.transcript("T1")
    parts = [p for m in transcript.messages for p in m.parts if isinstance(p, DecisionPart)]
    told = {p.decision.task_id: p.decision for p in parts}
    assert {c.field: (c.before, c.after) for c in told["T2"].changes}["title"] == ("Task a", "Better")
    assert told["T3"].reason == "not now"
    said = [getattr(p, "text", "") for m in transcript.messages for p in m.parts]
    assert "edited" in said
    assert "rejected" in said
    assert session.state().tasks["T2"].draft.title == "Better"


async def test_a_spawn_that_asks_to_wait_stands_still_until_it_is_decided(forge, say, ada, until):
    script = say.script(
        say.children("a"), root(say, say.turn("x", say.spawn("a", more="wait_for_decision = true")), say.done())
    )
    session = await forge.start(script)
    state = await until(session, lambda s: s.proposals)
    await session.settled()
    assert state.tasks["T1"].status is TaskStatus.IN_PROGRESS
    await session.submit(decide("T2", ada, Verdict.REJECT, reason="too early"))
    await session.settled()
    results = [p for m in (await session.transcript("T1")).messages for p in m.parts if isinstance(p, ToolResultPart)]
    assert '"decision": "rejected"' in results[0].content
    assert "too early" in results[0].content
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED


async def test_bad_spawns_go_back_to_the_model_and_propose_nothing(forge, say):
    script = say.script(
        root(
            say,
            say.turn("1", say.spawn("a", more='blocking_task_ids = ["T77"]')),
            say.turn("2", say.spawn("b", more='role = "wizard"')),
            say.turn(
                "3", say.call("spawn_building_task", "c", '{ title = "x", description = "y", auto_accept = true }')
            ),
            say.done(),
        )
    )
    session = await forge.start(script)
    await session.settled()
    results = [p for m in (await session.transcript("T1")).messages for p in m.parts if isinstance(p, ToolResultPart)]
    assert [r.is_error for r in results[:3]] == [True, True, True]
    assert "no task T77" in results[0].content
    assert "use one of" in results[1].content
    assert "auto_accept" in results[2].content
    assert not session.state().proposals


async def test_spawning_is_bounded_and_the_agent_is_told(forge, say):
    forge.settings = replace(forge.settings, spawn=SpawnBounds(per_turn=2, children=3))
    script = say.script(
        root(
            say,
            say.turn("1", say.spawn("a"), say.spawn("b"), say.spawn("c")),
            say.turn("2", say.spawn("d"), say.spawn("e")),
            say.done(),
        )
    )
    session = await forge.start(script)
    await session.settled()
    assert list(session.state().proposals) == ["T2", "T3", "T4"]
    results = [p for m in (await session.transcript("T1")).messages for p in m.parts if isinstance(p, ToolResultPart)]
    assert "2 proposals in one turn is the limit" in results[2].content
    assert "by one task is the limit" in results[4].content


async def test_a_rejected_blocker_leaves_its_dependent_to_the_human(forge, say, ada):
    script = say.script(
        say.children("b"),
        root(
            say,
            say.turn("1", say.spawn("a")),
            say.turn("2", say.spawn("b", more='blocking_task_ids = ["@a"]')),
            say.done(),
        ),
    )
    session = await forge.start(script)
    await session.settled()
    await session.submit(decide("T3", ada))
    await session.submit(decide("T2", ada, Verdict.REJECT, reason="no"))
    await session.settled()
    assert session.state().dead() == {"T3": ("T2",)}
    assert session.state().tasks["T3"].status is TaskStatus.BLOCKED
    await session.submit(SettleBlocker(blocker="T2", choice=Choice.DROP, actor=ada))
    await session.settled()
    assert session.state().tasks["T3"].status is TaskStatus.COMPLETED
    with pytest.raises(CommandRefused, match="waits in vain"):
        await session.submit(SettleBlocker(blocker="T2", choice=Choice.DROP, actor=ada))


async def test_a_humans_own_task_needs_no_second_decision(forge, say, ada):
    script = say.script(say.entry("mine", 'title = "My own"', say.done()), root(say, say.done()))
    session = await forge.start(script)
    await session.settled()
    draft = TaskDraft(title="My own", description="d", rationale="r", phase=Phase.VALIDATION, role="qa_tester")
    receipt = await session.submit(AddTask(draft=draft, actor=ada))
    await session.settled()
    assert session.state().tasks[receipt.task_id].status is TaskStatus.COMPLETED
    with pytest.raises(BadDraft, match="title is empty"):
        await session.submit(AddTask(draft=replace(draft, title=" "), actor=ada))


async def test_a_waiting_task_is_stopped_and_retried(forge, say, ada):
    script = say.script(
        say.children("b"),
        root(
            say,
            say.turn("1", say.spawn("a")),
            say.turn("2", say.spawn("b", more='blocking_task_ids = ["@a"]')),
            say.done(),
        ),
    )
    session = await forge.start(script)
    await session.settled()
    await session.submit(decide("T3", ada))
    await session.submit(Stop(reach=only("T3"), actor=ada))
    assert session.state().tasks["T3"].status is TaskStatus.CANCELLED
    with pytest.raises(CommandRefused, match="ended already"):
        await session.submit(Stop(reach=only("T3"), actor=ada))
    await session.submit(Restart(reach=only("T3"), actor=ada))
    assert session.state().tasks["T3"].status is TaskStatus.BLOCKED
