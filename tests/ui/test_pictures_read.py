"""An image that an agent has read is a line of its own, opens as one, and is shown by a program outside on a key alone."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.errors import CannotShow
from hephaestus_tui.domain.message import Message, Speaker, TextPart, ToolCallPart, ToolResultPart
from hephaestus_tui.tools.faults import ToolFault
from hephaestus_tui.tools.workspace import Workspace
from hephaestus_tui.ui.screens.picture import PictureScreen
from hephaestus_tui.ui.screens.viewer import ViewerScreen
from hephaestus_tui.ui.widgets.blocks import Call, CallState
from hephaestus_tui.ui.widgets.pictures import Picture, picture_of
from tests.at_the_screen import text_of, until

SAYS = "docs/shot.png is an image · PNG 640×480 · 1 KB (1,234 bytes). Pictures are not shown here; and so on."


class Outside:
    """Remembers what it was asked to show; `fault` is what it refuses with."""

    def __init__(self, fault: str = "") -> None:
        self.asked: list[tuple[str, str]] = []
        self.fault = fault

    async def show(self, folder: str, path: str) -> str:
        self.asked.append((folder, path))
        if self.fault:
            raise CannotShow(self.fault)
        return "opened by xdg-open"


def reads(script: Any, task: str) -> None:
    call = ToolCallPart("c1", "read_file", '{"path": "docs/shot.png"}')
    said = Message(ordinal=1, speaker=Speaker.ASSISTANT, parts=(TextPart("I look at it."), call), at=1_001.0)
    script.record(e.MessageAdded(task_id=task, message=said))
    result = Message(ordinal=2, speaker=Speaker.TOOL, parts=(ToolResultPart("c1", SAYS, True),), at=1_002.0)
    script.record(e.MessageAdded(task_id=task, message=result))


def on_top(app: Any, kind: type) -> bool:
    return isinstance(app.screen, kind)


@pytest.mark.parametrize("wide", [0, 2])
async def test_it_is_a_line_that_opens(make_app: Any, script: Any, wide: int) -> None:
    task = script.task("Read the cache")
    script.start(task)
    script.record(e.WorkspaceOpened(task_id=task, path="/state/trees/one", branch="b"))
    reads(script, task)
    outside = Outside()
    app = make_app(looker=outside)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "docs/shot.png" in text_of(app), "the line is seen")
        app.screen.turn_to(task)
        await pilot.press("2", *["J"] * wide)
        await until(pilot, lambda: "image" in text_of(app), "it is called an image")
        assert "PNG 640×480" in text_of(app)
        assert "failed" not in text_of(app)
        for key in ("enter", "ctrl+o"):
            await pilot.press("left_square_bracket", key)
            await until(pilot, lambda: on_top(app, PictureScreen), f"{key} opens it")
            await until(pilot, lambda: "1,234 bytes" in text_of(app), "its facts are told")
            assert "640×480 pixels" in text_of(app)
            assert not outside.asked, "nothing is opened without its key"
            if key == "enter":
                await pilot.press("escape")
        await pilot.press("o")
        await until(pilot, lambda: "opened by xdg-open" in text_of(app), "it is said")
        assert outside.asked == [("/state/trees/one", "docs/shot.png")]
        outside.fault = "There is no display here [red]to show it on."
        await pilot.press("o")
        await until(pilot, lambda: "no display here [red]" in text_of(app), "the refusal is told, as it came")
        await pilot.press("escape")
        await until(pilot, lambda: not on_top(app, PictureScreen) and not on_top(app, ViewerScreen), "it is left")


@pytest.mark.parametrize(
    "call",
    [
        Call("run_command", '{"path": "docs/shot.png"}', CallState.DONE, SAYS),
        Call("read_file", '{"path": "notes.txt"}', CallState.DONE, SAYS),
        Call("read_file", '{"path": "docs/shot.png"}', CallState.DONE, f"     1\t{SAYS}"),
        Call("read_file", "no object", CallState.DONE, SAYS),
    ],
)
def test_what_only_says_so_is_none(call: Call) -> None:
    assert picture_of(call) is None


def test_it_is_known_by_what_the_tool_says(tmp_path: Path) -> None:
    data = b"\x89PNG\r\n\x1a\n" + bytes(8) + b"\0\0\2\x80\0\0\1\xe0" + bytes(3_000)
    (tmp_path / "a is an image · b.png").write_bytes(data)
    with closing(Workspace(tmp_path)) as workspace, pytest.raises(ToolFault) as told:
        workspace.read_text("a is an image · b.png", exact=False)
    call = Call("read_file", '{"path": "a is an image · b.png"}', CallState.FAILED, str(told.value))
    assert picture_of(call) == Picture("a is an image · b.png", "PNG", "640×480", "3 KB", f"{len(data):,} bytes")
