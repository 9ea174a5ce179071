"""Joins the areas into the one list that bindings, palette, help, footer and rebinding are read from.

An action that is not listed here cannot be reached; one that is listed is shown only where `applies` says so.
"""

from __future__ import annotations

from collections.abc import Mapping

from textual.binding import Binding

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.actions import agents, app, deciding, looking, many, rules
from hephaestus_tui.ui.actions.action import Action

ACTIONS: tuple[Action, ...] = (
    *deciding.ACTIONS,
    *many.ACTIONS,
    *rules.ACTIONS,
    *agents.ACTIONS,
    *looking.ACTIONS,
    *app.ACTIONS,
)
BY_ID: Mapping[str, Action] = {action.id: action for action in ACTIONS}


def bindings() -> list[Binding]:
    """The registry as Textual bindings, each under its id so that a keymap can move it."""
    return [Binding(a.key, f"act('{a.id}')", a.label, show=False, tooltip=a.tooltip, id=a.id) for a in ACTIONS]


def applicable(state: RunState, task_id: TaskId | None) -> list[Action]:
    """What can be done now, in the registry's order."""
    return [a for a in ACTIONS if a.applies(state, task_id)]
