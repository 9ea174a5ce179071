"""What the footer, the palette and the search offer at this moment, read from the registry and the state."""

from __future__ import annotations

from collections.abc import Mapping

from textual.binding import Binding
from textual.widget import Widget

from hephaestus_tui.domain.limits_reached import bounds_now
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.actions.action import Action, Group
from hephaestus_tui.ui.actions.registry import BY_ID, applicable
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.keymap import key_of, shown_key
from hephaestus_tui.ui.marks import mark_of
from hephaestus_tui.ui.named_keys import keys_of
from hephaestus_tui.ui.pane_keys import PANE_KEYS
from hephaestus_tui.ui.screens.pick import Choice
from hephaestus_tui.ui.selection import Picked, Selection
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.footer import Entry
from hephaestus_tui.ui.widgets.transcript import TranscriptView

_BEFORE_PANE_KEYS = 10
_MOVES = ("up", "down", "pageup", "pagedown", "home", "end", "left", "right", "enter")
_LOOKS = ("next.attention", "inbox", "help")
# what decides as soon as its key is pressed; everything else that decides asks, or opens a form
AT_ONCE = ("proposal.accept",)


def footer_entries(
    state: RunState, cursor: TaskId | None, keys: Mapping[str, str], pane: Widget, selection: Selection
) -> list[Entry]:
    """What is selected, then keys that act upon the cursor's task, those of the pane in use, and the rest."""
    chosen = selected_entries(state, selection, keys)
    said: tuple[str, ...] = ("decide.selected", "select.none") if chosen or cursor not in state.proposals else ()
    if not any(fact.task_id == cursor for facts in bounds_now(state).values() for fact in facts):
        said = (*said, "bound.settle")  # the key does it everywhere; it is named where an agent is up against it
    ranked = [(a.rank, a) for a in applicable(state, cursor) if a.rank is not None and a.id not in said]
    ranked.sort(key=lambda pair: pair[0])
    entries = [(rank, (shown_key(key_of(a, keys)), a.label)) for rank, a in ranked]
    own = [(shown_key(keys_of(b, keys)[0]), b.description.lower()) for b in _shown(pane)]
    if isinstance(pane, TranscriptView):
        whose = BY_ID["transcript.whose"]
        own = [*own, (shown_key(key_of(whose, keys)), whose.label)]
    return [
        *chosen,
        *(entry for rank, entry in entries if rank < _BEFORE_PANE_KEYS),
        *own,
        *(entry for rank, entry in entries if rank >= _BEFORE_PANE_KEYS),
    ]


def footer_always(keys: Mapping[str, str]) -> list[Entry]:
    return [(shown_key(key_of(BY_ID["help"], keys)), "help")]


def selected_entries(state: RunState, selection: Selection, keys: Mapping[str, str]) -> list[Entry]:
    """How many are selected, and the keys that decide on them and let go of them; nothing where none is."""
    marks = selection.marks(state)
    if not marks:
        return []
    changed = sum(mark is Picked.CHANGED for mark in marks.values())
    told = f"decide on {len(marks) - changed:,} selected" + (f" ({changed:,} changed since)" if changed else "")
    decide, none = (shown_key(key_of(BY_ID[action_id], keys)) for action_id in ("decide.selected", "select.none"))
    return [(decide, told), (none, "select none")]


def palette_choices(state: RunState, selected: TaskId | None, keys: Mapping[str, str]) -> list[Choice]:
    """Everything that can be done now: first what only looks, last what decides, since enter takes the first."""
    actions = sorted((a for a in applicable(state, selected) if a.id != "palette"), key=_boldness)
    choices = [Choice(a.id, a.tooltip, aside=shown_key(key_of(a, keys)), note=a.id) for a in actions]
    looks = sum(not _boldness(a) for a in actions)
    return [*choices[:looks], *_pane_choices(keys), *choices[looks:]]


def _pane_choices(keys: Mapping[str, str]) -> list[Choice]:
    """What a pane does by keys of its own, but for plain moves."""
    return [
        Choice(b.id or "", f"{b.description} ({name})", aside=shown_key(keys_of(b, keys)[0]), note=b.id or "")
        for name, bound in PANE_KEYS
        for b in bound
        if isinstance(b, Binding) and b.description and b.key not in _MOVES
    ]


def _boldness(action: Action) -> int:
    if action.decides:
        return 2
    return 0 if action.group is Group.LOOK or action.id in _LOOKS else 1


def asked(action_id: str, state: RunState, shown: Target) -> str:
    """The question before one of `AT_ONCE` is done that was chosen in the palette."""
    draft = state.draft(shown.task_id or "")
    title = f"\n{line(draft.title, 200)}" if draft else ""
    return f"{BY_ID[action_id].label.capitalize()} {shown.task_id}?{title}"


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
