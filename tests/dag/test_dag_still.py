"""What stays where it is in the tree, the focus and the phases while a run goes on, said exactly as far as each promises it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Proposal, Verdict
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Origin, Phase, TaskDraft, TaskId, TaskStatus
from hephaestus_tui.ui.glyphs import UNICODE, Mark
from hephaestus_tui.ui.widgets.dag_chips import Chips, Lines
from hephaestus_tui.ui.widgets.dag_fates import Fate, fate_of
from hephaestus_tui.ui.widgets.dag_focus import focus
from hephaestus_tui.ui.widgets.dag_phases import Phases
from hephaestus_tui.ui.widgets.dag_rows import DagRows
from hephaestus_tui.ui.widgets.dag_tree import Tree, above

QUICK = settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
SEEDS = st.integers(0, 2**32)
GROWTH = 60


class Growth:
    """A run in which tasks are found in others, wait for others, begin, end well or badly, and are decided."""

    def __init__(self, run: Any, seed: int) -> None:
        self.chance, self.run = random.Random(seed), run
        self.state: RunState = run.state
        self.rows = DagRows(4)

    def __iter__(self) -> Iterator[set[int]]:
        """One thing after another; the rows that each changed."""
        for _ in range(GROWTH):
            self._step()
            yield self.rows.update(self.state).changed

    def _step(self) -> None:
        chance, state, run = self.chance, self.state, self.run
        waiting = sorted(state.proposals)
        idle = [t for t, task in state.tasks.items() if task.status is TaskStatus.PENDING]
        busy = [t for t, task in state.tasks.items() if task.status is TaskStatus.IN_PROGRESS]
        match chance.choices(("propose", "decide", "start", "complete", "fail"), (4, 4, 3, 3, 1))[0]:
            case "decide" if waiting:
                run.decide(chance.choice(waiting), Verdict.REJECT if chance.random() < 0.15 else Verdict.ACCEPT)
            case "start" if idle:
                run.start(chance.choice(idle))
            case "complete" if busy:
                run.complete(chance.choice(busy))
            case "fail" if busy:
                run.fact(e.TaskFailed(task_id=chance.choice(busy), reason="no"))
            case _:
                self._propose()

    def _propose(self) -> None:
        known = list(self.state.blockers)
        few = known[-1:] if self.chance.random() < 0.3 else known[:6]  # a chain, or many below the same ones
        parent = self.chance.choice([None, *few])
        blockers = self.chance.sample(known[:8], min(len(known), 8, self.chance.randint(0, 2)))
        draft = TaskDraft(
            title="Found", description="d", rationale="r", phase=self.chance.choice([*Phase]), role="qa_tester",
            blocked_by=tuple(blockers),
        )  # fmt: skip
        origin = Origin(task_id=parent, agent_id=f"A{parent}", turn=1, index=0, depth=1) if parent else Origin()
        proposal = Proposal(
            task_id=self.state.next_id(), version=1, draft=draft, origin=origin, waits=False, proposed_at=0.0
        )  # fmt: skip
        self.run.fact(e.TaskProposed(proposal=proposal))


def columns_of(lines: Lines) -> dict[int, list[TaskId]]:
    """The tasks by the cell at which their column begins, from top to bottom."""
    columns: dict[int, list[TaskId]] = {}
    for line in lines:
        for chip in line:
            columns.setdefault(chip.x, []).extend([chip.task_id] if chip.task_id else [])
    return columns


def in_order(order: Sequence[TaskId], tasks: set[TaskId]) -> list[TaskId]:
    return [task_id for task_id in order if task_id in tasks]


@QUICK
@given(seed=SEEDS)
def test_lines_of_the_tree_only_come_and_go_between_others(run: Any, seed: int) -> None:
    """A task keeps its indent for life, and no two tasks ever change their order.

    A new task comes below all that was found in the same task. A line goes, and comes again, only where all that is below a
    task is finished and folds, or no longer is. Any other fact leaves the lines as they are.
    """
    growth = Growth(type(run)(), seed)
    state, rows = growth.state, growth.rows
    tree = Tree(rows, state, 60, UNICODE)
    indents: dict[TaskId, str] = {}
    finished = b""
    for changed in growth:
        before, known = shown(tree), len(indents)
        folded = {t for t in before if any(tree.hidden(t))}
        tree.update(rows, state, changed)
        now = shown(tree)
        assert in_order(now, {*before}) == in_order(before, {*now})
        for chip in (line[0] for line in tree.lines):
            task_id = chip.task_id or ""
            assert indents.setdefault(task_id, indent_of(state, task_id)) == chip.before
            assert (chip.x, chip.width) == (0, 60)
        new = {row.task_id for row in rows.rows[known:]}
        folds = {t for t in now if any(tree.hidden(t))}
        for task_id in {*before} - {*now}:
            assert (folds - folded).intersection(above(state, task_id))
        for task_id in {*now} - {*before} - new:
            assert (folded - folds).intersection(above(state, task_id))
        for task_id in in_order(now, new):
            parents = above(state, task_id)[:1]
            older = [t for t in now if t not in new and (not parents or parents[0] in (t, *above(state, t)))]
            assert all(now.index(t) < now.index(task_id) for t in older)
        for task_id in new:  # also one that is hidden is known from now on
            indents.setdefault(task_id, indent_of(state, task_id))
        if not new and rows.finished == finished:
            assert now == before
        finished = bytes(rows.finished)


def shown(chips: Chips) -> list[TaskId]:
    return [chip.task_id for line in chips.lines for chip in line if chip.task_id]


def indent_of(state: RunState, task_id: TaskId) -> str:
    depth = len(above(state, task_id))
    return "  " * depth if depth <= 8 else f"{'  ' * 7}‥{depth} "


def sides(lines: Lines, centre: TaskId) -> tuple[list[int], dict[int, list[TaskId]]]:
    """Where the columns begin, and the tasks of each by how far it is from the centre's."""
    columns = columns_of(lines)
    begins = sorted(columns)
    middle = next(n for n, x in enumerate(begins) if centre in columns[x])
    return begins, {n - middle: columns[x] for n, x in enumerate(begins)}


@QUICK
@given(seed=SEEDS, width=st.sampled_from((60, 120, 200)))
def test_chips_of_the_focus_stay_but_for_what_comes_and_what_ends(run: Any, seed: int, width: int) -> None:
    """The centre is alone in its layer. Layers move sideways only when one more comes or goes, and in a narrow pane never.

    While those that were there wait for the same ones, each column keeps its order, but for a task that ends or is opened
    again, which goes down or up; a column in which nothing came and nothing turned is the same, line for line.
    """
    growth = Growth(type(run)(), seed)
    state = growth.state
    blockers: Mapping[TaskId, tuple[TaskId, ...]] = {}
    opens: dict[TaskId, bool] = {}
    centre, begins, before = "", list[int](), dict[int, list[TaskId]]()
    for _ in growth:
        now_open = {t: fate_of(state, t) is Fate.OPEN for t in state.blockers}
        if centre:
            lines = focus(state, centre, width, UNICODE)
            now_begins, now = sides(lines, centre)
            assert now[0] == [centre]
            if len(now_begins) == len(begins) or (width == 60 and begins):
                assert now_begins == begins
            if all(state.blockers[t] == blockers[t] for t in blockers):
                turned = {t for t in blockers if now_open[t] is not opens[t]}
                for side, column in before.items():
                    now.setdefault(side, [])  # a layer of nothing has no column
                    kept = {*column} - turned
                    assert in_order(now[side], kept) == in_order(column, kept & {*now[side]})
                    came = {*now[side]} - {*column}
                    if not came and turned.isdisjoint(column):
                        assert now[side] == column
                    new = [t for t in now[side] if t not in blockers and now_open[t]]
                    if abs(side) == 1 and new:  # at two steps it stands with those that wait for the same one
                        assert in_order(now[side], {*new} | {t for t in kept if now_open[t]})[-len(new) :] == new
        if state.blockers and (not centre or not growth.chance.randrange(6)):
            centre = growth.chance.choice([*state.blockers])
        if centre:
            begins, before = sides(focus(state, centre, width, UNICODE), centre)
        blockers, opens = dict(state.blockers), now_open


@QUICK
@given(seed=SEEDS, width=st.sampled_from((60, 100)))
def test_chips_of_the_phases_pass_each_other_only_when_one_turns(run: Any, seed: int, width: int) -> None:
    """Two tasks of a phase change their order only when the state of one of them does; of one state, the older is above.

    A column stands at the same cells for life, and is the same, line for line, while nothing comes into its phase, leaves it
    or turns.
    """
    growth = Growth(type(run)(), seed)
    state, rows = growth.state, growth.rows
    phases = Phases(rows, width)
    places: dict[TaskId, tuple[Phase, Mark]] = {}
    before: dict[Phase, list[TaskId]] = {phase: [] for phase in Phase}
    for changed in growth:
        phases.update(rows, state, changed)
        now_places = {row.task_id: (row.phase, row.mark) for row in rows.rows}
        turned = {t for t in now_places if now_places[t] != places.get(t)}
        order = [t for column in columns_of([*phases.lines]).values() for t in column]
        now = {phase: [t for t in order if now_places[t][0] is phase] for phase in Phase}
        for phase, column in now.items():
            still = {*before[phase]} - turned
            assert in_order(column, still) == in_order(before[phase], still)
            touched = any(phase in (now_places[t][0], places.get(t, (None,))[0]) for t in turned)
            assert touched or column == before[phase]
            for one, other in pairwise(column):
                same = now_places[one] == now_places[other]
                assert not same or (rows.row_of(one) or 0) < (rows.row_of(other) or 0)
        for line in phases.lines:
            for chip in line:
                if chip.task_id and width == 100:
                    assert chip.x == (*Phase,).index(now_places[chip.task_id][0]) * ((width - 2) // 3 + 1)
        places, before = now_places, now
