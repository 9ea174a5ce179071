"""Where each task and each line of the DAG stands: without it every new task would move the ones a person knows.

Rows are numbered in order of arrival and only ever appended; a node keeps its row and its column for life. A lane is a
vertical line in one column from a task (its source) to tasks that wait for it. Laying out costs O(blockers x lanes)
plus O(span <= reach) a task, whatever the number of tasks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

REACH = 24
LANES = 8


@dataclass(slots=True, eq=False)
class Lane:
    """A line down one column, or up when it is late: when its source came after the tasks that wait for it.

    `end` is the waiter farthest from the source; with `into` the lane ends in that waiter's own node, not beside it.
    `top` and `bottom` are the rows of the cells that it takes, both included, the two nodes excluded.
    """

    source: int
    column: int
    end: int
    into: bool
    top: int
    bottom: int
    waiters: set[int] = field(default_factory=set)

    @property
    def late(self) -> bool:
        return self.end < self.source

    def touches(self, row: int) -> bool:
        """Whether the lane turns towards the node of `row`, rather than passing by or running straight into it."""
        if row == self.source:
            return self.top <= row <= self.bottom
        return row in self.waiters and not (self.into and row == self.end)


class Layout:
    """Nodes, lanes, and the edges that found no lane and are named on the row of the task that waits."""

    def __init__(self, lanes: int = LANES, reach: int = REACH) -> None:
        self.reach = reach
        self.lanes = lanes
        self.columns = lanes + 2
        self.nodes: list[int] = []
        self.touched: list[tuple[int, int]] = []
        self._used: list[int] = []
        self._done_last = False
        self._lanes: dict[int, list[Lane]] = {}
        self._edges: dict[int, dict[int, Lane | None]] = {}
        self._waiters: dict[int, set[int]] = {}

    def __len__(self) -> int:
        return len(self.nodes)

    def blockers(self, row: int) -> Iterable[int]:
        """The rows whose edges to `row` stand in the picture, as a lane or by name."""
        return self._edges.get(row, {}).keys()

    def named(self, row: int) -> list[int]:
        """The blockers of `row` that have no lane to it."""
        return [source for source, lane in self._edges.get(row, {}).items() if lane is None]

    def lanes_at(self, row: int) -> list[Lane]:
        """Every lane with a cell on `row`."""
        found = []
        for source in range(row - self.reach, row + self.reach + 1):
            for lane in self._lanes.get(source, ()):
                if lane.top <= row <= lane.bottom:
                    found.append(lane)
        return found

    def append(self, blockers: Iterable[int], *, done: bool = False) -> int:
        """Lay the next row and its edges from the rows of `blockers`; gives back its number.

        A row that is `done` already will have no edges, and stands right under another such row.
        """
        row = len(self.nodes)
        edges = dict.fromkeys(blockers)
        straight = None
        column = self.nodes[-1] if done and self._done_last else self._free_column()
        self._done_last = done
        near = sorted((b for b in edges if row - b <= self.reach), reverse=True)
        for blocker in near:
            if self._open_below(blocker, row):
                straight, column = blocker, self.nodes[blocker]
                break
        self.nodes.append(column)
        self._used.append(1 << column)
        if edges:
            self._edges[row] = edges
            for blocker in edges:
                self._waiters.setdefault(blocker, set()).add(row)
            if straight is not None:
                edges[straight] = self._connect(straight, row, column)
            for blocker in near:
                if blocker != straight:
                    edges[blocker] = self._connect(blocker, row)
        self.touched.append((row, row))
        return row

    def link(self, blocker: int, waiter: int) -> None:
        """Add an edge between two rows that both exist already; `blocker` may be the later one."""
        edges = self._edges.setdefault(waiter, {})
        if blocker in edges:
            return
        edges[blocker] = self._connect(blocker, waiter) if abs(waiter - blocker) <= self.reach else None
        self._waiters.setdefault(blocker, set()).add(waiter)
        self.touched.append((waiter, waiter))

    def unlink(self, blocker: int, waiter: int) -> None:
        """Take one edge away; nothing else changes its place."""
        edges = self._edges[waiter]
        lane = edges.pop(blocker)
        if not edges:
            del self._edges[waiter]
        waiters = self._waiters[blocker]
        waiters.discard(waiter)
        if not waiters:
            del self._waiters[blocker]
        self.touched.append((waiter, waiter))
        if lane is not None:
            self._leave(lane, waiter)

    def release(self, blocker: int) -> None:
        """Take away every edge from `blocker`: it is done, or it can block nothing any more."""
        for waiter in list(self._waiters.get(blocker, ())):
            self.unlink(blocker, waiter)

    def _taken(self, first: int, last: int) -> int:
        """The columns used on any of the rows first..last, as bits."""
        return reduce(or_, self._used[first : last + 1], 0)

    def _free_column(self) -> int:
        """The leftmost column not used on the newest row, so that two unrelated neighbours never look connected."""
        taken = self._used[-1] if self._used else 0
        return (~taken & (taken + 1)).bit_length() - 1

    def _open_below(self, source: int, row: int) -> bool:
        """Whether the column of `source` is free down to `row`, but for a lane of its own that can be lengthened."""
        column = self.nodes[source]
        first = source + 1
        for lane in self._lanes.get(source, ()):
            if lane.column == column and not lane.late and not lane.into:
                first = lane.end + 1
        return not self._taken(first, row - 1) >> column & 1

    def _full(self, row: int) -> bool:
        """Whether one more lane on the newest row would leave the next node no column."""
        return row == len(self.nodes) - 1 and self._used[row].bit_count() > self.lanes

    def _connect(self, source: int, waiter: int, column: int | None = None) -> Lane | None:
        """Draw an edge, by a lane in `column` where one is asked for; None where no lane is free."""
        lane = self._lengthened(source, waiter, column) or self._new_lane(source, waiter, column)
        if lane is not None:
            lane.waiters.add(waiter)
        return lane

    def _lengthened(self, source: int, waiter: int, column: int | None) -> Lane | None:
        late = waiter < source
        for lane in self._lanes.get(source, ()):
            if lane.late != late or (column is not None and lane.column != column):
                continue
            if lane.end < waiter < source or source < waiter < lane.end:
                self.touched.append((waiter, waiter))
                return lane
            into = lane.column == self.nodes[waiter]
            if lane.into or (not into and self._full(waiter)):
                continue
            first, last = (waiter + into, lane.end - 1) if late else (lane.end + 1, waiter - into)
            if self._taken(first, last) >> lane.column & 1:
                continue
            self._fill(lane.column, first, last)
            self.touched.append((min(lane.end, waiter), max(lane.end, waiter)))
            lane.end, lane.into = waiter, into
            if late:
                lane.top = first
            else:
                lane.bottom = last
            return lane
        return None

    def _new_lane(self, source: int, waiter: int, column: int | None) -> Lane | None:
        if column is None:
            column = self._best_column(source, waiter)
        if column is None:
            return None
        own, into = column == self.nodes[source], column == self.nodes[waiter]
        late = waiter < source
        top, bottom = (waiter + into, source - own) if late else (source + own, waiter - into)
        self._fill(column, top, bottom)
        lane = Lane(source, column, waiter, into, top, bottom)
        self._lanes.setdefault(source, []).append(lane)
        self.touched.append((min(source, waiter), max(source, waiter)))
        return lane

    def _best_column(self, source: int, waiter: int) -> int | None:
        """The free column with the shortest way to both nodes; the source's own column first among equals."""
        at_source, at_waiter = self.nodes[source], self.nodes[waiter]
        first, last = min(source, waiter), max(source, waiter)
        inner = self._taken(first + 1, last - 1)
        full = self._full(last)
        best, least = None, 0
        for column in range(self.columns):
            own, into = column == at_source, column == at_waiter
            taken = inner | (0 if own else self._used[source]) | (0 if into else self._used[waiter])
            if taken >> column & 1 or (full and column != self.nodes[last]):
                continue
            if waiter == source - 1 and own and into:
                continue  # a node right under its neighbour reads as waiting for it: the other way round
            cost = 2 * (abs(column - at_source) + abs(column - at_waiter)) + (not own)
            if best is None or cost < least:
                best, least = column, cost
        return best

    def _fill(self, column: int, first: int, last: int) -> None:
        bit = 1 << column
        for row in range(first, last + 1):
            self._used[row] |= bit

    def _clear(self, column: int, first: int, last: int) -> None:
        bit = 1 << column
        for row in range(first, last + 1):
            self._used[row] &= ~bit

    def _leave(self, lane: Lane, waiter: int) -> None:
        """Cut a lane back to its farthest remaining waiter; without one it is gone."""
        lane.waiters.discard(waiter)
        self.touched.append((min(lane.source, lane.end), max(lane.source, lane.end)))
        if not lane.waiters:
            self._clear(lane.column, lane.top, lane.bottom)
            lanes = self._lanes[lane.source]
            lanes.remove(lane)
            if not lanes:
                del self._lanes[lane.source]
        elif waiter == lane.end and lane.late:
            lane.end, lane.into = min(lane.waiters), False
            self._clear(lane.column, lane.top, lane.end - 1)
            lane.top = lane.end
        elif waiter == lane.end:
            lane.end, lane.into = max(lane.waiters), False
            self._clear(lane.column, lane.end + 1, lane.bottom)
            lane.bottom = lane.end
