"""Each policy answers as it was told to, names itself in the record, and never allows what nobody is there to allow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from hephaestus_tui.domain.criterion import CommandCriterion
from hephaestus_tui.domain.decision import Actor, ActorKind, Proposal, Verdict
from hephaestus_tui.domain.errors import ConfigError, UsageError
from hephaestus_tui.domain.events import ALLOW, Question, QuestionKind
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.task import Discovery, Origin, Phase, Priority, TaskDraft
from hephaestus_tui.headless.policies import NOBODY, NOBODY_ALLOWS, Decider, Rules, policy

ADA = Actor(ActorKind.HUMAN, "ada")
DRAFT = TaskDraft(
    title="Mend it", description="d", rationale="It is broken.", phase=Phase.BUILDING, role="backend_developer",
    discovery=Discovery.BUG, priority=Priority.HIGH,
)  # fmt: skip
PROPOSAL = Proposal(task_id="T3", version=2, draft=DRAFT, origin=Origin(task_id="T1"), waits=False, proposed_at=0.0)
FRESH = replace(PROPOSAL, version=1)
QUESTION = Question(
    id="q", kind=QuestionKind.QUESTION, task_id="T1", text="Which?", options=(), turn=0, index=0, asked_at=0.0
)  # fmt: skip
PERMISSION = replace(QUESTION, kind=QuestionKind.PERMISSION, text="rm -rf build")


def typing(*lines: str) -> tuple[Callable[[str], Awaitable[str]], list[str]]:
    """A person who types these lines and then ends the input; and the prompts that they saw."""
    left, seen = list(lines), []

    async def ask(prompt: str) -> str:
        seen.append(prompt)
        if not left:
            raise EOFError
        return left.pop(0) + "\n"

    return ask, seen


def decider(word: str, *lines: str) -> Decider:
    return policy(word, ADA, typing(*lines)[0])


@pytest.mark.parametrize(("word", "verdict"), [("accept", Verdict.ACCEPT), ("reject", Verdict.REJECT)])
async def test_a_fixed_verdict_is_a_rules_decision_on_the_version_that_was_proposed(word, verdict) -> None:
    decide = await decider(word).decide(PROPOSAL)
    assert decide is not None
    assert (decide.task_id, decide.version, decide.verdict) == ("T3", 2, verdict)
    assert decide.actor == Actor(ActorKind.RULE, f"--decide {word}")
    assert bool(decide.reason) == (verdict is Verdict.REJECT)


async def test_waiting_answers_nothing() -> None:
    waiting = decider("wait")
    assert await waiting.decide(PROPOSAL) is None
    assert await waiting.answer(QUESTION) is None
    assert await waiting.answer(PERMISSION) is None


@pytest.mark.parametrize("word", ["accept", "reject"])
async def test_unattended_questions_are_answered_and_permissions_refused(word) -> None:
    assert await decider(word).answer(QUESTION) == NOBODY
    assert await decider(word).answer(PERMISSION) == NOBODY_ALLOWS
    assert NOBODY_ALLOWS != ALLOW
    rules = Rules((Rule(id="all", verdict=Verdict.ACCEPT, everything=True),))
    assert await rules.answer(PERMISSION) == NOBODY_ALLOWS


async def test_the_first_rule_that_matches_decides_and_what_none_matches_waits() -> None:
    rules = Rules(
        (
            Rule(id="no-tests", verdict=Verdict.REJECT, reason="later", phases=(Phase.VALIDATION,)),
            Rule(id="bugs", verdict=Verdict.ACCEPT, discoveries=(Discovery.BUG,)),
            Rule(id="all", verdict=Verdict.REJECT, reason="no", phases=(Phase.BUILDING,)),
        )
    )
    first = await rules.decide(FRESH)
    assert first is not None
    assert (first.verdict, first.actor) == (Verdict.ACCEPT, Actor(ActorKind.RULE, "bugs"))
    other = replace(FRESH, draft=replace(DRAFT, phase=Phase.INVESTIGATION, discovery=Discovery.OTHER))
    assert await rules.decide(other) is None


async def test_a_rule_decides_only_on_what_an_agent_proposed_and_nobody_has_changed() -> None:
    rules = Rules((Rule(id="all", verdict=Verdict.ACCEPT, everything=True),))
    for touched in (
        replace(FRESH, version=2, by=ADA),  # split, merged into, or freed of a blocker
        replace(FRESH, by=ADA),  # split off
        replace(FRESH, version=2),  # amended to answer a person, or taken back by one
    ):
        assert await rules.decide(touched) is None
    assert await rules.decide(FRESH) is not None


async def test_a_rule_decides_no_more_in_an_hour_than_it_may() -> None:
    clock = iter([0.0, 0.0, 10.0, 10.0, 3_599.0, 3_600.0, 3_600.0, 3_601.0]).__next__
    rules = Rules((Rule(id="bugs", verdict=Verdict.ACCEPT, discoveries=(Discovery.BUG,), per_hour=2),), clock)
    assert [await rules.decide(FRESH) is not None for _ in range(5)] == [True, True, False, True, False]


def test_a_rules_file_is_read_as_the_app_reads_it(tmp_path) -> None:
    path = tmp_path / "some.toml"
    path.write_text("# nothing yet\n")
    with pytest.raises(ConfigError, match=r"some\.toml: it holds no rule"):
        decider(str(path))
    path.write_text("[[rule]]\nid = 'all'\nverdict = 'accept'\neverything = true\n")
    assert isinstance(decider(str(path)), Rules)


@pytest.mark.parametrize(
    ("typed", "verdict", "reason"),
    [
        (["a"], Verdict.ACCEPT, ""),
        (["  accept "], Verdict.ACCEPT, ""),
        (["r it is fine as it is"], Verdict.REJECT, "it is fine as it is"),
        (["r", "r  ", "yes", "", "a"], Verdict.ACCEPT, ""),
    ],
)
async def test_a_person_decides_under_their_name(typed, verdict, reason) -> None:
    decide = await decider("ask", *typed).decide(PROPOSAL)
    assert decide is not None
    assert (decide.verdict, decide.reason, decide.actor, decide.version) == (verdict, reason, ADA, 2)


@pytest.mark.parametrize("typed", [["w"], ["wait"], [], ["what?"]])
async def test_a_person_may_leave_it_waiting_and_the_end_of_input_does(typed) -> None:
    assert await decider("ask", *typed).decide(PROPOSAL) is None


async def test_a_person_sees_what_is_decided_on() -> None:
    ask, seen = typing("w")
    await policy("ask", ADA, ask).decide(PROPOSAL)
    assert all(words in seen[0] for words in ("T3", "building", "Mend it", "It is broken.", "blocked by: nothing"))


async def test_a_person_sees_the_commands_that_they_let_be_run() -> None:
    ask, seen = typing("w")
    criteria = (CommandCriterion("The tests pass", "make test"), "It is short")
    proposal = replace(PROPOSAL, draft=replace(PROPOSAL.draft, done_criteria=criteria))
    await policy("ask", ADA, ask).decide(proposal)
    assert "done when: The tests pass  $ make test\n" in seen[0]
    assert "done when: It is short\n" in seen[0]


@pytest.mark.parametrize(
    ("question", "typed", "answer"),
    [
        (PERMISSION, ["y"], ALLOW),
        (PERMISSION, ["yes"], ALLOW),
        (PERMISSION, ["n"], "n"),
        (PERMISSION, [""], None),
        (PERMISSION, [], None),
        (QUESTION, ["y"], "y"),
        (QUESTION, [" the second "], "the second"),
        (QUESTION, [], None),
    ],
)
async def test_only_a_clear_yes_allows(question, typed, answer) -> None:
    assert await decider("ask", *typed).answer(question) == answer


def test_a_word_that_is_no_policy_is_told() -> None:
    with pytest.raises(UsageError, match="accept, reject, wait, ask, or a rules file; 'perhaps' is none of them"):
        decider("perhaps")
