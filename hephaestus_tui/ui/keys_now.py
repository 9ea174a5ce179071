"""What the footer, the palette and the search offer at this moment, read from the registry and the state."""

from __future__ import annotations

from collections.abc import Mapping

from textual.binding import Binding
from textual.widget import Widget

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.actions import BY_ID, applicable
from hephaestus_tui.ui.glyphs import GlyphSet, mark_of
from hephaestus_tui.ui.keymap import key_of, shown_key
from hephaestus_tui.ui.screens.pick import Choice
from hephaestus_tui.ui.widgets.footer import Entry

_BEFORE_PANE_KEYS = 10


def footer_entries(state: RunState, selected: TaskId | None, keys: Mapping[str, str], pane: Widget) -> list[Entry]:
    """Keys that act upon the selection, then those of the pane in use, then the rest; the most important first."""
    ranked = sorted(((a.rank, a) for a in applicable(state, selected) if a.rank is not None), key=lambda pair: pair[0])
    entries = [(rank, (shown_key(key_of(a, keys)), a.label)) for rank, a in ranked]
    own = [(shown_key(b.key.split(",")[0]), b.description.lower()) for b in _shown(pane)]
    return [
        *(entry for rank, entry in entries if rank < _BEFORE_PANE_KEYS),
        *own,
        *(entry for rank, entry in entries if rank >= _BEFORE_PANE_KEYS),
    ]


def footer_always(keys: Mapping[str, str]) -> list[Entry]:
    return [(shown_key(key_of(BY_ID["help"], keys)), "help")]


def palette_choices(state: RunState, selected: TaskId | None, keys: Mapping[str, str]) -> list[Choice]:
    return [
        Choice(action.id, action.tooltip, aside=shown_key(key_of(action, keys)), note=action.id)
        for action in applicable(state, selected)
        if action.id != "palette"
    ]


def task_choices(state: RunState, glyphs: GlyphSet) -> list[Choice]:
    """Every task and proposal, the newest first."""
    dead = frozenset(state.dead())
    choices = []
    for task_id in reversed(state.blockers):
        draft = state.draft(task_id)
        if draft is not None:
            mark = glyphs.marks[mark_of(state, task_id, dead)]
            choices.append(Choice(task_id, draft.title, aside=f"{mark} {task_id}"))
    return choices


def _shown(pane: Widget) -> list[Binding]:
    bound = [b for b in pane.BINDINGS if isinstance(b, Binding) and b.show and b.description]
    return [b for b in bound if pane.check_action(b.action.partition("(")[0], ())]
