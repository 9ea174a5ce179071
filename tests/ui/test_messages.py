"""What was said in passing can be read again."""

from __future__ import annotations

from typing import Any

from hephaestus_tui.ui.notices import said, say, warn
from hephaestus_tui.ui.screens.page import PageScreen
from hephaestus_tui.ui.screens.supervise import SuperviseScreen
from tests.at_the_screen import Person


async def test_the_last_messages_are_shown_again_the_newest_first(make_app: Any, script: Any) -> None:
    script.task("Look around")
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        person = Person(app, pilot)
        await person.until(
            lambda: isinstance(app.screen, SuperviseScreen) and app.screen.state.seq == len(script.facts), "it is drawn"
        )
        for n in range(60):
            say(app, f"note {n}")
        warn(app, "that failed\x1b[2J")
        assert len(said(app)) == 50
        app.clear_notifications()
        await person.press('"')
        await person.until(lambda: isinstance(app.screen, PageScreen), "they are shown")
        await person.reads("What was said", "note 59")
        assert person.text.index("that failed") < person.text.index("note 59") < person.text.index("note 58")
        await person.press("escape")
        await person.back()
