"""A validation that finds a fault proposes to mend it and says what that blocks; what rests on it waits, and is released."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hephaestus_tui.domain.attention import AttentionKind, attention
from hephaestus_tui.domain.commands import (
    AddTask,
    Answer,
    Decide,
    DecideMany,
    Merge,
    Restart,
    Ruling,
    SettleBlocker,
    SwitchRule,
    Undo,
)
from hephaestus_tui.domain.decision import Choice, Verdict
from hephaestus_tui.domain.errors import BadDraft
from hephaestus_tui.domain.reach import only
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.task import Finding, Phase, TaskDraft, TaskStatus


def draft(title, **changes):
    fields = {"description": f"Do {title}.", "rationale": "r", "phase": Phase.BUILDING, "role": "qa_tester"}
    return TaskDraft(title=title, **{**fields, **changes})


async def decide(session, task_id, ada, verdict=Verdict.ACCEPT, final=None, reason=""):
    version = session.state().proposals[task_id].version
    receipt = await session.submit(
        Decide(task_id=task_id, verdict=verdict, actor=ada, version=version, final=final, reason=reason)
    )
    await session.settled()
    return receipt


async def standing(forge, say, ada, *, more='blocks_task_ids = ["T2"]', extra=""):
    """T1 has proposed T3, which blocks T2, a human's own task that waits for the proposal T4 as well, so it does not start.

    T4 is of T1 too.
    """
    root = say.entry(
        "root", 'role = "backend_developer"',
        say.turn("1", say.call("ask_human", "q", '{ question = "Ready?" }')),
        say.turn("2", say.spawn("mend", more=more), say.spawn("other")),
        say.turn("3", say.call("ask_human", "q2", '{ question = "Done?" }')),
        say.done(),
    )  # fmt: skip
    session = await forge.start(say.script(root, say.children("mend", "other"), extra), serve=False)
    await session.submit(AddTask(draft=draft("T2 itself", blocked_by=("T1",)), actor=ada))
    forge.serve(session)
    await session.settled()
    return session


async def go(session, ada):
    (question,) = session.state().questions.values()
    await session.submit(Answer(question_id=question.id, answer="yes", actor=ada))
    await session.settled()


async def proposed(forge, say, ada, **changes):
    session = await standing(forge, say, ada, **changes)
    await go(session, ada)
    return session


async def test_whom_it_blocks_waits_from_its_acceptance_on(forge, say, ada):
    session = await proposed(forge, say, ada)
    assert session.state().proposals["T3"].draft.blocks == ("T2",)
    assert session.state().blockers["T2"] == ("T1",), "nothing waits for what nobody has accepted"
    receipt = await decide(session, "T3", ada)
    assert receipt.note == "T3 accepted; T2 waits for it"
    assert session.state().blockers["T2"] == ("T1", "T3")
    assert session.state().tasks["T2"].draft.blocked_by == ("T1", "T3")


async def test_rejecting_it_makes_nobody_wait(forge, say, ada):
    session = await proposed(forge, say, ada)
    await decide(session, "T3", ada, Verdict.REJECT, reason="no")
    assert session.state().blockers["T2"] == ("T1",)


async def test_undoing_the_decision_lets_them_go(forge, say, ada):
    forge.settings = replace(forge.settings, gate=replace(forge.settings.gate, undo_seconds=600))
    session = await proposed(forge, say, ada)
    version = session.state().proposals["T3"].version
    await session.submit(Decide(task_id="T3", verdict=Verdict.ACCEPT, actor=ada, version=version))
    await session.submit(Undo(task_id="T3", actor=ada, reason=""))
    assert session.state().blockers["T2"] == ("T1",)
    assert session.state().proposals["T3"].draft.blocks == ("T2",)


async def test_a_person_may_edit_what_it_blocks(forge, say, ada):
    session = await proposed(forge, say, ada)
    final = replace(session.state().proposals["T3"].draft, blocks=("T4",))
    await decide(session, "T3", ada, Verdict.EDIT, final)
    state = session.state()
    assert state.blockers["T2"] == ("T1",)
    assert state.blockers["T4"] == ("T3",)
    assert state.proposals["T4"].version == 2
    assert state.authored("T4").blocked_by == (), "its agent wrote none"
    assert [c.field for c in state.decisions["T3"].changes] == ["blocks"]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"blocks": ("T9",)}, "there is no task T9"),
        ({"blocks": ("T3",)}, "cannot block itself"),
        ({"blocks": ("T1",)}, "T1 has begun"),
        ({"blocks": ("T4", "T4")}, "named twice"),
        ({"blocks": ("T4",), "blocked_by": ("T4",)}, "T3 waits for T4 itself"),
    ],
)
async def test_what_cannot_be_blocked_is_told_beside_the_field(forge, say, ada, changes, fault):
    session = await proposed(forge, say, ada)
    final = replace(session.state().proposals["T3"].draft, **changes)
    with pytest.raises(BadDraft) as error:
        await decide(session, "T3", ada, Verdict.EDIT, final)
    assert fault in error.value.faults["blocks"]


async def test_an_agent_is_told_what_cannot_be_blocked(forge, say, ada):
    session = await proposed(forge, say, ada, more='blocks_task_ids = ["T1"]')
    assert session.state().proposals.keys() == {"T3"}, "only the other one"


async def test_decided_together_each_waits_for_the_others_it_must(forge, say, ada):
    session = await proposed(forge, say, ada)
    final = replace(session.state().proposals["T3"].draft, blocks=("T2", "T4"))
    rulings = (
        Ruling(task_id="T3", verdict=Verdict.EDIT, version=1, final=final),
        Ruling(task_id="T4", verdict=Verdict.ACCEPT, version=1),
    )
    await session.submit(DecideMany(rulings=rulings, actor=ada))
    state = session.state()
    assert (state.blockers["T2"], state.blockers["T4"]) == (("T1", "T3"), ("T3",))
    assert state.tasks["T4"].status is TaskStatus.BLOCKED


async def test_a_circle_of_two_that_block_each_other_is_refused_whole(forge, say, ada):
    session = await proposed(forge, say, ada)
    state = session.state()
    rulings = tuple(
        Ruling(task_id=t, verdict=Verdict.EDIT, version=1, final=replace(state.proposals[t].draft, blocks=(other,)))
        for t, other in (("T3", "T4"), ("T4", "T3"))
    )
    with pytest.raises(BadDraft, match="cycle"):
        await session.submit(DecideMany(rulings=rulings, actor=ada))
    assert session.state().proposals.keys() == {"T3", "T4"}


async def test_what_has_begun_meanwhile_waits_for_nothing_and_is_no_hindrance(forge, say, ada):
    session = await proposed(forge, say, ada)
    await go(session, ada)
    assert session.state().tasks["T2"].started_at is not None
    receipt = await decide(session, "T3", ada)
    assert receipt.note == "T3 accepted"
    assert session.state().blockers["T2"] == ("T1",)


async def test_a_rule_that_accepts_makes_them_wait_as_well(forge, say, ada):
    session = await standing(forge, say, ada)
    rule = Rule(id="all", verdict=Verdict.ACCEPT, everything=True)
    await session.submit(SwitchRule(rule=rule, on=True, actor=ada))
    await go(session, ada)
    assert session.state().blockers["T2"] == ("T1", "T3")


async def test_merged_into_a_task_that_one_is_waited_for(forge, say, ada):
    session = await proposed(forge, say, ada)
    await session.submit(Merge(task_id="T3", into="T4", version=1, actor=ada))
    assert session.state().proposals["T4"].draft.blocks == ("T2",)
    await decide(session, "T4", ada)
    assert session.state().blockers["T2"] == ("T1", "T4")


async def validated(forge, say, ada):
    """T2 validates, T3 waits for it, and T4 is what T2 proposed to mend."""
    mend = say.spawn("mend", more='blocks_task_ids = ["T3"]')
    failed = say.call("complete_task", "end", '{ summary = "It is slow", verdict = "failed" }')
    passed = say.call("complete_task", "again", '{ summary = "It is fast", verdict = "passed" }')
    script = say.script(
        say.entry("check", 'title = "Check"', say.turn("1", mend), say.turn("2", failed), say.turn("3", passed)),
        say.entry("rest", 'title = "Rest"', say.done()),
        say.children("mend"),
        say.entry("root", 'role = "backend_developer"', say.done()),
    )
    session = await forge.start(script, serve=False)
    await session.submit(AddTask(draft=draft("Check", phase=Phase.VALIDATION), actor=ada))
    await session.submit(AddTask(draft=draft("Rest", blocked_by=("T2",)), actor=ada))
    forge.serve(session)
    await session.settled()
    return session


async def test_what_waits_for_a_validation_that_found_faults_does_not_start_and_a_human_is_asked(forge, say, ada):
    session = await validated(forge, say, ada)
    state = session.state()
    assert state.tasks["T2"].finding is Finding.FAILED
    assert state.tasks["T3"].status is TaskStatus.BLOCKED
    (gone,) = [item for item in attention(state) if item.kind is AttentionKind.BLOCKER_GONE]
    assert gone.text == "T2 found faults, and T3 waits for it"


async def test_mended_and_validated_again_it_lets_them_start(forge, say, ada):
    session = await validated(forge, say, ada)
    await decide(session, "T4", ada)
    assert session.state().tasks["T4"].status is TaskStatus.COMPLETED
    assert session.state().blockers["T3"] == ("T2", "T4")
    await session.submit(Restart(reach=only("T2"), actor=ada))
    await session.settled()
    state = session.state()
    assert state.tasks["T2"].finding is Finding.PASSED
    assert state.tasks["T3"].status is TaskStatus.COMPLETED


async def test_a_person_may_let_them_go_on_without_it(forge, say, ada):
    session = await validated(forge, say, ada)
    await session.submit(SettleBlocker(blocker="T2", choice=Choice.DROP, actor=ada))
    await session.settled()
    assert session.state().tasks["T3"].status is TaskStatus.COMPLETED


async def test_undoing_leaves_those_waiting_that_waited_by_themselves(forge, say, ada):
    """A person's own task waits for the proposal T3, which names it as well."""
    forge.settings = replace(forge.settings, gate=replace(forge.settings.gate, undo_seconds=600))
    session = await proposed(forge, say, ada)
    await session.submit(AddTask(draft=draft("T5 itself", blocked_by=("T3",)), actor=ada))
    final = replace(session.state().proposals["T3"].draft, blocks=("T2", "T5"))
    version = session.state().proposals["T3"].version
    await session.submit(Decide(task_id="T3", verdict=Verdict.EDIT, final=final, actor=ada, version=version))
    await session.submit(Undo(task_id="T3", actor=ada, reason=""))
    assert session.state().blockers["T2"] == ("T1",)
    assert session.state().blockers["T5"] == ("T3",)
    assert session.state().tasks["T5"].status is TaskStatus.BLOCKED
