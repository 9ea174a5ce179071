"""The run's notes: seen, written, changed, struck, and followed to the task in which they were written."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.talk import Note
from hephaestus_tui.domain.talk_commands import AddNote, ChangeNote, StrikeNote
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.note_form import NoteForm, Written
from hephaestus_tui.ui.screens.notes import Go, NotesScreen, Strike, Write
from hephaestus_tui.ui.text import line

_QUOTED = 200  # cells


async def notes(desk: Desk, state: RunState, shown: Target) -> None:
    await look_at(desk)


async def look_at(desk: Desk, at: str = "") -> None:
    """Show the notes of the run, with the cursor on one of them."""
    wanted = ""
    while True:
        dialog = NotesScreen(desk.session.state(), at=at, wanted=wanted, now=desk.now, clock=desk.clock)
        choice = await desk.ask(dialog)
        wanted = dialog.wanted
        match choice:
            case Write(note=note):
                at = note.id if note else ""
                await _write(desk, note)
            case Strike(note=note):
                at = note.id
                await _strike(desk, note)
            case Go(task_id=task_id):
                desk.jump(task_id)
                return
            case None:
                return


async def _write(desk: Desk, note: Note | None) -> None:
    written: Written | None = None
    fault = ""
    while True:
        form = NoteForm(note, written=written, fault=fault, clock=desk.clock)
        written = await desk.ask(form, again=bool(fault))
        if written is None:
            return None
        try:
            return await desk.submit(_command(desk, note, written))
        except HephaestusError as error:  # what was typed is not lost: the form opens again
            fault = str(error)


def _command(desk: Desk, note: Note | None, written: Written) -> AddNote | ChangeNote:
    if note is None:
        return AddNote(text=written.text, tags=written.tags, actor=desk.actor)
    return ChangeNote(note_id=note.id, text=written.text, tags=written.tags, actor=desk.actor)


async def _strike(desk: Desk, note: Note) -> None:
    question = f"Strike {note.id}?\n{line(note.text, _QUOTED)}\n\nNo agent is given it any more; the record keeps it."
    if await desk.ask(ConfirmScreen(question, yes="strike it", no="leave it", clock=desk.clock)):
        await desk.submit(StrikeNote(note_id=note.id, actor=desk.actor))


HANDLERS: Mapping[str, Handler] = {"notes": notes}
