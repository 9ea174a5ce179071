"""The key for what waits in vain is offered exactly where the domain says that something does."""

from __future__ import annotations

from typing import Any

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind, Choice
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskStatus
from hephaestus_tui.ui.applies import is_askable, is_settleable, is_stranded, is_undoable

ADA = Actor(ActorKind.HUMAN, "Ada")


def stranded(state: RunState) -> set[str]:
    """By the definition: what is dead, what is to blame for it, and what has failed and was not left so."""
    dead = state.dead()
    failed = {t.id for t in state.tasks.values() if t.status is TaskStatus.FAILED and t.id not in state.kept}
    return dead.keys() | {blocker for causes in dead.values() for blocker in causes} | failed


def test_stranded_is_what_the_domain_says(tale: Any) -> None:
    moments = [tale.state()]
    first, bad = tale.failed("Read"), tale.reject(tale.propose("Plan"))
    moments.append(tale.state())
    write = tale.task("Write", first)
    tale.propose("Check", write, bad)
    tale.reject(tale.propose("Off", first))
    moments.append(tale.state())
    tale.record(e.BlockerSettled(blocker=first, choice=Choice.KEEP, dependents=(write,), actor=ADA))
    moments.append(tale.state())
    tale.record(e.TaskRetried(task_id=first, actor=ADA))
    moments.append(tale.state())
    for state in moments:
        assert {t for t in state.blockers if is_stranded(state, t)} == stranded(state)
    assert len({frozenset(stranded(state)) for state in moments}) > 3


def test_what_is_chosen_for_good_can_be_seen_from_anywhere(tale: Any) -> None:
    assert not is_settleable(tale.state(), "T1")
    tale.record(e.BlockerDefaultSet(choice=Choice.KEEP, actor=ADA))
    assert is_settleable(tale.state(), "T1")
    assert is_settleable(tale.state(), None)


def test_only_an_agents_proposal_may_be_asked_about_and_only_what_has_not_started_be_undone(tale: Any) -> None:
    own, guess, off = tale.propose("Own", by=None), tale.propose("Guess"), tale.reject(tale.propose("Off"))
    ready = tale.task("Ready")
    state = tale.state()
    assert [t for t in state.blockers if is_askable(state, t)] == [guess]
    assert [t for t in state.blockers if is_undoable(state, t)] == [off, ready]
    assert not is_askable(state, own)
