"""How the tasks look in each of their views, in every size, and in the odd states of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from hephaestus_tui.config import RailsSettings, UiSettings
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Proposal, Verdict
from hephaestus_tui.domain.task import Origin, Phase, Task, TaskDraft, TaskId

ADA = Actor(ActorKind.HUMAN, "Ada")
SIZES = ((80, 24), (120, 40), (200, 60))
TITLES = (
    "Read how a token is looked up", "Serve every route from the token cache", "A revoked token is refused at once",
    "Count the statements of a request", "Forget a token when its session ends", "Measure a request before and after",
)  # fmt: skip
WIDE = (
    "缓存认证查询的结果并且使其可以被所有路由共享使用，然后测量每个请求之前和之后的语句数量并写下来", "🔥 Serve 👩‍👩‍👧‍👦 from the 🇩🇪 cache",
    "שלום עולם, this is read from right to left", "セッションが終わったらトークンを忘れる",
)  # fmt: skip
Looks = Callable[..., bool]


def draft(title: str, number: int, *blocked_by: TaskId) -> TaskDraft:
    return TaskDraft(
        title=title, description="As it says.", rationale="Each request pays for it.", phase=tuple(Phase)[number % 3],
        role=("tech_lead", "backend_developer", "qa_tester")[number % 3], blocked_by=blocked_by,
    )  # fmt: skip


def add(stage: Any, task_id: TaskId, fields: TaskDraft, parent: TaskId | None = None) -> TaskId:
    """A task that a person has added, or that was found in another's work and accepted."""
    origin = Origin(task_id=parent, agent_id=f"A{parent[1:]}", turn=2, index=0, depth=1) if parent else Origin()
    proposal = Proposal(task_id=task_id, version=1, draft=fields, origin=origin, waits=False, proposed_at=stage.at)
    stage.record(e.TaskProposed(proposal=proposal))
    decision = Decision(
        id=int(task_id[1:]), task_id=task_id, version=1, verdict=Verdict.ACCEPT, actor=ADA, decided_at=stage.at,
        waited=0.0, reason="", final=fields,
    )  # fmt: skip
    task = Task(id=task_id, draft=fields, origin=origin, decision_id=decision.id, created_at=stage.at)
    stage.record(e.ProposalDecided(decision=decision, task=task))
    return task_id


def start(stage: Any, task_id: TaskId) -> None:
    stage.record(e.TaskStarted(task_id=task_id, agent_id=f"A{task_id[1:]}", role="tech_lead", model="m", attempt=1))


def finish(stage: Any, task_id: TaskId) -> None:
    start(stage, task_id)
    stage.complete(task_id, "done")


@pytest.fixture
def squad(stage: Any) -> Any:
    """Forty tasks: of the first two thirds most are done, some wait for a task above, many were found in another."""
    stage.run("Let people see and end their own sessions")
    for n in range(40):
        near = [f"T{n + 1 - step}" for step in (2, 5) if n + 1 > step and (n * step) % 3]
        parent = f"T{(n - 1) // 3 + 1}" if n % 4 else None
        add(stage, f"T{n + 1}", draft(f"{TITLES[n % 6]}", n, *near), parent if n else None)
    for n in range(24):
        if n != 9:
            finish(stage, f"T{n + 1}")
    start(stage, "T10")
    stage.record(e.TaskFailed(task_id="T10", reason="the tests never passed"))
    start(stage, "T25")
    start(stage, "T26")
    return stage


def keys(*pressed: tuple[str, str]) -> Sequence[tuple[str, str]]:
    """First to the pane of the tasks and into its full width, then each key, and the word that it brings."""
    return (("1", "tasks"), ("z", "tasks"), *pressed)


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize(("key", "word"), [("4", "done"), ("5", "tree:"), ("6", "focus:"), ("7", "phases:")])
def test_view(squad: Any, looks_as_before: Looks, size: tuple[int, int], key: str, word: str) -> None:
    assert looks_as_before(size=size, keys=keys((key, word)))


def test_isolated_with_the_longest_chain(squad: Any, looks_as_before: Looks) -> None:
    assert looks_as_before(size=(120, 40), keys=keys(("l", "T25"), ("I", "around T25"), ("C", "longest chain")))


@pytest.mark.parametrize(
    ("key", "word", "size"),
    [("4", "done", SIZES[0]), ("5", "tree:", SIZES[1]), ("6", "focus:", SIZES[2]), ("7", "phases:", SIZES[1])],
    ids=lambda value: f"{value[0]}x{value[1]}" if isinstance(value, tuple) else value.strip(":"),
)
def test_ascii(squad: Any, looks_as_before: Looks, key: str, word: str, size: tuple[int, int]) -> None:
    assert looks_as_before(size=size, keys=keys(("l", "T25"), (key, word)), settings=UiSettings(ascii=True))


def test_few_and_short_lines(squad: Any, looks_as_before: Looks) -> None:
    few = UiSettings(rails=RailsSettings(reach=3, lanes=2))
    assert looks_as_before(size=(120, 40), keys=keys(("l", "T25"), ("4", "done")), settings=few)


@pytest.mark.parametrize(("key", "word"), [("4", "T1"), ("6", "nothing")])
def test_one_task(stage: Any, looks_as_before: Looks, key: str, word: str) -> None:
    stage.run("Let people see and end their own sessions")
    start(stage, add(stage, "T1", draft(TITLES[0], 0)))
    assert looks_as_before(size=(80, 24), keys=keys((key, word)))


def test_nothing_yet(stage: Any, looks_as_before: Looks) -> None:
    stage.run("Let people see and end their own sessions")
    assert looks_as_before("No tasks yet", size=(200, 60), keys=[("1", "tasks")])


def test_everything_failed(stage: Any, looks_as_before: Looks) -> None:
    stage.run("Let people see and end their own sessions")
    for n in range(20):
        add(stage, f"T{n + 1}", draft(TITLES[n % 6], n, *([f"T{n}"] if n % 3 == 2 else [])))
    for n in range(20):
        if n % 3 != 2:
            start(stage, f"T{n + 1}")
            stage.record(e.TaskFailed(task_id=f"T{n + 1}", reason="no"))
    assert looks_as_before(size=(120, 40), keys=keys(("4", "failed")))


@pytest.mark.parametrize(
    ("key", "word", "size"), [("4", "T6", SIZES[0]), ("5", "tree:", SIZES[0]), ("6", "focus:", SIZES[1]), ("7", "phases:", SIZES[2])],
    ids=lambda value: f"{value[0]}x{value[1]}" if isinstance(value, tuple) else value.strip(":"),
)  # fmt: skip
def test_wide_and_right_to_left_words(
    stage: Any, looks_as_before: Looks, key: str, word: str, size: tuple[int, int]
) -> None:
    stage.run("Let people see and end their own sessions")
    for n in range(12):
        add(stage, f"T{n + 1}", draft(WIDE[n % 4], n, *([f"T{n - 1}"] if n > 2 else [])), f"T{n}" if n % 4 else None)
    start(stage, "T1")
    start(stage, "T5")
    assert looks_as_before(size=size, keys=keys(("l", "T5"), (key, word)))


def test_thousands_of_tasks(stage: Any, looks_as_before: Looks) -> None:
    stage.run("Let people see and end their own sessions")
    for n in range(10_000):
        add(stage, f"T{n + 1}", draft(TITLES[n % 6], n, *([f"T{n - 3}"] if n > 9_900 else [])))
        if n < 9_900 and n % 97:
            finish(stage, f"T{n + 1}")
    assert looks_as_before(size=(120, 40), keys=keys(("G", "T10000")))


def test_words_that_are_found(squad: Any, looks_as_before: Looks) -> None:
    typed = [(letter, "find the next") for letter in "token"]
    asked = (("ctrl+f", "words to find"), *typed, ("enter", "token: "))
    assert looks_as_before(size=(80, 24), keys=keys(("4", "done"), *asked))
