"""What a person sees of all that waits, and of many proposals at once; renewed with `--snapshot-update`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from hephaestus_tui.config import UiSettings
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind, Near, Proposal, Query
from hephaestus_tui.domain.task import Origin, Phase, TaskDraft, TaskId

SMALL, MIDDLE = (80, 24), (120, 40)
SIZES = pytest.mark.parametrize("size", [SMALL, MIDDLE], ids=["80x24", "120x40"])
ADA = Actor(ActorKind.HUMAN, "Ada")
ASCII = UiSettings(ascii=True)


def draft(title: str, phase: Phase = Phase.BUILDING, *blocked_by: TaskId, criteria: bool = True) -> TaskDraft:
    return TaskDraft(
        title=title,
        description="Only /auth/verify answers from the token cache; every other route runs two queries and a write.",
        rationale="Each request pays three statements, one of them a write, before it does anything of its own.",
        phase=phase,
        role="backend_developer",
        blocked_by=blocked_by,
        done_criteria=("the cost of a request is measured",) if criteria else (),
    )


@pytest.fixture
def waiting(stage: Any) -> TaskId:
    """A question, proposals of which one holds up others, a failure with what it strands, a bound, and an open query."""
    stage.run("Let people see and end their own sessions")
    asking: TaskId = stage.start(
        stage.accept(stage.propose(draft("Read how every route checks a token", Phase.INVESTIGATION)))
    )
    failed = stage.start(stage.accept(stage.propose(draft("Count the statements of a request", Phase.INVESTIGATION))))
    stage.accept(stage.propose(draft("Halve the statements of a request", Phase.BUILDING, failed)))
    look = stage.propose(draft("Can the token cache serve every route?", Phase.INVESTIGATION), by=asking)
    build = stage.propose(draft("Serve every route from the token cache", Phase.BUILDING, look), by=asking)
    stage.propose(draft("A revoked token is refused at once", Phase.VALIDATION, build, criteria=False), by=asking)
    near(stage, draft("Count the statements of each request"), failed, asking)
    names = stage.propose(draft("Check the length of names in POST /users"), by=asking)
    query = Query(id="q1", task_id=names, version=1, text="Does the gateway not?", actor=ADA, asked_at=stage.at)
    stage.record(e.ProposalQueried(query=query))
    stage.ask(asking, "Shall ending a session that is not there be 204 or 404?", "204", "404")
    stage.record(e.TaskFailed(task_id=failed, reason="The limit of 50 turns was reached.", limit="turns"))
    stage.record(e.BoundReached(bound="children", task_id=asking, limit=8))
    return asking


def near(stage: Any, draft: TaskDraft, to: TaskId, by: TaskId) -> None:
    origin = Origin(task_id=by, agent_id=f"A{by[1:]}", turn=2, index=3, depth=1)
    proposal = Proposal(
        task_id=stage.state().next_id(), version=1, draft=draft, origin=origin, waits=False, proposed_at=stage.at,
        near=(Near(to, 91),),
    )  # fmt: skip
    stage.record(e.TaskProposed(proposal=proposal))


PICKED = [("g", "T1"), *[("j", "T1")] * 3, ("space", "1 selected"), *[("j", "T1")] * 3, ("v", "4 selected")]


@SIZES
def test_inbox(size: tuple[int, int], waiting: TaskId, looks_as_before: Any) -> None:
    assert looks_as_before("asked back", "Does the gateway not?", size=size, keys=[("i", "wait for you")])


def test_inbox_ascii(waiting: TaskId, looks_as_before: Any) -> None:
    assert looks_as_before("asked back", size=SMALL, keys=[("i", "wait for you")], settings=ASCII)


@SIZES
def test_selected(size: tuple[int, int], waiting: TaskId, looks_as_before: Any) -> None:
    assert looks_as_before("decide on 4 selected", size=size, keys=PICKED)


def test_selected_and_changed_since(stage: Any, waiting: TaskId, looks_as_before: Any) -> None:
    def keys() -> Iterator[tuple[str, str]]:
        yield from PICKED
        changed = draft("Serve all but one route from the cache", Phase.BUILDING, "T4")
        stage.record(e.TaskProposed(proposal=replace(stage.state().proposals["T5"], version=2, draft=changed)))
        for listener in stage.listeners:
            listener(stage.facts[-1])

    assert looks_as_before("changed since", size=SMALL, keys=keys(), settings=ASCII)


@SIZES
def test_together(size: tuple[int, int], waiting: TaskId, looks_as_before: Any) -> None:
    assert looks_as_before("in another phase", size=size, keys=[*PICKED, ("A", "like T2 (91)")])


def test_together_asked(waiting: TaskId, looks_as_before: Any) -> None:
    keys = [*PICKED, ("A", "like T2 (91)"), ("a", "accept 4")]
    assert looks_as_before("decide nothing", size=SMALL, keys=keys)


def test_select_by_words(waiting: TaskId, looks_as_before: Any) -> None:
    keys = [("f", "Select proposals by words"), *[(key, "match") for key in "revok"]]
    assert looks_as_before("1 of 5 match", size=SMALL, keys=keys)


def test_landed_on_a_failure(waiting: TaskId, looks_as_before: Any) -> None:
    keys = [("i", "wait for you"), *[(key, key) for key in "failed"], ("enter", "n next waiting")]
    assert looks_as_before("choose for", size=SMALL, keys=keys)


def test_palette(waiting: TaskId, looks_as_before: Any) -> None:
    assert looks_as_before("next.attention", size=SMALL, keys=[("ctrl+p", "what shall be done?")])


def test_run_paused(stage: Any, waiting: TaskId, looks_as_before: Any) -> None:
    other = stage.start(stage.accept(stage.propose(draft("Describe the session routes in the README"))))
    stage.record(e.RunPaused(actor=ADA))
    assert looks_as_before("run paused", other, size=SMALL)
