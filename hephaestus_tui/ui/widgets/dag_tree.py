"""The tasks by where they were found: each under the task in whose work it was proposed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.widgets.dag_chips import Chip, Lines
from hephaestus_tui.ui.widgets.dag_jumps import parent_of
from hephaestus_tui.ui.widgets.dag_picture import Row

DEEPEST = 8


def tree(
    rows: Sequence[Row], finished: Sequence[int], state: RunState, width: int, glyphs: GlyphSet,
    opened: Collection[TaskId] = (),
) -> Lines:  # fmt: skip
    """One line a task, indented up to `DEEPEST` levels; below a task with which all is done, only how many there are.

    Below those that are `opened`, each has its line whatever became of it.
    """
    below: dict[TaskId | None, list[int]] = {}
    known = {row.task_id for row in rows}
    for number, row in enumerate(rows):
        parent = parent_of(state, row.task_id)
        below.setdefault(parent if parent in known else None, []).append(number)
    under, open_under = _counts(rows, finished, below)
    lines: list[list[Chip]] = []
    stack = [(number, 0) for number in reversed(below.get(None, ()))]
    while stack:
        number, depth = stack.pop()
        task_id = rows[number].task_id
        folded = bool(under[number]) and not open_under[number] and bool(finished[number]) and task_id not in opened
        lines.append([Chip(0, width, task_id, _indent(depth, glyphs), f"+{under[number]:,} done" if folded else "")])
        if not folded:
            stack.extend((child, depth + 1) for child in reversed(below.get(task_id, ())))
    return lines


def _indent(depth: int, glyphs: GlyphSet) -> str:
    if depth <= DEEPEST:
        return "  " * depth
    return "  " * (DEEPEST - 1) + f"{'..' if glyphs.name == 'ascii' else '‥'}{depth} "


def _counts(
    rows: Sequence[Row], finished: Sequence[int], below: dict[TaskId | None, list[int]]
) -> tuple[list[int], list[int]]:
    """How many are below each row, and how many of those are not finished."""
    under, still = [0] * len(rows), [0] * len(rows)
    order = list(below.get(None, ()))
    for number in order:
        order.extend(below.get(rows[number].task_id, ()))
    for number in reversed(order):
        for child in below.get(rows[number].task_id, ()):
            under[number] += 1 + under[child]
            still[number] += (not finished[child]) + still[child]
    return under, still


def above(state: RunState, task_id: TaskId) -> list[TaskId]:
    """The task in which it was found, the one in which that was found, and so on."""
    found: list[TaskId] = []
    parent = parent_of(state, task_id)
    while parent is not None and parent not in found:
        found.append(parent)
        parent = parent_of(state, parent)
    return found
