"""Words are found among the tasks in every view: counted as typed, marked without colour, gone through in one order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Phase
from hephaestus_tui.ui.glyphs import UNICODE, GlyphSet, Mark
from hephaestus_tui.ui.screens.find import FindScreen
from hephaestus_tui.ui.widgets.dag import DagView
from hephaestus_tui.ui.widgets.dag_matches import Matches
from hephaestus_tui.ui.widgets.dag_spans import FOUND, Span
from hephaestus_tui.ui.widgets.dag_words import Row
from tests.at_the_screen import text_of

SIZE = (78, 16)


class Pane(App[None]):
    def __init__(self, glyphs: GlyphSet = UNICODE) -> None:
        super().__init__()
        self.view = DagView(glyphs)

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


def row(number: int, title: str) -> Row:
    return Row(f"T{number}", Mark.READY, Phase.BUILDING, title, "qa_tester")


@given(st.lists(st.sampled_from(("apple pie", "Pear", "APPLE", "plum")), max_size=12), st.data())
def test_matches_are_kept_in_step_and_gone_round_in_the_order_of_rows(titles: list[str], data: st.DataObject) -> None:
    rows = [row(n, title) for n, title in enumerate(titles)]
    matches = Matches("apple")
    matches.look(rows, RunState())
    changed = data.draw(st.sets(st.integers(0, max(len(rows) - 1, 0)), max_size=len(rows)))
    for number in changed:
        rows[number] = row(number, data.draw(st.sampled_from(("Apple", "plum"))))
    matches.look(rows, RunState(), changed)
    holding = [n for n, shown in enumerate(rows) if "apple" in shown.title.lower()]
    assert [n for n, shown in enumerate(rows) if shown.task_id in matches] == holding
    assert [matches.ordinal(n) for n in range(len(rows))] == [
        holding.index(n) + 1 if n in holding else 0 for n in range(len(rows))
    ]
    assert matches.within(0, len(rows)) == len(holding) == len(matches)
    if holding:
        for step, order in ((1, holding), (-1, holding[::-1])):
            at, seen = matches.beyond(None, step), []
            for _ in holding:
                seen.append(at)
                at = matches.beyond(at, step)
            assert seen == order
            assert at == seen[0]


def test_only_the_words_in_an_id_or_a_title_are_lit() -> None:
    spans = [Span("B ", "phase"), Span("T3 ", "title"), Span("Bake a pie for T3", "title"), Span(" T3", "named")]
    assert Matches("t3").lit(spans) == [
        Span("B ", "phase"), Span("T3", FOUND), Span(" ", "title"), Span("Bake a pie for ", "title"),
        Span("T3", FOUND), Span(" T3", "named"),
    ]  # fmt: skip


def found_rows(app: Pane) -> list[str]:
    return [line for line in app.lines() if line.startswith((app.view._glyphs.found, app.view._glyphs.pointer))]


async def asked(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press("ctrl+f")
    await until(pilot, lambda: isinstance(pilot.app.screen, FindScreen))
    await pilot.press(*keys)


async def test_found_counted_marked_and_gone_through_in_the_rails(run: Any, glyphs: GlyphSet) -> None:
    app = Pane(glyphs)
    for n in range(50):
        run.task("Polish the Lighthouse" if n in (4, 20, 45) else f"Task {n}")
    for n in range(40):
        run.start(f"T{n + 1}")
        run.complete(f"T{n + 1}")
    async with app.run_test(size=SIZE) as pilot:
        app.view.show(run.state)
        app.view.focus()
        app.view.select("T45")
        await pilot.pause()
        await asked(pilot, *"lighthouse")
        await until(pilot, lambda: "3 found" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "lighthouse: 3 of 3  { } move  esc" in app.text)
        assert app.view.selected == "T46"
        assert glyphs.found not in "".join(line[0] for line in app.lines() if "T46 " in line)
        fold = next(line for line in app.lines()[2:] if "40 done" in line)
        assert f"{glyphs.found} 2 found" in fold
        strip = next(app.view.render_line(y) for y in range(SIZE[1]) if "T46 " in app.view.render_line(y).text)
        assert [s.text for s in strip if s.style and s.style.reverse and s.style.bold] == ["Lighthouse"]
        await pilot.press("right_curly_bracket")  # round to the first, out of the folded rows
        await until(pilot, lambda: "1 of 3" in app.text)
        assert app.view.selected == "T5"
        assert any(line.startswith(glyphs.pointer) and "T5 " in line for line in app.lines())
        await pilot.press("left_curly_bracket", "left_curly_bracket")
        await until(pilot, lambda: "2 of 3" in app.text)
        assert app.view.selected == "T21"
        await pilot.press("down")
        await until(pilot, lambda: "lighthouse: 3 found" in app.text)
        assert any(line.startswith(glyphs.found) and "T21 " in line for line in app.lines())
        run.task("Another lighthouse")
        app.view.show(run.state)
        await until(pilot, lambda: "lighthouse: 4 found" in app.text)
        selected = app.view.selected
        await pilot.press("escape")
        await until(pilot, lambda: "lighthouse:" not in app.text)
        assert app.view.selected == selected
        assert not any(line.startswith(glyphs.found) for line in app.lines())
        assert not app.view.check_action("match", (1,))


@pytest.mark.parametrize("key", ["5", "6", "7"])
async def test_found_in_the_other_views_even_below_what_is_folded(run: Any, key: str) -> None:
    app = Pane()
    run.task("Root")
    for n in range(30):
        run.task("Trim the sail" if n in (3, 25) else f"Task {n}", *([f"T{n}"] if n % 2 and n > 1 else []))
    for task_id in ("T1", "T5"):
        run.start(task_id)
        run.complete(task_id)
    async with app.run_test(size=SIZE) as pilot:
        app.view.show(run.state)
        app.view.focus()
        app.view.select("T10")
        await pilot.press(key)
        await asked(pilot, *"the sail", "enter")
        for number, task_id in ((2, "T27"), (1, "T5"), (2, "T27")):
            await until(pilot, lambda number=number: f"the sail: {number} of 2" in app.text)  # type: ignore[misc]
            assert app.view.selected == task_id
            assert any(f"{UNICODE.pointer}" in line and f"{task_id} " in line for line in app.lines())
            await pilot.press("right_curly_bracket")
        await pilot.press("escape")
        await until(pilot, lambda: "the sail:" not in app.text)
        assert app.view.selected == "T5"


async def test_the_tree_opens_for_what_is_found_below_finished_work_and_folds_by_key(
    run: Any, glyphs: GlyphSet
) -> None:
    app = Pane(glyphs)
    root = run.found_in(None, "Root")
    inner = run.found_in(root, "Inner")
    run.found_in(inner, "Hidden lighthouse")
    run.found_in(inner, "Another light")
    other = run.found_in(None, "A light of its own")
    for task_id in ("T4", "T3", "T2", "T1"):
        run.start(task_id)
        run.complete(task_id)
    async with app.run_test(size=SIZE) as pilot:
        app.view.show(run.state)
        app.view.focus()
        app.view.select(other)
        await pilot.press("5")
        await until(pilot, lambda: "+3 done" in app.text)
        await asked(pilot, *"LIGHT", "enter")
        await until(pilot, lambda: "LIGHT: 3 of 3" in app.text)
        folded = next(line for line in app.lines() if "T1 " in line)
        assert f"+3 done  {glyphs.found} 2 found" in folded
        assert not folded.startswith(glyphs.found)  # it is none itself
        await pilot.press("right_curly_bracket")
        await until(pilot, lambda: "Hidden lighthouse" in app.text and "LIGHT: 1 of 3" in app.text)
        assert app.view.selected == "T3"
        assert "2 found" not in app.text
        await pilot.press("up", "up", "Z")
        await until(pilot, lambda: "2 found" in app.text and "Hidden" not in app.text)
        await pilot.press("Z")
        await until(pilot, lambda: "Inner" in app.text)
        await pilot.press("Z", "escape")
        await until(pilot, lambda: "+3 done" in app.text and "found" not in app.text.split("\n", 2)[2])


async def test_words_that_are_nowhere_are_told_and_a_part_is_looked_through_alone(run: Any) -> None:
    app = Pane()
    for n in range(20):
        run.task("Sail" if n % 4 == 0 else f"Task {n}", *([f"T{n}"] if n in (8, 9) else []))
    async with app.run_test(size=SIZE) as pilot:
        app.view.show(run.state)
        app.view.focus()
        app.view.select("T9")
        await asked(pilot, *"nowhere", "enter")
        await until(pilot, lambda: any("nowhere is in no task" in note.message for note in app._notifications))
        assert app.view.selected == "T9"
        await pilot.press("I")
        await until(pilot, lambda: "around T9" in app.text)
        await asked(pilot, *["backspace"] * 7, *"sail", "enter")
        await until(pilot, lambda: "sail: 1 of 1" in app.text and "around T9" in app.text)
        await pilot.press("I")
        await until(pilot, lambda: "sail: 3 of 5" in app.text and "around" not in app.text)
        await pilot.resize_terminal(100, 16)
        await until(pilot, lambda: app.view.size.width == 100 and "sail: 3 of 5" in app.text)
