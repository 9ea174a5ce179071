"""A dialog that decides shows its keys whatever the size: a long title, header and text give way, not they."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.app import App
from textual.screen import Screen

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.leave import Extent
from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.ui.screens.answer import AnswerScreen
from hephaestus_tui.ui.screens.leave import LeaveScreen
from hephaestus_tui.ui.screens.merge_preview import MergePreview
from hephaestus_tui.ui.screens.restart import RestartScreen
from hephaestus_tui.ui.screens.steer import SteerScreen
from hephaestus_tui.ui.screens.stop import StopScreen

TITLE = "May T1 do this? Renew the tokens of the people of all the branches, one after the other, before noon"
NOTE = "asked by backend_developer for T1: it could reach the network, your files and what other programs hold there"
LONG = "\n".join(f"line {n} of a long text that is to be read to its end" for n in range(200))


def question(kind: e.QuestionKind) -> e.Question:
    return e.Question(
        id="q1", kind=kind, task_id="T1", text=LONG, options=("yes", "no"), turn=0, index=0, asked_at=0.0,
        effect=Effect.RUN, tool="run_command",
    )  # fmt: skip


def leave(story: Any) -> Screen[Any]:
    return LeaveScreen(question(e.QuestionKind.PERMISSION), TITLE, NOTE, tuple(Extent))


def answer(story: Any) -> Screen[Any]:
    return AnswerScreen(question(e.QuestionKind.QUESTION), TITLE)


def merge(story: Any) -> Screen[Any]:
    first, second = story.propose(title=TITLE, description=LONG), story.propose(title=TITLE, description=LONG)
    return MergePreview(second, first, story.state)


def stop(story: Any) -> Screen[Any]:
    first = story.started(title=TITLE)
    for _ in range(30):
        story.accepted(title=TITLE, blocked_by=(first,))
    return StopScreen(first, story.state)


def restart(story: Any) -> Screen[Any]:
    return RestartScreen(story.failed(title=TITLE), story.state, fault=NOTE)


def steer(story: Any) -> Screen[Any]:
    return SteerScreen(story.started(title=TITLE), story.state, fault=NOTE)


@pytest.mark.parametrize("size", [(80, 24), (60, 20)], ids=str)
@pytest.mark.parametrize("make", [leave, answer, merge, stop, restart, steer])
async def test_keys_are_in_sight(
    make: Callable[[Any], Screen[Any]], size: tuple[int, int], story: Any, wait_for: Any
) -> None:
    app: App[None] = App()
    dialog = make(story)
    async with app.run_test(size=size) as pilot:
        app.push_screen(dialog)
        await wait_for(pilot, lambda: dialog.is_current and bool(dialog.query(".keys")), "the dialog is shown")
        await pilot.pause()
        keys, box = dialog.query_one(".keys"), dialog.query_one(".dialog")
        assert keys.region.height > 0
        assert keys.region.bottom <= box.content_region.bottom <= size[1]
        for other in box.children:
            assert other is keys or not other.display or other.region.bottom <= keys.region.y
