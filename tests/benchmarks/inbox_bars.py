"""What the inbox costs with a thousand items, and a decision on five hundred: ratios to floors of the same run.

The floors: a pane of ready-made strips painted as often, and as many items that are made from what is known, and sorted.
"""

from __future__ import annotations

import asyncio
import gc
import time
from dataclasses import replace
from statistics import median

from rich.segment import Segment
from textual.app import App
from textual.geometry import Size
from textual.screen import Screen
from textual.strip import Strip

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.attention import attention
from hephaestus_tui.domain.decision import Proposal
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Origin, Phase, TaskDraft
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.screens.inbox import InboxScreen
from hephaestus_tui.ui.screens.together import TogetherScreen
from hephaestus_tui.ui.selection import Selection
from tests.benchmarks.bars import Bar, Scale
from tests.benchmarks.dag_bars import ReadyStrips, blocker_rows, seconds
from tests.benchmarks.dag_bars import Stage as Shown
from tests.benchmarks.stage import Stage

ITEMS, MANY, ROUNDS = 1_000, 500, 31
SIZE = (100, 40)


def proposed(items: int) -> RunState:
    """A run of proposals only, most of which wait for others."""
    facts = []
    for row, near in enumerate(blocker_rows(items)):
        draft = TaskDraft(
            title=f"Measure the cache lookups of route {row}", description="d", rationale="r",
            phase=tuple(Phase)[row % 3], role="backend_developer", blocked_by=tuple(f"T{b + 1}" for b in near),
        )  # fmt: skip
        proposal = Proposal(
            task_id=f"T{row + 1}", version=1, draft=draft, origin=Origin(), waits=False, proposed_at=float(row)
        )
        facts.append(e.Recorded(row + 1, float(row), e.TaskProposed(proposal=proposal)))
    return replay(facts)


async def redraw(screen: InboxScreen | TogetherScreen, state: RunState) -> float:
    """Median CPU seconds of a new state, until the strips of the whole screen are made anew."""
    app: App[None] = App()
    async with app.run_test(size=SIZE) as pilot:
        await app.push_screen(screen)
        await pilot.pause()
        taken = []
        for _ in range(ROUNDS):
            start = time.process_time()
            screen.refresh_state(state)
            render(screen)
            taken.append(time.process_time() - start)
            await pilot.pause()
        return median(taken)


async def floor(items: int) -> float:
    """The same with strips that were made before."""
    text = "◇ proposal     T100 Measure the cache lookups".ljust(SIZE[0])
    view = ReadyStrips([Strip([Segment(part) for part in (text[:15], text[15:30], text[30:])]) for _ in range(items)])
    app = Shown(view)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        taken = []
        for _ in range(ROUNDS):
            start = time.process_time()
            view.refresh()
            render(app.screen)
            taken.append(time.process_time() - start)
        return median(taken)


def render(screen: Screen[object] | InboxScreen | TogetherScreen) -> None:
    screen._compositor.render_strips(Size(*SIZE))


def measure(_: Stage, scale: Scale) -> list[Bar]:
    gc.collect()
    gc.freeze()
    items, many = scale.pick(ITEMS, 50), scale.pick(MANY, 20)
    state, fewer = proposed(items), proposed(many)
    selection = Selection()
    selection.pick(fewer, fewer.proposals)
    known = attention(state)
    ready = asyncio.run(floor(items))
    inbox = asyncio.run(redraw(InboxScreen(state, UNICODE), state))
    together = asyncio.run(redraw(TogetherScreen("Decide", selection.versions, fewer), fewer))
    sort, listed = (
        seconds(lambda: sorted((replace(item) for item in known), key=lambda i: (-i.holds_up, i.since)), ROUNDS),
        seconds(lambda: attention(state)),
    )
    return [
        Bar(f"inbox: redraw with {items:,} items", inbox * 1e3, "ms", ready * 1e3, most=14.0),
        Bar(f"inbox: what waits, of {items:,} items", listed * 1e3, "ms", sort * 1e3, most=5.0),
        Bar(f"together: redraw with {many:,} selected", together * 1e3, "ms", ready * 1e3, most=8.0),
    ]
