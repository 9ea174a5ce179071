"""Reading a picture back: the edges that a person sees in the gutter, taken from its characters alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Proposal, Verdict
from hephaestus_tui.domain.reducer import apply
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Origin, Phase, Task, TaskDraft, TaskId
from hephaestus_tui.ui.glyphs import ASCII, UNICODE, GlyphSet, Mark
from hephaestus_tui.ui.widgets.dag_gutter import gutter, lines_for
from hephaestus_tui.ui.widgets.dag_layout import Layout

UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8
Edge = tuple[int, int]
STILL = {Mark.DONE, Mark.FAILED, Mark.CANCELLED, Mark.REJECTED}

# written down once more, so that a wrong table in the program is found
_UNICODE_ARMS = {
    "│": (UP | DOWN, False), "╭": (DOWN | RIGHT, False), "╮": (DOWN | LEFT, False), "╰": (UP | RIGHT, False),
    "╯": (UP | LEFT, False), "├": (UP | DOWN | RIGHT, False), "┤": (UP | DOWN | LEFT, False),
    "┬": (DOWN | LEFT | RIGHT, False), "┴": (UP | LEFT | RIGHT, False), "┼": (UP | DOWN | LEFT | RIGHT, False),
    "╎": (UP | DOWN, True), "┌": (DOWN | RIGHT, True), "┐": (DOWN | LEFT, True), "└": (UP | RIGHT, True),
    "┘": (UP | LEFT, True), "╟": (UP | DOWN | RIGHT, True), "╢": (UP | DOWN | LEFT, True),
    "╤": (DOWN | LEFT | RIGHT, True), "╧": (UP | LEFT | RIGHT, True), "╪": (UP | DOWN | LEFT | RIGHT, True),
}  # fmt: skip
_ASCII_VERTICAL = {
    "|": (UP | DOWN, False), ".": (DOWN, False), "'": (UP, False), "+": (UP | DOWN, False),
    ":": (UP | DOWN, True), ",": (DOWN, True), "`": (UP, True), "*": (UP | DOWN, True),
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    up: bool
    down: bool
    turns: bool
    late: bool


class Reader:
    """Parses gutter lines; `ended` are the rows whose mark says that they have no edges."""

    def __init__(self, rows: Sequence[str], glyphs: GlyphSet, ended: set[int]) -> None:
        self.rows = rows
        self.ended = ended
        marks = {*glyphs.marks.values(), lines_for(glyphs).folded}
        self.nodes = [self._only([x // 2 for x in range(0, len(row), 2) if row[x] in marks]) for row in rows]
        self._ascii = glyphs.name == "ascii"
        self._horizontal = lines_for(glyphs).horizontal

    @staticmethod
    def _only(found: list[int]) -> int:
        assert len(found) == 1, found
        return found[0]

    def cell(self, row: int, column: int) -> Cell | None:
        text = self.rows[row]
        char = text[2 * column]
        if char == " " or column == self.nodes[row] or char == self._horizontal:
            return None
        left = column > 0 and text[2 * column - 1] == self._horizontal
        right = 2 * column + 1 < len(text) and text[2 * column + 1] == self._horizontal
        if self._ascii:
            arms, late = _ASCII_VERTICAL[char]
            return Cell(bool(arms & UP), bool(arms & DOWN), char not in "|:", late)
        arms, late = _UNICODE_ARMS[char]
        turns = bool(arms & (LEFT | RIGHT))
        if turns:
            assert (bool(arms & LEFT), bool(arms & RIGHT)) == (left, right), f"row {row}: {text}"
        return Cell(bool(arms & UP), bool(arms & DOWN), turns, late)

    def edges(self) -> set[Edge]:
        """(blocker, waiter) for every edge in the picture; a line that leads nowhere fails."""
        if not self.rows:
            return set()
        self.check_horizontals()
        columns = (len(self.rows[0]) + 1) // 2
        found: set[Edge] = set()
        for column in range(columns):
            for segment in self._segments(column):
                found |= self._edges_of(segment)
        return found

    def _segments(self, column: int) -> list[list[tuple[int, str, bool]]]:
        """Vertical lines of one column, as (row, role, late); role: node above or below, turn, pass."""
        segments: list[list[tuple[int, str, bool]]] = []
        here: list[tuple[int, str, bool]] = []
        open_late: bool | None = None
        for row in range(len(self.rows)):
            if self.nodes[row] == column:
                if open_late is not None:
                    segments.append([*here, (row, "node below", open_late)])
                here, open_late = [], None
                below = self.cell(row + 1, column) if row + 1 < len(self.rows) else None
                if below is not None and below.up:
                    here, open_late = [(row, "node above", below.late)], below.late
                continue
            cell = self.cell(row, column)
            if cell is None:
                assert open_late is None, f"the line in column {column} is broken off at row {row}"
                continue
            if cell.up:
                assert open_late is cell.late, f"no line comes down to row {row}, column {column}"
            else:
                assert open_late is None, f"the line above row {row}, column {column} ends in nothing"
                here = []
            here.append((row, "turn" if cell.turns else "pass", cell.late))
            open_late = cell.late if cell.down else None
            if not cell.down:
                segments.append(here)
                here = []
        assert open_late is None, f"a line in column {column} runs out of the picture"
        return segments

    def _edges_of(self, segment: list[tuple[int, str, bool]]) -> set[Edge]:
        stops = [row for row, role, _ in segment if role != "pass"]
        late = segment[0][2]
        assert len({kind for _, _, kind in segment}) == 1
        assert len(stops) >= 2
        assert self.ended.isdisjoint(stops), f"a task has ended, but has a line: {stops}"
        source, waiters = (stops[-1], stops[:-1]) if late else (stops[0], stops[1:])
        return {(source, waiter) for waiter in waiters}

    def check_horizontals(self) -> None:
        """Every horizontal leads from the node of its row to a turn, and every turn is reached by one."""
        for row, text in enumerate(self.rows):
            node = self.nodes[row]
            turns = [c for c in range((len(text) + 1) // 2) if (cell := self.cell(row, c)) and cell.turns]
            first, last = min([node, *turns]), max([node, *turns])
            for x in range(1, len(text), 2):
                assert (text[x] == self._horizontal) == (2 * first < x < 2 * last), f"row {row}: {text}"
            for column in range(first + 1, last):
                assert text[2 * column] != " ", f"row {row}: a horizontal is broken off: {text}"

    def stacked(self, waiting: set[int]) -> set[Edge]:
        """Neighbours in one column, where the lower one waits and the upper one is still to come."""
        return {
            (row - 1, row)
            for row in range(1, len(self.rows))
            if self.nodes[row] == self.nodes[row - 1] and row - 1 not in self.ended and row in waiting
        }


ReadBack = Callable[[Layout, GlyphSet, set[int], set[int]], set[Edge]]


def paint(layout: Layout, glyphs: GlyphSet, ended: set[int], chosen: int | None = None) -> list[str]:
    return [
        "".join(span.text for span in gutter(layout, row, Mark.DONE if row in ended else Mark.BLOCKED, glyphs, chosen))
        for row in range(len(layout))
    ]


def read_lines(layout: Layout, glyphs: GlyphSet, ended: set[int]) -> set[Edge]:
    """The edges that a line leads along, without those of which one sees only that the two stand under each other."""
    return Reader(paint(layout, glyphs, ended), glyphs, ended).edges()


def read_lines_of(picture: list[str], glyphs: GlyphSet, ended: set[int]) -> set[Edge]:
    """The edges in a picture whose lines may stand for several rows; nodes are marks, or the sign of a folded run."""
    return Reader(picture, glyphs, ended).edges()


def read_back(layout: Layout, glyphs: GlyphSet, ended: set[int], unlike: set[int]) -> set[Edge]:
    """The edges drawn in the gutter; `unlike` are rows that say they do not wait for the one above."""
    reader = Reader(paint(layout, glyphs, ended), glyphs, ended)
    waiting = set(range(len(layout))) - ended - unlike
    return reader.edges() | reader.stacked(waiting)


@pytest.fixture(params=[UNICODE, ASCII], ids=lambda glyphs: glyphs.name)
def glyphs(request: pytest.FixtureRequest) -> GlyphSet:
    chosen: GlyphSet = request.param
    return chosen


@pytest.fixture
def picture() -> Callable[..., list[str]]:
    return paint


@pytest.fixture
def read() -> ReadBack:
    return read_back


@pytest.fixture
def lines() -> Callable[[Layout, GlyphSet, set[int]], set[Edge]]:
    return read_lines


@pytest.fixture
def read_picture() -> Callable[[list[str], GlyphSet, set[int]], set[Edge]]:
    return read_lines_of


class Run:
    """A run told in words; every method is one fact, folded at once."""

    def __init__(self) -> None:
        self.state = RunState()

    def fact(self, fact: e.Fact) -> None:
        apply(self.state, e.Recorded(self.state.seq + 1, float(self.state.seq), fact))

    def propose(self, title: str = "Look into it", *blocked_by: TaskId) -> TaskId:
        draft = TaskDraft(
            title=title, description="d", rationale="r", phase=Phase.BUILDING, role="qa_tester", blocked_by=blocked_by
        )
        task_id = self.state.next_id()
        proposal = Proposal(task_id=task_id, version=1, draft=draft, origin=Origin(), waits=False, proposed_at=0.0)
        self.fact(e.TaskProposed(proposal=proposal))
        return task_id

    def decide(self, task_id: TaskId, verdict: Verdict = Verdict.ACCEPT) -> None:
        draft = self.state.proposals[task_id].draft
        final = None if verdict is Verdict.REJECT else draft
        decision = Decision(
            id=len(self.state.decisions) + 1, task_id=task_id, version=1, verdict=verdict,
            actor=Actor(ActorKind.HUMAN, "Ada"), decided_at=0.0, waited=0.0, reason="no", final=final,
        )  # fmt: skip
        origin = self.state.proposals[task_id].origin
        task = Task(id=task_id, draft=draft, origin=origin, decision_id=decision.id, created_at=0.0)
        self.fact(e.ProposalDecided(decision=decision, task=task if final else None))

    def task(self, title: str = "Build it", *blocked_by: TaskId) -> TaskId:
        task_id = self.propose(title, *blocked_by)
        self.decide(task_id)
        return task_id

    def start(self, task_id: TaskId) -> None:
        self.fact(e.TaskStarted(task_id=task_id, agent_id=f"A{task_id}", role="qa_tester", model="m", attempt=1))

    def complete(self, task_id: TaskId) -> None:
        self.fact(e.TaskCompleted(task_id=task_id, summary="done", evidence=()))

    def found_in(self, parent: TaskId | None, title: str = "Found") -> TaskId:
        """A task that was proposed in the work of another, and accepted."""
        task_id = self.state.next_id()
        draft = TaskDraft(title=title, description="d", rationale="r", phase=Phase.BUILDING, role="qa_tester")
        origin = Origin(task_id=parent, agent_id=f"A{parent}", turn=1, index=0, depth=1) if parent else Origin()
        proposal = Proposal(task_id=task_id, version=1, draft=draft, origin=origin, waits=False, proposed_at=0.0)
        self.fact(e.TaskProposed(proposal=proposal))
        self.decide(task_id)
        return task_id


@pytest.fixture
def run() -> Run:
    return Run()
