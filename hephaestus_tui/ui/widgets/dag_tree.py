"""The tasks by where they were found: each under the task in whose work it was proposed.

What a fact changes is worked out along the way up from its task, and only lines below a task that is folded or unfolded
by it are made anew: with thousands of tasks, all of them would cost a frame.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.widgets.dag_chips import Chip, Chips
from hephaestus_tui.ui.widgets.dag_jumps import parent_of
from hephaestus_tui.ui.widgets.dag_rows import DagRows

DEEPEST = 8


class Tree(Chips):
    """One line a task, indented up to `DEEPEST` levels; below a task with which all is done, only how many there are.

    Below those that are `opened`, each has its line whatever became of it.
    """

    def __init__(
        self, rows: DagRows, state: RunState, width: int, glyphs: GlyphSet, opened: Collection[TaskId] = ()
    ) -> None:  # fmt: skip
        self._rows, self._width, self._glyphs = rows, width, glyphs
        self._opened = opened
        self._parents: list[int | None] = []
        self._depths: list[int] = []
        self._below: dict[int | None, list[int]] = {}
        self._under: list[int] = []  # how many are below each row, and how many of those are not finished
        self._still: list[int] = []
        self._finished = bytearray()
        for number in range(len(rows)):
            self._add(number, state)
        self._lines = self._shown_below(None)

    def update(self, rows: DagRows, state: RunState, changed: Collection[int]) -> bool:
        moved = False
        for number in sorted(changed):
            new = number >= len(self._parents)
            if not new and self._finished[number] == rows.finished[number]:
                continue
            start = self._parent(number, state) if new else number
            way = [] if start is None else [start, *self._above(start)]
            before = [self._folds(above) for above in way]
            if new:
                self._add(number, state)
            else:
                self._finish(number, done=bool(rows.finished[number]))
            turned = [above for above, was in zip(way, before, strict=True) if self._folds(above) is not was]
            if turned:
                self._make_anew(turned[-1])
            elif new and not any(before):
                self._insert(number)
            moved = moved or new or bool(turned)
        return moved

    # -- what is below what

    def _parent(self, number: int, state: RunState) -> int | None:
        parent = parent_of(state, self._rows.rows[number].task_id)
        place = self._rows.row_of(parent) if parent else None
        return place if place is not None and place < number else None

    def _add(self, number: int, state: RunState) -> None:
        parent = self._parent(number, state)
        self._parents.append(parent)
        self._depths.append(0 if parent is None else self._depths[parent] + 1)
        self._below.setdefault(parent, []).append(number)
        self._under.append(0)
        self._still.append(0)
        self._finished.append(self._rows.finished[number])
        for above in self._above(number):
            self._under[above] += 1
            self._still[above] += not self._finished[number]

    def _finish(self, number: int, *, done: bool) -> None:
        self._finished[number] = done
        for above in self._above(number):
            self._still[above] -= 1 if done else -1

    def _above(self, number: int) -> list[int]:
        found: list[int] = []
        parent = self._parents[number]
        while parent is not None:
            found.append(parent)
            parent = self._parents[parent]
        return found

    def _folds(self, number: int) -> bool:
        """Whether what is below a row has no lines."""
        if not self._finished[number] or self._still[number] or not self._under[number]:
            return False
        return self._rows.rows[number].task_id not in self._opened

    def hidden(self, task_id: TaskId) -> Iterable[TaskId]:
        number = self._rows.row_of(task_id)
        stack = [number] if number is not None and self._folds(number) else []
        while stack:
            below = self._below.get(stack.pop(), ())
            stack.extend(below)
            yield from (self._rows.rows[row].task_id for row in below)

    # -- lines

    def _shown_below(self, start: int | None) -> list[int]:
        """The rows below one, or all, that have a line, in their order."""
        lines: list[int] = []
        stack = list(reversed(self._below.get(start, ())))
        while stack:
            number = stack.pop()
            lines.append(number)
            if not self._folds(number):
                stack.extend(reversed(self._below.get(number, ())))
        return lines

    def _end_of(self, place: int) -> int:
        """The line after the last one below that at `place`."""
        depth, end = self._depths[self._lines[place]], place + 1
        while end < len(self._lines) and self._depths[self._lines[end]] > depth:
            end += 1
        return end

    def _make_anew(self, number: int) -> None:
        """Give what is below a row its lines, or take them away."""
        if (place := self._place(number)) is not None:
            below = [] if self._folds(number) else self._shown_below(number)
            self._lines[place + 1 : self._end_of(place)] = below

    def _insert(self, number: int) -> None:
        """Give a new row its line: after all that is below the same task."""
        parent = self._parents[number]
        if parent is None:
            self._lines.append(number)
        elif (place := self._place(parent)) is not None:
            self._lines.insert(self._end_of(place), number)

    def _place(self, number: int) -> int | None:
        try:
            return self._lines.index(number)
        except ValueError:
            return None

    def __len__(self) -> int:
        return len(self._lines)

    def line(self, y: int) -> Sequence[Chip]:
        number = self._lines[y]
        after = f"+{self._under[number]:,} done" if self._folds(number) else ""
        task_id = self._rows.rows[number].task_id
        return [Chip(0, self._width, task_id, _indent(self._depths[number], self._glyphs), after)]

    def place_of(self, task_id: TaskId) -> tuple[int, int] | None:
        number = self._rows.row_of(task_id)
        place = None if number is None else self._place(number)
        return None if place is None else (place, 0)


def above(state: RunState, task_id: TaskId) -> list[TaskId]:
    """The task in which it was found, the one in which that was found, and so on."""
    found: list[TaskId] = []
    parent = parent_of(state, task_id)
    while parent is not None and parent not in found:
        found.append(parent)
        parent = parent_of(state, parent)
    return found


def _indent(depth: int, glyphs: GlyphSet) -> str:
    if depth <= DEEPEST:
        return "  " * depth
    return "  " * (DEEPEST - 1) + f"{'..' if glyphs.name == 'ascii' else '‥'}{depth} "
