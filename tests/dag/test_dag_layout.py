"""The picture says what is so, and nothing in it moves: over random histories of appends, late edges and ends."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hephaestus_tui.ui.glyphs import ASCII, UNICODE, GlyphSet
from hephaestus_tui.ui.widgets.dag_gutter import gutter_width
from hephaestus_tui.ui.widgets.dag_layout import REACH, Layout

Edge = tuple[int, int]
ReadBack = Callable[[Layout, GlyphSet, set[int], set[int]], set[Edge]]
Picture = Callable[..., list[str]]


class History:
    """A layout and what it was told, kept beside it in the plainest way."""

    def __init__(self, lanes: int, chance: random.Random, reach: int = REACH) -> None:
        self.layout = Layout(lanes, reach)
        self.edges: set[Edge] = set()
        self.ended: set[int] = set()
        self.unlike: set[int] = set()
        self._ranks: list[float] = []  # blockers have lower ranks than those that wait for them: no cycles
        self._chance = chance

    def step(self) -> None:
        roll = self._chance.random()
        if roll < 0.6 or len(self.layout) < 3:
            self.append()
        elif roll < 0.8:
            self.link()
        elif roll < 0.9:
            self.release()
        else:
            self.unlink()

    def append(self) -> None:
        row = len(self.layout)
        self._ranks.append(row + self._chance.uniform(0, 12))
        near = [b for b in range(max(0, row - 40), row) if self._may(b, row)]
        weights = [1.2 ** (b - row) for b in near]
        blockers = set(self._chance.choices(near, weights, k=self._chance.randint(0, 3))) if near else set()
        assert self.layout.append(blockers) == row
        self.edges |= {(b, row) for b in blockers}

    def link(self) -> None:
        waiter = self._chance.randrange(len(self.layout))
        near = range(max(0, waiter - 30), min(len(self.layout), waiter + 30))
        blocker = self._chance.choice(near)
        if blocker != waiter and waiter not in self.ended and self._may(blocker, waiter):
            self.layout.link(blocker, waiter)
            self.edges.add((blocker, waiter))
            if blocker == waiter - 1:
                self.unlike.discard(waiter)

    def release(self) -> None:
        row = self._chance.randrange(len(self.layout))
        if not any(waiter == row for _, waiter in self.edges):
            self.layout.release(row)
            self.ended.add(row)
            self.edges = {edge for edge in self.edges if edge[0] != row}

    def unlink(self) -> None:
        if self.edges:
            blocker, waiter = self._chance.choice(sorted(self.edges))
            self.layout.unlink(blocker, waiter)
            self.edges.discard((blocker, waiter))
            if blocker == waiter - 1 and self.layout.nodes[blocker] == self.layout.nodes[waiter]:
                self.unlike.add(waiter)

    def _may(self, blocker: int, waiter: int) -> bool:
        return blocker not in self.ended and self._ranks[blocker] < self._ranks[waiter]

    def named(self) -> set[Edge]:
        return {(b, row) for row in range(len(self.layout)) for b in self.layout.named(row)}

    def places(self) -> dict[Edge, int]:
        """The column of each edge that has a lane with cells."""
        lanes = {lane for row in range(len(self.layout)) for lane in self.layout.lanes_at(row)}
        return {(lane.source, waiter): lane.column for lane in lanes for waiter in lane.waiters}


@st.composite
def beginnings(draw: st.DrawFn) -> tuple[History, int]:
    seed, lanes = draw(st.integers(0, 2**32)), draw(st.sampled_from((4, 6, 8, 1, 16)))
    return History(lanes, random.Random(seed), draw(st.sampled_from((REACH, 1, 60)))), draw(st.integers(8, 120))


def grown(history: tuple[History, int]) -> Iterator[History]:
    made, steps = history
    for _ in range(steps):
        made.step()
        yield made


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(beginnings())
def test_the_picture_reads_back_to_the_edges(read: ReadBack, history: tuple[History, int]) -> None:
    for count, made in enumerate(grown(history), 1):
        if count % 15 and count != history[1]:
            continue
        for glyphs in (UNICODE, ASCII):
            drawn = read(made.layout, glyphs, made.ended, made.unlike)
            assert drawn.isdisjoint(made.named())
            assert drawn | made.named() == made.edges


@settings(deadline=None, max_examples=40)
@given(beginnings())
def test_nothing_moves(history: tuple[History, int]) -> None:
    made, steps = history
    for _ in range(steps):
        nodes, places = list(made.layout.nodes), made.places()
        made.step()
        assert made.layout.nodes[: len(nodes)] == nodes
        now = made.places()
        stayed = places.keys() & made.edges
        assert {edge: now[edge] for edge in stayed} == {edge: places[edge] for edge in stayed}


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(beginnings())
def test_only_touched_rows_are_drawn_differently(picture: Picture, history: tuple[History, int]) -> None:
    made, steps = history
    for _ in range(steps):
        before = picture(made.layout, UNICODE, made.ended)
        made.layout.touched.clear()
        ended = set(made.ended)
        made.step()
        touched = {row for first, last in made.layout.touched for row in range(first, last + 1)}
        touched |= made.ended - ended
        after = picture(made.layout, UNICODE, made.ended)
        # the gutter's right side is padding: it may grow without a row looking different
        differ = {row for row, text in enumerate(before) if after[row].rstrip() != text.rstrip()}
        assert differ <= touched


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(beginnings())
def test_the_gutter_has_one_width_and_grows_once_at_most(picture: Picture, history: tuple[History, int]) -> None:
    widths: list[int] = []
    for made in grown(history):
        for glyphs in (UNICODE, ASCII):
            rows = picture(made.layout, glyphs, made.ended)
            assert {len(row) for row in rows} <= {gutter_width(made.layout)}
        widths.append(gutter_width(made.layout))
    assert widths == sorted(widths)
    assert len(set(widths)) <= 2


def test_a_chain_stands_in_one_column() -> None:
    layout = Layout()
    for row in range(5):
        layout.append({row - 1} if row else set())
    assert set(layout.nodes) == {0}
    assert not any(layout.named(row) for row in range(5))


def test_unrelated_neighbours_stand_apart() -> None:
    layout = Layout()
    for _ in range(10):
        layout.append(())
    assert all(a != b for a, b in zip(layout.nodes, layout.nodes[1:], strict=False))


def test_a_distant_blocker_is_named() -> None:
    layout = Layout()
    for _ in range(26):
        layout.append(())
    row = layout.append({0})
    assert layout.named(row) == [0]
    assert layout.lanes_at(13) == []


def test_more_blockers_than_lanes_are_named_and_the_next_node_finds_a_column(glyphs: GlyphSet, read: ReadBack) -> None:
    layout = Layout(lanes=4)
    for _ in range(12):
        layout.append(())
    waiter = layout.append(range(12))
    layout.append(())
    drawn = read(layout, glyphs, set(), set())
    assert drawn | {(b, waiter) for b in layout.named(waiter)} == {(b, waiter) for b in range(12)}
    assert layout.named(waiter)


def test_a_blocker_that_came_later_has_a_dashed_lane(glyphs: GlyphSet, picture: Picture) -> None:
    layout = Layout()
    for _ in range(3):
        layout.append(())
    layout.link(2, 0)
    text = "\n".join(picture(layout, glyphs, set()))
    assert ("╎" in text or "┐" in text) if glyphs is UNICODE else ":" in text or "," in text
    assert not set("╮╯╭╰│|.'+") & set(text)


def test_a_later_blocker_right_below_never_reads_as_the_one_that_waits(glyphs: GlyphSet, read: ReadBack) -> None:
    layout = Layout()
    layout.append(())
    layout.append({0})
    layout.unlink(0, 1)
    layout.link(1, 0)
    assert layout.nodes == [0, 0]
    assert read(layout, glyphs, set(), {1}) == {(1, 0)}


def test_a_lane_that_was_cut_back_leaves_its_column_to_others() -> None:
    layout = Layout(lanes=4)
    for _ in range(8):
        layout.append(())
    for waiter in (3, 7):
        layout.link(0, waiter)
    (lane,) = layout.lanes_at(5)
    layout.unlink(0, 7)
    assert layout.lanes_at(5) == []
    for row in (4, 5, 6):
        layout.link(row, 7)
    layout.link(0, 7)
    assert lane in layout.lanes_at(6) or {other.column for other in layout.lanes_at(6)} >= {lane.column}
