"""The registry: every action once, under one key, in the help; rebinding that cannot be is refused by name."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from textual.binding import Binding

from hephaestus_tui.domain.attention import attention
from hephaestus_tui.domain.budget import THE_RUN, Budget, Unit
from hephaestus_tui.domain.decision import Choice, Verdict
from hephaestus_tui.domain.errors import ConfigError
from hephaestus_tui.domain.events import (
    AgentInterrupted,
    AgentPaused,
    AgentSteered,
    BlockerSettled,
    BoundReached,
    BudgetReached,
    ContextMeasured,
    FilesTouched,
    ReportMade,
    RuleSwitched,
    RunPaused,
)
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.talk import Report
from hephaestus_tui.ui.actions.action import Group
from hephaestus_tui.ui.actions.registry import ACTIONS, BY_ID, applicable, bindings
from hephaestus_tui.ui.applies import something_waits
from hephaestus_tui.ui.glyphs import ASCII, UNICODE, Mark
from hephaestus_tui.ui.keymap import checked_keys, key_of, shown_key
from hephaestus_tui.ui.own_keys import own_keys
from hephaestus_tui.ui.pane_keys import pane_keys
from hephaestus_tui.ui.screens.help import MEANINGS, help_lines
from hephaestus_tui.ui.why_not import why_not
from tests.made_work import Made

OF_THE_RUN = {
    "bound.settle": "agents have reached no bound of proposing",
    "rules.stop": "no rule is on",
    "budget.settle": "no budget is used up",
    "overlaps": "no two tasks change the same file",
    "agents.many": "no task is left to hold",
}


@pytest.fixture
def states(script: Any) -> list[tuple[RunState, str | None]]:
    """Moments of a run, each with every possible selection."""
    moments: list[RunState] = [RunState(), script.state()]
    doing = script.task("Do")
    waiting = script.task("Wait", blocked_by=(doing,))
    script.start(doing)
    script.propose("Guess", by=doing)
    script.decide(script.propose("Bad idea", by=doing), Verdict.REJECT)
    moments.append(script.state())
    script.record(ContextMeasured(task_id=doing, model="m", tokens=900, estimate=800, window=8_000))
    script.ask(doing, "Which one?")
    moments.append(script.state())
    script.record(AgentPaused(task_id=doing, actor=None))  # type: ignore[arg-type]
    script.record(RunPaused(actor=None))  # type: ignore[arg-type]
    script.record(AgentSteered(task_id=doing, text="look", actor=None))  # type: ignore[arg-type]
    moments.append(script.state())
    script.record(AgentInterrupted(task_id=doing))
    moments.append(script.state())
    script.fail(doing)
    moments.append(script.state())
    assert waiting in moments[-1].dead()
    script.record(BlockerSettled(blocker=doing, choice=Choice.KEEP, dependents=(waiting,), actor=None))  # type: ignore[arg-type]
    for path in ("a.py", "a.py"):
        script.start(more := script.task("More"))
        script.record(FilesTouched(task_id=more, paths=(path,)))
    script.record(BoundReached(bound="pending", task_id=doing, limit=1))
    budget = Budget(THE_RUN, Unit.DOLLARS)
    script.record(BudgetReached(budget=budget, task_id=doing, spent=2.0, limit=1.0))
    report = Report(id="T1.1.0", task_id=doing, text="No index.", waits=False, at=1.0)
    script.record(ReportMade(report=report))
    script.record(RuleSwitched(rule=Rule(id="all", verdict=Verdict.ACCEPT), on=True, actor=None))  # type: ignore[arg-type]
    moments.append(script.state())
    done = script.task("Make")
    script.start(done)
    script.record(Made(done, {"a.py": ("1\n", "2\n")}).done())
    script.complete(done)
    moments.append(script.state())
    return [(state, task_id) for state in moments for task_id in (None, *state.blockers)]


def ids(state: RunState, task_id: str | None) -> set[str]:
    return {action.id for action in applicable(state, task_id)}


def test_ids_are_unique_and_every_one_has_a_binding() -> None:
    assert len(BY_ID) == len(ACTIONS)
    assert [binding.id for binding in bindings()] == [action.id for action in ACTIONS]


def test_no_two_actions_answer_to_one_key_at_the_same_moment(states: list[tuple[RunState, str | None]]) -> None:
    for state, task_id in states:
        for one, other in combinations(applicable(state, task_id), 2):
            assert one.key != other.key, f"{one.id} and {other.id} in {state}, {task_id}"


def test_every_action_applies_at_some_moment(states: list[tuple[RunState, str | None]]) -> None:
    seen = set().union(*(ids(state, task_id) for state, task_id in states))
    assert seen == BY_ID.keys()


def test_what_decides_is_offered_for_a_proposal_alone(script: Any) -> None:
    doing = script.task("Do")
    script.start(doing)
    guess = script.propose("Guess", by=doing)
    state = script.state()
    assert {"proposal.accept", "proposal.edit", "proposal.reject"} <= ids(state, guess)
    assert not {"proposal.accept", "proposal.edit", "proposal.reject"} & ids(state, doing)
    assert {"agent.pause", "agent.steer", "task.stop"} <= ids(state, doing)


def test_after_a_crash_one_key_takes_everything_up_again(script: Any) -> None:
    doing = script.task("Do")
    script.start(doing)
    script.record(AgentInterrupted(task_id=doing))
    state = script.state()
    assert "run.resume" in ids(state, None)
    assert "run.pause" not in ids(state, None)
    assert "task.resume" in ids(state, doing)


def test_what_waits_is_what_the_domain_says(states: list[tuple[RunState, str | None]]) -> None:
    for state, task_id in states:
        assert something_waits(state, task_id) == bool(attention(state))


def test_no_pane_keeps_a_key_that_an_action_needs() -> None:
    # the tasks move by "j" and "k", and so does the screen when another pane has the focus; and while words are marked
    # that were looked for, "esc" closes that, and lets go of what is selected when it is pressed again
    moves = {"j", "k", "escape"}
    keys = {binding.key for binding in Binding.make_bindings(bindings())}
    assert not (keys - moves) & pane_keys()


def test_help_lists_every_action_with_its_key_and_every_mark() -> None:
    for glyphs in (UNICODE, ASCII):
        page = [line.plain.casefold() for line in help_lines(glyphs, {"proposal.accept": "f5"}, ())]
        for action in ACTIONS:
            key = shown_key(key_of(action, {"proposal.accept": "f5"}))
            rows = [row for row in page if row.strip().startswith(f"{key} ".casefold())]
            assert [action.tooltip.casefold() in row for row in rows].count(True) == 1, action.id
        for mark in Mark:
            assert any(
                row.strip().startswith(glyphs.marks[mark].casefold()) and MEANINGS[mark].casefold() in row
                for row in page
            ), mark


def test_a_rebinding_moves_a_key() -> None:
    assert checked_keys({"proposal.accept": "f5"}) == {"proposal.accept": "f5"}


def test_keys_may_be_swapped() -> None:
    swapped = {"proposal.accept": "r", "proposal.reject": "a"}
    assert checked_keys(swapped) == swapped


def test_pause_and_resume_move_together() -> None:
    assert checked_keys({"agent.pause": "f6"}) == {"agent.pause": "f6", "agent.resume": "f6"}


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"proposal.acept": "f5"}, "no action 'proposal.acept'"),
        ({"proposal.accept": "r"}, "'r' is bound to both proposal.accept and proposal.reject"),
        ({"proposal.accept": "?"}, "bound to both proposal.accept and help"),
        ({"proposal.accept": "hyper+x"}, "'hyper+x' is not a key"),
        ({"proposal.accept": "acceptit"}, "'acceptit' is not a key"),
        ({"proposal.accept": ""}, "'' is not a key"),
        ({"proposal.accept": "end"}, "'end' is bound to both proposal.accept and tasks.last"),
        ({"tasks.fold": "a"}, "'a' is bound to both tasks.fold and proposal.accept"),
        ({"tasks.fold": "I"}, "'I' is bound to both tasks.fold and tasks.isolate"),
        ({"tasks.folds": "f5"}, "did you mean tasks.fold"),
        ({"review.find": "m"}, "'m' is bound to both review.find and review.wish-merge"),
        ({"nothing.at.all": "f5"}, "shows the name of each"),
    ],
)
def test_a_rebinding_that_cannot_be_is_refused_by_name(keys: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=r"ui\.keys") as caught:
        own_keys(keys)
    assert words in str(caught.value)


def test_whatever_does_not_apply_has_a_reason(states: list[tuple[RunState, str | None]]) -> None:
    for state, task_id in states:
        for action in (a for a in ACTIONS if not a.applies(state, task_id)):
            said = why_not(action, state, task_id)
            if not state.run_id:
                assert said == f"{action.label}: the run is still being opened"
            elif action.id == "next.attention":
                assert said == "nothing waits for you"
            elif action.id in OF_THE_RUN:
                assert said == f"{action.label}: {OF_THE_RUN[action.id]}"
            elif action.group in (Group.DECIDE, Group.AGENTS) and not action.id.startswith("run."):
                assert (task_id or "no task is selected") in said
