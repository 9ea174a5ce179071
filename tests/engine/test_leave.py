"""Leave is given once, for a task or for the run, to exactly what was asked about or to what a person made of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hephaestus_tui.config import RoleSettings
from hephaestus_tui.domain.commands import Answer, Decide, SetPolicy, Stop, TakeBackLeave
from hephaestus_tui.domain.decision import Actor, ActorKind, Verdict
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.events import ALLOW, LeaveTakenBack, Recorded
from hephaestus_tui.domain.leave import Extent
from hephaestus_tui.domain.message import ToolResultPart
from hephaestus_tui.domain.orders import Resume
from hephaestus_tui.domain.policy import Containment, Policy
from hephaestus_tui.domain.reach import WHOLE_RUN, only
from hephaestus_tui.domain.reducer import apply, replay
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.session import Transcript

COMMAND = "touch ran"


@pytest.fixture
def asking(forge):
    """A run that asks, and believes its commands held: what these do is written here."""
    forge.policy, forge.containment = Policy.ASK, Containment.SANDBOX
    return forge


def runs(say, *commands: str, spawning: str = "") -> str:
    turns = [say.turn("I run it.", say.call("run_command", f"c{n}", f"{{ command = '''{c}''' }}")) for n, c in enumerate(commands)]  # fmt: skip
    spawn = [say.turn("I propose.", say.spawn("child", more='role = "qa_tester"'))] if spawning else []
    root = say.entry("root", 'role = "backend_developer"', *spawn, *turns, say.done())
    child = say.turn("I run it too.", say.call("run_command", "own", f"{{ command = '''{spawning}''' }}"))
    script: str = say.script(root, *([say.entry("child", 'call = "child"', child, say.done())] if spawning else []))
    return script


def results(transcript: Transcript) -> list[str]:
    return [part.content for m in transcript.messages for part in m.parts if isinstance(part, ToolResultPart)]


async def allow(session, until, ada, extent: Extent = Extent.ONCE, command: str | None = None, count: int = 0):
    """Answer the one question that waits; the state once `count` more answers were given before it."""
    state = await until(session, lambda s: len(s.questions) == 1 and len(s.answers) == count)
    (question,) = state.questions.values()
    await session.submit(Answer(question_id=question.id, answer=ALLOW, actor=ada, extent=extent, command=command))
    return question


async def test_once_is_once(asking, say, ada, until) -> None:
    session = await asking.start(runs(say, COMMAND, COMMAND))
    question = await allow(session, until, ada)
    assert (question.text, question.tool, question.argv) == (COMMAND, "run_command", ("touch", "ran"))
    await allow(session, until, ada, count=1)
    await session.settled()
    assert not session.state().grants
    assert session.state().tasks["T1"].status == "completed"


async def test_for_the_task_the_same_words_ask_no_more_and_others_do(asking, say, ada, until) -> None:
    session = await asking.start(runs(say, COMMAND, COMMAND, "touch other", spawning=COMMAND))
    await allow(session, until, ada, Extent.TASK)
    await until(session, lambda s: any(q.text == "touch other" for q in s.questions.values()))
    state = session.state()
    assert len(state.answers) == 1
    (grant,) = state.grants.values()
    assert (grant.id, grant.argv, grant.task_id, grant.actor) == ("L1", ("touch", "ran"), "T1", ada)
    # another task asks for itself
    await session.submit(Decide(task_id="T2", verdict=Verdict.ACCEPT, actor=ada, version=1))
    await until(session, lambda s: any(q.task_id == "T2" for q in s.questions.values()))


async def test_for_a_task_it_ends_with_the_task_and_begun_again_it_asks_again(asking, say, ada, until) -> None:
    session = await asking.start(runs(say, COMMAND, "touch other", COMMAND))
    await allow(session, until, ada, Extent.TASK)
    await until(session, lambda s: len(s.questions) == 1 and len(s.answers) == 1)
    assert session.state().grants
    await session.submit(Stop(reach=only("T1"), actor=ada))
    assert not session.state().grants
    with pytest.raises(CommandRefused, match=r"no leave 'L1'"):
        await session.submit(TakeBackLeave(grant_id="L1", actor=ada))
    assert replay(await asking.store.facts(session.run_id)) == session.state()


def test_leave_that_was_taken_back_after_the_end_of_its_task_is_no_fault_in_a_journal() -> None:
    state = RunState(run_id="r")
    apply(state, Recorded(seq=1, at=1.0, fact=LeaveTakenBack(grant_id="L1", actor=Actor(ActorKind.HUMAN, "ada"))))
    assert not state.grants


async def test_for_the_run_it_counts_for_all_also_after_a_restart_until_it_is_taken_back(
    asking, say, ada, until
) -> None:
    session = await asking.start(runs(say, COMMAND, "touch other", spawning=COMMAND))
    await allow(session, until, ada, Extent.RUN)
    await until(session, lambda s: any(q.text == "touch other" for q in s.questions.values()))
    run_id = session.run_id
    await asking.stop()
    session = await asking.resume(run_id)
    await session.submit(Decide(task_id="T2", verdict=Verdict.ACCEPT, actor=ada, version=1))
    state = await until(session, lambda s: "T2" in s.tasks and s.tasks["T2"].status == "completed")
    assert all(q.task_id == "T1" for q in state.questions.values())
    receipt = await session.submit(TakeBackLeave(grant_id="L1", actor=ada))
    assert receipt.note == "touch ran asks again"
    assert not session.state().grants
    with pytest.raises(CommandRefused, match=r"no leave 'L1'.*nothing is allowed"):
        await session.submit(TakeBackLeave(grant_id="L1", actor=ada))


async def test_what_is_taken_back_asks_again(asking, say, ada, until) -> None:
    session = await asking.start(runs(say, COMMAND, "touch other", COMMAND))
    await allow(session, until, ada, Extent.RUN)
    await until(session, lambda s: len(s.questions) == 1 and len(s.answers) == 1)
    await session.submit(TakeBackLeave(grant_id="L1", actor=ada))
    await allow(session, until, ada, count=1)
    question = await allow(session, until, ada, count=2)
    assert question.text == COMMAND
    await session.settled()


async def test_leave_for_the_run_is_the_answer_to_all_who_wait_for_the_same(asking, say, ada, until) -> None:
    session = await asking.start(runs(say, COMMAND, spawning=COMMAND))
    await until(session, lambda s: "T2" in s.proposals)
    await session.submit(Decide(task_id="T2", verdict=Verdict.ACCEPT, actor=ada, version=1))
    state = await until(session, lambda s: len(s.questions) == 2)
    first = next(q for q in state.questions.values() if q.task_id == "T1")
    await session.submit(Answer(question_id=first.id, answer=ALLOW, actor=ada, extent=Extent.RUN))
    await session.settled()
    assert {t.status for t in session.state().tasks.values()} == {"completed"}


@pytest.mark.parametrize("command", ["touch ran && id", "touch $HOME/ran", "touch ran > x"])
async def test_everything_compound_is_allowed_once_only(asking, say, ada, until, command: str) -> None:
    session = await asking.start(runs(say, command))
    state = await until(session, lambda s: s.questions)
    (question,) = state.questions.values()
    assert question.argv is None
    for extent in (Extent.TASK, Extent.RUN):
        with pytest.raises(CommandRefused, match="once only"):
            await session.submit(Answer(question_id=question.id, answer=ALLOW, actor=ada, extent=extent))
    assert session.state().questions


async def test_without_a_sandbox_a_command_is_allowed_once_only_and_old_leave_counts_no_more(
    asking, say, ada, until
) -> None:
    session = await asking.start(runs(say, COMMAND, "touch other", COMMAND))
    await allow(session, until, ada, Extent.RUN)
    await until(session, lambda s: len(s.questions) == 1 and len(s.answers) == 1)
    run_id = session.run_id
    await asking.stop()
    asking.containment = Containment.NONE
    session = await asking.resume(run_id)
    await session.submit(Resume(reach=WHOLE_RUN, actor=ada))
    await allow(session, until, ada, count=1)
    state = await until(session, lambda s: len(s.questions) == 1 and len(s.answers) == 2)
    (question,) = state.questions.values()
    assert question.text == COMMAND  # though leave for it stands
    with pytest.raises(CommandRefused, match="in a sandbox"):
        await session.submit(Answer(question_id=question.id, answer=ALLOW, actor=ada, extent=Extent.RUN))


async def test_leave_for_edits_is_for_one_tool_and_shows_the_difference(asking, say, ada, until) -> None:
    (asking.project / "a.txt").write_text("one\ntwo\n")
    write = [
        say.turn("I write.", say.call("write_file", f"w{n}", f'{{ path = "a.txt", content = "one\\n{n}\\n" }}'))
        for n in range(2)
    ]
    edit = say.turn("I edit.", say.call("edit_file", "e", '{ path = "a.txt", old_text = "one", new_text = "1" }'))
    session = await asking.start(say.script(say.entry("root", 'role = "backend_developer"', *write, edit, say.done())))
    question = await allow(session, until, ada, Extent.TASK)
    assert question.text.startswith("replace a.txt (2 lines, 6 bytes)\n\n--- a/a.txt\n+++ b/a.txt\n")
    assert "\n-two\n+0\n" in question.text
    assert " one\n" in question.text
    # the second writes unasked; the other tool asks
    state = await until(session, lambda s: s.questions)
    assert [q.tool for q in state.questions.values()] == ["edit_file"]
    assert (asking.project / "a.txt").read_text() == "one\n1\n"


async def test_a_person_may_change_the_command_and_the_agent_is_told(asking, say, ada, until) -> None:
    session = await asking.start(runs(say, "touch ran; rm -rf important"))
    (asking.project / "important").mkdir()
    question = await allow(session, until, ada, command="touch ran; echo it\necho done")
    await session.settled()
    assert (asking.project / "ran").exists()
    assert (asking.project / "important").exists()
    assert session.state().amended == {question.id: "touch ran; echo it\necho done"}
    told = results(await session.transcript("T1"))[0]
    assert told.startswith(
        "[A human changed the command. What ran instead: touch ran; echo it\necho done]\n[exit code 0 after"
    )


async def test_a_changed_command_is_no_leave_for_more_and_no_edit_is_a_command(asking, say, ada, until) -> None:
    session = await asking.start(runs(say, COMMAND))
    state = await until(session, lambda s: s.questions)
    (question,) = state.questions.values()
    for wrong, why in (
        (Answer(question_id=question.id, answer=ALLOW, actor=ada, command="id", extent=Extent.RUN), "allowed once"),
        (Answer(question_id=question.id, answer=ALLOW, actor=ada, command=" \n"), "1 to 10,000 characters"),
        (Answer(question_id=question.id, answer=ALLOW, actor=ada, command="x" * 10_001), "1 to 10,000 characters"),
        (Answer(question_id=question.id, answer=ALLOW, actor=ada, command="a\0b"), "NUL"),
        (Answer(question_id=question.id, answer="no", actor=ada, command="id"), "Only leave"),
        (Answer(question_id=question.id, answer="no", actor=ada, extent=Extent.TASK), "Only leave"),
    ):
        with pytest.raises(CommandRefused, match=why):
            await session.submit(wrong)
    write = say.turn("I write.", say.call("write_file", "w", '{ path = "a.txt", content = "x" }'))
    await asking.stop()
    session = await asking.start(say.script(say.entry("root", 'role = "backend_developer"', write, say.done())))
    state = await until(session, lambda s: s.questions)
    (question,) = state.questions.values()
    with pytest.raises(CommandRefused, match="Only a command can be changed"):
        await session.submit(Answer(question_id=question.id, answer=ALLOW, actor=ada, command="id"))


async def test_the_file_of_a_role_only_tightens(asking, say, until) -> None:
    asking.policy, asking.role_policies = Policy.AUTO, {"backend_developer": Policy.ASK, "qa_tester": Policy.AUTO}
    session = await asking.start(runs(say, COMMAND))
    state = await until(session, lambda s: s.questions)
    assert not (asking.project / "ran").exists()
    assert state.policy_of("backend_developer") is Policy.ASK
    assert state.policy_of("tech_lead") is Policy.AUTO
    asking.policy = Policy.ASK
    await asking.stop()
    session = await asking.start(runs(say, COMMAND))
    assert session.state().policy_of("qa_tester") is Policy.ASK


async def test_the_settings_set_the_policy_of_a_role_but_not_above_its_file_nor_a_run_that_reads(
    asking, say, ada, until
) -> None:
    roles = {name: RoleSettings(policy=Policy.AUTO) for name in ("backend_developer", "tech_lead")}
    asking.settings = replace(asking.settings, roles=roles)
    asking.role_policies = {"tech_lead": Policy.AUTO_EDIT}
    session = await asking.start(runs(say, COMMAND), serve=False)
    assert session.state().policy_of("backend_developer") is Policy.AUTO
    assert session.state().policy_of("tech_lead") is Policy.AUTO_EDIT
    await session.submit(SetPolicy(policy=Policy.READ_ONLY, actor=ada))
    assert session.state().policy_of("backend_developer") is Policy.READ_ONLY
    asking.serve(session)
    await session.settled()
    assert not (asking.project / "ran").exists()
    assert "the policy of this run is read-only" in results(await session.transcript("T1"))[0]


async def test_a_role_that_only_reads_is_told_that_it_is_the_role(asking, say) -> None:
    asking.policy, asking.role_policies = Policy.AUTO, {"backend_developer": Policy.READ_ONLY}
    session = await asking.start(runs(say, COMMAND))
    await session.settled()
    assert "the policy of the role backend_developer is read-only" in results(await session.transcript("T1"))[0]


async def test_a_looser_policy_of_the_run_answers_for_no_role_that_asks(asking, say, ada, until) -> None:
    asking.role_policies = {"backend_developer": Policy.ASK}
    session = await asking.start(runs(say, COMMAND))
    await until(session, lambda s: s.questions)
    await session.submit(SetPolicy(policy=Policy.AUTO, actor=ada))
    assert session.state().questions
