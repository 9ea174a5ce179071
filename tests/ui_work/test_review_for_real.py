"""Two tasks in worktrees of a real repository, by keys alone: one merged, one sent back with a comment, its conflict resolved
by a task of its own, and all of it merged. Only the words of the model are made up."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from hephaestus_tui.config import GateSettings, Limits, Settings, SpawnBounds, UiSettings
from hephaestus_tui.domain.commands import AddTask
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.task import Phase, TaskDraft
from hephaestus_tui.domain.work import WorkStatus
from hephaestus_tui.engine.local import LocalSession
from hephaestus_tui.session import Finds, NewRun, RunSummary, Session, Told
from hephaestus_tui.ui.app import HephaestusApp
from hephaestus_tui.ui.screens.work import WorkScreen
from tests.engine.conftest import ADA, Grounded, Words
from tests.ui_verbs.conftest import ROOT, Clock
from tests.ui_work.conftest import Reviewer

OTHER = TaskDraft(
    title="other", description="Do other.", rationale="r", phase=Phase.BUILDING, role="backend_developer"
)  # fmt: skip


class Host:
    """One session that was started already."""

    def __init__(self, session: LocalSession) -> None:
        self._session = session

    async def runs(self) -> Sequence[RunSummary]:
        return ()

    async def finds(self) -> Finds:
        return Finds()

    async def choose(self, model: str) -> None:
        raise NotImplementedError(f"nobody chooses {model} here")

    async def start(self, request: NewRun) -> Session:
        return self._session

    async def resume(self, run_id: str, told: Told | None = None) -> Session:
        return self._session

    async def rules(self) -> Sequence[Rule]:
        return ()

    async def save_rule(self, rule: Rule) -> None:
        raise NotImplementedError

    async def serve(self) -> None:
        await self._session.serve()

    async def close(self) -> None:
        return None


@pytest.fixture
async def grounded(tmp_path: Path) -> AsyncIterator[Grounded]:
    made = Grounded(tmp_path, Settings(limits=Limits(), spawn=SpawnBounds(), gate=GateSettings(undo_seconds=0)))
    (made.project / "shared.txt").write_text("".join(f"line {n}\n" for n in range(1, 9)))
    made.git("init", "-q", "-b", "main")
    made.git("add", "-A")
    made.git("commit", "-q", "-m", "begin")
    yield made
    await made.stop()


def edit(old: str, new: str) -> str:
    arguments = f'{{ path = "shared.txt", old_text = "{old}", new_text = "{new}" }}'
    return Words.turn("editing", Words.call("edit_file", f"e{new[:4].strip()}", arguments))


def again(call_id: str) -> str:
    return Words.turn("Again.", Words.call("complete_task", call_id, '{ summary = "done", evidence = [] }'))


def resolved() -> str:
    proof = ", ".join(
        f'{{ criterion = "{criterion}", evidence = "looked at" }}'
        for criterion in (
            "No mark of the conflict is left",
            "What T2 was for works, and so does what main has since",
        )
    )
    write = '{ path = "shared.txt", content = "line 4 and four\\n" }'
    return Words.turn("writing", Words.call("write_file", "w", write)) + Words.done(f"[{proof}]")


async def test_work_comes_into_the_project_by_keys_alone(grounded: Grounded) -> None:
    script = Words.script(
        Words.entry("resolver", 'title = "Resolve the conflict"', resolved()),
        Words.entry("root", 'title = "make it so"', edit("line 4", "line four"), Words.done()),
        Words.entry(
            "other", 'title = "other"', edit("line 4", "LINE 4"), Words.done(), edit("LINE 4", "Line 4"), again("a")
        ),
    )
    session = await grounded.start(script, serve=False)
    await session.submit(AddTask(draft=OTHER, actor=ADA))
    options: dict[str, Any] = {"agents": 4, "themes": [ROOT / "themes"], "clock": Clock()}
    app = HephaestusApp(Host(session), "r1", UiSettings(), ADA, **options)
    async with app.run_test(size=(80, 24)) as pilot:
        desk = Reviewer(app, pilot, session, options["clock"])  # type: ignore[arg-type]
        await desk.back()
        await desk.sees("± 2")

        await desk.opens("T1")
        await desk.sees("line four")
        await desk.press("m")
        await desk.reads("y merge it into main", "1 file would change")
        await desk.press("y")
        await desk.back()
        assert "line four" in (grounded.project / "shared.txt").read_text()

        await desk.until(lambda: desk.run.selected == "T2", "the cursor is on what waits next")
        await desk.press("w")
        await desk.until(lambda: isinstance(app.screen, WorkScreen), "the review is open")
        await desk.sees("LINE 4")
        await desk.to_line("LINE 4")
        await desk.press("c")
        await desk.sees("shared.txt, line 4")
        await desk.writes("not so loud")
        await desk.press("enter")
        await desk.sees("1 comment not sent")
        await desk.press("r")
        await desk.sees("Send T2 back with 1 comment")
        await desk.press("enter")
        await desk.back()
        await desk.until(lambda: session.state().works["T2"].status is WorkStatus.READY, "it comes back")
        assert session.state().works["T2"].reviews[0].comments[0].text == "not so loud"
        await desk.until(lambda: desk.run.standing.to_merge == 1, "the screen knows of it")

        await desk.opens("T2")
        await desk.reads("round 2", "Round 1 sent back by ada", "not so loud", "Line 4")
        await desk.press("m")
        await desk.reads("1 conflict with what is there now", "t make a task of it")
        await desk.press("y", "enter")
        await desk.press("t")
        await desk.back()
        await desk.until(lambda: "T3" in session.state().works, "the task has resolved it")
        await desk.until(lambda: desk.run.standing.to_merge == 1, "the screen knows of it")

        await desk.opens("T3")
        await desk.press("m")
        await desk.reads("y merge it into main")
        await desk.press("y")
        await desk.back()
        await desk.until(lambda: desk.run.standing.finished, "nothing is left to do")
    works = session.state().works
    assert [works[t].status for t in ("T1", "T2", "T3")] == [WorkStatus.MERGED] * 3
    assert (grounded.project / "shared.txt").read_text() == "line 4 and four\n"
    assert grounded.git("status", "--porcelain") == ""
