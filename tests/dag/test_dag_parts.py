"""Parts of a run: nothing of it is lost or invented when only some tasks are shown, and the whole comes back as it was."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.graph import around, downstream, longest_chain, path_between
from hephaestus_tui.domain.reducer import apply
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.glyphs import UNICODE, GlyphSet, Mark
from hephaestus_tui.ui.screens.pick import PickScreen
from hephaestus_tui.ui.widgets.dag import DagView
from hephaestus_tui.ui.widgets.dag_gutter import gutter
from hephaestus_tui.ui.widgets.dag_rows import DagRows

Histories = Callable[[str], st.SearchStrategy[list[list[e.Fact]]]]
ReadPicture = Callable[[list[str], GlyphSet, set[int]], set[tuple[int, int]]]
SIZE = (70, 16)


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    count = draw(st.integers(0, 9))
    return {
        f"T{n}": tuple(f"T{b}" for b in sorted(draw(st.sets(st.integers(0, n - 1), max_size=3)))) if n else ()
        for n in range(count)
    }


@given(graphs(), st.data())
def test_no_chain_is_longer_than_the_longest(graph: dict[str, tuple[str, ...]], data: st.DataObject) -> None:
    among = {t for t in graph if data.draw(st.booleans())}
    chains = [[t] for t in graph if t in among]
    longest = 0
    while chains:  # every chain there is, one step longer each time
        longest += 1
        chains = [[b, *chain] for chain in chains for b in graph[chain[0]] if b in among]
    found = longest_chain(graph, among)
    assert len(found) == (longest if longest > 1 else 0)
    assert all(earlier in graph[later] for earlier, later in pairwise(found))
    assert {*found} <= among


@given(graphs(), st.data())
def test_around_a_task_is_what_leads_to_it_and_from_it(graph: dict[str, tuple[str, ...]], data: st.DataObject) -> None:
    if not graph:
        return
    start = data.draw(st.sampled_from(sorted(graph)))
    above = {t for t in graph if path_between(graph, start, t)}
    assert around(graph, start, 99) == above | downstream(graph, start) | {start}
    near = {t for t, blockers in graph.items() if start in blockers}
    assert around(graph, start, 1) == {start, *graph[start], *near}


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_edge_of_a_part_is_drawn_or_named(
    histories: Histories, read_picture: ReadPicture, data: st.DataObject
) -> None:
    state, whole, seq = RunState(), DagRows(8), 0
    members = data.draw(st.sets(st.integers(1, 12)))
    only = frozenset(f"T{n}" for n in members)
    part = DagRows(4, only)
    for group in data.draw(histories("r")):
        for fact in group:
            seq += 1
            apply(state, e.Recorded(seq, float(seq), fact))
        whole.update(state)
        part.update(state)
        assert [row.task_id for row in part.rows] == [row.task_id for row in whole.rows if row.task_id in only]
        for row in part.rows:
            place = whole.row_of(row.task_id)
            assert place is not None
            other = whole.rows[place]
            assert (row.mark, row.broken) == (other.mark, other.broken)
            near = {whole.rows[b].task_id for b in whole.layout.blockers(place)} - only
            assert near <= {*row.earlier}
        edges = {
            (part.rows[b].task_id, row.task_id)
            for n, row in enumerate(part.rows)
            for b in {*part.layout.blockers(n)} - {*part.layout.named(n)}
        }
        picture = ["".join(s.text for s in gutter(part.layout, n, Mark.BLOCKED, UNICODE)) for n in range(len(part))]
        ended = {n for n in range(len(part)) if part.finished[n]}
        lines = {(part.rows[b].task_id, part.rows[w].task_id) for b, w in read_picture(picture, UNICODE, ended)}
        assert lines <= edges
        assert {(b, w) for b, w in edges - lines} == {(row.above, row.task_id) for row in part.rows if row.above} & (
            edges - lines
        )


class Pane(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.view = DagView(UNICODE)

    def compose(self) -> ComposeResult:
        yield self.view

    def lines(self) -> list[str]:
        return [self.view.render_line(y).text for y in range(self.view.size.height)]

    @property
    def text(self) -> str:
        return "\n".join(self.lines())


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await pilot.pause()


async def test_isolated_by_levels_and_back_to_the_same_picture(run: Any) -> None:
    app = Pane()
    for n in range(40):
        run.task(f"Task {n}", *([f"T{n - 4}"] if n > 4 else []))
    async with app.run_test(size=SIZE) as pilot:
        app.view.show(run.state)
        app.view.focus()
        app.view.select("T21")
        await until(pilot, lambda: "T21" in app.text)
        before = app.lines()
        await pilot.press("I")
        await until(pilot, lambda: "around T21, 2 levels: 5 of 40" in app.text)
        await pilot.press("minus")
        await until(pilot, lambda: "around T21, 1 level: 3 of 40" in app.text)
        run.task("New", "T21")
        app.view.show(run.state)
        await until(pilot, lambda: "4 of 41" in app.text and "New" in app.text)
        await pilot.press("I")
        await until(pilot, lambda: "around" not in app.text)
        assert [line[:-1] for line in app.lines()[2:]] == [line[:-1] for line in before[2:]]


async def test_filtered_by_state_and_going_elsewhere_shows_all(run: Any) -> None:
    app = Pane()
    for n in range(40):
        run.task(f"Task {n}")
    run.start("T7")
    async with app.run_test(size=SIZE) as pilot:
        app.view.show(run.state)
        app.view.focus()
        await pilot.press("backslash")
        await until(pilot, lambda: isinstance(app.screen, PickScreen))
        await pilot.press(*"running", "enter")
        await until(pilot, lambda: "running: 1 of 40" in app.text)
        run.start("T9")
        app.view.show(run.state)
        await until(pilot, lambda: "running: 2 of 40" in app.text)
        await pilot.resize_terminal(100, 16)
        await until(pilot, lambda: app.view.size.width == 100 and "running: 2 of 40" in app.text)
        assert [line.split()[2] for line in app.lines()[2:4]] == ["T7", "T9"]
        run.complete("T7")
        app.view.show(run.state)
        await until(pilot, lambda: "running: 2 of 40 shown, 1 no longer (x)" in app.text)
        assert [line.split()[:4] for line in app.lines()[2:4]] == [["x✓", "B", "T7", "Task"], ["●", "B", "T9", "Task"]]
        app.view.select("T9")
        run.start("T8")  # something that fits: the rows are laid out anew, and the selected one keeps its line
        app.view.show(run.state)
        await until(pilot, lambda: "running: 2 of 40 shown" in app.text and "no longer" not in app.text)
        assert [re.findall(r"T\d+", line)[0] for line in app.lines()[2:4]] == ["T8", "T9"]
        app.view.select("T30")
        await until(pilot, lambda: "T30" in app.text and "running: " not in app.text)


async def test_the_longest_chain_is_underlined_and_follows_the_run(run: Any) -> None:
    app = Pane()
    run.task("First")
    run.task("Second", "T1")
    run.task("Apart")
    run.task("Third", "T2")

    def underlined() -> list[str]:
        strips = [app.view.render_line(y) for y in range(SIZE[1])]
        return [s.text.strip() for strip in strips for s in strip if s.style and s.style.underline]

    async with app.run_test(size=SIZE) as pilot:
        app.view.show(run.state)
        app.view.focus()
        await until(pilot, lambda: "T4" in app.text)
        assert underlined() == []
        await pilot.press("C")
        await until(pilot, lambda: underlined() == ["T1", "T2", "T4"])
        run.start("T1")
        run.complete("T1")
        app.view.show(run.state)
        await until(pilot, lambda: underlined() == ["T2", "T4"])
        await pilot.press("C")
        await until(pilot, lambda: underlined() == [])
