"""What a task is called and what state it is in, in the words that the detail pane and the forms share."""

from __future__ import annotations

from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskId, TaskStatus
from hephaestus_tui.ui.glyphs import COLOURS, GlyphSet, mark_of
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.lines import Line, Span

_GONE = (TaskStatus.FAILED, TaskStatus.CANCELLED)
_STANDING = {
    AgentStatus.WAITING: "waits for you",
    AgentStatus.PAUSED: "paused",
    AgentStatus.INTERRUPTED: "interrupted",
    AgentStatus.STALLED: "stalled",
}


def culprits(state: RunState, task_id: TaskId) -> tuple[TaskId, ...]:
    """The ended tasks and rejected proposals for which `task_id` would wait in vain, the nearest first.

    Looks only upwards from the one task, so that it costs little in a run of thousands.
    """
    found: list[TaskId] = []
    seen: set[TaskId] = set()
    queue = list(state.blockers.get(task_id, ()))
    for blocker in queue:
        if blocker in seen:
            continue
        seen.add(blocker)
        task = state.tasks.get(blocker)
        if blocker in state.rejected or (task and task.status in _GONE):
            found.append(blocker)
        elif task is None or not task.status.ended:
            queue.extend(state.blockers.get(blocker, ()))
    return tuple(found)


def waits(state: RunState, task_id: TaskId) -> bool:
    """Whether it has not been started: an open proposal, or a task that is pending or blocked."""
    task = state.tasks.get(task_id)
    return task_id in state.proposals or (task is not None and task.status in (TaskStatus.PENDING, TaskStatus.BLOCKED))


def status_words(state: RunState, task_id: TaskId) -> str:
    """The state in words, never by colour or sign alone."""
    if task_id in state.proposals:
        return "proposed"
    if task_id in state.rejected:
        return "rejected"
    task = state.tasks.get(task_id)
    if task is None:
        return "unknown"
    if waits(state, task_id) and culprits(state, task_id):
        return "can never start"
    if task.status is TaskStatus.PENDING:
        return "ready"
    words = task.status.replace("_", " ")
    agent = state.agents.get(task_id)
    if task.status is TaskStatus.IN_PROGRESS and agent and (standing := _STANDING.get(agent.status)):
        return f"{words}, {standing}"
    return words


def mark_span(state: RunState, task_id: TaskId, glyphs: GlyphSet) -> Span:
    dead = frozenset((task_id,)) if waits(state, task_id) and culprits(state, task_id) else frozenset()
    mark = mark_of(state, task_id, dead)
    return Span(glyphs.marks[mark], COLOURS[mark])


def title_of(state: RunState, task_id: TaskId) -> str:
    draft = state.draft(task_id)
    return line(draft.title) if draft else "unknown task"


def task_line(state: RunState, task_id: TaskId, glyphs: GlyphSet, *, linked: bool = True) -> Line:
    """One related task: mark, id, title and state; it leads there when `linked`."""
    if state.draft(task_id) is None:
        return Line((Span(f"{line(task_id)} is not in this run", "error"),))
    head = (mark_span(state, task_id, glyphs), Span(" "), Span(f"{task_id} ", "key"))
    spans = (Span(f"{title_of(state, task_id)}  "), Span(status_words(state, task_id), "muted"))
    return Line(spans, head=head, link=task_id if linked else None)


def field_words(name: str) -> str:
    """ "done criteria" for "done_criteria"."""
    return name.replace("_", " ")
