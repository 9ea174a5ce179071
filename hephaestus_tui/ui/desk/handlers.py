"""Which handler carries out which action; a refusal becomes a notice here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.desk import (
    agents,
    asking_back,
    blockers,
    bounds,
    budgets,
    contexts,
    duplicates,
    editor,
    many,
    merging,
    messages,
    models,
    notes,
    overlaps,
    passages,
    plots,
    proposals,
    questions,
    record,
    reports,
    rules,
    runs,
    splitting,
    talking,
    undoing,
    work,
)
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.notices import warn

HANDLERS: Mapping[str, Handler] = {
    **proposals.HANDLERS,
    **editor.HANDLERS,
    **questions.HANDLERS,
    **reports.HANDLERS,
    **agents.HANDLERS,
    **talking.HANDLERS,
    **runs.HANDLERS,
    **many.HANDLERS,
    **passages.HANDLERS,
    **plots.HANDLERS,
    **overlaps.HANDLERS,
    **messages.HANDLERS,
    **notes.HANDLERS,
    **asking_back.HANDLERS,
    **undoing.HANDLERS,
    **merging.HANDLERS,
    **splitting.HANDLERS,
    **blockers.HANDLERS,
    **bounds.HANDLERS,
    **budgets.HANDLERS,
    **contexts.HANDLERS,
    **models.HANDLERS,
    **duplicates.HANDLERS,
    **rules.HANDLERS,
    **record.HANDLERS,
    **work.HANDLERS,
}


async def perform(desk: Desk, action_id: str, state: RunState, shown: Target) -> None:
    """Do what the registry calls `action_id`."""
    try:
        await HANDLERS[action_id](desk, state, shown)
    except HephaestusError as error:
        warn(desk.app, str(error))
    finally:
        desk.taken = False
