"""A task is done when its criteria are met: commands are run, what fails goes back, and in the end a human says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hephaestus_tui.config import Limits
from hephaestus_tui.domain.attention import AttentionKind, attention
from hephaestus_tui.domain.check import Ruling, ruling_text
from hephaestus_tui.domain.commands import AddTask, Answer, Resume, Steer, Stop, SwitchRule
from hephaestus_tui.domain.criterion import CommandCriterion
from hephaestus_tui.domain.decision import Verdict
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.events import ALLOW, CheckStarted, CriteriaUnmet, MessageAdded, QuestionKind
from hephaestus_tui.domain.message import ToolResultPart
from hephaestus_tui.domain.policy import Containment, Policy
from hephaestus_tui.domain.reach import only
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.state import AgentStatus
from hephaestus_tui.domain.task import Finding, Phase, TaskDraft, TaskStatus
from hephaestus_tui.domain.words import When

THERE = CommandCriterion("The file is there", "cat made.txt")
EVIDENCE = '[{ criterion = "The file is there", evidence = "I saw it" }]'


def claim(say, mark, evidence=EVIDENCE, more=""):
    return say.turn(
        mark, say.call("complete_task", mark, f'{{ summary = "{mark}", evidence = {evidence}{more} }}')
    )  # fmt: skip


def write(say, mark, text="hello"):
    return say.turn(mark, say.call("write_file", mark, f'{{ path = "made.txt", content = "{text}" }}'))


async def begin(forge, say, ada, *turns, criteria=(THERE,), phase=Phase.BUILDING):
    """A run in which T2 is a human's own task with these turns."""
    script = say.script(
        say.entry("mine", 'title = "My own"', *turns), say.entry("root", 'role = "backend_developer"', say.done())
    )
    session = await forge.start(script, serve=False)
    draft = TaskDraft(
        title="My own", description="d", rationale="r", phase=phase, role="qa_tester", done_criteria=criteria
    )  # fmt: skip
    await session.submit(AddTask(draft=draft, actor=ada))
    forge.serve(session)
    await session.settled()
    return session


async def results(session):
    """What the agent of T2 was told of its calls."""
    parts = [p for m in (await session.transcript("T2")).messages for p in m.parts]
    return [p.content for p in parts if isinstance(p, ToolResultPart)]


async def facts(session, kind):
    found = []
    async for event in session.watch(0):
        if isinstance(fact := event.fact, kind):
            found.append(fact)
        if event.seq >= session.state().seq:
            break
    return found


async def test_a_command_that_fails_goes_back_with_its_output_and_passes_later(forge, say, ada):
    session = await begin(forge, say, ada, claim(say, "early"), write(say, "mend"), claim(say, "late"))
    task = session.state().tasks["T2"]
    assert (task.status, task.summary) == (TaskStatus.COMPLETED, "late")
    (proof,) = task.evidence
    assert (proof.criterion, proof.evidence) == ("The file is there", "I saw it")
    assert proof.checked is not None
    assert (proof.checked.command, proof.checked.code) == ("cat made.txt", 0)
    assert proof.checked.output.endswith("hello")
    first, _, last = await results(session)
    assert "not completed (try 1 of 3)" in first
    assert "Not met: The file is there" in first
    assert "exit code 1" in first
    assert "No such file" in first
    assert "Checked: The file is there: `cat made.txt` ended with 0" in last
    assert not session.state().unmet
    assert not session.state().checking


async def test_the_intent_is_stored_before_each_command(forge, say, ada):
    session = await begin(forge, say, ada, claim(say, "early"), write(say, "mend"), claim(say, "late"))
    started = await facts(session, CheckStarted)
    assert [(f.turn, f.number, f.command) for f in started] == [(2, 1, "cat made.txt"), (6, 1, "cat made.txt")]
    (unmet,) = await facts(session, CriteriaUnmet)
    assert (unmet.turn, unmet.round, unmet.asks) == (2, 1, False)


async def test_every_command_is_run_also_after_one_failed(forge, say, ada):
    criteria = (CommandCriterion("A", "false"), CommandCriterion("B", "echo b"), "C")
    evidence = ", ".join(f'{{ criterion = "{c}", evidence = "e" }}' for c in "ABC")
    await_human = await begin(forge, say, ada, claim(say, "x", f"[{evidence}]"), criteria=criteria)
    (told,) = await results(await_human)
    assert "Not met: A" in told
    assert "Checked: B: `echo b` ended with 0" in told


async def test_the_third_try_is_put_to_a_human_and_the_agent_stands_still(forge, say, ada):
    session = await begin(forge, say, ada, *(claim(say, f"c{n}") for n in range(5)))
    state = session.state()
    assert state.agents["T2"].status is AgentStatus.WAITING
    (item,) = attention(state)
    assert (item.kind, item.task_id, item.stands) == (AttentionKind.CRITERION, "T2", True)
    assert "exit code 1" in item.text
    assert (state.unmet["T2"].round, state.unmet["T2"].asks) == (3, True)
    assert len(await results(session)) == 2, "the third call has no result yet"


async def answer(session, ruling, words, actor):
    (question,) = session.state().questions.values()
    await session.submit(Answer(question_id=question.id, answer=ruling_text(ruling, words), actor=actor))
    await session.settled()


async def test_a_human_accepts_it_as_it_is(forge, say, ada, bob):
    session = await begin(forge, say, ada, *(claim(say, f"c{n}") for n in range(3)))
    await answer(session, Ruling.ACCEPT, "the file is not needed any more", bob)
    task = session.state().tasks["T2"]
    assert task.status is TaskStatus.COMPLETED
    assert task.waived is not None
    assert (task.waived.by, task.waived.reason) == ("bob", "the file is not needed any more")
    assert not task.evidence[0].holds


async def test_a_human_sends_it_back_and_the_agent_has_its_tries_again(forge, say, ada):
    turns = [*(claim(say, f"c{n}") for n in range(4)), write(say, "mend"), claim(say, "late")]
    session = await begin(forge, say, ada, *turns)
    await answer(session, Ruling.BACK, "write made.txt first", ada)
    told = await results(session)
    assert told[2].startswith("ada sends it back to you: write made.txt first")
    assert "(try 1 of 3)" in told[3]
    assert session.state().tasks["T2"].status is TaskStatus.COMPLETED


async def test_a_human_fails_it(forge, say, ada):
    session = await begin(forge, say, ada, *(claim(say, f"c{n}") for n in range(3)))
    await answer(session, Ruling.FAIL, "", ada)
    task = session.state().tasks["T2"]
    assert (task.status, task.reason) == (TaskStatus.FAILED, "its criteria are not met, said ada")


@pytest.mark.parametrize("words", ["fine by me", "accept:", "accept: ", "back: ", ""])
async def test_an_answer_that_says_nothing_of_the_three_is_refused(forge, say, ada, words):
    session = await begin(forge, say, ada, *(claim(say, f"c{n}") for n in range(3)))
    (question,) = session.state().questions.values()
    with pytest.raises(CommandRefused, match="accept: REASON"):
        await session.submit(Answer(question_id=question.id, answer=words, actor=ada))


async def test_evidence_that_stays_away_is_put_to_a_human_too(forge, say, ada):
    session = await begin(forge, say, ada, *(claim(say, f"c{n}", "[]") for n in range(3)), criteria=("A",))
    (item,) = attention(session.state())
    assert item.kind is AttentionKind.CRITERION
    assert "Evidence is missing for 'A'" in item.text
    assert session.state().unmet["T2"].missing == ("A",)


async def test_no_command_is_run_while_evidence_is_missing(forge, say, ada):
    session = await begin(forge, say, ada, claim(say, "c", "[]"), criteria=(THERE, "B"))
    assert not await facts(session, CheckStarted)


@pytest.mark.parametrize(
    ("given", "done"),
    [
        (["a ", "B"], True),
        (["something", "else"], True),
        (["B", "something"], True),
        (["something"], False),
        (["B"], False),
        (["one", "two", "three"], False),
        (["A", "B", "more"], True),
    ],
)
async def test_paraphrases_are_taken_in_order_only_where_there_are_as_many(forge, say, ada, given, done):
    evidence = ", ".join(f'{{ criterion = "{c}", evidence = "for {c}" }}' for c in given)
    session = await begin(forge, say, ada, claim(say, "c", f"[{evidence}]"), criteria=("A", "B"))
    task = session.state().tasks["T2"]
    assert (task.status is TaskStatus.COMPLETED) is done
    if done:
        assert [e.criterion for e in task.evidence][:2] == ["A", "B"]


async def test_a_human_who_accepted_the_task_has_allowed_its_command_whatever_the_policy_asks(forge, say, ada):
    forge.policy = Policy.ASK
    criterion = CommandCriterion("It runs", "echo it runs")
    evidence = '[{ criterion = "It runs", evidence = "e" }]'
    session = await begin(forge, say, ada, claim(say, "c", evidence), criteria=(criterion,))
    assert session.state().tasks["T2"].status is TaskStatus.COMPLETED
    assert not session.state().answers


async def test_where_nothing_holds_it_a_command_that_was_accepted_asks_all_the_same(forge, say, ada):
    forge.containment = Containment.NONE
    criterion = CommandCriterion("It runs", "touch ran")
    evidence = '[{ criterion = "It runs", evidence = "e" }]'
    session = await begin(forge, say, ada, claim(say, "c", evidence), criteria=(criterion,))
    (question,) = session.state().questions.values()
    assert (question.kind, question.text) == (QuestionKind.PERMISSION, "touch ran")
    assert not (forge.project / "ran").exists()
    await session.submit(Answer(question_id=question.id, answer=ALLOW, actor=ada))
    await session.settled()
    assert (forge.project / "ran").exists()
    assert session.state().tasks["T2"].status is TaskStatus.COMPLETED


async def test_a_run_that_lets_nothing_run_checks_nothing(forge, say, ada):
    forge.policy = Policy.READ_ONLY
    session = await begin(forge, say, ada, claim(say, "c"), criteria=(CommandCriterion(THERE.text, "touch made"),))
    (told,) = await results(session)
    assert "not run: run_command was not run: the policy of this run is read-only" in told
    assert not (forge.project / "made").exists()


async def spawned(forge, say, ada, *, policy):
    """T2 was accepted by a rule, with a command that no human has seen."""
    forge.policy = policy
    more = 'done_criteria = [{ text = "It runs", command = "echo it runs" }]'
    evidence = '[{ criterion = "It runs", evidence = "e" }]'
    root = say.entry("root", 'role = "backend_developer"', say.turn("s", say.spawn("kid", more=more)), say.done())
    kid = say.entry("kid", 'call = "kid"', claim(say, "c", evidence))
    session = await forge.start(say.script(kid, root), serve=False)
    rule = Rule(id="all", verdict=Verdict.ACCEPT, everything=True)
    await session.submit(SwitchRule(rule=rule, on=True, actor=ada))
    forge.serve(session)
    await session.settled()
    return session


async def test_what_a_rule_accepted_asks_before_its_command_is_run(forge, say, ada):
    session = await spawned(forge, say, ada, policy=Policy.ASK)
    (question,) = session.state().questions.values()
    assert (question.kind, question.text) == (QuestionKind.PERMISSION, "echo it runs")
    await session.submit(Answer(question_id=question.id, answer=ALLOW, actor=ada))
    await session.settled()
    assert session.state().tasks["T2"].status is TaskStatus.COMPLETED


async def test_a_command_that_a_human_refuses_is_not_run_and_the_criterion_not_met(forge, say, ada):
    session = await spawned(forge, say, ada, policy=Policy.ASK)
    (question,) = session.state().questions.values()
    await session.submit(Answer(question_id=question.id, answer="not here", actor=ada))
    await session.settled()
    (proof,) = session.state().unmet["T2"].evidence
    assert proof.checked is not None
    assert (proof.checked.code, proof.checked.note) == (
        None, "not run: run_command was not run: a human refused it. not here",
    )  # fmt: skip


async def test_a_command_that_a_human_changed_is_the_one_that_was_checked(forge, say, ada):
    session = await spawned(forge, say, ada, policy=Policy.ASK)
    (question,) = session.state().questions.values()
    await session.submit(Answer(question_id=question.id, answer=ALLOW, actor=ada, command="echo another"))
    await session.settled()
    (proof,) = session.state().tasks["T2"].evidence
    assert (proof.checked.command, proof.checked.code) == ("echo another", 0)


async def test_a_run_whose_policy_lets_commands_run_checks_what_a_rule_accepted(forge, say, ada):
    session = await spawned(forge, say, ada, policy=Policy.AUTO)
    assert session.state().tasks["T2"].status is TaskStatus.COMPLETED


async def test_a_check_has_a_deadline(forge, say, ada):
    forge.settings = replace(forge.settings, limits=Limits(command_seconds=0.2))
    evidence = '[{ criterion = "A", evidence = "e" }]'
    session = await begin(
        forge, say, ada, claim(say, "c", evidence), criteria=(CommandCriterion("A", "sleep 60"),)
    )  # fmt: skip
    (proof,) = session.state().unmet["T2"].evidence
    assert proof.checked is not None
    assert (proof.checked.code, proof.checked.note) == (None, "stopped at its time limit")


async def test_a_process_that_ends_while_a_check_runs_runs_it_again_and_counts_one_try(forge, say, ada, until):
    once = "test -e mark || { touch mark; exec sleep 1000; }"
    evidence = '[{ criterion = "A", evidence = "e" }]'
    script = say.script(
        say.entry("mine", 'title = "My own"', claim(say, "c", evidence)),
        say.entry("root", 'role = "backend_developer"', say.done()),
    )
    session = await forge.start(script, serve=False)
    draft = TaskDraft(
        title="My own", description="d", rationale="r", phase=Phase.BUILDING, role="qa_tester",
        done_criteria=(CommandCriterion("A", once),),
    )  # fmt: skip
    await session.submit(AddTask(draft=draft, actor=ada))
    forge.serve(session)
    state = await until(session, lambda state: "T2" in state.checking)
    assert state.checking["T2"].command == once
    await forge.stop()
    (forge.project / "mark").touch()  # it may have been stopped before it had begun
    again = await forge.resume(session.run_id)
    await again.submit(Resume(reach=only("T2"), actor=ada))
    await again.settled()
    assert again.state().tasks["T2"].status is TaskStatus.COMPLETED
    assert len(await facts(again, CheckStarted)) == 2
    assert not await facts(again, CriteriaUnmet)


async def test_a_process_that_ends_while_a_human_is_asked_asks_once_and_checks_nothing_again(forge, say, ada):
    session = await begin(forge, say, ada, *(claim(say, f"c{n}") for n in range(3)))
    await forge.stop()
    again = await forge.resume(session.run_id)
    await again.submit(Resume(reach=only("T2"), actor=ada))
    await again.settled()
    assert len(again.state().questions) == 1
    assert len(await facts(again, CheckStarted)) == 3
    await answer(again, Ruling.ACCEPT, "so be it", ada)
    assert again.state().tasks["T2"].status is TaskStatus.COMPLETED


async def test_stopping_the_task_takes_the_question_back(forge, say, ada):
    session = await begin(forge, say, ada, *(claim(say, f"c{n}") for n in range(3)))
    await session.submit(Stop(reach=only("T2"), actor=ada))
    await session.settled()
    assert not [item for item in attention(session.state()) if item.kind is AttentionKind.CRITERION]


async def test_a_result_and_its_try_are_one_transaction(forge, say, ada):
    session = await begin(forge, say, ada, claim(say, "early"), write(say, "mend"), claim(say, "late"))
    kinds = [type(f) for f in await facts(session, (CriteriaUnmet, MessageAdded)) if f.task_id == "T2"]
    assert kinds[kinds.index(CriteriaUnmet) - 1] is MessageAdded


async def test_only_a_validation_has_a_verdict_and_a_fault_leads_to_a_task(forge, say, ada):
    failed = ', verdict = "failed"'
    spawn = say.turn("s", say.spawn("mend"))
    session = await begin(
        forge, say, ada, claim(say, "c0", "[]", failed), spawn, claim(say, "c1", "[]", failed),
        criteria=(), phase=Phase.VALIDATION,
    )  # fmt: skip
    task = session.state().tasks["T2"]
    assert (task.status, task.summary, task.finding) == (TaskStatus.COMPLETED, "c1", Finding.FAILED)
    assert "you have proposed no building task" in (await results(session))[0]


async def test_a_fault_without_a_task_needs_a_reason(forge, say, ada):
    more = ', verdict = "failed", no_task_because = "T1 is at it already"'
    session = await begin(forge, say, ada, claim(say, "c0", "[]", more), criteria=(), phase=Phase.VALIDATION)
    assert session.state().tasks["T2"].finding is Finding.FAILED


async def test_a_building_task_has_no_verdict(forge, say, ada):
    session = await begin(forge, say, ada, claim(say, "c0", "[]", ', verdict = "passed"'), criteria=())
    assert "only a validation has a verdict" in (await results(session))[0]


async def test_who_is_interrupted_while_a_check_runs_hears_that_it_may_have_had_an_effect(forge, say, ada, until):
    slow = CommandCriterion("A", "touch mark; exec sleep 1000")
    script = say.script(
        say.entry("mine", 'title = "My own"', claim(say, "c", '[{ criterion = "A", evidence = "e" }]')),
        say.entry("root", 'role = "backend_developer"', say.done()),
    )
    session = await forge.start(script, serve=False)
    draft = TaskDraft(
        title="My own", description="d", rationale="r", phase=Phase.BUILDING, role="qa_tester", done_criteria=(slow,)
    )  # fmt: skip
    await session.submit(AddTask(draft=draft, actor=ada))
    forge.serve(session)
    await until(session, lambda state: "T2" in state.checking)
    await session.submit(Steer(reach=only("T2"), text="wait", when=When.INTERRUPTING, actor=ada))
    (told,) = await results(session)
    assert "its effect may be partial" in told
    assert not session.state().checking
