"""A version that came while another screen lay over it must be on the screen for a moment before a key decides on it."""

from __future__ import annotations

from typing import Any

from hephaestus_tui.ui.screens.help import HelpScreen


async def test_a_version_that_came_under_the_help_is_read_first(tale: Any, at_desk: Any) -> None:
    guess = tale.propose("Cache it")

    async def does(desk: Any) -> None:
        await desk.select(guess)
        await desk.press("question_mark")
        await desk.until(lambda: isinstance(desk.app.screen, HelpScreen), "the help is open")
        tale.amend(guess, title="Cache it for ever")
        await desk.knows_all()
        await desk.until(lambda: desk.run.guard.shown.version == 2, "the new version is drawn under it")
        _ = [desk.clock() for _ in range(9)]  # it is read for long
        desk.clock.hold()
        await desk.press("escape")
        await desk.back()
        await desk.press("a")
        assert desk.session.commands == []
        desk.clock.let_go()
        await desk.press("a")
        (command,) = await desk.submitted()
        assert command.version == 2

    await at_desk(does)
