"""The card of a proposal and of what became of one; `pytest tests/snapshots --snapshot-update` renews the pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hephaestus_tui.config import UiSettings
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Near, Proposal, Query, Undoing, Verdict
from hephaestus_tui.domain.message import DecisionPart, QueryPart, Speaker, TextPart, ToolCallPart, UndonePart
from hephaestus_tui.domain.task import Discovery, Origin, Phase, Priority, TaskDraft, TaskId

SMALL, MIDDLE = (80, 24), (120, 40)
ADA = Actor(ActorKind.HUMAN, "Ada")
GOAL = "Let people see and end their own sessions"
DRAFT = TaskDraft(
    title="Serve every route from the token cache",
    description="Only `/auth/verify` answers from the **token cache**; every other route runs two queries and a write.\n\n"
    "- let `auth.verify` ask the cache first\n- keep an entry for *a minute* at most\n\n"
    "```python\ndef verify(token):\n    return cache.get(token) or ask_store(token)\n```",
    rationale="Each request pays three statements, one of them a write, before it does anything of its own.",
    phase=Phase.BUILDING,
    role="backend_developer",
    done_criteria=("a request runs one statement at most", "a revoked token is refused within a minute"),
    discovery=Discovery.PERFORMANCE,
    priority=Priority.HIGH,
)


def proposal(stage: Any, task_id: TaskId, spawner: TaskId | None, draft: TaskDraft = DRAFT, **fields: Any) -> Proposal:
    origin = Origin(task_id=spawner, agent_id="A1", turn=2, index=1, depth=1) if spawner else Origin()
    return Proposal(
        task_id=task_id, draft=draft, origin=origin, proposed_at=stage.at, **{"version": 1, "waits": False, **fields}
    )


def propose(stage: Any, spawner: TaskId | None, draft: TaskDraft = DRAFT, **fields: Any) -> TaskId:
    task_id: TaskId = stage.state().next_id()
    stage.record(e.TaskProposed(proposal=proposal(stage, task_id, spawner, draft, **fields)))
    return task_id


def ended(stage: Any, title: str, tokens: int, cost: float) -> TaskId:
    task_id: TaskId = stage.start(stage.accept(propose(stage, None, replace(DRAFT, title=title))))
    stage.spend(task_id, tokens, cost)
    stage.complete(task_id, "It is done.")
    return task_id


@pytest.fixture
def spawner(stage: Any) -> TaskId:
    """T1, whose agent found something in its third message."""
    stage.run(GOAL)
    task_id: TaskId = stage.start(
        stage.accept(propose(stage, None, replace(DRAFT, title="GET /users/{user_id}/sessions")))
    )
    stage.say(task_id, TextPart("Add a route that lists the sessions of a user."), speaker=Speaker.USER)
    stage.say(task_id, TextPart("I begin by reading how routes are laid out."), ToolCallPart("c0", "list_files", "{}"))
    stage.say(
        task_id,
        TextPart("One thing catches my eye: only `/auth/verify` asks the token cache. Every other route pays for two "
                 "queries and a write, before it does anything of its own."),
        ToolCallPart("c1", "read_file", '{"path": "rollcall/auth.py"}'),
        ToolCallPart("c2", "spawn_building_task", '{"title": "Serve every route from the token cache"}'),
    )  # fmt: skip
    for number in range(12):
        stage.say(task_id, TextPart(f"Route {number + 1} of 12 is written and tried."))
    return task_id


@pytest.fixture
def doubtful(stage: Any, spawner: TaskId) -> TaskId:
    """A proposal that much speaks against, and that others wait for."""
    for number in range(3):
        ended(stage, f"Route {number}", 18_400 + 9_000 * number, 0.07 + 0.1 * number)
    rejected = propose(stage, spawner, replace(DRAFT, title="Cache tokens in every worker"))
    stage.reject(rejected, "Workers would disagree on who is signed in.")
    waits_for: TaskId = stage.accept(propose(stage, spawner, replace(DRAFT, title="Count the statements of a request")))
    draft = replace(DRAFT, rationale="It is slow.", done_criteria=(), blocked_by=(waits_for,))
    found = propose(stage, spawner, draft, waits=True, near=(Near(rejected, 91), Near("T2", 84), Near("T3", 61)))
    check = replace(DRAFT, title="A revoked token is refused at once", phase=Phase.VALIDATION, blocked_by=(found,))
    stage.accept(propose(stage, spawner, check))
    propose(stage, spawner, replace(DRAFT, title="Write down what is cached", blocked_by=("T8",)))
    return found


@pytest.fixture
def asked(stage: Any, spawner: TaskId) -> TaskId:
    """A proposal about which Ada has asked."""
    found = propose(stage, spawner)
    stage.record(
        e.ProposalQueried(
            query=Query(
                id="q1", task_id=found, version=1, actor=ADA, asked_at=stage.at,
                text="Which routes may answer a minute late, and which may not?",
            )
        )
    )  # fmt: skip
    return found


@pytest.fixture
def amended(stage: Any, spawner: TaskId, asked: TaskId) -> TaskId:
    """The answer is there, and a new version beside the old one."""
    answer = "Everything but **DELETE** may be late: who ends a session wants it ended *now*."
    stage.record(e.QueryAnswered(query_id="q1", task_id=asked, text=answer))
    draft = replace(
        DRAFT, title="Serve reading routes from the token cache", priority=Priority.NORMAL,
        done_criteria=("a reading request runs one statement at most", DRAFT.done_criteria[1]),
    )  # fmt: skip
    stage.record(e.TaskProposed(proposal=proposal(stage, asked, spawner, draft, version=2)))
    return asked


@pytest.fixture
def told(stage: Any, spawner: TaskId, amended: TaskId) -> TaskId:
    """The spawner's transcript tells all that was done about its proposals."""
    query = Query(
        id="q1", task_id=amended, version=1, text="Which routes may answer late?", actor=ADA, asked_at=stage.at
    )
    accepted = Decision(
        id=90,
        task_id=amended,
        version=2,
        verdict=Verdict.ACCEPT,
        actor=ADA,
        decided_at=stage.at,
        waited=75.0,
        final=DRAFT,
    )
    merged = replace(
        accepted, task_id="T9", verdict=Verdict.REJECT, final=None, merged_into="T4", reason="merged into T4"
    )
    by_rule = replace(
        accepted, task_id="T8", verdict=Verdict.REJECT, final=None, actor=Actor(ActorKind.RULE, "no-refactoring"),
        reason="Refactoring waits until the goal is reached.",
    )  # fmt: skip
    stage.say(spawner, QueryPart(query), speaker=Speaker.USER)
    stage.say(
        spawner,
        ToolCallPart(
            "c9", "answer_about_proposal", f'{{"task_id": "{amended}", "answer": "All but DELETE.", "title": "x"}}'
        ),
    )
    undone = UndonePart(amended, Undoing(90, ADA, stage.at, "T4 must be measured first."))
    stage.say(
        spawner, DecisionPart(accepted), DecisionPart(merged), DecisionPart(by_rule), undone, speaker=Speaker.USER
    )  # fmt: skip
    return spawner


@pytest.mark.parametrize("size", [SMALL, MIDDLE], ids=["80x24", "120x40"])
def test_doubtful(doubtful: TaskId, size: tuple[int, int], looks_as_before: Any) -> None:
    keys = [("3", "catches")] if size == MIDDLE else [("3", "PROPOSAL")]
    assert looks_as_before("PROPOSAL", size=size, keys=keys)


def test_asked_back(asked: TaskId, looks_as_before: Any) -> None:
    assert looks_as_before("ASKED BACK", size=SMALL, keys=[("j", "GET"), ("3", "ASKED BACK")])


@pytest.mark.parametrize("size", [SMALL, MIDDLE], ids=["80x24", "120x40"])
def test_amended(amended: TaskId, size: tuple[int, int], looks_as_before: Any) -> None:
    assert looks_as_before("What is new", size=size, keys=[("3", "What is new")])


def test_ascii_amended(amended: TaskId, looks_as_before: Any) -> None:
    assert looks_as_before("What is new", size=SMALL, keys=[("3", "What is new")], settings=UiSettings(ascii=True))


def test_passage(doubtful: TaskId, looks_as_before: Any) -> None:
    assert looks_as_before("where T7 was found", size=SMALL, keys=[("o", "where T7 was found")])


def test_gate_in_the_transcript(told: TaskId, looks_as_before: Any) -> None:
    assert looks_as_before("taken back", size=SMALL, keys=[("2", "GET"), ("end", "taken back")])


def test_failed_with_all_that_waits_in_vain(stage: Any, spawner: TaskId, looks_as_before: Any) -> None:
    failed = stage.start(stage.accept(propose(stage, None, replace(DRAFT, title="Count the statements of a request"))))
    stage.record(e.TaskFailed(task_id=failed, reason="The limit of 50 turns was reached.", limit="turns"))
    first = stage.accept(propose(stage, spawner, replace(DRAFT, title="Halve them", blocked_by=(failed,))))
    propose(
        stage, spawner, replace(DRAFT, title="Measure them again", phase=Phase.VALIDATION, blocked_by=(failed, first))
    )
    assert looks_as_before("can never start", size=SMALL, keys=[("3", "FAILED")])


def test_record(stage: Any, amended: TaskId, looks_as_before: Any) -> None:
    stage.accept(amended)
    state = stage.state()
    decision = state.decisions[amended]
    again = proposal(
        stage, amended, "T1", state.tasks[amended].draft, version=3, by=ADA, note="the decision was undone"
    )
    stage.record(
        e.DecisionUndone(
            decision_id=decision.id, task_id=amended, actor=ADA, reason="Measure it first.", proposal=again
        )
    )  # fmt: skip
    stage.reject(amended, "Not before it is measured.")
    keys = [("j", "rejected"), ("3", "rejected"), ("z", "3 detail"), ("end", "taken back")]
    assert looks_as_before("taken back", size=MIDDLE, keys=keys)
