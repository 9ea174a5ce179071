"""A run with finished work, the app on it, and a port that shows made-up diffs and keeps what was submitted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hephaestus_tui.config import UiSettings
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.commands import Command, Receipt
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.task import Evidence, TaskId
from hephaestus_tui.domain.work_commands import DiscardWork, MergeWork, SendBack
from hephaestus_tui.ui.app import HephaestusApp
from hephaestus_tui.ui.screens.work import WorkScreen
from tests.made_work import HEAD, Made, WorkPort
from tests.ui_verbs.conftest import ADA, ROOT, Clock, Desk, Tale, TaleHost, TaleSession

CACHE = '''"""Keeps answers."""

from __future__ import annotations


class Cache:
    def __init__(self) -> None:
        self._kept: dict[str, int] = {}

    def get(self, key: str) -> int | None:
        return self._kept.get(key)

    def put(self, key: str, value: int) -> None:
        self._kept[key] = value


def empty(cache: Cache) -> None:
    """Forget all."""
    cache._kept.clear()
'''


class WorkTale(Tale):
    """The same, with tasks that finish with work."""

    def finished(self, title: str, port: WorkPort, made: Callable[[TaskId], Made], *blocked_by: TaskId) -> TaskId:
        task_id = self.start(self.task(title, *blocked_by))
        self.hand_in(port, made(task_id))
        return task_id

    def hand_in(self, port: WorkPort, made: Made) -> None:
        """The agent has completed its task, with this work."""
        port.made[made.task] = made
        self.record(made.done())
        evidence = (Evidence(criterion="the tests pass", evidence="41 passed"),)
        self.record(e.TaskCompleted(task_id=made.task, summary="It keeps answers now.", evidence=evidence))


class WorkSession(WorkPort, TaleSession):
    """What is submitted comes true as far as the screen can see it; a tip that is no longer the work's is refused."""

    def __init__(self, tale: WorkTale) -> None:
        WorkPort.__init__(self)
        TaleSession.__init__(self, tale)

    async def submit(self, command: Command) -> Receipt:
        receipt = await super().submit(command)
        if isinstance(command, MergeWork | SendBack | DiscardWork) and command.tip != self.made[command.task_id].tip:
            raise CommandRefused(f"The work of {command.task_id} has changed since: look at it again.")
        match command:
            case MergeWork(task_id=task_id, actor=actor):
                self.tale.record(e.WorkMerged(task_id=task_id, branch="main", commit=HEAD, actor=actor))
            case SendBack(task_id=task_id, tip=tip, text=text, comments=comments, actor=actor):
                self.tale.record(e.WorkSentBack(task_id=task_id, tip=tip, text=text, comments=comments, actor=actor))
            case DiscardWork(task_id=task_id, reason=reason, actor=actor):
                branch = self.made[task_id].branch
                self.tale.record(e.WorkDiscarded(task_id=task_id, branch=branch, reason=reason, actor=actor))
        return receipt


def caching(task_id: TaskId, **changes: Any) -> Made:
    """Two changes in one file, far apart, and a new file."""
    after = CACHE.replace("_kept.get(key)", "_kept.get(key, 0)").replace("Keeps answers", "Keeps all answers")
    made = Made(task_id, {"src/cache.py": (CACHE, after), "src/new.py": (None, "FRESH = 1\n")})
    return replace(made, **changes)


class Reviewer(Desk):
    """A person who reviews."""

    session: WorkSession

    async def opens(self, task_id: TaskId) -> None:
        await self.select(task_id)
        await self.press("w")
        await self.until(lambda: isinstance(self.app.screen, WorkScreen), "the review is open")
        await self.until(self._is_read, "the files in view are read")

    def _is_read(self) -> bool:
        return self.review.work_shown is not None and "reading…" not in self.text

    @property
    def review(self) -> WorkScreen:
        (screen,) = (s for s in self.app.screen_stack if isinstance(s, WorkScreen))
        return screen

    async def to_line(self, text: str) -> None:
        """Put the cursor on a line of the diff, by keys."""
        await self.press("g")
        for _ in range(200):
            here = self.review.view.here
            lines = [line.text for line in (getattr(here, "new", None), getattr(here, "old", None)) if line]
            if text in lines:
                return
            await self.press("j")
        raise AssertionError(f"no line {text!r}:\n{self.text}")

    async def writes(self, text: str) -> None:
        await self.press(*(" " if char == " " else char for char in text))


@pytest.fixture
def tale() -> WorkTale:
    return WorkTale()


@pytest.fixture
def session(tale: WorkTale) -> WorkSession:
    return WorkSession(tale)


@pytest.fixture
def reviewing(tale: WorkTale, session: WorkSession) -> Callable[..., Any]:
    """Opens the app on the tale and hands over to `does`, once all is drawn."""

    async def opened(does: Callable[[Reviewer], Any], size: tuple[int, int] = (80, 24), **settings: Any) -> None:
        clock = Clock()
        options: dict[str, Any] = {"agents": 4, "themes": [ROOT / "themes"], "clock": clock}
        app = HephaestusApp(TaleHost(session), "r1", UiSettings(**settings), ADA, **options)
        async with app.run_test(size=size) as pilot:
            desk = Reviewer(app, pilot, session, clock)
            await desk.back()
            await desk.knows_all()
            await does(desk)

    return opened
