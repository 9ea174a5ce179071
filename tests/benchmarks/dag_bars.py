"""What the DAG costs to lay out, to draw and to keep in step, as ratios to floors measured in the same run.

The floors: building adjacency lists of the same graph, an append to a small picture, and a pane of ready-made strips.
"""

from __future__ import annotations

import asyncio
import gc
import json
import random
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median

from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from hephaestus_tui.domain.graph import longest_chain, topological_order
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Origin, Phase, Task, TaskDraft, TaskId, TaskStatus
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.widgets.dag import DagView
from hephaestus_tui.ui.widgets.dag_folds import Folds
from hephaestus_tui.ui.widgets.dag_layout import Layout
from hephaestus_tui.ui.widgets.dag_rows import DagRows

TASKS = 10_000
ROUNDS = 5
SIZE = (100, 36)


def blocker_rows(count: int, seed: int = 1) -> list[tuple[int, ...]]:
    """None to three blockers each, most of them recent."""
    chance = random.Random(seed)
    graph = []
    for row in range(count):
        near = {row - min(int(chance.expovariate(1 / 8)) + 1, row) for _ in range(chance.choice((0, 1, 2, 2, 3, 3)))}
        graph.append(tuple(near - {row}))
    return graph


def run_of(graph: list[tuple[int, ...]]) -> RunState:
    """A run at work: of the first two thirds most are done, of the rest everything waits."""
    state = RunState()
    for row, near in enumerate(graph):
        task_id, blockers = f"T{row + 1}", tuple(f"T{b + 1}" for b in near)
        draft = TaskDraft(
            title=f"Measure the cache lookups of route {row}", description="d", rationale="r",
            phase=tuple(Phase)[row % 3], role="backend_developer", blocked_by=blockers,
        )  # fmt: skip
        done = row < len(graph) * 2 // 3
        status = TaskStatus.COMPLETED if done else TaskStatus.BLOCKED if blockers else TaskStatus.PENDING
        state.tasks[task_id] = Task(
            id=task_id, draft=draft, origin=Origin(), decision_id=row, created_at=0.0, status=status
        )
        state.blockers[task_id] = blockers
    return state


def seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median CPU seconds of a call."""
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return median(taken)


def lay_out(graph: list[tuple[int, ...]]) -> Layout:
    layout = Layout()
    for blockers in graph:
        layout.append(blockers)
    return layout


def adjacency(edges: list[tuple[TaskId, TaskId]]) -> tuple[dict[TaskId, list[TaskId]], dict[TaskId, list[TaskId]]]:
    """The floor: whom each task waits for, and who waits for it."""
    blockers: dict[TaskId, list[TaskId]] = {}
    waiters: dict[TaskId, list[TaskId]] = {}
    for blocker, waiter in edges:
        blockers.setdefault(waiter, []).append(blocker)
        waiters.setdefault(blocker, []).append(waiter)
    return blockers, waiters


def layout_bar(tasks: int = TASKS) -> dict[str, float]:
    """Laying out that many tasks with all their edges open, against the adjacency lists of the same graph."""
    graph = blocker_rows(tasks)
    edges = [(f"T{b}", f"T{row}") for row, near in enumerate(graph) for b in near]
    floor, ours = seconds(lambda: adjacency(edges)), seconds(lambda: lay_out(graph))
    return {"floor_ms": floor * 1e3, "ours_ms": ours * 1e3, "ratio": ours / floor, "limit": 15.0}


def append_bar(small: int = 100, large: int = 50_000) -> dict[str, float]:
    """A thousand appends beyond `large` tasks against as many beyond `small`."""
    graph = blocker_rows(large + 1_000)
    shifted = [tuple(b - (large - small) for b in near) for near in graph[large:]]
    little, big = lay_out(graph[:small]), lay_out(graph[:large])
    floor = _appending(little, [tuple(b for b in near if b >= 0) for near in shifted])
    ours = _appending(big, graph[large:])
    return {"floor_us": floor * 1e6, "ours_us": ours * 1e6, "ratio": ours / floor, "limit": 2.0}


def _appending(layout: Layout, graph: list[tuple[int, ...]]) -> float:
    taken = []
    for blockers in graph:
        start = time.perf_counter()
        layout.append(blockers)
        taken.append(time.perf_counter() - start)
    return median(taken)


def frame_bar(tasks: int = TASKS) -> dict[str, float]:
    """One task of many that changes: what a frame costs before anything is drawn; and opening the run."""
    state = run_of(blocker_rows(tasks))
    opened = seconds(lambda: DagRows(8).update(state), 3)
    rows = DagRows(8)
    rows.update(state)
    idle = seconds(lambda: rows.update(state), 50)

    changing = f"T{tasks * 9 // 10}"

    def change() -> None:
        task = state.tasks[changing]
        state.tasks[changing] = replace(task, attempt=task.attempt + 1)
        rows.update(state)

    return {"open_ms": opened * 1e3, "idle_ms": idle * 1e3, "change_ms": seconds(change, 50) * 1e3, "limit_ms": 3.0}


def chain_bar(tasks: int = TASKS) -> dict[str, float]:
    """The longest chain of open tasks, against Kahn's order of the same graph."""
    blockers = {f"T{row + 1}": tuple(f"T{b + 1}" for b in near) for row, near in enumerate(blocker_rows(tasks))}
    among = set(blockers)
    floor = seconds(lambda: topological_order(blockers))
    ours = seconds(lambda: longest_chain(blockers, among))
    return {"floor_ms": floor * 1e3, "ours_ms": ours * 1e3, "ratio": ours / floor, "limit": 3.0}


def fold_bar(tasks: int = TASKS) -> dict[str, float]:
    """Folding all that is finished, against laying the same run out."""
    state = run_of(blocker_rows(tasks))
    rows = DagRows(8)
    rows.update(state)

    def fold() -> None:
        folds = Folds()
        folds.grow(tasks)
        folds.fold(rows.finished, 0, tasks)

    floor, ours = seconds(lambda: DagRows(8).update(state)), seconds(fold)
    return {"floor_ms": floor * 1e3, "ours_ms": ours * 1e3, "ratio": ours / floor, "limit": 1.0}


class ReadyStrips(ScrollView):
    """The floor: every strip was made before."""

    def __init__(self, strips: list[Strip]) -> None:
        super().__init__()
        self._strips = strips

    def on_mount(self) -> None:
        self.virtual_size = Size(SIZE[0], len(self._strips))

    def render_line(self, y: int) -> Strip:
        y += self.scroll_offset.y
        return self._strips[y] if y < len(self._strips) else Strip.blank(SIZE[0])


class Stage(App[None]):
    def __init__(self, view: ScrollView) -> None:
        super().__init__()
        self.view = view

    def compose(self) -> ComposeResult:
        yield self.view


async def _repaint(view: ScrollView, prepare: Callable[[], object], places: range) -> float:
    """Median CPU seconds of a page painted at a new place, with no row of it drawn before."""
    app = Stage(view)
    async with app.run_test(size=SIZE) as pilot:
        prepare()
        await pilot.pause()
        taken = []
        for y in places:
            start = time.process_time()
            view.scroll_to(y=y, animate=False, force=True)
            app.screen._compositor.render_strips(Size(*SIZE))
            taken.append(time.process_time() - start)
        return median(taken)


async def paint_bar() -> dict[str, float]:
    """A full pane at a place where nothing was drawn yet, against ready-made strips."""
    places = range(9_900, 100, -200)
    state = run_of(blocker_rows(TASKS))
    for number in range(0, TASKS, 3):  # so that nothing is folded, and every line has something to draw
        task_id = f"T{number + 1}"
        state.tasks[task_id] = replace(state.tasks[task_id], status=TaskStatus.PENDING)
    dag = DagView(UNICODE)
    ours = await _repaint(dag, lambda: dag.show(state), places)
    text = "│ ■─╮ B T100 Measure the cache lookups".ljust(SIZE[0])
    ready = ReadyStrips([Strip([Segment(part) for part in (text[:10], text[10:30], text[30:])]) for _ in range(TASKS)])
    floor = await _repaint(ready, lambda: None, places)
    return {"floor_ms": floor * 1e3, "ours_ms": ours * 1e3, "ratio": ours / floor, "limit": 2.0}


def main() -> None:
    """Print every bar as JSON."""
    gc.collect()
    gc.freeze()  # as the app does after its first screen; else the libraries are weighed too
    bars = {
        "lay out 10,000 tasks": layout_bar(),
        "append at 50,000": append_bar(),
        "a frame at 10,000": frame_bar(),
        "longest chain of 10,000": chain_bar(),
        "fold 10,000": fold_bar(),
        "paint a full pane": asyncio.run(paint_bar()),
    }
    json.dump(bars, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
