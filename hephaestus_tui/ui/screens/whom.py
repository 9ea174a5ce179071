"""Whom an order may be for, seen from one task: it alone, with what is below it, or the whole run, and who that is."""

from __future__ import annotations

from collections.abc import Callable

from hephaestus_tui.domain.reach import WHOLE_RUN, Reach, only, with_below
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.widgets.option_line import Offer

Counting = Callable[[RunState, Reach], tuple[TaskId, ...]]


def whom_options(state: RunState, task_id: TaskId, reached: Counting) -> list[Offer[Reach]]:
    """Only those that differ in who is reached; the task alone comes first."""
    options = [Offer(only(task_id), task_id)]
    seen = [reached(state, only(task_id))]
    for reach, label in ((with_below(task_id), "with all below it"), (WHOLE_RUN, "all of the run")):
        found = reached(state, reach)
        if found and found not in seen:
            seen.append(found)
            options.append(Offer(reach, f"{label} ({len(found):,})"))
    return options
