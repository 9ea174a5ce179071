"""A note on the run's own screen lies on the line above the footer, and hides nothing else that is read there."""

from __future__ import annotations

from typing import Any

import pytest
from textual.widgets._toast import Toast

from hephaestus_tui.ui.notices import said, say, warn


def lines(app: Any) -> list[str]:
    return ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]


@pytest.mark.parametrize(("width", "height"), [(80, 24), (40, 10)])
async def test_the_newest_note_has_one_line_above_the_footer_and_no_more(
    make_app: Any, script: Any, wait_for: Any, width: int, height: int
) -> None:
    script.propose("Cache")
    app = make_app()
    async with app.run_test(size=(width, height), notifications=True) as pilot:
        await wait_for(pilot, lambda: app.screen.selected, "the proposal is shown")
        before = lines(app)
        say(app, "an older one")
        warn(app, "what happened, and what to do next. " * 6 + "the end")
        await wait_for(pilot, lambda: "what happened" in lines(app)[height - 2], "it is shown")
        await pilot.pause()
        now = lines(app)
        assert [row for row in range(height) if now[row] != before[row]] == [height - 2]
        assert now[height - 2].rstrip().endswith("…")
        assert len(now[height - 2].rstrip()) >= width - 2
        assert said(app)[-1][1].endswith("the end"), "the whole of it is kept for the key of messages"
        assert all(note.time_left <= 5 for note in app._notifications)


async def test_a_note_that_is_said_again_is_the_newest(make_app: Any, script: Any, wait_for: Any) -> None:
    script.propose("Cache")
    app = make_app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: app.screen.selected, "the proposal is shown")
        for words in ("first", "second", "first"):
            say(app, words)
            await wait_for(pilot, lambda words=words: words in lines(app)[-2], "it is shown")
        say(app, "one line\nand another")
        await wait_for(pilot, lambda: "one line" in lines(app)[-3] and "and another" in lines(app)[-2], "two are shown")


async def test_where_there_is_room_a_long_note_is_whole(make_app: Any, script: Any, wait_for: Any) -> None:
    script.propose("Cache")
    app = make_app()
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await wait_for(pilot, lambda: app.screen.selected, "the proposal is shown")
        say(app, "what happened and why. " * 8 + "the end")
        await wait_for(pilot, lambda: "the end" in lines(app)[-2], "its end is shown")
        assert "what happened" in lines(app)[-3]
        assert len(app.screen.query(Toast)) == 1
