"""The agent loop at its edges: limits, pauses, stops, faults of the provider, permissions, and coming back after an end."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace

import pytest

from hephaestus_tui.config import Limits
from hephaestus_tui.domain.attention import AttentionKind, attention
from hephaestus_tui.domain.commands import Answer, Decide, Pause, Restart, Resume, SetBudget, SetPolicy, Steer, Stop
from hephaestus_tui.domain.decision import Verdict
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.events import ALLOW, QuestionKind, TextStreamed, ToolOutput
from hephaestus_tui.domain.message import Speaker, ToolResultPart, WordsPart
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.reach import WHOLE_RUN, only
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.state import AgentStatus
from hephaestus_tui.domain.task import TaskStatus
from hephaestus_tui.headless.runner import exit_code


def root(say, *turns):
    return say.entry("root", 'role = "backend_developer"', *turns)


async def seen(session, wanted):
    """Watches until an event of the wanted kind has come."""
    async with asyncio.timeout(10), aclosing(session.watch(0)) as events:
        async for event in events:
            if wanted(event):
                return


async def results_of(session, task_id="T1"):
    transcript = await session.transcript(task_id)
    return [p for m in transcript.messages for p in m.parts if isinstance(p, ToolResultPart)]


async def test_replay_of_the_journal_is_the_live_state(forge, say):
    script = say.script(
        say.children("a"),
        root(say, say.turn("x", say.spawn("a"), say.call("list_files", "l", '{ path = "." }')), say.done()),
    )
    session = await forge.start(script)
    await session.settled()
    assert replay(await forge.store.facts(session.run_id)) == session.state()


async def test_files_are_really_written_and_commands_really_run(forge, say):
    script = say.script(
        root(
            say,
            say.turn("w", say.call("write_file", "w", '{ path = "a/b.txt", content = "hello" }')),
            say.turn("r", say.call("run_command", "r", '{ command = "cat a/b.txt; exit 3" }')),
            say.done(),
        )
    )
    session = await forge.start(script)
    await session.settled()
    assert (forge.project / "a/b.txt").read_text() == "hello"
    _, run, _ = await results_of(session)
    assert "hello" in run.content
    assert "3" in run.content


async def test_a_permission_waits_for_a_human_and_is_refused_with_words(forge, say, ada, until):
    forge.policy = Policy.ASK
    script = say.script(
        root(
            say,
            say.turn("w", say.call("write_file", "w", '{ path = "a.txt", content = "x" }')),
            say.turn("r", say.call("run_command", "r", '{ command = "touch b.txt" }')),
            say.done(),
        )
    )
    session = await forge.start(script)
    state = await until(session, lambda s: s.questions)
    (question,) = state.questions.values()
    assert question.kind is QuestionKind.PERMISSION
    assert "a.txt" in question.text
    assert attention(state)[0].kind is AttentionKind.PERMISSION
    assert not (forge.project / "a.txt").exists()
    await session.submit(Answer(question_id=question.id, answer=ALLOW, actor=ada))
    state = await until(session, lambda s: s.questions and question.id not in s.questions)
    (question,) = state.questions.values()
    assert "touch b.txt" in question.text
    await session.submit(Answer(question_id=question.id, answer="not that", actor=ada))
    await session.settled()
    assert (forge.project / "a.txt").exists()
    assert not (forge.project / "b.txt").exists()
    assert "not that" in (await results_of(session))[1].content
    with pytest.raises(CommandRefused, match="no longer waits"):
        await session.submit(Answer(question_id=question.id, answer=ALLOW, actor=ada))


async def test_a_read_only_run_refuses_and_the_policy_can_be_changed(forge, say, ada, until):
    forge.policy = Policy.READ_ONLY
    write = say.call("write_file", "w", '{ path = "a.txt", content = "x" }')
    ask = say.call("ask_human", "q", '{ question = "May I?", options = ["yes", "no"] }')
    session = await forge.start(
        say.script(
            root(say, say.turn("1", write), say.turn("2", ask), say.turn("3", write.replace('"w"', '"w2"')), say.done())
        )
    )
    state = await until(session, lambda s: s.questions)
    assert not (forge.project / "a.txt").exists()
    await session.submit(SetPolicy(policy=Policy.AUTO, actor=ada))
    await session.submit(Answer(question_id=next(iter(state.questions)), answer="yes", actor=ada))
    await session.settled()
    refused, answer, written, _ = await results_of(session)
    assert refused.is_error
    assert answer.content == "yes"
    assert not written.is_error
    assert (forge.project / "a.txt").exists()


async def test_a_limit_ends_the_task_before_the_next_call(forge, say, ada):
    forge.settings = replace(forge.settings, limits=Limits(turns=2))
    looks = [say.turn(str(n), say.call("list_files", f"l{n}", '{ path = "." }')) for n in range(5)]
    session = await forge.start(say.script(root(say, *looks, say.done())))
    await session.settled()
    state = session.state()
    assert state.tasks["T1"].status is TaskStatus.FAILED
    assert state.failed_limits == {"T1": "turns"}
    assert "limits.turns" in state.tasks["T1"].reason
    assert state.agents["T1"].turns <= 2


@pytest.mark.parametrize("kind", ["cut", "malformed", "error"])
async def test_a_turn_that_is_cut_is_taken_again_and_nothing_of_it_runs(forge, say, kind):
    write = say.call("write_file", "w", '{ path = "a.txt", content = "x" }')
    script = say.script(
        root(say, say.turn("Writing now.", write, extra=f'fault = {{ kind = "{kind}", times = 2 }}'), say.done())
    )
    session = await forge.start(script)
    await session.settled()
    transcript = await session.transcript("T1")
    assert len(transcript.cuts) == 2
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED
    assert [r.is_error for r in await results_of(session)] == [False, False]


async def test_a_provider_that_stays_broken_stalls_the_agent_until_a_human_resumes(forge, say, ada):
    script = say.script(
        root(
            say,
            say.turn("x", say.call("list_files", "l", '{ path = "." }'), extra='fault = { kind = "cut", times = 3 }'),
            say.done(),
        )
    )
    session = await forge.start(script)
    await session.settled()
    assert session.state().agents["T1"].status is AgentStatus.STALLED
    assert attention(session.state())[0].kind is AttentionKind.STALLED
    await session.submit(Resume(reach=only("T1"), actor=ada))
    await session.settled()
    # the fault counts attempts of one turn, and a resumed turn begins anew: it stalls again, and can be stopped
    assert session.state().agents["T1"].status is AgentStatus.STALLED
    await session.submit(Stop(reach=only("T1"), actor=ada, reason="hopeless"))
    assert session.state().tasks["T1"].reason == "hopeless"


async def test_an_agent_that_only_talks_is_nudged_and_then_stalls(forge, say):
    script = say.script(root(say, *[say.turn(f"Talk {n}.") for n in range(6)]))
    session = await forge.start(script)
    await session.settled()
    assert session.state().agents["T1"].status is AgentStatus.STALLED
    transcript = await session.transcript("T1")
    assert sum("without calling a tool" in getattr(p, "text", "") for m in transcript.messages for p in m.parts) == 3


async def test_stop_ends_a_hanging_stream_at_once_and_keeps_what_was_said(forge, say, ada):
    script = say.script(root(say, say.turn("I am thinking aloud.", extra='fault = { kind = "hang" }')))
    session = await forge.start(script)
    await seen(session, lambda event: isinstance(event, TextStreamed))
    await session.submit(Stop(reach=only("T1"), actor=ada))
    await session.settled()
    assert session.state().tasks["T1"].status is TaskStatus.CANCELLED
    (cut,) = (await session.transcript("T1")).cuts
    assert cut.text
    assert "I am thinking aloud.".startswith(cut.text)


async def test_stop_kills_a_running_command(forge, say, ada, until):
    script = say.script(
        root(say, say.turn("x", say.call("run_command", "r", '{ command = "echo $$ > pid; sleep 600" }')), say.done())
    )
    session = await forge.start(script)
    await until(session, lambda s: s.unanswered.get("T1"))
    await session.submit(Stop(reach=only("T1"), actor=ada))
    await session.settled()
    assert session.state().tasks["T1"].status is TaskStatus.CANCELLED
    assert session.state().unanswered["T1"]


async def test_pause_holds_at_the_boundary_and_resume_goes_on(forge, say, ada, until):
    ask = say.call("ask_human", "q", '{ question = "Ready?" }')
    session = await forge.start(say.script(root(say, say.turn("1", ask), say.done())))
    state = await until(session, lambda s: s.questions)
    await session.submit(Pause(reach=WHOLE_RUN, actor=ada))
    await session.submit(Answer(question_id=next(iter(state.questions)), answer="yes", actor=ada))
    await session.settled()
    assert session.state().tasks["T1"].status is TaskStatus.IN_PROGRESS
    await session.submit(Resume(reach=WHOLE_RUN, actor=ada))
    await session.settled()
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED


async def test_a_paused_run_starts_nothing(forge, say, ada):
    session = await forge.start(say.script(root(say, say.done())), serve=False)
    await session.submit(Pause(reach=WHOLE_RUN, actor=ada))
    forge.serve(session)
    await session.settled()
    assert session.state().tasks["T1"].status is TaskStatus.PENDING
    await session.submit(Resume(reach=WHOLE_RUN, actor=ada))
    await session.settled()
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED


async def test_a_steering_message_is_read_before_the_next_turn(forge, say, ada, until):
    ask = say.call("ask_human", "q", '{ question = "Ready?" }')
    session = await forge.start(say.script(root(say, say.turn("1", ask), say.done())))
    state = await until(session, lambda s: s.questions)
    await session.submit(Steer(reach=only("T1"), text="Mind the locks.", actor=ada))
    await session.submit(Answer(question_id=next(iter(state.questions)), answer="yes", actor=ada))
    await session.settled()
    messages = (await session.transcript("T1")).messages
    heard = [p.word.text for m in messages if m.speaker is Speaker.USER for p in m.parts if isinstance(p, WordsPart)]
    assert "Mind the locks." in heard[-1]
    assert not session.state().steering
    with pytest.raises(CommandRefused, match="T1 had ended"):
        await session.submit(Steer(reach=only("T1"), text="Too late", actor=ada))


async def test_missing_evidence_is_asked_for(forge, say, ada):
    script = say.script(
        say.entry("a", 'call = "a"', say.done(), say.turn("Again.", say.call("complete_task", "d2", '{ summary = "s", evidence = [{ criterion = "Tests pass", evidence = "ran them" }] }'))),
        root(say, say.turn("x", say.spawn("a", more='done_criteria = ["Tests pass"]')), say.done()),
    )  # fmt: skip
    session = await forge.start(script)
    await session.settled()
    await session.submit(Decide(task_id="T2", verdict=Verdict.ACCEPT, actor=ada, version=1))
    await session.settled()
    refused, accepted = await results_of(session, "T2")
    assert "Evidence is missing for 'Tests pass'" in refused.content
    assert not accepted.is_error
    assert session.state().tasks["T2"].evidence[0].evidence == "ran them"


async def test_a_run_comes_back_with_its_questions_and_its_agents_interrupted(forge, say, ada, until):
    ask = say.call("ask_human", "q", '{ question = "Ready?" }')
    script = say.script(root(say, say.turn("1", say.spawn("a")), say.turn("2", ask), say.done()))
    session = await forge.start(script)
    await until(session, lambda s: s.questions)
    run_id = session.run_id
    await forge.stop()
    again = await forge.resume(run_id)
    await again.settled()
    state = again.state()
    assert list(state.proposals) == ["T2"]
    assert state.agents["T1"].status is AgentStatus.INTERRUPTED
    await again.submit(Answer(question_id=next(iter(state.questions)), answer="yes", actor=ada))
    await again.submit(Resume(reach=only("T1"), actor=ada))
    await again.settled()
    state = again.state()
    assert state.tasks["T1"].status is TaskStatus.COMPLETED
    assert len(state.proposals) == 1
    assert replay(await forge.store.facts(run_id)) == state


async def test_a_command_that_was_running_is_not_run_again(forge, say, ada, until):
    run = say.call("run_command", "r", '{ command = "echo once >> ran; echo begun; sleep 600" }')
    session = await forge.start(say.script(root(say, say.turn("1", run), say.done())))
    await seen(session, lambda event: isinstance(event, ToolOutput))
    run_id = session.run_id
    await forge.stop()
    again = await forge.resume(run_id)
    await again.settled()
    assert (await again.transcript("T1")).unanswered
    await again.submit(Resume(reach=WHOLE_RUN, actor=ada))
    await again.settled()
    assert "effect is unknown" in (await results_of(again))[0].content
    assert not again.state().unanswered["T1"]
    assert again.state().tasks["T1"].status is TaskStatus.COMPLETED
    assert (forge.project / "ran").read_text() == "once\n"


async def test_a_failed_task_is_retried_where_it_stood(forge, say, ada):
    forge.settings = replace(forge.settings, limits=Limits(turns=1))
    look = say.turn("1", say.call("list_files", "l", '{ path = "." }'))
    session = await forge.start(say.script(root(say, look, say.done())))
    await session.settled()
    assert session.state().tasks["T1"].status is TaskStatus.FAILED
    await session.submit(Restart(reach=only("T1"), actor=ada))
    await session.settled()
    state = session.state()
    assert state.tasks["T1"].status is TaskStatus.COMPLETED
    assert state.tasks["T1"].attempt == 2


async def test_an_agent_waiting_for_a_human_leaves_its_place_to_another(forge, say, ada, until):
    forge.settings = replace(forge.settings, agents=1)
    ask = say.call("ask_human", "q", '{ question = "Ready?" }')
    script = say.script(say.children("a"), root(say, say.turn("1", say.spawn("a")), say.turn("2", ask), say.done()))
    session = await forge.start(script)
    await until(session, lambda s: s.questions)
    await session.submit(Decide(task_id="T2", verdict=Verdict.ACCEPT, actor=ada, version=1))
    await session.settled()
    state = session.state()
    assert state.tasks["T2"].status is TaskStatus.COMPLETED
    assert state.tasks["T1"].status is TaskStatus.IN_PROGRESS


async def test_a_scripted_agent_is_honest_about_a_criterion_written_after_its_script(forge, say, ada):
    script = 'unforeseen = "not checked"\n' + say.script(
        say.children("a"), root(say, say.turn("x", say.spawn("a")), say.done())
    )
    session = await forge.start(script)
    await session.settled()
    draft = session.state().proposals["T2"].draft
    final = replace(draft, done_criteria=("It is quick", "It is small"))
    await session.submit(Decide(task_id="T2", verdict=Verdict.EDIT, actor=ada, version=1, final=final))
    await session.settled()
    assert [(e.criterion, e.evidence) for e in session.state().tasks["T2"].evidence] == [
        ("It is quick", "not checked"),
        ("It is small", "not checked"),
    ]


async def test_the_limit_of_a_run_holds_every_agent_and_fails_none(forge, say, ada):
    forge.settings = replace(forge.settings, limits=Limits(run_tokens=1), agents=1)
    look = say.turn("1", say.spawn("a"), say.call("list_files", "l", '{ path = "." }'))
    session = await forge.start(say.script(say.children("a"), root(say, look, say.done())))
    await session.settled()
    await session.submit(Decide(task_id="T2", verdict=Verdict.ACCEPT, actor=ada, version=1))
    await session.settled()
    state = session.state()
    assert [(str(b), r.task_id) for b, r in state.budgets_reached.items()] == [("the tokens of the run", "T1")]
    assert state.agents["T1"].turns == 1
    assert [t.status for t in state.tasks.values()] == [TaskStatus.IN_PROGRESS, TaskStatus.PENDING]
    assert exit_code(state) == 3
    await session.submit(SetBudget(budget=next(iter(state.budgets_reached)), limit=0, actor=ada))
    await session.settled()
    assert [t.status for t in session.state().tasks.values()] == [TaskStatus.COMPLETED] * 2
