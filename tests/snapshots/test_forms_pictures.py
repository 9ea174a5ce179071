"""The forms in which a person changes, reviews and rejects a proposal."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain.task import Phase, TaskDraft, TaskId

SMALL, MIDDLE = (80, 24), (120, 40)


def draft(title: str, *blocked_by: TaskId, phase: Phase = Phase.BUILDING) -> TaskDraft:
    return TaskDraft(
        title=title,
        description="Only /auth/verify answers from the token cache; every other route runs two queries and a write "
        "for each request. Find out whether a cached answer could be served to all of them.",
        rationale="Each request pays three statements, one of them a write, before it does anything of its own.",
        phase=phase,
        role="backend_developer",
        blocked_by=blocked_by,
        done_criteria=("the cost of a request is measured", "it is written down when a cached answer is too old"),
    )


@pytest.fixture
def waiting(stage: Any) -> list[TaskId]:
    """A finished task, one that failed, one at work, and three proposals in a row."""
    stage.run("Let people see and end their own sessions")
    done = stage.start(stage.accept(stage.propose(draft("Read the routes", phase=Phase.INVESTIGATION))))
    stage.complete(done, "Routes are classes.")
    at_work = stage.start(stage.accept(stage.propose(draft("GET /users/{user_id}/sessions"))))
    look = stage.propose(draft("Can the token cache serve every route?", phase=Phase.INVESTIGATION), by=at_work)
    build = stage.propose(draft("Serve every route from the token cache", look, done), by=at_work)
    check = stage.propose(draft("A revoked token is refused at once", build, phase=Phase.VALIDATION), by=at_work)
    return [look, build, check]


SEARCH = [("e", "nothing changed"), *[("shift+tab", "")] * 3, *[(c, "") for c in "token"]]


@pytest.mark.parametrize("size", [SMALL, MIDDLE], ids=["80x24", "120x40"])
def test_blockers_are_searched(size: tuple[int, int], waiting: list[TaskId], looks_as_before: Any) -> None:
    keys = [("j", ""), ("j", "T5"), ("e", "nothing changed"), *[("shift+tab", "")] * 3, *[(c, "") for c in "route"]]
    assert looks_as_before("Can the token cache", "ctrl+x remove", size=size, keys=keys)


def test_a_cycle_is_told_link_by_link(waiting: list[TaskId], looks_as_before: Any) -> None:
    keys = [*SEARCH, ("enter", "a cycle: T3")]
    assert looks_as_before("would wait for T", size=SMALL, keys=keys)


def test_criteria_are_a_list(waiting: list[TaskId], looks_as_before: Any) -> None:
    keys = [("e", "nothing changed"), ("shift+tab", "alt+up/down"), ("alt+down", "changed: done criteria")]
    assert looks_as_before("1  it is written", size=SMALL, keys=keys)


@pytest.fixture
def editing() -> list[tuple[str, str]]:
    """Keys that change several fields of the first proposal, up to the review."""
    return [
        ("e", "nothing changed"), *[(c, "") for c in " Measure it."], ("tab", ""), ("tab", ""), ("tab", ""),
        ("enter", ""), ("end", ""), ("enter", "priority"), ("tab", ""), ("tab", ""), ("ctrl+home", ""),
        *[(c, "") for c in "Today "], *[("shift+tab", "")] * 3,
    ]  # fmt: skip


@pytest.mark.parametrize("size", [SMALL, MIDDLE], ids=["80x24", "120x40"])
def test_review(
    size: tuple[int, int], waiting: list[TaskId], editing: list[tuple[str, str]], looks_as_before: Any
) -> None:
    keys = [*editing, ("ctrl+s", "a accept")]
    assert looks_as_before("normal → urgent", "Its agent is told just this.", size=size, keys=keys)


def test_without_an_editor(waiting: list[TaskId], looks_as_before: Any) -> None:
    assert looks_as_before("f go on in the form", size=SMALL, keys=[("E", "VISUAL or EDITOR")])


@pytest.mark.parametrize("size", [SMALL, MIDDLE], ids=["80x24", "120x40"])
def test_reasons_given_before(size: tuple[int, int], stage: Any, waiting: list[TaskId], looks_as_before: Any) -> None:
    for reason in ("Not in this run: the goal is the sessions.", "Measure it first.", "T4 does that already."):
        stage.reject(stage.propose(draft("Another idea"), by="T2"), reason)
    keys = [("r", "Reject T3"), *[(c, "") for c in "Mine"], ("tab", "1-9"), ("2", ""), ("tab", "what you wrote")]
    assert looks_as_before("Measure it first.", size=size, keys=keys)
