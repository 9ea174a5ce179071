"""What a transcript is called, and why a task has none: an empty pane must say what it waits for."""

from __future__ import annotations

from hephaestus_tui.domain.folds.steps import is_done
from hephaestus_tui.domain.model_name import short_model
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.text import line


def title_of(state: RunState, task_id: TaskId) -> str:
    """The task, its role and its model."""
    draft, agent = state.draft(task_id), state.agents.get(task_id)
    words = [f"{task_id} {line(draft.title)}" if draft else task_id]
    if agent:
        words += [agent.role, short_model(agent.model)]
    return " · ".join(words)


def why_nothing(state: RunState, task_id: TaskId) -> str:
    """In words, why nothing has been said about a task."""
    task = state.tasks.get(task_id)
    if task is None:
        return f"{task_id} is a proposal: nothing has been said about it yet."
    if blockers := [b for b in state.blockers[task_id] if not is_done(state, b)]:
        return f"{task_id} has not started: it waits for {', '.join(blockers)}."
    return f"{task_id} has not started yet."
