"""What the review says around the diff: a warning above it, the keys that do something below it, and all keys on a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.binding import Binding, BindingType

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.work import Work, WorkStatus, WorkView
from hephaestus_tui.ui.diff.drafts import Draft
from hephaestus_tui.ui.diff.items import Code, Head, HunkHead, Item, Remark, Words
from hephaestus_tui.ui.diff.parts import path_words
from hephaestus_tui.ui.keymap import shown_key
from hephaestus_tui.ui.named_keys import keys_of
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.footer import Entry
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Span

_KEY_CELLS = 16


def warning_of(state: RunState, task_id: TaskId, work: Work | None) -> str:
    """What must be known before anything is decided on it: what became of it, or what it lacks; empty where nothing."""
    view = state.works.get(task_id)
    if view is None:
        return f"{task_id} has no finished work."
    match view.status:
        case WorkStatus.MERGED:
            return f"It is merged already{f', as {line(view.commit[:10])}' if view.commit else ''}{_by(view)}: you are only looking."
        case WorkStatus.DISCARDED:
            return f"It was discarded{_by(view)}: you are only looking. The branch {line(view.branch)} is still there."
        case WorkStatus.SENT_BACK:
            return f"It was sent back{_by(view)}, and its agent goes on with it: you are only looking at how it was."
        case WorkStatus.EMPTY:
            return "Nothing was changed."
        case WorkStatus.READY:
            resolver = state.resolver(task_id)
            told = (
                f"Its conflict is resolved by {resolver}: merged is what that makes, and this with it."
                if resolver
                else ""
            )
            return "\n".join(part for part in (told, _unfinished(view), _lacks(work)) if part)


def _unfinished(view: WorkView) -> str:
    if not view.unfinished:
        return ""
    number = len(view.reviews)
    return (
        f"This is round {number}, as it was sent back. Round {number + 1} was not finished: merge this, discard it, or "
        f"restart {view.task_id}. What was begun since is on {line(view.branch)}."
    )


def _by(view: WorkView) -> str:
    return f" by {line(str(view.by))}" if view.by else ""


def _lacks(work: Work | None) -> str:
    told = []
    if work and work.unresolved:
        told.append(
            f"It cannot be merged: the marks of a conflict still stand in {_named(work.unresolved)}. Send it back."
        )
    if work and work.left_out:
        told.append(f"Not in it, being too large, unreadable or a repository of its own: {_named(work.left_out)}.")
    if work and (guarded := [c.path for c in work.changes if c.guarded]):
        told.append(f"Guarded names, which git, editors or shells obey: {_named(guarded)}. Read them first.")
    return "\n".join(told)


def _named(paths: Sequence[str]) -> str:
    first = ", ".join(path_words(path) for path in paths[:4])
    return first if len(paths) <= 4 else f"{first} and {len(paths) - 4:,} more"


def footer_of(state: RunState, task_id: TaskId, here: Item | None, draft: Draft) -> list[Entry]:
    """The keys that do something where the cursor is, the most important first."""
    view = state.works.get(task_id)
    ready = view is not None and view.status is WorkStatus.READY
    sends = f"send back ({len(draft.comments)})" if draft.comments else "send back"
    back = [] if view is not None and view.unfinished else [("r", sends)]
    settle = [("m", "merge"), *back, ("D", "discard")] if ready else []
    match here:
        case Code() if ready:
            own = [("c", "comment")]
        case Remark(sent=0):
            own = [("c", "change"), ("x", "take away")]
        case Head() | HunkHead():
            own = [("enter", "fold")]
        case Words(goal=goal) if goal:
            own = [("enter", "go there")]
        case _:
            own = []
    return [*own, *settle, ("n", "next change"), ("tab", "next file"), ("F", "fold all"), ("v", "side by side")]


def key_page(rebound: Mapping[str, str], *bound: Sequence[BindingType]) -> tuple[Line, ...]:
    """All keys of the review, each with what it does; `rebound` are those that were moved."""
    rows = [Line((Span("Keys of a review", "strong"), Span("   esc closes", "muted")))]
    for bindings in bound:
        rows.append(BLANK)
        for binding in (b for b in bindings if isinstance(b, Binding)):
            keys = " ".join(shown_key(key) for key in keys_of(binding, rebound))
            rows.append(Line((Span(binding.description),), head=(Span(f"  {line(keys):<{_KEY_CELLS}}", "key"),)))
    return tuple(rows)
