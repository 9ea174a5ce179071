"""The list of what a proposal may be merged into: the likely duplicates first, each with what merging there means."""

from __future__ import annotations

from collections.abc import Iterator

from hephaestus_tui.domain.graph import dependents, reached
from hephaestus_tui.domain.merging import followers
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId, TaskStatus
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.marks import mark_of
from hephaestus_tui.ui.screens.pick import Choice
from hephaestus_tui.ui.widgets.task_words import title_of

_CIRCLE = "would close a circle"
_MEANS = {
    TaskStatus.PENDING: "waits to start",
    TaskStatus.BLOCKED: "waits to start",
    TaskStatus.IN_PROGRESS: "at work: its agent is told",
    TaskStatus.COMPLETED: "completed: only noted",
    TaskStatus.FAILED: "failed: retry it first",
    TaskStatus.CANCELLED: "cancelled: retry it first",
}


def merge_choices(state: RunState, task_id: TaskId, glyphs: GlyphSet) -> list[Choice]:
    """Every task and open proposal but itself; of the rejected ones those that say much the same."""
    near = {n.task_id: n.score for n in state.proposals[task_id].near if n.task_id != task_id}
    dead = frozenset(state.dead())
    circles = _circles(state, task_id)
    choices = []
    for other in _ordered(state, task_id, near):
        note = _CIRCLE if other in circles else _means(state, other)
        note = f"{near[other]} % alike, {note}" if other in near else note
        mark = glyphs.marks[mark_of(state, other, dead)]
        choices.append(Choice(other, title_of(state, other), aside=f"{mark} {other}", note=note))
    return choices


def _ordered(state: RunState, task_id: TaskId, near: dict[TaskId, int]) -> Iterator[TaskId]:
    """The likely duplicates, the nearest first; then all others, the newest first."""
    yield from (other for other in sorted(near, key=near.__getitem__, reverse=True) if other in state.blockers)
    for other in reversed(state.blockers):
        if other != task_id and other not in near and other not in state.rejected:
            yield other


def _means(state: RunState, task_id: TaskId) -> str:
    if task_id in state.rejected:
        return "was rejected"
    task = state.tasks.get(task_id)
    return _MEANS[task.status] if task else "proposal"


def _circles(state: RunState, task_id: TaskId) -> set[TaskId]:
    """What waits for someone who waits for the proposal, found for all at once: `merge_fault` says of one why not."""
    waiting = dependents({t: blockers for t, blockers in state.blockers.items() if t != task_id})
    found: set[TaskId] = set()
    for follower in followers(state, task_id):
        found |= reached(waiting, follower)
    return found
