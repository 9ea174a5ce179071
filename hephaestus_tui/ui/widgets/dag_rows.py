"""What of a run the DAG shows: it turns each new state into the few rows that changed, so that a frame stays cheap.

States are compared by the identity of their frozen values; a row is made anew only when one of its own changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from itertools import islice
from typing import NamedTuple

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Phase, TaskId
from hephaestus_tui.ui.glyphs import Mark
from hephaestus_tui.ui.marks import mark_of
from hephaestus_tui.ui.widgets.dag_changes import Changes
from hephaestus_tui.ui.widgets.dag_fates import Fate, draft_of, fate_of, waits
from hephaestus_tui.ui.widgets.dag_layout import REACH, Layout
from hephaestus_tui.ui.widgets.dag_minimap import CALM, LEVELS
from hephaestus_tui.ui.widgets.dag_words import Row

_WAITING = (Mark.BLOCKED, Mark.DEAD, Mark.PROPOSED, Mark.AMENDED, Mark.QUERIED)


class Update(NamedTuple):
    """What a state brought: the first new row, and the rows (new ones included) that read differently now."""

    first_new: int
    changed: set[int]


class DagRows:
    """The rows of the picture and its layout, kept in step with a run; of all its tasks, or of `only` some."""

    def __init__(self, lanes: int, only: Collection[TaskId] | None = None, reach: int = REACH) -> None:
        self.layout = Layout(lanes, reach)
        self.only = only
        self._looked_at = 0
        self.rows: list[Row] = []
        self.phases: Counter[tuple[Phase, Mark]] = Counter()
        self.levels = bytearray()  # of each row, how bad it is: see `dag_minimap`
        self.finished = bytearray()  # 1 for rows that no edge leads to or from any more, and that need nobody
        self._ids: list[TaskId] = []
        self._row_of: dict[TaskId, int] = {}
        self._fate: dict[TaskId, Fate] = {}
        self._wanted: dict[TaskId, tuple[TaskId, ...]] = {}
        self._waiters: dict[TaskId, list[TaskId]] = {}
        self._dead: set[TaskId] = set()
        self._changes = Changes()

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def counts(self) -> Counter[Mark]:
        """How many rows have each mark."""
        found: Counter[Mark] = Counter()
        for (_, mark), number in self.phases.items():
            found[mark] += number
        return found

    def row_of(self, task_id: TaskId) -> int | None:
        return self._row_of.get(task_id)

    def past(self, number: int) -> tuple[TaskId, ...]:
        """The blockers of a row that it waits for no more: they are done, or it has begun, or it never will."""
        row = self.rows[number]
        told = {
            *row.earlier,
            *row.later,
            *(b for _, b in row.broken),
            *(self._ids[b] for b in self.layout.blockers(number)),
        }
        return tuple(b for b in self._wanted[row.task_id] if b not in told)

    def update(self, state: RunState) -> Update:
        """Take over a state that followed the last one; tasks never leave a run."""
        changed = self._changes.since_last(state)
        first_new = len(self.rows)
        if not changed:
            return Update(first_new, set())
        came = islice(reversed(state.blockers), len(state.blockers) - self._looked_at)
        new = sorted(came, key=lambda task_id: int(task_id[1:]))
        self._looked_at = len(state.blockers)
        if self.only is not None:
            new = [task_id for task_id in new if task_id in self.only]
        turned, revived = self._take_fates(state, changed)
        affected = changed | {waiter for task_id in turned for waiter in self._waiters.get(task_id, ())}
        for task_id in turned:
            if self._fate[task_id] is not Fate.OPEN and task_id in self._row_of:
                self.layout.release(self._row_of[task_id])
        early = {task_id for task_id in new if self._append(state, task_id)}
        for task_id in (self._shown(affected) - set(new)) | early:
            self._relink(state, task_id)
        affected = self._shown(affected | self._take_dead(state, affected, revived))
        self._remake(state, new, affected)
        rows = {self._row_of[task_id] for task_id in affected}
        for first, last in self.layout.touched:
            rows.update(range(first, last + 1))
        self.layout.touched.clear()
        return Update(first_new, rows)

    def _take_fates(self, state: RunState, changed: set[TaskId]) -> tuple[set[TaskId], bool]:
        """Note what became of the changed tasks and whom they wait for.

        Gives back those whose fate turned, and whether one that was gone is open again.
        """
        turned, revived = set(), False
        for task_id in changed:
            fate, before = fate_of(state, task_id), self._fate.get(task_id)
            if fate is not before:
                self._fate[task_id] = fate
                turned.add(task_id)
                revived = revived or before is Fate.GONE
            wanted = state.blockers[task_id]
            for blocker in wanted:
                if blocker not in self._wanted.get(task_id, ()):
                    self._waiters.setdefault(blocker, []).append(task_id)
            self._wanted[task_id] = wanted
        return turned, revived

    def _shown(self, task_ids: set[TaskId]) -> set[TaskId]:
        return task_ids if self.only is None else task_ids & self._row_of.keys()

    def _open_blockers(self, state: RunState, task_id: TaskId) -> set[int]:
        if not waits(state, task_id):
            return set()
        return {
            row
            for blocker in state.blockers[task_id]
            if self._fate.get(blocker) is Fate.OPEN and (row := self._row_of.get(blocker)) is not None
        }

    def _append(self, state: RunState, task_id: TaskId) -> bool:
        """Lay a new row; gives back whether it waits for a row that is still to be laid."""
        row = self.layout.append(self._open_blockers(state, task_id), done=self._fate[task_id] is Fate.DONE)
        self._row_of[task_id] = row
        self._ids.append(task_id)
        return any(blocker not in self._row_of for blocker in state.blockers[task_id])

    def _relink(self, state: RunState, task_id: TaskId) -> None:
        """Make the drawn edges of one task those that are open now; blockers that came later are linked here."""
        row = self._row_of[task_id]
        wanted, drawn = self._open_blockers(state, task_id), set(self.layout.blockers(row))
        for blocker in drawn - wanted:
            self.layout.unlink(blocker, row)
        for blocker in sorted(wanted - drawn, reverse=True):
            self.layout.link(blocker, row)

    def _take_dead(self, state: RunState, affected: set[TaskId], revived: bool) -> set[TaskId]:
        """Bring the tasks that can never start up to date; gives back those that became or ceased to be so.

        Growing follows the waiters; only a retry or a change to a dead task, which are rare, look at the whole run.
        """
        before = frozenset(self._dead)
        if revived or not before.isdisjoint(affected):
            self._dead = set(state.dead())
            return set(before ^ self._dead)
        stack = list(affected)
        while stack:
            task_id = stack.pop()
            if task_id not in self._dead and self._hangs(state, task_id):
                self._dead.add(task_id)
                stack.extend(self._waiters.get(task_id, ()))
        return set(self._dead - before)

    def _hangs(self, state: RunState, task_id: TaskId) -> bool:
        return waits(state, task_id) and any(
            self._fate.get(blocker) is Fate.GONE or blocker in self._dead for blocker in state.blockers[task_id]
        )

    def _remake(self, state: RunState, new: list[TaskId], affected: set[TaskId]) -> None:
        for task_id in affected.difference(new):
            number = self._row_of[task_id]
            before, row = self.rows[number], self._row(state, number)
            self.phases[before.phase, before.mark] -= 1
            self.phases[row.phase, row.mark] += 1
            self.rows[number] = row
            self.levels[number] = LEVELS[row.mark]
            self.finished[number] = self._is_finished(row)
        added = [self._row(state, self._row_of[task_id]) for task_id in new]
        self.rows += added
        self.phases.update((row.phase, row.mark) for row in added)
        self.levels.extend(LEVELS[row.mark] for row in added)
        self.finished.extend(self._is_finished(row) for row in added)

    def _is_finished(self, row: Row) -> bool:
        return LEVELS[row.mark] <= CALM and self._fate[row.task_id] is not Fate.OPEN

    def _row(self, state: RunState, row: int) -> Row:
        task_id = self._ids[row]
        draft = draft_of(state, task_id)
        mark = mark_of(state, task_id, self._dead)
        if mark not in _WAITING:
            return Row(
                task_id, mark, draft.phase, draft.title, draft.role, shares=self._changes.shares.get(task_id, ())
            )
        named = sorted(self.layout.named(row))
        return Row(
            task_id, mark, draft.phase, draft.title, draft.role,
            earlier=(*(self._ids[b] for b in reversed(named) if b < row), *self._hidden(state, task_id)),
            later=tuple(self._ids[b] for b in named if b > row),
            broken=self._broken(state, task_id),
            above=self._above(row),
            unlike=self._unlike(row),
            shares=self._changes.shares.get(task_id, ()),
        )  # fmt: skip

    def _broken(self, state: RunState, task_id: TaskId) -> tuple[tuple[Mark, TaskId], ...]:
        gone = (b for b in state.blockers[task_id] if self._fate.get(b) is Fate.GONE)
        return tuple((mark_of(state, blocker), blocker) for blocker in gone)

    def _hidden(self, state: RunState, task_id: TaskId) -> Iterable[TaskId]:
        """The open blockers that are not among the rows, and so can only be named."""
        if self.only is None:
            return ()
        return (b for b in state.blockers[task_id] if b not in self.only and self._fate.get(b) is Fate.OPEN)

    def _above(self, row: int) -> TaskId | None:
        """The blocker in the neighbouring row above, where it stands in the same column and so no line leads down."""
        return self._ids[row - 1] if self.layout.touches_above(row) else None

    def _unlike(self, row: int) -> TaskId | None:
        """The open neighbour above in the same column that this waiting task does not wait for (any more)."""
        if not row or self.layout.nodes[row] != self.layout.nodes[row - 1] or row - 1 in self.layout.blockers(row):
            return None
        return self._ids[row - 1] if self._fate[self._ids[row - 1]] is Fate.OPEN else None
