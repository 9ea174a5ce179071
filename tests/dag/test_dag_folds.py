"""Folding leaves out lines and nothing else: every edge can still be read, and no row or column has another place."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.reducer import apply
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Phase
from hephaestus_tui.ui.glyphs import ASCII, UNICODE, GlyphSet, Mark
from hephaestus_tui.ui.widgets.dag_folds import LEAST, Folds
from hephaestus_tui.ui.widgets.dag_gutter import gutter, lines_for
from hephaestus_tui.ui.widgets.dag_rows import DagRows
from hephaestus_tui.ui.widgets.dag_spans import FOLDED
from hephaestus_tui.ui.widgets.dag_words import Row, fold_words

Histories = Callable[[str], st.SearchStrategy[list[list[e.Fact]]]]


def row(task_id: str, mark: Mark) -> Row:
    return Row(task_id, mark, Phase.BUILDING, "title", "qa_tester")


def lines_of(folds: Folds) -> list[tuple[int, int]]:
    return [(folds.at(line).first, folds.at(line).last) for line in range(len(folds))]


@given(st.binary(max_size=60), st.data())
@settings(deadline=None, max_examples=150)
def test_lines_cover_the_rows_in_order_and_only_what_may_be_is_folded(noise: bytes, data: st.DataObject) -> None:
    finished = bytearray(byte % 4 > 0 for byte in noise)
    folds = Folds()
    folds.grow(len(finished))
    for _ in range(4):
        first, end = sorted((data.draw(st.integers(0, len(finished))), data.draw(st.integers(0, len(finished)))))
        if data.draw(st.booleans()):
            keep = data.draw(st.sets(st.integers(0, len(finished))))
            before = lines_of(folds)
            folds.fold(finished, first, end, keep)
            old = {row for f, t in before if t > f for row in range(f, t + 1)}
            new = {row for f, t in lines_of(folds) if t > f for row in range(f, t + 1)}
            assert not {row for row in new - old if row in keep}
        elif first < end:
            folds.unfold(first, end - 1)
            assert not any(folds.at(folds.line_of(row)).folded for row in range(first, end))
        lines = lines_of(folds)
        assert [row for f, t in lines for row in range(f, t + 1)] == list(range(len(finished)))
        assert all(finished[row] for f, t in lines if t > f for row in range(f, t + 1))
        assert all(t - f + 1 >= LEAST for f, t in lines if t > f)
        assert all(f <= row <= t for row in range(len(finished)) for f, t in [folds.at(folds.line_of(row))])


@settings(deadline=None, max_examples=80, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_edge_can_be_read_from_folded_rows(
    histories: Histories,
    read_picture: Callable[[list[str], GlyphSet, set[int]], set[tuple[int, int]]],
    data: st.DataObject,
) -> None:
    state, rows, seq = RunState(), DagRows(4), 0
    for group in data.draw(histories("r")):
        for fact in group:
            seq += 1
            apply(state, e.Recorded(seq, float(seq), fact))
        rows.update(state)
    folds = Folds()
    folds.grow(len(rows))
    nodes = list(rows.layout.nodes)
    folds.fold(rows.finished, 0, len(rows))
    stretches = [folds.at(line) for line in range(len(folds))]
    ended = {line for line, stretch in enumerate(stretches) if rows.finished[stretch.first]}
    for glyphs in (UNICODE, ASCII):
        whole = ["".join(s.text for s in gutter(rows.layout, row, Mark.BLOCKED, glyphs)) for row in range(len(rows))]
        folded = [
            "".join(s.text for s in gutter(rows.layout, s.first, FOLDED if s.folded else Mark.BLOCKED, glyphs))
            for s in stretches
        ]
        seen = {
            (stretches[blocker].first, stretches[waiter].first)
            for blocker, waiter in read_picture(folded, glyphs, ended)
        }
        assert seen == read_picture(whole, glyphs, {row for row in range(len(rows)) if rows.finished[row]})
    assert rows.layout.nodes == nodes


def test_a_folded_line_says_what_it_stands_for(glyphs: GlyphSet) -> None:
    from_to = "T1-T4" if glyphs is ASCII else "T1–T4"
    told = [row(f"T{n}", mark) for n, mark in enumerate((Mark.DONE, Mark.DONE, Mark.REJECTED, Mark.DONE), 1)]
    text = "".join(span.text for span in fold_words(told, glyphs))
    assert text.split() == [glyphs.marks[Mark.DONE], "3", "done", glyphs.marks[Mark.REJECTED], "1", "rejected", from_to]
    assert lines_for(glyphs).folded not in glyphs.marks.values()
