"""The widths of the panes: all cells are given out, none is too narrow, and what a person chose is there the next time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import MouseDown, MouseMove, MouseUp

from hephaestus_tui.bootstrap.pane_choice import FILE, chosen_panes, keep_panes
from hephaestus_tui.domain.errors import StoreError
from hephaestus_tui.ui.pane_sizes import LEAST, PaneSizes, grown, moved
from hephaestus_tui.ui.panes import TWO_FROM
from hephaestus_tui.ui.screens.supervise import SuperviseScreen

TOTALS = st.integers(TWO_FROM, 400)
MOVES = st.lists(st.tuples(st.integers(0, 2), st.integers(-60, 60), st.booleans()), max_size=8)


@given(TOTALS, TOTALS, st.sampled_from([2, 3]), MOVES)
def test_every_cell_is_given_out_and_no_pane_is_too_narrow(
    total: int, other: int, panes: int, moves: list[tuple[int, int, bool]]
) -> None:
    sizes = PaneSizes()
    widths = sizes.widths(panes, total)
    for place, by, drags in moves:
        widths = moved(widths, place % (panes - 1), total // 2 + by) if drags else grown(widths, place % panes, by)
        assert (sum(widths), len(widths), min(widths) >= LEAST) == (total, panes, True)
        sizes.take(widths)
        assert sizes.widths(panes, total) == widths
    elsewhere = sizes.widths(panes, other)
    assert (sum(elsewhere), min(elsewhere) >= LEAST) == (other, True)


@given(TOTALS, st.integers(0, 2), st.integers(1, 60))
def test_a_pane_grows_by_what_the_others_can_give(total: int, pane: int, by: int) -> None:
    before = PaneSizes().widths(3, total)
    after = grown(before, pane, by)
    assert after[pane] - before[pane] == min(by, sum(cells - LEAST for n, cells in enumerate(before) if n != pane))


def test_what_was_kept_is_there_the_next_time_and_nothing_else_is_believed(tmp_path: Path) -> None:
    state = tmp_path / "state"
    sizes = PaneSizes(chosen_panes(state), lambda shares: keep_panes(state, shares))
    sizes.take((50, 30, 40))
    sizes.keep()
    assert PaneSizes(chosen_panes(state)).widths(3, 120) == (50, 30, 40)
    assert PaneSizes(chosen_panes(state)).widths(2, 100) == PaneSizes().widths(2, 100)
    for broken in (
        "",
        "[]",
        "null",
        '{"3": 1}',
        '{"3": [1, 2]}',
        '{"3": [NaN, 1, 1]}',
        '{"x": [1]}',
        '{"3": [2, -1, 0]}',
        '{"3": [1%s, 1, 1]}' % ("0" * 400),
        "[" * 100_000,
    ):
        (state / FILE).write_text(broken)
        assert PaneSizes(chosen_panes(state)).widths(3, 120) == PaneSizes().widths(3, 120), broken
    sizes.reset(3)
    sizes.keep()
    assert not (state / FILE).exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(StoreError, match=r"widths of the panes cannot be kept.*panes\.json"):
        keep_panes(tmp_path, {2: (0.5, 0.5)})


@pytest.fixture
def kept() -> list[dict[int, Any]]:
    return []


@pytest.fixture
async def at_the_run(make_app: Any, wait_for: Any, kept: Any) -> Any:
    async def opened(pilot: Any) -> SuperviseScreen:
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, SuperviseScreen), "the run is opened")
        await wait_for(pilot, lambda: pilot.app.screen.panes.boxes["dag"].size.width, "it is laid out")
        screen = pilot.app.screen
        assert isinstance(screen, SuperviseScreen)
        return screen

    return make_app(sizes=PaneSizes(None, lambda shares: kept.append(dict(shares)))), opened


def widths(screen: SuperviseScreen) -> list[int]:
    return [box.outer_size.width for box in screen.panes.boxes.values() if box.display]


async def test_keys_resize_the_pane_in_use_and_put_it_back(at_the_run: Any, wait_for: Any, kept: Any) -> None:
    app, opened = at_the_run
    async with app.run_test(size=(120, 24)) as pilot:
        screen = await opened(pilot)
        first = widths(screen)
        assert first == [40, 42, 38]
        for keys, expected in (
            ((")", ")"), [48, 34, 38]),
            (("3", ")"), [48, 30, 42]),
            (("("), [48, 34, 38]),
            (("1", *"(" * 9), [24, 58, 38]),
            (("0",), first),
        ):
            await pilot.press(*keys)
            await wait_for(pilot, lambda: widths(screen) == expected, f"{expected} after {keys}")  # noqa: B023
        assert kept[0][3] != kept[1][3]
        assert kept[-1] == {}
        await pilot.press(")", ")")
        await pilot.resize_terminal(100, 24)
        await wait_for(pilot, lambda: widths(screen) == [42, 58], "two panes have widths of their own")
        await pilot.press("(")
        await pilot.resize_terminal(80, 24)
        await wait_for(pilot, lambda: widths(screen) == [80], "one has it all")
        await pilot.press(")")
        await pilot.resize_terminal(100, 24)
        await wait_for(pilot, lambda: widths(screen) == [38, 62], "what was made of two is kept")
        await pilot.resize_terminal(120, 24)
        await wait_for(pilot, lambda: widths(screen) == [48, 34, 38], "and what was made of three")


async def test_the_line_between_two_panes_is_dragged(at_the_run: Any, wait_for: Any, kept: Any) -> None:
    app, opened = at_the_run
    async with app.run_test(size=(120, 24)) as pilot:
        screen = await opened(pilot)
        await pilot._post_mouse_events([MouseDown], offset=(40, 10), button=1)
        for x in (45, 52, 60):
            await pilot._post_mouse_events([MouseMove], offset=(x, 12), button=1)
        await wait_for(pilot, lambda: widths(screen) == [58, 24, 38], "it stops where a pane would be too narrow")
        assert kept == [], "it is kept when it is let go"
        await pilot._post_mouse_events([MouseMove, MouseUp], offset=(50, 12), button=1)
        await wait_for(pilot, lambda: widths(screen) == [50, 32, 38] and len(kept) == 1, "it is where it was let go")
        await pilot._post_mouse_events([MouseMove], offset=(20, 12))
        await pilot.pause()
        assert widths(screen) == [50, 32, 38]
        await pilot.double_click(offset=(50, 12))
        await wait_for(pilot, lambda: widths(screen) == [40, 42, 38], "a double click puts it back")


async def test_a_screen_that_opens_ends_the_drag(at_the_run: Any, wait_for: Any, kept: Any) -> None:
    app, opened = at_the_run
    async with app.run_test(size=(120, 24)) as pilot:
        screen = await opened(pilot)
        await pilot._post_mouse_events([MouseDown], offset=(40, 10), button=1)
        await wait_for(pilot, lambda: screen.panes.boxes["transcript"].has_class("-dragged"), "it is dragged")
        await pilot.press("question_mark")
        await wait_for(pilot, lambda: app.screen is not screen, "the help is open")
        await pilot._post_mouse_events([MouseUp], offset=(50, 12), button=1)
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is screen, "it is left")
        await pilot._post_mouse_events([MouseMove], offset=(60, 12))
        await pilot.pause()
        assert widths(screen) == [40, 42, 38]
        assert not screen.panes.boxes["transcript"].has_class("-dragged")
