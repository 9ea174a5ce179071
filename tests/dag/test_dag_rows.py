"""Frame by frame the rows say what the run says, whatever happened between two frames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.folds.steps import is_done
from hephaestus_tui.domain.reducer import apply
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Phase, TaskStatus
from hephaestus_tui.ui.glyphs import ASCII, UNICODE, GlyphSet, Mark
from hephaestus_tui.ui.marks import mark_of
from hephaestus_tui.ui.widgets.dag_gutter import gutter, lanes_for
from hephaestus_tui.ui.widgets.dag_header import counts
from hephaestus_tui.ui.widgets.dag_layout import Layout
from hephaestus_tui.ui.widgets.dag_rows import DagRows
from hephaestus_tui.ui.widgets.dag_spans import BROKEN, NAMED
from hephaestus_tui.ui.widgets.dag_words import Row, words

Histories = Callable[[str], st.SearchStrategy[list[list[e.Fact]]]]
ReadBack = Callable[[Layout, GlyphSet, set[int], set[int]], set[tuple[int, int]]]
ReadLines = Callable[[Layout, GlyphSet, set[int]], set[tuple[int, int]]]


def unmet(state: RunState) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """(blocker, waiter) of whatever waits: those that may still complete, and those that never will."""
    to_come, broken = set(), set()
    for waiter, blockers in state.blockers.items():
        task = state.tasks.get(waiter)
        if waiter in state.rejected or (task and task.status not in (TaskStatus.BLOCKED, TaskStatus.PENDING)):
            continue
        for blocker in blockers:
            other = state.tasks.get(blocker)
            if blocker in state.rejected or (other and other.is_gone) or state.is_discarded(blocker):
                broken.add((blocker, waiter))
            elif not is_done(state, blocker):
                to_come.add((blocker, waiter))
    return to_come, broken


def content_of(rows: DagRows, row: int) -> tuple[object, ...]:
    *lines, last = gutter(rows.layout, row, rows.rows[row].mark, UNICODE)
    # what follows the last sign is padding, as wide as the gutter of the moment
    return (rows.rows[row], *lines, last._replace(text=last.text.rstrip()))


def check(rows: DagRows, state: RunState, read: ReadBack, lines: ReadLines) -> None:
    assert [row.task_id for row in rows.rows] == list(state.blockers)
    dead = state.dead()
    assert [row.mark for row in rows.rows] == [mark_of(state, task_id, dead) for task_id in state.blockers]
    assert +rows.counts == Counter(row.mark for row in rows.rows)
    for row in rows.rows:
        draft = state.draft(row.task_id)
        assert draft is not None
        assert (row.title, row.phase, row.role) == (draft.title, draft.phase, draft.role)
    to_come, broken = unmet(state)
    named = {(b, row.task_id) for row in rows.rows for b in (*row.earlier, *row.later)}
    assert {(b, row.task_id) for row in rows.rows for _, b in row.broken} == broken
    above = {(row.above, row.task_id) for row in rows.rows if row.above}
    past = {(b, row.task_id) for n, row in enumerate(rows.rows) for b in rows.past(n)}
    # where all edges are shown, each is a line or a name, and none is both
    assert past == {(b, waiter) for waiter, blockers in state.blockers.items() for b in blockers} - to_come - broken
    ids = list(state.blockers)
    gone = {n for n, i in enumerate(ids) if i in state.rejected or (i in state.tasks and state.tasks[i].is_gone)}
    ended = gone | {n for n, i in enumerate(ids) if state.is_discarded(i) or is_done(state, i)}
    # completed, but what waits for it waits for its work to be merged
    kept = {n for n, i in enumerate(ids) if i in state.tasks and state.tasks[i].status.ended}
    busy = {n for n, i in enumerate(ids) if i in state.tasks and state.tasks[i].status is TaskStatus.IN_PROGRESS}
    ready = {n for n, i in enumerate(ids) if rows.rows[n].mark is Mark.READY}
    unlike = {n for n, row in enumerate(rows.rows) if row.unlike} | busy | ready | kept
    for glyphs in (UNICODE, ASCII):
        drawn = {(ids[b], ids[w]) for b, w in read(rows.layout, glyphs, ended, unlike)}
        assert drawn | named == to_come
        assert drawn.isdisjoint(named)
        led = {(ids[b], ids[w]) for b, w in lines(rows.layout, glyphs, ended)}
        assert led | named | above == to_come
        assert led.isdisjoint(above)


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_frame_says_what_the_run_says(
    histories: Histories, read: ReadBack, lines: ReadLines, data: st.DataObject
) -> None:
    state, rows, seq = RunState(), DagRows(4), 0
    for group in data.draw(histories("r")):
        before = [content_of(rows, row) for row in range(len(rows))]
        for fact in group:
            seq += 1
            apply(state, e.Recorded(seq, float(seq), fact))
        if not data.draw(st.integers(0, 3)):
            continue
        update = rows.update(state)
        assert update.first_new == len(before)
        assert update.changed >= set(range(len(before), len(rows)))
        differ = {row for row, content in enumerate(before) if content != content_of(rows, row)}
        assert differ <= update.changed
        check(rows, state, read, lines)
    rows.update(state)
    check(rows, state, read, lines)
    assert rows.update(state).changed == set()


@pytest.mark.parametrize("width", [0, 1, 7, 12, 26, 40, 80])
@pytest.mark.parametrize(
    "title",
    [
        "[red]not markup[/] [/", "\x1b[2J\x1b]52;c;aGk=\x07", "缓存认证查询的结果并且使其可以被所有路由共享使用", "🔥👩‍👩‍👧‍👦 family 🇩🇪",
        "\u202edesrever", "שלום עולם", "a" + "\u0301" * 500, "two\nlines\r\tand a tab", "", "x" * 5_000,
    ],
    ids=["markup", "escapes", "cjk", "emoji", "bidi", "rtl", "stacked", "lines", "empty", "long"],
)  # fmt: skip
def test_a_hostile_title_takes_exactly_its_cells(title: str, width: int, glyphs: GlyphSet) -> None:
    row = Row("T7", Mark.NEEDS_YOU, Phase.BUILDING, title, title, earlier=("T1", "T2"))
    spans = words(row, width, glyphs, id_cells=3, with_role=width > 40)
    text = "".join(span.text for span in spans)
    assert cell_len(text) == width
    assert not any(ord(char) < 32 or char in "\x7f\u202e\u200d" for char in text)


def test_blockers_without_a_lane_are_named_and_counted(glyphs: GlyphSet) -> None:
    row = Row(
        "T60", Mark.DEAD, Phase.VALIDATION, "Check", "qa_tester",
        earlier=("T9", "T8"), later=("T90",), broken=((Mark.FAILED, "T5"),),
    )  # fmt: skip
    wide = [s.text.strip() for s in words(row, 60, glyphs, id_cells=3, with_role=False) if s.style in (NAMED, BROKEN)]
    narrow = [s.text.strip() for s in words(row, 26, glyphs, id_cells=3, with_role=False) if s.style in (NAMED, BROKEN)]
    if glyphs is UNICODE:
        assert wide == ["⇠✗T5", "⇠T9+1", "⇣T90"]
        assert narrow == ["⇠✗T5+3"]
    else:
        assert wide == ["<-XT5", "<-T9+1", "<_T90"]
        assert narrow == ["<-XT5+3"]


def test_a_blocker_right_above_is_named_where_the_title_keeps_its_cells(glyphs: GlyphSet) -> None:
    row = Row("T3", Mark.BLOCKED, Phase.BUILDING, "Serve every route from it", "qa_tester", above="T2")
    arrow = "⇠" if glyphs is UNICODE else "<-"
    chip = cell_len(f" {arrow}T2")
    for width in range(10, 60):
        spans = words(row, width, glyphs, id_cells=3, with_role=False)
        named = [s.text.strip() for s in spans if s.style == NAMED]
        assert named == ([f"{arrow}T2"] if width - 6 - chip >= 16 else [])


def test_every_mark_is_told_without_colour(glyphs: GlyphSet) -> None:
    assert len(set(glyphs.marks.values())) == len(Mark)


def test_counts_fit_into_a_narrow_pane(glyphs: GlyphSet) -> None:
    many = dict.fromkeys(Mark, 1234)
    for width in range(60):
        assert sum(cell_len(span.text) for span in counts(many, width, glyphs)) <= width
    few = {Mark.DONE: 6, Mark.PROPOSED: 3}
    done, proposed = glyphs.marks[Mark.DONE], glyphs.marks[Mark.PROPOSED]
    assert "".join(span.text for span in counts(few, 38, glyphs)) == f"{done} 6 done  {proposed} 3 proposed  "
    assert (
        "".join(span.text for span in counts(few, 21, glyphs)) == f"{done}6 {proposed} 3 proposed  "
    )  # urgent: in words
    assert "".join(span.text for span in counts(few, 8, glyphs)) == f"{done}6 {proposed}3 "


def test_lanes_follow_the_width() -> None:
    assert [lanes_for(width) for width in (40, 69, 70, 89, 90, 200)] == [4, 4, 6, 6, 8, 8]
    assert all(lanes_for(a) <= lanes_for(b) for a, b in pairwise(range(200)))
