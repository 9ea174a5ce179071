"""How full the context of a task's agent is: without it, a person would learn of it when it is compacted."""

from __future__ import annotations

from hephaestus_tui.domain.context_words import use_words
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.lines import Line, Span, line_of


def context_lines(state: RunState, task_id: TaskId) -> list[Line]:
    """One line, and a second where a person asked for a compaction; nothing before the first turn."""
    use = state.context.get(task_id)
    lines = [line_of(Span(f"context {line(use_words(use))}", "muted"))] if use else []
    if asked := state.compaction_asked.get(task_id):
        lines.append(line_of(Span(f"is compacted before its next turn, as {line(str(asked.actor))} asked", "muted")))
    return lines
