"""What a person orders of agents at work: words at the right moment, steps, cut work, subtrees, and new attempts."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from hephaestus_tui.domain.commands import (
    Answer,
    Decide,
    Missed,
    Pause,
    Restart,
    Resume,
    Revoke,
    Steer,
    Step,
    Stop,
)
from hephaestus_tui.domain.decision import Verdict
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.events import ALLOW, Recorded, TextStreamed, ToolOutput, TurnBegan
from hephaestus_tui.domain.message import Speaker, TextPart, ToolResultPart, WordsPart
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.reach import WHOLE_RUN, only, with_below
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.state import AgentStatus
from hephaestus_tui.domain.task import TaskStatus
from hephaestus_tui.domain.words import When

T1 = only("T1")


def root(say, *turns):
    return say.entry("root", 'role = "backend_developer"', *turns)


def ask(say, name="q"):
    return say.call("ask_human", name, f'{{ question = "On with {name}?" }}')


def again(say):
    return say.turn("Again.", say.call("complete_task", "again", '{ summary = "done" }'))


def look(say, name):
    return say.turn(name, say.call("list_files", name, '{ path = "." }'))


async def seen(session, wanted):
    async with asyncio.timeout(10), aclosing(session.watch(0)) as events:
        async for event in events:
            if wanted(event):
                return


async def answer(session, ada, words="yes"):
    await session.submit(Answer(question_id=next(iter(session.state().questions)), answer=words, actor=ada))


async def told(session, task_id="T1"):
    """What the agent has read, in order: words of people by name, and what kind of turn came between."""
    found = []
    for message in (await session.transcript(task_id)).messages:
        found += [f"{p.word.actor}: {p.word.text}" for p in message.parts if isinstance(p, WordsPart)]
        if message.speaker is Speaker.ASSISTANT:
            found.append(next((p.text for p in message.parts if isinstance(p, TextPart)), ""))
    return found


async def results(session, task_id="T1"):
    return [
        p for m in (await session.transcript(task_id)).messages for p in m.parts if isinstance(p, ToolResultPart)
    ]  # fmt: skip


# -- words


async def test_words_for_now_are_read_before_the_task_may_end(forge, say, ada, until):
    script = say.script(root(say, say.turn("one", ask(say)), say.done(), again(say)))
    session = await forge.start(script)
    await until(session, lambda s: s.questions)
    receipt = await session.submit(Steer(reach=T1, text="Mind the locks.", actor=ada))
    assert receipt.note == "reads it before its next turn: T1"
    assert receipt.reached == ("T1",)
    await answer(session, ada)
    await session.settled()
    assert await told(session) == ["one", "ada: Mind the locks.", "Finished."]


async def test_words_that_come_in_the_last_turn_are_read_and_the_task_is_not_lost_for_it(forge, say, ada):
    slow = say.turn("Nearly.", say.call("complete_task", "c", '{ summary = "s" }'), extra="delay = 0.3")
    session = await forge.start(say.script(root(say, slow)))
    await seen(session, lambda event: isinstance(event, TurnBegan))
    await session.submit(Steer(reach=T1, text="One more thing.", actor=ada))
    await session.settled()
    assert await told(session) == ["Nearly.", "ada: One more thing.", "Nearly."]
    refused, done = await results(session)
    assert "not completed yet" in refused.content
    assert not done.is_error
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED


async def test_queued_words_wait_until_it_would_complete(forge, say, ada, until):
    turns = [say.turn("one", ask(say)), look(say, "two"), say.done(), again(say)]
    session = await forge.start(say.script(root(say, *turns)))
    await until(session, lambda s: s.questions)
    await session.submit(Steer(reach=T1, text="Then write the notes.", actor=ada, when=When.QUEUED))
    await session.submit(Steer(reach=T1, text="Look sharp.", actor=ada))
    await answer(session, ada)
    await session.settled()
    assert await told(session) == [
        "one", "ada: Look sharp.", "two", "Finished.", "ada: Then write the notes.", "Again."
    ]  # fmt: skip
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED


async def test_queued_words_are_read_by_an_agent_that_ends_a_turn_without_a_call(forge, say, ada, until):
    turns = [say.turn("one", ask(say)), say.turn("Hm."), say.done()]
    session = await forge.start(say.script(root(say, *turns)))
    await until(session, lambda s: s.questions)
    await session.submit(Steer(reach=T1, text="Then this.", actor=ada, when=When.QUEUED))
    await answer(session, ada)
    await session.settled()
    assert await told(session) == ["one", "Hm.", "ada: Then this.", "Finished."]


async def test_queued_words_are_taken_back_once(forge, say, ada, until):
    session = await forge.start(say.script(root(say, say.turn("one", ask(say)), say.done())))
    await until(session, lambda s: s.questions)
    await session.submit(Steer(reach=T1, text="Never mind.", actor=ada, when=When.QUEUED))
    (word,) = session.state().steering["T1"]
    await session.submit(Revoke(task_id="T1", number=word.number, actor=ada))
    with pytest.raises(CommandRefused, match="read these words already, or they were taken back"):
        await session.submit(Revoke(task_id="T1", number=word.number, actor=ada))
    await answer(session, ada)
    await session.settled()
    assert await told(session) == ["one", "Finished."]


# -- interrupting


async def test_an_interruption_cuts_the_stream_keeps_what_was_said_and_is_read_next(forge, say, ada):
    hang = say.turn("I shall now rewrite everything.", ask(say), extra='fault = { kind = "hang", times = 1 }')
    session = await forge.start(say.script(root(say, hang, say.done())))
    await seen(session, lambda event: isinstance(event, TextStreamed))
    receipt = await session.submit(Steer(reach=T1, text="No, do not.", actor=ada, when=When.INTERRUPTING))
    assert receipt.note == "interrupted, and reads it next: T1"
    state = session.state()
    assert state.agents["T1"].status is AgentStatus.WORKING
    transcript = await session.transcript("T1")
    (cut,) = transcript.cuts
    assert cut.reason == "interrupted by ada"
    assert "I shall now rewrite everything.".startswith(cut.text.strip() or "?")
    (words,) = state.steering["T1"]
    assert words.said == cut.text.strip()
    await seen(session, lambda event: isinstance(event, Recorded) and event.seq > receipt.seq)
    assert await told(session) == ["ada: No, do not."]


async def test_an_interruption_kills_the_command_and_leaves_the_calls_behind_it(forge, say, ada, until):
    calls = [
        say.call("run_command", "r", '{ command = "echo begun >> log; echo ready; sleep 60; echo ended >> log" }'),
        say.call("write_file", "w", '{ path = "b.txt", content = "x" }'),
    ]
    session = await forge.start(say.script(root(say, say.turn("work", *calls), say.done())))
    await seen(session, lambda event: isinstance(event, ToolOutput) and "ready" in event.text)
    await session.submit(Steer(reach=WHOLE_RUN, text="Stop that.", actor=ada, when=When.INTERRUPTING))
    await session.settled()
    ran, unbegun, _ = await results(session)
    assert "ada interrupted this call while it ran, and its effect may be partial" in ran.content
    assert "Nothing of it was done" in unbegun.content
    assert (forge.project / "log").read_text() == "begun\n"
    assert not (forge.project / "b.txt").exists()
    assert await told(session) == ["work", "ada: Stop that.", "Finished."]
    assert session.state().unanswered == {"T1": ()}
    assert replay(await forge.store.facts(session.run_id)) == session.state()


async def test_an_interruption_withdraws_what_was_asked_and_frees_one_that_waits_for_a_decision(forge, say, ada, until):
    turns = [say.turn("a", say.spawn("a", more="wait_for_decision = true")), say.turn("b", ask(say)), say.done()]
    session = await forge.start(say.script(say.children("a"), root(say, *turns)))
    await until(session, lambda s: "T2" in s.proposals)
    await session.submit(Steer(reach=T1, text="Go on meanwhile.", actor=ada, when=When.INTERRUPTING))
    state = await until(session, lambda s: s.questions)
    assert not state.proposals["T2"].waits
    (spawned,) = await results(session)
    assert '"task_id": "T2"' in spawned.content
    await session.submit(Steer(reach=T1, text="No answer from me.", actor=ada, when=When.INTERRUPTING))
    await session.settled()
    assert not session.state().questions
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED
    # decided later, it becomes a task all the same
    await session.submit(Decide(task_id="T2", verdict=Verdict.ACCEPT, version=1, actor=ada))
    await session.settled()
    assert session.state().tasks["T2"].status is TaskStatus.COMPLETED


async def test_a_paused_agent_that_is_interrupted_stays_paused_and_reads_it_first(forge, say, ada, until):
    session = await forge.start(say.script(root(say, say.turn("one", ask(say)), say.done())))
    await until(session, lambda s: s.questions)
    await session.submit(Pause(reach=T1, actor=ada))
    receipt = await session.submit(Steer(reach=T1, text="First this.", actor=ada, when=When.INTERRUPTING))
    assert receipt.note == "reads it when it goes on: T1"
    await session.settled()
    assert session.state().agents["T1"].status is AgentStatus.PAUSED
    await session.submit(Resume(reach=T1, actor=ada))
    await session.settled()
    assert await told(session) == ["one", "ada: First this.", "Finished."]


# -- steps


async def test_a_step_is_one_turn_with_its_calls(forge, say, ada, until):
    turns = [say.turn("one", ask(say)), look(say, "two"), look(say, "three"), say.done()]
    session = await forge.start(say.script(root(say, *turns)))
    await until(session, lambda s: s.questions)
    await session.submit(Pause(reach=T1, actor=ada))
    await answer(session, ada)
    await session.settled()
    for turns_taken in (2, 3):
        receipt = await session.submit(Step(reach=T1, actor=ada))
        assert receipt.note == "one step: T1"
        assert "T1" in session.state().stepping
        await session.settled()
        state = session.state()
        assert state.agents["T1"].status is AgentStatus.PAUSED
        assert state.agents["T1"].note == "paused by ada, after a step"
        assert not state.stepping
        assert state.agents["T1"].turns == turns_taken
        assert len(await results(session)) == turns_taken
    await session.submit(Step(reach=T1, actor=ada))
    await session.settled()
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED
    with pytest.raises(CommandRefused, match="T1 had ended"):
        await session.submit(Step(reach=T1, actor=ada))


async def test_what_is_left_of_a_turn_is_a_step_of_its_own(forge, say, ada, until):
    two = say.turn("one", ask(say), say.call("list_files", "l", '{ path = "." }'))
    session = await forge.start(say.script(root(say, two, look(say, "two"), say.done())))
    await until(session, lambda s: s.questions)
    await session.submit(Pause(reach=T1, actor=ada))
    await answer(session, ada)
    await session.settled()
    assert len(await results(session)) == 1
    await session.submit(Step(reach=T1, actor=ada))
    await session.settled()
    assert len(await results(session)) == 2
    assert session.state().agents["T1"].turns == 1


async def test_steps_of_a_paused_run_leave_it_paused_and_nobody_behind(forge, say, ada, until):
    turns = [say.turn("one", ask(say)), look(say, "two"), look(say, "three"), say.done()]
    session = await forge.start(say.script(root(say, *turns)))
    await until(session, lambda s: s.questions)
    with pytest.raises(CommandRefused, match="T1 is at work: pause it first"):
        await session.submit(Step(reach=WHOLE_RUN, actor=ada))
    await session.submit(Pause(reach=WHOLE_RUN, actor=ada))
    await answer(session, ada)
    await session.settled()
    await session.submit(Step(reach=WHOLE_RUN, actor=ada))
    await session.settled()
    state = session.state()
    assert state.paused
    assert not state.stepping
    assert state.agents["T1"].turns == 2
    assert state.agents["T1"].status is AgentStatus.WORKING
    receipt = await session.submit(Resume(reach=WHOLE_RUN, actor=ada))
    assert receipt.note == "the run goes on"
    await session.settled()
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED


# -- many at once


async def family(forge, say, ada, until):
    """T1 at work, with T2 below it at work, T3 accepted and T4 proposed; T2 has a proposal of its own, T5."""
    wait = say.turn("wait", ask(say, "root"))
    first = say.turn("spawn", say.spawn("a"))
    second = say.turn("spawn", say.spawn("b", more='blocking_task_ids = ["@a"]'), say.spawn("c"))
    script = say.script(
        say.entry("a", 'call = "a"', say.turn("spawn", say.spawn("d")), say.turn("w", ask(say, "a")), say.done()),
        say.children("b", "c", "d"),
        root(say, first, second, wait, say.done()),
    )
    session = await forge.start(script)
    await until(session, lambda s: len(s.proposals) == 3)
    for task_id in ("T2", "T3"):
        await session.submit(Decide(task_id=task_id, verdict=Verdict.ACCEPT, version=1, actor=ada))
    await until(session, lambda s: len(s.questions) == 2)
    return session


async def test_a_subtree_is_paused_held_and_let_go_with_all_that_is_below(forge, say, ada, until):
    session = await family(forge, say, ada, until)
    receipt = await session.submit(Pause(reach=with_below("T1"), actor=ada))
    assert receipt.note == "paused at the next boundary: T1, T2; held before the start: T3, T4, T5"
    await session.submit(Decide(task_id="T4", verdict=Verdict.ACCEPT, version=1, actor=ada))
    await session.settled()
    assert session.state().tasks["T4"].status is TaskStatus.PENDING
    with pytest.raises(CommandRefused, match=r"T1, T2 stood still already \(paused\); T3, T4, T5 was held already"):
        await session.submit(Pause(reach=with_below("T1"), actor=ada))
    receipt = await session.submit(Resume(reach=with_below("T2"), actor=ada))
    assert receipt.note == "goes on: T2; may start again: T5"
    assert session.state().agents["T1"].status is AgentStatus.PAUSED
    receipt = await session.submit(Resume(reach=with_below("T1"), actor=ada))
    assert receipt.missed[0].task_id in ("T2", "T5")
    await session.settled()
    assert session.state().tasks["T4"].status is TaskStatus.COMPLETED
    assert not session.state().on_hold
    assert replay(await forge.store.facts(session.run_id)) == session.state()


async def test_a_subtree_is_stopped_and_its_proposals_are_left_at_the_gate(forge, say, ada, until):
    session = await family(forge, say, ada, until)
    receipt = await session.submit(Stop(reach=with_below("T1"), actor=ada))
    assert receipt.note == (
        "stopped: T1, T2; stopped before the start: T3; T4, T5 still proposed: left at the gate, to be decided on"
    )
    state = session.state()
    assert {t.id: t.status for t in state.tasks.values()} == dict.fromkeys(("T1", "T2", "T3"), TaskStatus.CANCELLED)
    assert set(state.proposals) == {"T4", "T5"}
    assert not state.questions
    with pytest.raises(CommandRefused, match=r"T1, T2, T3 had ended already \(cancelled\)"):
        await session.submit(Stop(reach=WHOLE_RUN, actor=ada))


async def test_words_to_all_reach_who_is_there_and_say_who_is_not(forge, say, ada, until):
    session = await family(forge, say, ada, until)
    receipt = await session.submit(Steer(reach=WHOLE_RUN, text="Use one logger.", actor=ada))
    assert receipt.note == "reads it before its next turn: T1, T2; T3 has not started; T4, T5 still proposed"
    assert receipt.reached == ("T1", "T2")
    assert receipt.missed[0] == Missed("T3", "has not started")


# -- new attempts


async def test_a_running_task_begins_again_where_it_was_and_reads_the_note_first(forge, say, ada, until):
    session = await forge.start(say.script(root(say, say.turn("one", ask(say)), say.done())))
    await until(session, lambda s: s.questions)
    receipt = await session.submit(Restart(reach=T1, note="Ask nobody.", actor=ada))
    assert receipt.note == "stopped, and in the queue again: T1"
    await session.settled()
    state = session.state()
    assert state.tasks["T1"].status is TaskStatus.COMPLETED
    assert state.tasks["T1"].attempt == 2
    assert await told(session) == ["one", "ada: Ask nobody.", "Finished."]


async def test_a_fresh_attempt_begins_with_the_brief_the_note_and_what_was_tried(forge, say, ada, until):
    write = say.call("write_file", "w", '{ path = "a.txt", content = "x" }')
    bad = say.call("read_file", "r", '{ path = "none.txt" }')
    turns = [say.turn("I write it.", write), say.turn("I look.", bad), say.turn("Lost.", ask(say)), say.done()]
    session = await forge.start(say.script(root(say, *turns)))
    await until(session, lambda s: s.questions)
    await session.submit(Stop(reach=T1, reason="the wrong way", actor=ada))
    before = (await session.transcript("T1")).messages
    await session.submit(Restart(reach=T1, note="Another way.", fresh=True, actor=ada))
    await until(session, lambda s: s.questions)
    messages = (await session.transcript("T1")).messages
    assert messages[: len(before)] == before  # stored, and shown
    begun = session.state().begins["T1"]
    assert messages[begun].speaker is Speaker.SYSTEM
    brief = messages[begun + 1]
    text = brief.parts[0].text
    assert "make it so" in text
    assert "What was tried before, in 3 turns:" in text
    assert "- changed files by:\n  - write_file a.txt" in text
    assert "failed or had no result:\n  - read_file none.txt" in text
    assert "its last words: Lost." in text
    assert "it ended: cancelled: the wrong way" in text
    assert [p.word.text for p in brief.parts if isinstance(p, WordsPart)] == ["Another way."]
    assert session.state().agents["T1"].turns == 3  # the script from its beginning: the model saw nothing of before
    # and once more, going on where this one stands
    await session.submit(Restart(reach=T1, note="Do end.", actor=ada))
    await session.settled()
    assert session.state().begins["T1"] == begun
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED


async def test_only_what_has_begun_and_is_not_completed_begins_again(forge, say, ada, until):
    session = await family(forge, say, ada, until)
    receipt = await session.submit(Restart(reach=WHOLE_RUN, actor=ada))
    assert receipt.note == (
        "stopped, and in the queue again: T1, T2; T3 has not started (blocked); "
        "T4, T5 still proposed: left at the gate, to be decided on"
    )
    await until(session, lambda s: all(s.tasks[t].attempt == 2 for t in ("T1", "T2")) and len(s.questions) == 2)


async def test_a_permission_that_was_cut_off_is_not_carried_out_by_a_late_answer(forge, say, ada, until):
    forge.policy = Policy.ASK
    write = say.call("write_file", "w", '{ path = "a.txt", content = "x" }')
    session = await forge.start(say.script(root(say, say.turn("w", write), say.done())))
    state = await until(session, lambda s: s.questions)
    await session.submit(Steer(reach=T1, text="Not that file.", actor=ada, when=When.INTERRUPTING))
    with pytest.raises(CommandRefused, match="no longer waits"):
        await session.submit(Answer(question_id=next(iter(state.questions)), answer=ALLOW, actor=ada))
    await session.settled()
    assert not (forge.project / "a.txt").exists()


async def test_orders_hold_for_a_run_that_nobody_works_on(forge, say, ada, until):
    session = await forge.start(say.script(root(say, say.turn("one", ask(say)), look(say, "two"), say.done())))
    await until(session, lambda s: s.questions)
    run_id = session.run_id
    await forge.stop()
    session = await forge.resume(run_id, serve=False)
    await session.submit(Steer(reach=T1, text="While you were away.", actor=ada, when=When.INTERRUPTING))
    await session.submit(Step(reach=T1, actor=ada))
    forge.serve(session)
    await session.settled()
    assert await told(session) == ["one", "ada: While you were away.", "two"]
    assert session.state().agents["T1"].status is AgentStatus.PAUSED
