"""Ask back, undo, merge, split, decide together, settle, rules and bounds: over the real gate, store and scheduler."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hephaestus_tui.config import GateSettings, SpawnBounds
from hephaestus_tui.domain.attention import AttentionKind, attention
from hephaestus_tui.domain.commands import (
    Answer,
    AskBack,
    Decide,
    DecideMany,
    Merge,
    Ruling,
    SetBlockerDefault,
    SetDuplicateScore,
    SettleBlocker,
    SettleBound,
    Split,
    StopRules,
    SwitchRule,
    Undo,
)
from hephaestus_tui.domain.decision import Choice, Verdict
from hephaestus_tui.domain.errors import AlreadyDecided, BadDraft, CommandRefused, StaleVersion, UnknownTask
from hephaestus_tui.domain.message import DecisionPart, QueryPart, TextPart, UndonePart
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.task import Phase, TaskStatus

REPLY = """
[[agent.reply]]
to = "a"
answer = "Twelve routes, see routes.py."
amend = { description = "Do a, for twelve routes.", priority = "high" }
"""


def root(say, *turns):
    return say.entry("root", 'role = "backend_developer"', *turns)


def decide(state, task_id, actor, verdict=Verdict.ACCEPT, **more):
    version = more.pop("version", state.versions[task_id][-1].version)
    return Decide(task_id=task_id, verdict=verdict, actor=actor, version=version, **more)


def parts(transcript, kind):
    return [part for message in transcript.messages for part in message.parts if isinstance(part, kind)]


async def spawned(forge, say, *names, replies="", more=None):
    """A run whose root has proposed `names` as T2, T3, … and has ended."""
    turns = [say.turn(n, say.spawn(n, more=(more or {}).get(n, ""))) for n in names]
    script = say.script(say.children(*names), root(say, *turns, say.done()) + replies)
    session = await forge.start(script)
    await session.settled()
    return session


async def test_an_agent_that_has_ended_is_woken_to_answer_and_amends_its_proposal(forge, say, ada):
    session = await spawned(forge, say, "a", replies=REPLY)
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED
    receipt = await session.submit(AskBack(task_id="T2", version=1, question="How many routes?", actor=ada))
    assert receipt.note == "the agent of T1 is asked about T2"
    await session.settled()
    state = session.state()
    assert [(r.query.text, r.text, r.failed) for r in state.replies["T2"]] == [
        ("How many routes?", "Twelve routes, see routes.py.", False)
    ]
    assert not state.queries
    assert [p.version for p in state.versions["T2"]] == [1, 2]
    assert state.proposals["T2"].draft.description == "Do a, for twelve routes."
    assert state.tasks["T1"].status is TaskStatus.COMPLETED
    assert [p.query.text for p in parts(await session.transcript("T1"), QueryPart)] == ["How many routes?"]
    with pytest.raises(StaleVersion):
        await session.submit(decide(state, "T2", ada, version=1))
    await session.submit(decide(state, "T2", ada))
    await session.settled()
    assert session.state().decisions["T2"].verdict is Verdict.ACCEPT  # nothing was changed in what its agent proposed
    assert session.state().tasks["T2"].status is TaskStatus.COMPLETED


async def test_a_question_goes_to_an_agent_that_waits_for_the_decision(forge, say, ada, until):
    waits = say.turn("a", say.spawn("a", more="wait_for_decision = true"))
    session = await forge.start(say.script(say.children("a"), root(say, waits, say.done()) + REPLY))
    await until(session, lambda s: "T2" in s.proposals)
    await session.submit(AskBack(task_id="T2", version=1, question="Why?", actor=ada))
    state = await until(session, lambda s: s.proposals["T2"].version == 2)
    await session.settled()
    assert state.tasks["T1"].status is TaskStatus.IN_PROGRESS  # it waits on, for the decision on the new version
    await session.submit(decide(state, "T2", ada, Verdict.REJECT, reason="too big"))
    await session.settled()
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED
    assert parts(await session.transcript("T1"), DecisionPart) == []  # its call has told it


async def test_a_question_that_gets_no_answer_says_so_and_the_proposal_waits_for_a_human_again(forge, say, ada):
    session = await spawned(forge, say, "a")
    script = forge.folder / "script.toml"
    script.write_text(say.script(say.entry("nobody", 'role = "qa_tester"', say.done())), encoding="utf-8")
    run_id = session.run_id
    await forge.stop()
    session = await forge.resume(run_id)
    await session.submit(AskBack(task_id="T2", version=1, question="Why?", actor=ada))
    await session.settled()
    (reply,) = session.state().replies["T2"]
    assert reply.failed
    assert "could not be asked" in reply.text
    assert [i.task_id for i in attention(session.state())] == ["T2"]


async def test_a_question_survives_the_death_of_the_process(forge, say, ada):
    session = await spawned(forge, say, "a", replies=REPLY)
    run_id = session.run_id
    await forge.stop()
    again = await forge.resume(run_id, serve=False)
    await again.submit(AskBack(task_id="T2", version=1, question="How many?", actor=ada))
    await forge.stop()
    again = await forge.resume(run_id)
    await again.settled()
    assert again.state().proposals["T2"].version == 2


@pytest.mark.parametrize("question", ["", "  ", "x" * 20_001])
async def test_only_a_question_is_asked(forge, say, ada, question):
    session = await spawned(forge, say, "a")
    with pytest.raises(BadDraft):
        await session.submit(AskBack(task_id="T2", version=1, question=question, actor=ada))
    with pytest.raises(AlreadyDecided):
        await session.submit(AskBack(task_id="T1", version=1, question="Why?", actor=ada))


async def test_a_decision_is_undone_before_its_task_starts_and_its_agent_hears_of_both(forge, say, ada, bob):
    forge.settings = replace(forge.settings, gate=GateSettings(undo_seconds=3_600))
    ask = say.turn("?", say.call("ask_human", "q", '{ question = "on?" }'))
    script = say.script(say.children("a"), root(say, say.turn("a", say.spawn("a")), ask, ask, say.done()))
    session = await forge.start(script.replace('id = "q"', 'id = "q1"', 1).replace('id = "q"', 'id = "q2"', 1))
    state = session.state()
    while not state.questions:
        state = session.state()
        await session.transcript("T1")
    await session.submit(decide(state, "T2", ada))
    await answer(session, ada)
    assert session.state().tasks["T2"].status is TaskStatus.PENDING  # held back for a moment
    receipt = await session.submit(Undo(task_id="T2", actor=bob, reason="too early"))
    assert receipt.note == "T2 waits for a decision again"
    await answer(session, ada)
    state = session.state()
    assert "T2" not in state.tasks
    assert state.proposals["T2"].version == 2
    assert (state.record[2].actor, state.undone[2].actor) == (ada, bob)
    transcript = await session.transcript("T1")
    assert [p.decision.id for p in parts(transcript, DecisionPart)] == [2]
    assert [p.undoing.reason for p in parts(transcript, UndonePart)] == ["too early"]
    with pytest.raises(CommandRefused, match="none to take back"):
        await session.submit(Undo(task_id="T2", actor=bob))
    with pytest.raises(CommandRefused, match="T1 has"):
        await session.submit(Undo(task_id="T1", actor=bob))
    with pytest.raises(UnknownTask):
        await session.submit(Undo(task_id="T9", actor=bob))
    assert replay(await forge.store.facts(session.run_id)) == session.state()


async def answer(session, actor):
    """Answer what the root asks, and wait until it has asked the next or has ended."""
    from_before = set(session.state().questions)
    for question_id in from_before:
        await session.submit(Answer(question_id=question_id, answer="go on", actor=actor))
    state = session.state()
    while not (set(state.questions) - from_before) and not state.tasks["T1"].status.ended:
        await session.transcript("T1")
        state = session.state()


async def test_a_rejection_can_be_taken_back_at_any_time(forge, say, ada):
    session = await spawned(forge, say, "a")
    await session.submit(decide(session.state(), "T2", ada, Verdict.REJECT, reason="no"))
    await session.submit(Undo(task_id="T2", actor=ada))
    assert list(session.state().proposals) == ["T2"]
    await session.submit(decide(session.state(), "T2", ada))
    await session.settled()
    assert session.state().tasks["T2"].status is TaskStatus.COMPLETED
    with pytest.raises(CommandRefused, match="T2 has ended"):
        await session.submit(Undo(task_id="T2", actor=ada))


async def test_many_are_decided_in_one_transaction_or_none(forge, say, ada):
    session = await spawned(forge, say, "a", "b", "c")
    state = session.state()
    final = replace(state.proposals["T3"].draft, phase=Phase.VALIDATION, role="qa_tester")
    rulings = (
        Ruling(task_id="T2", verdict=Verdict.ACCEPT, version=1),
        Ruling(task_id="T3", verdict=Verdict.EDIT, version=1, final=final),
        Ruling(task_id="T4", verdict=Verdict.REJECT, version=1, reason="no"),
    )
    with pytest.raises(StaleVersion):
        await session.submit(DecideMany(rulings=(*rulings[:2], replace(rulings[2], version=7)), actor=ada))
    with pytest.raises(BadDraft, match="T4: a rejection needs a reason"):
        await session.submit(DecideMany(rulings=(*rulings[:2], replace(rulings[2], reason="")), actor=ada))
    with pytest.raises(CommandRefused, match="twice"):
        await session.submit(DecideMany(rulings=(rulings[0], rulings[0]), actor=ada))
    assert list(session.state().proposals) == ["T2", "T3", "T4"]
    receipt = await session.submit(DecideMany(rulings=rulings, actor=ada))
    assert receipt.note == "1 accepted, 1 accepted with changes, 1 rejected"
    await session.settled()
    state = session.state()
    assert not state.proposals
    assert len({state.record[n].decided_at for n in (2, 3, 4)}) == 1
    assert state.tasks["T3"].draft.phase is Phase.VALIDATION


async def test_edits_that_only_together_close_a_cycle_are_refused(forge, say, ada):
    session = await spawned(forge, say, "a", "b")
    state = session.state()
    crossed = tuple(
        Ruling(task_id=t, verdict=Verdict.EDIT, version=1, final=replace(state.proposals[t].draft, blocked_by=(b,)))
        for t, b in (("T2", "T3"), ("T3", "T2"))
    )
    with pytest.raises(BadDraft, match="cycle"):
        await session.submit(DecideMany(rulings=crossed, actor=ada))


async def test_a_merge_hands_over_words_criteria_and_dependents(forge, say, ada):
    session = await spawned(forge, say, "a", "b", "c", more={"c": 'blocking_task_ids = ["@a"]'})
    receipt = await session.submit(Merge(task_id="T2", version=1, into="T3", actor=ada))
    assert receipt.note == "T2 is part of T3 now"
    state = session.state()
    assert state.decisions["T2"].merged_into == "T3"
    assert "Do a." in state.proposals["T3"].draft.description
    assert (state.proposals["T3"].version, state.proposals["T3"].by) == (2, ada)
    assert state.blockers["T4"] == ("T3",)
    assert not state.gone()
    await session.submit(decide(state, "T3", ada))
    await session.settled()
    assert [c.field for c in session.state().decisions["T3"].changes] == ["description"]
    assert replay(await forge.store.facts(session.run_id)) == session.state()


async def test_a_merge_into_a_task_at_work_is_told_to_its_agent(forge, say, ada, until):
    ask = say.turn("?", say.call("ask_human", "q", '{ question = "on?" }'))
    session = await forge.start(
        say.script(say.children("a"), root(say, say.turn("a", say.spawn("a")), ask, say.done()))
    )
    await until(session, lambda s: s.questions)
    await session.submit(Merge(task_id="T2", version=1, into="T1", actor=ada))
    assert [s.text for s in session.state().steering["T1"]] == ["T2 is part of your task now: Task a\n\nDo a."]


async def test_a_merge_into_itself_or_nothing_is_refused(forge, say, ada):
    session = await spawned(forge, say, "a")
    for into in ("T2", "T9"):
        with pytest.raises(CommandRefused):
            await session.submit(Merge(task_id="T2", version=1, into=into, actor=ada))
    assert list(session.state().proposals) == ["T2"]


async def test_a_split_makes_proposals_that_are_waited_for_in_a_chain(forge, say, ada):
    session = await spawned(forge, say, "a", "b", more={"b": 'blocking_task_ids = ["@a"]'})
    draft = session.state().proposals["T2"].draft
    pieces = tuple(replace(draft, title=f"Piece {n}") for n in (1, 2, 3))
    with pytest.raises(BadDraft, match="2 to"):
        await session.submit(Split(task_id="T2", version=1, parts=pieces[:1], chained=True, actor=ada))
    await session.submit(Split(task_id="T2", version=1, parts=pieces, chained=True, actor=ada))
    state = session.state()
    assert list(state.proposals) == ["T2", "T3", "T4", "T5"]
    assert [state.blockers[t] for t in ("T2", "T3", "T4", "T5")] == [(), ("T2", "T4", "T5"), ("T2",), ("T4",)]
    assert state.children("T1") == ("T2", "T3", "T4", "T5")
    rulings = tuple(Ruling(task_id=t, verdict=Verdict.ACCEPT, version=p.version) for t, p in state.proposals.items())
    await session.submit(DecideMany(rulings=rulings, actor=ada))
    state = session.state()
    assert all(state.tasks[t].draft for t in ("T2", "T3", "T4", "T5"))


async def stranded(forge, say, ada):
    """T3 and T4 wait for T2, which was rejected; T4 is a proposal still, and T5 waits for T3."""
    more = {"b": 'blocking_task_ids = ["@a"]', "c": 'blocking_task_ids = ["@a"]', "d": 'blocking_task_ids = ["@b"]'}
    session = await spawned(forge, say, "a", "b", "c", "d", more=more)
    for task_id in ("T3", "T5"):
        await session.submit(decide(session.state(), task_id, ada))
    await session.submit(decide(session.state(), "T2", ada, Verdict.REJECT, reason="no"))
    await session.settled()
    return session


async def test_a_gone_blocker_is_one_item_that_lists_all_it_strands(forge, say, ada):
    session = await stranded(forge, say, ada)
    (item,) = [i for i in attention(session.state()) if i.kind is AttentionKind.BLOCKER_GONE]
    assert (item.task_id, item.concerned, item.holds_up) == ("T2", ("T3", "T4"), 3)


@pytest.mark.parametrize("choice", Choice)
async def test_what_is_chosen_for_the_stranded_happens_to_all_of_them(forge, say, ada, choice):
    session = await stranded(forge, say, ada)
    await session.submit(SettleBlocker(blocker="T2", choice=choice, actor=ada))
    await session.settled()
    state = session.state()
    assert not state.gone()
    match choice:
        case Choice.DROP:
            assert state.blockers["T3"] == state.blockers["T4"] == ()
            assert state.tasks["T5"].status is TaskStatus.COMPLETED
            assert state.proposals["T4"].version == 2
        case Choice.CANCEL:
            assert {state.tasks[t].status for t in ("T3", "T5")} == {TaskStatus.CANCELLED}
            assert "T2" in state.decisions["T4"].reason
        case Choice.KEEP:
            assert state.dead().keys() == {"T3", "T4", "T5"}
    with pytest.raises(CommandRefused, match="in vain"):
        await session.submit(SettleBlocker(blocker="T2", choice=choice, actor=ada))
    assert replay(await forge.store.facts(session.run_id)) == session.state()


async def test_a_default_settles_what_comes_later_and_says_who_it_was(forge, say, ada):
    session = await spawned(forge, say, "a", "b", more={"b": 'blocking_task_ids = ["@a"]'})
    await session.submit(SetBlockerDefault(choice=Choice.DROP, actor=ada))
    await session.submit(decide(session.state(), "T2", ada, Verdict.REJECT, reason="no"))
    await session.settled()
    state = session.state()
    assert state.blockers["T3"] == ()
    assert str(state.proposals["T3"].by) == "rule blocker-gone: drop"


async def test_a_rule_that_is_on_decides_and_one_key_stops_it(forge, say, ada):
    ask = say.turn("?", say.call("ask_human", "q", '{ question = "on?" }'))
    script = say.script(
        say.children("a", "b"), root(say, ask, say.turn("a", say.spawn("a")), say.turn("b", say.spawn("b")), say.done())
    )
    session = await forge.start(script)
    await session.settled()
    rule = Rule(id="small", verdict=Verdict.ACCEPT, size=1_000, per_hour=1)
    with pytest.raises(CommandRefused, match="cannot be switched on"):
        await session.submit(SwitchRule(rule=replace(rule, size=None), on=True, actor=ada))
    await session.submit(SwitchRule(rule=rule, on=True, actor=ada))
    await answer(session, ada)
    await session.settled()
    state = session.state()
    assert str(state.decisions["T2"].actor) == "rule small"
    assert list(state.proposals) == ["T3"]  # past its cap
    await session.submit(StopRules(actor=ada))
    assert not session.state().rules
    with pytest.raises(CommandRefused, match="No rule is on"):
        await session.submit(StopRules(actor=ada))


async def test_a_bound_is_one_item_however_often_it_is_reached(forge, say, ada):
    forge.settings = replace(forge.settings, spawn=SpawnBounds(pending=2, per_turn=9))
    names = [f"n{n}" for n in range(6)]
    session = await spawned(forge, say, *names)
    state = session.state()
    assert list(state.proposals) == ["T2", "T3"]
    assert [(f.bound, f.task_id, f.limit) for f in state.bounds_reached["pending"]] == [("pending", "T1", 2)]
    assert [i.kind for i in attention(state)].count(AttentionKind.BOUND) == 1
    await session.submit(SettleBound(bound="pending", limit=50, actor=ada))
    assert session.state().bounds == {"pending": 50}
    assert AttentionKind.BOUND not in [i.kind for i in attention(session.state())]
    for bound, limit in (("x", 1), ("depth", 0), ("depth", 4), ("pending", 50)):
        bad = SettleBound(bound=bound, limit=limit, actor=ada)
        with pytest.raises(CommandRefused):
            await session.submit(bad)


async def test_room_in_the_queue_takes_the_item_away(forge, say, ada):
    forge.settings = replace(forge.settings, spawn=SpawnBounds(pending=1))
    session = await spawned(forge, say, "a", "b")
    await session.submit(decide(session.state(), "T2", ada, Verdict.REJECT, reason="no"))
    assert AttentionKind.BOUND not in [i.kind for i in attention(session.state())]


async def test_a_likely_duplicate_says_so_to_the_agent_and_is_proposed_all_the_same(forge, say, ada):
    same = 'title = "Cache the token lookups", description = "Each request looks the token up.", rationale = "Slow."'
    script = say.script(
        root(
            say,
            say.turn("1", say.call("spawn_building_task", "a", f"{{ {same} }}")),
            say.turn("2", say.call("spawn_building_task", "b", f"{{ {same} }}")),
            say.done(),
        )
    )
    session = await forge.start(script)
    await session.settled()
    state = session.state()
    assert [near.task_id for near in state.proposals["T3"].near if near.score >= state.duplicate_score] == ["T2"]
    results = [m.parts[0].content for m in (await session.transcript("T1")).messages if m.speaker == "tool"]
    assert '"likely_duplicate_of": ["T2: Cache the token lookups"]' in results[1]
    await session.submit(SetDuplicateScore(score=95, actor=ada))
    assert session.state().duplicate_score == 95
    with pytest.raises(CommandRefused):
        await session.submit(SetDuplicateScore(score=20, actor=ada))


async def test_later_tasks_are_told_what_was_rejected(forge, say, ada):
    session = await spawned(forge, say, "a", "b")
    await session.submit(decide(session.state(), "T2", ada, Verdict.REJECT, reason="the cache is elsewhere"))
    await session.submit(decide(session.state(), "T3", ada))
    await session.settled()
    brief = parts(await session.transcript("T3"), TextPart)[1].text
    assert "- Task a: the cache is elsewhere" in brief
