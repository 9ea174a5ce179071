"""What the detail pane names is a key away: a file of work, a decision, a note, a call, a passage, and the way back."""

from __future__ import annotations

from typing import Any

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.talk import Note, Report
from hephaestus_tui.ui.screens.decisions import DecisionsScreen
from hephaestus_tui.ui.screens.notes import NotesScreen
from hephaestus_tui.ui.screens.work import WorkScreen
from hephaestus_tui.ui.widgets.links import CallAt, DecisionAt, Link, NoteAt, PassageOf, WorkAt
from tests.ui_work.conftest import caching


async def go(desk: Any, link: Link) -> None:
    """By the keys of the pane."""
    view = desk.run.detail
    for _ in range(40):
        await desk.press("right")
        if view.chosen_link == link:
            await desk.press("enter")
            return
    raise AssertionError(f"no way to {link}:\n{desk.text}")


async def test_every_reference_is_followed_by_keys(reviewing: Any, tale: Any, session: Any) -> None:
    done = tale.finished("Keep answers", session, caching)
    decision = tale.state().decisions[done]
    note = Note(id="N1", text="The cache forgets nothing.", tags=(), at=1_000.0, task_id=done, role="backend_developer")
    tale.record(e.NoteAdded(note=note))
    report = Report(id=f"{done}.1.0", task_id=done, text="The index is not there.", waits=False, at=1_000.0)
    tale.record(e.ReportMade(report=report))

    async def does(desk: Any) -> None:
        await desk.select(done)
        await desk.press("3")
        await desk.sees("WORK waits for you")
        await go(desk, WorkAt(done, "src/new.py"))
        await desk.until(lambda: isinstance(desk.app.screen, WorkScreen), "the review is open")
        await desk.until(lambda: "file 2 of 2" in desk.text, "it begins at the file")
        await desk.press("escape")
        await desk.back()
        await go(desk, DecisionAt(decision.id))
        await desk.until(lambda: isinstance(desk.app.screen, DecisionsScreen), "the record is open")
        await desk.sees("enter fold")
        assert desk.app.screen.under_cursor.decision_id == decision.id
        await desk.press("escape")
        await desk.back()
        await go(desk, NoteAt("N1"))
        await desk.until(lambda: isinstance(desk.app.screen, NotesScreen), "the notes are open")
        await desk.press("escape")
        await desk.back()
        await go(desk, CallAt(done, 1, 0))
        await desk.sees("backspace: back")
        await desk.press("backspace")
        await desk.sees("Notes and reports")
        await go(desk, PassageOf(done))
        await desk.sees(f"where {done} was found")
        await desk.press("backspace")
        await desk.sees("Found by")
        await go(desk, "T1")
        await desk.until(lambda: desk.run.selected == "T1", "its parent is selected")
        await desk.press("backspace")
        await desk.until(lambda: desk.run.selected == done, "and left again")

    await reviewing(does, (80, 24))
