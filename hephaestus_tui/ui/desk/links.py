"""Going to what has a screen of its own: work at one of its files, a decision in the record, a note."""

from __future__ import annotations

from typing import TypeAlias

from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.desk import notes, record, work
from hephaestus_tui.ui.desk.desk import Desk
from hephaestus_tui.ui.notices import warn
from hephaestus_tui.ui.widgets.links import DecisionAt, NoteAt, WorkAt

Elsewhere: TypeAlias = WorkAt | DecisionAt | NoteAt


async def follow(desk: Desk, state: RunState, link: Elsewhere) -> None:
    """Open it; what is refused is said."""
    try:
        match link:
            case WorkAt(task_id=task_id, path=path):
                await work.look_at(desk, state, task_id, path)
            case DecisionAt(decision_id=decision_id):
                await record.look_up(desk, state, decision_id)
            case NoteAt(note_id=note_id):
                await notes.look_at(desk, note_id)
    except HephaestusError as error:
        warn(desk.app, str(error))
    finally:
        desk.taken = False
