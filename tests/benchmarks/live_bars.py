"""What a change costs until it is on its way to the terminal: in the pane of the tasks, and on the whole screen of a run.

The floor of the pane is one of ready-made strips in which the same rows are drawn anew, or come to its end.
"""

from __future__ import annotations

import asyncio
import gc
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from statistics import median

from rich.segment import Segment
from textual.app import App
from textual.geometry import Region, Size
from textual.strip import Strip

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.reducer import apply
from hephaestus_tui.domain.state import AgentStatus, AgentView, RunState
from hephaestus_tui.domain.task import Origin, TaskStatus
from hephaestus_tui.ui.bridge import Frame
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.screens.supervise import SuperviseScreen
from hephaestus_tui.ui.widgets.dag import DagView
from tests.benchmarks.bars import Bar, Scale, percentile
from tests.benchmarks.dag_bars import ReadyStrips, blocker_rows, run_of
from tests.benchmarks.stage import Stage, accepted, started
from tests.benchmarks.transcript_bars import FRAMES_A_SECOND, SIZE, Bench, CountingDriver

TASKS, FRAMES, ROUNDS = 10_000, 60, 3
NEWEST = 30  # rows, of which some change
HEAD = 2  # rows of counts above them, which change with each
CHANGES, NEW = 40, 10  # a second, in the busy case
TEXT = "│ ■─╮ B T100 Measure the cache lookups".ljust(SIZE[0])


class Tasks:
    """The real pane. The tasks on its newest rows are at work; `change` holds some or lets them go on, and draws."""

    def __init__(self, tasks: int, frames: int) -> None:
        self.view = DagView(UNICODE)
        graph = blocker_rows(tasks + 2 * frames)
        self._whole, self._state = run_of(graph), run_of(graph[:tasks])
        self._ids = list(self._state.tasks)[-NEWEST:]
        for task_id in self._ids:
            task = self._state.tasks[task_id]
            self._state.tasks[task_id] = replace(task, status=TaskStatus.IN_PROGRESS)
            self._state.agents[task_id] = AgentView(
                id=f"{task_id}.1", task_id=task_id, role="r", model="m", status=AgentStatus.WORKING
            )

    def change(self, places: Sequence[int]) -> None:
        for place in places:
            agent = self._state.agents[self._ids[-place]]
            status = AgentStatus.PAUSED if agent.status is AgentStatus.WORKING else AgentStatus.WORKING
            self._state.agents[agent.task_id] = replace(agent, status=status)
        self.view.show(self._state)

    def add(self) -> None:
        task_id = f"T{len(self._state.tasks) + 1}"
        self._state.blockers[task_id] = self._whole.blockers[task_id]
        self._state.tasks[task_id] = self._whole.tasks[task_id]


class Strips:
    """The floor: as many rows, all of them made before."""

    def __init__(self, tasks: int, frames: int) -> None:
        self._spare = [self._strip() for _ in range(2 * frames)]
        self._strips = [self._strip() for _ in range(tasks)]
        self._grown = True
        self.view = ReadyStrips(self._strips)

    @staticmethod
    def _strip() -> Strip:
        return Strip([Segment(part) for part in (TEXT[:10], TEXT[10:30], TEXT[30:])])

    def change(self, places: Sequence[int]) -> None:
        if self._grown:
            self._grown = False
            self.view.virtual_size = Size(SIZE[0], len(self._strips))
            self.view.scroll_to(y=self.view.max_scroll_y, animate=False, force=True)
        rows = (Region(0, self.view.size.height - place, SIZE[0], 1) for place in places)
        self.view.refresh(Region(0, 0, SIZE[0], HEAD), *rows)

    def add(self) -> None:
        self._strips.append(self._spare.pop())
        self._grown = True


async def painted(event: asyncio.Event, act: Callable[[], object]) -> float:
    """CPU seconds from an act until what it changed was written."""
    event.clear()
    began = time.process_time()
    act()
    await event.wait()
    return time.process_time() - began


async def pane(side: Tasks | Strips, frames: int) -> dict[str, float]:
    """CPU seconds: medians of a change and of a new task while following, and the mean of a frame of the busy case."""
    app, dice = Bench(side.view), random.Random(2)

    def act(places: Sequence[int], new: int = 0) -> None:
        for _ in range(new):
            side.add()
        side.change(places)

    async def frames_of(news: Sequence[tuple[int, int]]) -> list[float]:
        taken = []
        for changes, new in news:
            places = [dice.randrange(4, NEWEST) for _ in range(changes)] or [1]
            taken.append(await painted(app.painted, partial(act, places, new)))
        return taken

    running = asyncio.create_task(app.run_async(size=SIZE))
    async with asyncio.timeout(60):
        await app.painted.wait()
        await frames_of([(0, 0)])
        changed, added = await frames_of([(1, 0)] * frames), await frames_of([(0, 1)] * frames)
        busy = await frames_of([(_due(CHANGES, frame), _due(NEW, frame)) for frame in range(frames)])
        app.exit()
        await running
    return {"change": median(changed), "add": median(added), "busy": sum(busy) / len(busy)}


def _due(a_second: int, frame: int) -> int:
    """How many of so many a second fall into a frame."""
    return a_second * (frame + 1) // FRAMES_A_SECOND - a_second * frame // FRAMES_A_SECOND


class Supervising(App[None]):
    """The whole screen of a run, fed by hand."""

    def __init__(self) -> None:
        super().__init__(driver_class=CountingDriver)
        self.painted = asyncio.Event()
        self.supervise = SuperviseScreen(UNICODE, agents=8, note="", keys={})

    def on_mount(self) -> None:
        self.push_screen(self.supervise)

    def post_display_hook(self) -> None:
        self.painted.set()


class Run:
    """A run of so many tasks, each started and most of them completed, to which facts are added one by one."""

    def __init__(self, stage: Stage, tasks: int, living: int) -> None:
        self.state = RunState()
        self._seq = 0
        self.tasks = tasks
        self.add(started("live", "scripted:x", stage.project))
        for number in range(1, tasks + 1):
            self.appear(number)
            if number <= tasks - living:
                self.add(self.begun(number), e.TaskCompleted(task_id=f"T{number}", summary="Measured.", evidence=()))

    def appear(self, number: int) -> Frame:
        return self.add(*accepted(number, (), Origin(task_id="T1") if number > 1 else Origin()))

    @staticmethod
    def begun(number: int) -> e.TaskStarted:
        return e.TaskStarted(
            task_id=f"T{number}", agent_id=f"T{number}.1", role="backend_developer", model="scripted:x", attempt=1
        )

    def add(self, *news: e.Fact) -> Frame:
        recorded = []
        for fact in news:
            self._seq += 1
            recorded.append(e.Recorded(self._seq, 10.0, fact))
            apply(self.state, recorded[-1])
        return Frame(self.state, tuple(recorded))


async def screen(run: Run, frames: int) -> dict[str, list[float]]:
    """CPU seconds of each frame in which one task starts, and in which one is new."""
    app = Supervising()
    running = asyncio.create_task(app.run_async(size=(160, 48)))
    async with asyncio.timeout(60):
        while not app.supervise.is_running or not app.supervise.dag.size:
            await app.painted.wait()
            app.painted.clear()
        await painted(app.painted, lambda: app.supervise.draw(Frame(run.state)))
        app.supervise.turn_to(f"T{run.tasks}")
        await painted(app.painted, app.supervise.refresh)
        gc.collect()
        gc.freeze()
        first = run.tasks - frames
        starting = [partial(run.add, run.begun(first + n + 1)) for n in range(frames)]
        appearing = [partial(run.appear, run.tasks + n + 1) for n in range(frames)]

        async def draw(told: Callable[[], Frame]) -> float:
            return await painted(app.painted, lambda: app.supervise.draw(told()))

        changed, added = [await draw(told) for told in starting], [await draw(told) for told in appearing]
        app.exit()
        await running
    return {"change": changed, "add": added}


def measure(stage: Stage, scale: Scale) -> list[Bar]:
    tasks, frames = scale.pick(TASKS, 300), scale.pick(FRAMES, 6)
    rounds = [
        (asyncio.run(pane(Tasks(tasks, frames), frames)), asyncio.run(pane(Strips(tasks, frames), frames)))
        for _ in range(scale.pick(ROUNDS, 1))
    ]
    ours, floor = ({key: median(r[side][key] for r in rounds) * 1e3 for key in rounds[0][side]} for side in (0, 1))
    whole = asyncio.run(screen(Run(stage, tasks, 2 * frames), frames))
    busy = f"dag: a frame of {CHANGES} changes and {NEW} tasks a second, {tasks:,} tasks"
    bars = [
        Bar("dag: from a change of state to bytes out", ours["change"], "ms", floor["change"], most=1.5),
        Bar("dag: CPU of a change of state", ours["change"], "ms", most=3.0),
        Bar("dag: a new task while following", ours["add"], "ms", floor["add"], most=1.6),
        Bar(busy, ours["busy"], "ms", floor["busy"], most=1.5),
        Bar(
            "dag: of a core in that case",
            ours["busy"] * FRAMES_A_SECOND / 10,
            "%",
            floor["busy"] * FRAMES_A_SECOND / 10,
        ),
    ]
    for name, key in (("one changes", "change"), ("one is new", "add")):
        bars += [
            Bar(f"screen of {tasks:,} tasks: {name}", median(whole[key]) * 1e3, "ms", floor[key]),
            Bar(f"screen of {tasks:,} tasks: {name}, p95", percentile(whole[key], 0.95) * 1e3, "ms", floor[key]),
        ]
    return bars
