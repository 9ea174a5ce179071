"""Where each task and each line of the DAG stands: without it every new task would move the ones a person knows.

Rows are numbered in order of arrival and only ever appended; a node keeps its row and its column for life. A lane is a
vertical line in one column from a task (its source) to tasks that wait for it. Laying out costs O(blockers x lanes)
plus O(span <= reach) a task, whatever the number of tasks.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_

from hephaestus_tui.ui.widgets.dag_lane import Lane, lowest, nearest

REACH = 24
LANES = 8


class Layout:
    """Nodes, lanes, and the edges that found no lane and are named on the row of the task that waits.

    `touched` collects the first and last rows of the stretches that look different now, until the caller clears it.
    """

    def __init__(self, lanes: int = LANES, reach: int = REACH) -> None:
        self.reach = reach
        self.lanes = lanes
        self.columns = lanes + 2
        self._all = (1 << self.columns) - 1
        self.nodes: list[int] = []
        self.touched: list[tuple[int, int]] = []
        self._used: list[int] = []
        self._ever = 0
        self._done_last = False
        self._lanes: dict[int, list[Lane]] = {}
        self._edges: dict[int, dict[int, Lane | None]] = {}
        self._named_by: dict[int, set[int]] = {}

    def __len__(self) -> int:
        return len(self.nodes)

    @property
    def widest(self) -> int:
        """How many columns have been in use at any time; it never shrinks, so that nothing moves back and forth."""
        return self._ever.bit_length()

    def blockers(self, row: int) -> Iterable[int]:
        """The rows whose edges to `row` stand in the picture, as a lane or by name."""
        return self._edges.get(row, {}).keys()

    def named(self, row: int) -> list[int]:
        """The blockers of `row` that have no lane to it."""
        return [source for source, lane in self._edges.get(row, {}).items() if lane is None]

    def touches_above(self, row: int) -> bool:
        """Whether `row` waits for the row above by a lane without a cell: straight down, from neighbour to neighbour."""
        lane = self._edges.get(row, {}).get(row - 1)
        return lane is not None and lane.column == self.nodes[row] == self.nodes[row - 1]

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
        row = first = len(self.nodes)
        edges: dict[int, Lane | None] = dict.fromkeys(sorted(blockers, reverse=True))
        straight = self._straight_above(row, edges) if edges else None
        if straight is not None:
            column = self.nodes[straight]
        elif done and self._done_last:
            column = self.nodes[-1]
        else:  # not used on the row above, so that two unrelated neighbours never look connected
            column = lowest(~self._used[-1]) if row else 0
        self._done_last = done
        self.nodes.append(column)
        self._used.append(1 << column)
        self._ever |= 1 << column
        if edges:
            self._edges[row] = edges
            if straight is not None:
                edges[straight] = self._connect(straight, row, column)
                first = straight
            for blocker in edges:
                if blocker != straight and (lane := self._connect(blocker, row)):
                    edges[blocker] = lane
                    first = min(first, blocker)
        self.touched.append((first, row))
        return row

    def link(self, blocker: int, waiter: int) -> None:
        """Add an edge between two rows that both exist already; `blocker` may be the later one."""
        edges = self._edges.setdefault(waiter, {})
        if blocker not in edges:
            lane = edges[blocker] = self._connect(blocker, waiter)
            self.touched.append((min(blocker, waiter), max(blocker, waiter)) if lane else (waiter, waiter))

    def unlink(self, blocker: int, waiter: int) -> None:
        """Take one edge away; nothing else changes its place."""
        edges = self._edges[waiter]
        lane = edges.pop(blocker)
        if not edges:
            del self._edges[waiter]
        self.touched.append((waiter, waiter))
        if lane is not None:
            self._leave(lane, waiter)
            return
        named = self._named_by[blocker]
        named.discard(waiter)
        if not named:
            del self._named_by[blocker]

    def release(self, blocker: int) -> None:
        """Take away every edge from `blocker`: it is done, or it can block nothing any more."""
        waiters = [waiter for lane in self._lanes.get(blocker, ()) for waiter in lane.waiters]
        for waiter in (*waiters, *self._named_by.get(blocker, ())):
            self.unlink(blocker, waiter)

    def _taken(self, first: int, last: int) -> int:
        """The columns used on any of the rows first..last, as bits."""
        return reduce(or_, self._used[first : last + 1], 0)

    def _straight_above(self, row: int, blockers: Iterable[int]) -> int | None:
        """The nearest of `blockers` whose column is free down to `row`, but for a lane of its own."""
        for source in blockers:
            if row - source > self.reach:
                return None
            column, first = self.nodes[source], source + 1
            for lane in self._lanes.get(source, ()):
                if lane.column == column and not lane.into and lane.end > source:
                    first = lane.end + 1
            if first == row or not reduce(or_, self._used[first:], 0) >> column & 1:
                return source
        return None

    def _connect(self, source: int, waiter: int, column: int | None = None) -> Lane | None:
        """Draw an edge, by a lane in `column` where one is asked for; None where no lane is free, and it is named."""
        if -self.reach <= waiter - source <= self.reach:
            lanes = self._lanes.get(source)
            lane = self._lengthened(lanes, waiter, column) if lanes else None
            if lane is None and (lane := self._new_lane(source, waiter, column)):
                if lanes:
                    lanes.append(lane)
                else:
                    self._lanes[source] = [lane]
            if lane is not None:
                lane.served |= 1 << abs(waiter - source)
                return lane
        self._named_by.setdefault(source, set()).add(waiter)
        return None

    def _lengthened(self, lanes: list[Lane], waiter: int, column: int | None) -> Lane | None:
        """One of the source's lanes that passes `waiter`, or that can be drawn out as far as it."""
        for lane in lanes:
            late = lane.end < lane.source
            if (waiter < lane.source) != late or (column is not None and lane.column != column):
                continue
            if lane.end < waiter < lane.source or lane.source < waiter < lane.end:
                return lane
            into = lane.column == self.nodes[waiter]
            if lane.into or (not into and self._full(waiter)):
                continue
            first, last = (waiter + into, lane.end - 1) if late else (lane.end + 1, waiter - into)
            if self._taken(first, last) >> lane.column & 1:
                continue
            self._fill(lane.column, first, last)
            lane.end, lane.into = waiter, into
            if late:
                lane.top = first
            else:
                lane.bottom = last
            return lane
        return None

    def _full(self, row: int) -> bool:
        """Whether one more lane on the newest row would leave the next node no column."""
        return row == len(self.nodes) - 1 and self._used[row].bit_count() > self.lanes

    def _new_lane(self, source: int, waiter: int, column: int | None) -> Lane | None:
        if column is None:
            column = self._best_column(source, waiter)
            if column is None:
                return None
        own, into = column == self.nodes[source], column == self.nodes[waiter]
        if waiter > source:
            top, bottom = source + own, waiter - into
        else:
            top, bottom = waiter + into, source - own
        self._fill(column, top, bottom)
        return Lane(source, column, waiter, into, top, bottom)

    def _best_column(self, source: int, waiter: int) -> int | None:
        """The free column with the shortest way to both nodes; the source's own column first among equals."""
        own, into = self.nodes[source], self.nodes[waiter]
        first, last = (source, waiter) if source < waiter else (waiter, source)
        used = self._used
        taken = used[source] & ~(1 << own) | used[waiter] & ~(1 << into)
        free = ~reduce(or_, used[first + 1 : last], taken) & self._all
        if self._full(last):
            free &= 1 << self.nodes[last]
        if waiter == source - 1 and own == into:
            free &= ~(1 << own)  # a node right under its neighbour reads as waiting for it: the other way round
        if free >> own & 1:
            return own
        return nearest(free, own, into)

    def _fill(self, column: int, first: int, last: int) -> None:
        bit = 1 << column
        self._ever |= bit
        used = self._used
        for row in range(first, last + 1):
            used[row] |= bit

    def _clear(self, column: int, first: int, last: int) -> None:
        others = ~(1 << column)
        self._used[first : last + 1] = [taken & others for taken in self._used[first : last + 1]]

    def _leave(self, lane: Lane, waiter: int) -> None:
        """Cut a lane back to its farthest remaining waiter; without one it is gone."""
        lane.served &= ~(1 << abs(waiter - lane.source))
        self.touched.append((min(lane.source, lane.end), max(lane.source, lane.end)))
        if not lane.served:
            self._clear(lane.column, lane.top, lane.bottom)
            lanes = self._lanes[lane.source]
            lanes.remove(lane)
            if not lanes:
                del self._lanes[lane.source]
        elif waiter == lane.end:
            end = lane.waiters[-1]
            if lane.late:
                self._clear(lane.column, lane.top, end - 1)
                lane.top = end
            else:
                self._clear(lane.column, end + 1, lane.bottom)
                lane.bottom = end
            lane.end, lane.into = end, False
