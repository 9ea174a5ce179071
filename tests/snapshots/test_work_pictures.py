"""What a person sees of the work of a task: its diff, comments on lines, and what is against a merge."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.config import UiSettings
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.task import Evidence, Phase, TaskDraft, TaskId
from hephaestus_tui.domain.work import Conflict, LineComment, Side
from tests.made_work import TIP, Made

ADA = Actor(ActorKind.HUMAN, "Ada")
BEFORE = '''"""Keeps the answers of /auth/verify, so that a token is looked up once."""

from __future__ import annotations

import time


class TokenCache:
    """Answers by the hash of their token; forgotten after `seconds`."""

    def __init__(self, seconds: float = 30.0) -> None:
        self._seconds = seconds
        self._kept: dict[str, tuple[float, int]] = {}

    def get(self, token: str) -> int | None:
        kept = self._kept.get(token)
        if kept is None or kept[0] < time.time() - self._seconds:
            return None
        return kept[1]

    def put(self, token: str, user: int) -> None:
        self._kept[token] = (time.time(), user)
'''
AFTER = (
    BEFORE.replace("time.time()", "self._clock()")
    .replace("seconds: float = 30.0)", "seconds: float = 30.0, clock: Callable[[], float] = time.monotonic)")
    .replace("        self._seconds = seconds\n", "        self._seconds, self._clock = seconds, clock\n")
    .replace("import time\n", "import time\nfrom collections.abc import Callable\n")
    + '''
    def discard_user(self, user: int) -> None:
        """Forget every token of a user who signed out everywhere."""
        for token in [token for token, kept in self._kept.items() if kept[1] == user]:
\t\t\tdel self._kept[token]\x20\x20
'''
)
ROUTE = '@route("POST", "/auth/sign-out-everywhere")\ndef sign_out(request: Request) -> Response:\n    sessions.end(request.user)\n    return no_content()\n'


def draft(title: str, *blocked_by: TaskId) -> TaskDraft:
    return TaskDraft(
        title=title, description="Only /auth/verify answers from the cache.", rationale="Each request pays for it.",
        phase=Phase.BUILDING, role="backend_developer", blocked_by=blocked_by,
        done_criteria=("A token that was signed out is refused at once", "The tests pass"),
    )  # fmt: skip


@pytest.fixture
def done(stage: Any) -> TaskId:
    """Work in its second round, of which the first asked for two things."""
    stage.run("Let people see and end their own sessions")
    task_id: TaskId = stage.start(stage.accept(stage.propose(draft("Serve every route from the token cache"))))
    stage.accept(stage.propose(draft("A revoked token is refused at once", task_id)))
    files = {
        ".github/workflows/test.yml": ("on: push\n", "on: [push, pull_request]\n"),
        "rollcall/auth/cache.py": (BEFORE, AFTER),
        "rollcall/routes/auth.py": (
            ROUTE,
            ROUTE.replace("    return", "    cache.discard_user(request.user)\n    return"),
        ),
        "tests/test_cache.py": (None, "def test_forgets() -> None:\n    assert TokenCache().get('a') is None\n"),
        "docs/sequence.png": (None, "x"),
        "rollcall/verify.py": ("def verify() -> None: ...\n", None),
    }
    first = Made(task_id, files, tip="0" * 40)
    stage.record(first.done())
    stage.complete(task_id, "done")
    clock = LineComment(
        path="rollcall/auth/cache.py", side=Side.NEW, line=18, quoted="        if kept is None or kept[0] < time.time():",
        text="time.time() jumps; take a clock that does not",
    )  # fmt: skip
    user = LineComment(
        path="rollcall/auth/cache.py", side=Side.NEW, line=26, quoted="    def discard_user(self, user: int) -> None:",
        text="Is this safe while another thread puts?",
    )  # fmt: skip
    back = e.WorkSentBack(task_id=task_id, tip="0" * 40, text="Nearly.", comments=(clock, user), actor=ADA)
    stage.record(back)
    stage.start(task_id)
    made = Made(
        task_id,
        files,
        tip=TIP,
        guarded=frozenset((".github/workflows/test.yml",)),
        binary=frozenset(("docs/sequence.png",)),
    )
    stage.port.made[task_id] = made
    stage.record(made.done())
    evidence = (Evidence(criterion="The tests pass", evidence="41 passed in 0.8 s"),)
    stage.record(e.TaskCompleted(task_id=task_id, summary="The cache serves every route now.", evidence=evidence))
    return task_id


OPEN = ("w", "Round 1")


def test_at_work(done: TaskId, looks_as_before: Any) -> None:
    assert looks_as_before("to merge", "review and merge it", size=(120, 40))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=["80x24", "120x40", "200x60"])
def test_review(done: TaskId, looks_as_before: Any, size: tuple[int, int]) -> None:
    keys = [OPEN, ("tab", "sent back"), ("tab", "file 1 of 6"), ("tab", "file 2 of 6")]
    assert looks_as_before("TokenCache", "Callable", size=size, keys=keys)


def test_comment(done: TaskId, looks_as_before: Any) -> None:
    down = [(key, "TokenCache") for key in ("j",) * 5]
    said = [("c", "line 6"), *[(char, char) for char in "why?"], ("enter", "1 comment not sent")]
    keys = [OPEN, ("tab", "sent back"), ("tab", "file 1"), ("tab", "file 2"), *down, *said]
    assert looks_as_before("why?", size=(100, 32), keys=keys)


def test_conflict(stage: Any, done: TaskId, looks_as_before: Any) -> None:
    text = "CONFLICT (content): Merge conflict in rollcall/auth/cache.py"
    stage.port.conflicts = (Conflict("rollcall/auth/cache.py", "CONFLICT (contents)", text),)
    assert looks_as_before(size=(80, 24), keys=[OPEN, ("m", "make a task of it")])


def test_ascii(done: TaskId, looks_as_before: Any) -> None:
    keys = [OPEN, ("m", "merge it into main")]
    assert looks_as_before(size=(100, 32), keys=keys, settings=UiSettings(ascii=True))
