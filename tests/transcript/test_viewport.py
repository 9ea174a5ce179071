"""Following, holding and folding, on rows without a screen."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.segment import Segment

from hephaestus_tui.ui.widgets.block_rows import KEPT_ROWS, BlockRows, Place
from hephaestus_tui.ui.widgets.blocks import Block, Call, CallState, Instructions, Prose, Thought
from hephaestus_tui.ui.widgets.drawing import Canvas
from hephaestus_tui.ui.widgets.look import Look
from hephaestus_tui.ui.widgets.viewport import Viewport

HEIGHT = 24


def plain(text: str, width: int, look: Look) -> list[list[Segment]] | None:
    return None


def paragraph(number: int, rows: int = 3) -> Prose:
    return Prose("\n".join(f"p{number} row {row}" for row in range(rows)))


def call(name: str = "run_command") -> Call:
    return Call(name, "{}", CallState.DONE, "\n".join(map(str, range(30))))


@pytest.fixture
def view(canvas: Canvas) -> Viewport:
    view = Viewport(BlockRows(canvas, plain), HEIGHT)
    view.rows.blocks = [paragraph(n) for n in range(40)]
    view.settle()
    return view


def follows(view: Viewport) -> bool:
    return view.following


def texts(view: Viewport) -> list[str]:
    return [strip.text.strip() for _, strip in view.shown()]


def test_it_opens_on_the_newest_row(view: Viewport) -> None:
    assert follows(view)
    assert "p39 row 2" in texts(view)


def test_text_grows_into_free_rows_and_then_moves_up_by_several(view: Viewport) -> None:
    blocks: list[Block] = list(view.rows.blocks)
    tops = []
    for rows in range(1, 30):
        view.rows.blocks = [*blocks, paragraph(40, rows)]
        view.settle()
        tops.append(view.shown()[0][0])
        assert f"p40 row {rows - 1}" in texts(view)
    assert len(set(tops)) < 10


def test_any_move_up_holds_and_new_blocks_do_not_move_it(view: Viewport) -> None:
    view.move(-1)
    before = texts(view)
    assert not follows(view)
    view.rows.blocks = [*view.rows.blocks, paragraph(40), paragraph(41)]
    view.settle()
    assert texts(view) == before
    assert view.news == 2


def test_moving_down_to_the_end_follows_again(view: Viewport) -> None:
    view.first()
    assert texts(view)[0] == "p0 row 0"
    view.move(10_000)
    assert follows(view)
    assert view.at_end()


def test_what_fits_is_not_held_by_a_move_up(canvas: Canvas) -> None:
    view = Viewport(BlockRows(canvas, plain), HEIGHT)
    view.rows.blocks = [paragraph(0)]
    view.settle()
    view.move(-3)
    view.first()
    assert follows(view)


@settings(deadline=None)
@given(start=st.integers(0, 150), count=st.integers(0, 200))
def test_up_is_the_way_back_from_down(canvas: Canvas, start: int, count: int) -> None:
    rows = BlockRows(canvas, plain)
    rows.blocks = [paragraph(n, 1 + n % 5) for n in range(60)]
    place = rows.down(Place(0, 0), start)
    below = rows.down(place, count)
    if below != rows.end():
        assert rows.up(below, count) == place
    assert rows.window(place, count + 1)[-1][0] == below


def test_folding_keeps_the_head_where_it_is(view: Viewport) -> None:
    view.rows.blocks = [*(paragraph(n) for n in range(10)), call(), *(paragraph(n) for n in range(10, 13))]
    view.settle()
    head = view.rows.head(10)
    view.fold()
    assert len(view.rows.rows(10)) > 30
    assert [place for place, _ in view.shown()].index(head) == 0  # it needs all the room there is
    assert not follows(view)
    view.fold()
    assert [place for place, _ in view.shown()].index(head) == 0
    assert len(view.rows.rows(10)) == 2


def test_fold_takes_the_lowest_call_in_view_before_other_blocks(view: Viewport) -> None:
    view.rows.blocks = [call("one"), call("two"), Thought("x\ny"), paragraph(1)]
    view.settle()
    view.fold()
    assert [view.rows.unfolded(i) for i in range(3)] == [False, True, False]


def test_choosing_steps_through_what_folds_and_brings_it_into_view(view: Viewport) -> None:
    view.rows.blocks = [Instructions("brief", "x"), *(paragraph(n) for n in range(30)), call(), paragraph(31)]
    view.settle()
    view.choose(-1)
    assert view.chosen == 31
    assert follows(view)
    view.choose(-1)
    assert view.chosen == 0
    assert not follows(view)
    assert view.rows.head(0) in [place for place, _ in view.shown()]
    view.choose(-1)
    assert view.chosen == 0


def test_another_width_keeps_the_block_at_the_top(view: Viewport, look: Look) -> None:
    view.rows.blocks = [Prose(f"p{n} " + "word " * 80) for n in range(30)]
    view.settle()
    view.move(-40)
    block = view.shown()[0][0].block
    for width in (30, 100, 60):
        view.repaint(Canvas(width, look))
        view.settle()
        assert view.shown()[0][0].block == block
        assert len(view.shown()) == HEIGHT


def test_only_rows_near_the_screen_are_kept(canvas: Canvas) -> None:
    view = Viewport(BlockRows(canvas, plain), HEIGHT)
    view.rows.blocks = [paragraph(n, 10) for n in range(2_000)]
    view.settle()
    drawn = view.rows._drawn  # the count of rows that are held in memory has no public name
    assert len(drawn) < 10
    view.first()
    for _ in range(200):
        view.move(HEIGHT)
    assert sum(len(d.strips) for d in drawn.values()) <= KEPT_ROWS


def test_a_running_command_shows_the_end_of_its_output(canvas: Canvas) -> None:
    rows = BlockRows(canvas, plain)
    rows.blocks = [Call("run_command", "{}", CallState.RUNNING, output="\n".join(map(str, range(50))) + "\n")]
    shown = [strip.text.strip(" │") for strip in rows.rows(0)]
    assert shown[1:] == ["45", "46", "47", "48", "49"]
