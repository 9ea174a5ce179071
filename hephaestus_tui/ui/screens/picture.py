"""Tells of an image what a terminal can tell, and hands it to a program that can show it, on a person's key alone."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.work import WorkspaceMode
from hephaestus_tui.ui.editor import Looker
from hephaestus_tui.ui.screens.left_once import LeftOnce
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.fields import key_row
from hephaestus_tui.ui.widgets.pictures import Picture


def folder_of(state: RunState, task_id: TaskId) -> str:
    """The folder in which a task's agent works; empty where it has none, or none any more."""
    if opened := state.workspaces.get(task_id):
        return opened.path
    chosen = state.workspaces_chosen
    return state.project if chosen is None or chosen.mode is WorkspaceMode.OFF else ""


class PictureScreen(LeftOnce[None]):
    """`folder` is the workspace that the picture's path lies in; without one, or a `looker`, it is only told of."""

    CSS = """
    PictureScreen > .title { height: 1; padding: 0 1; background: $panel; text-style: bold; }
    PictureScreen > .facts { height: 1fr; padding: 1 2; }
    PictureScreen > .keys { height: 1; padding: 0 1; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,q", "dismiss(None)", "Back", show=False),
        Binding("o", "open", "Open it by the system's own program", show=False),
    ]

    def __init__(self, picture: Picture, folder: str, looker: Looker | None) -> None:
        super().__init__()
        self._picture, self._folder, self._looker = picture, folder, looker
        self._facts = Static(classes="facts")

    def compose(self) -> ComposeResult:
        yield Static(content(f"image  {line(self._picture.path)}"), classes="title")
        yield self._facts
        yield Static(key_row(("esc", "back"), ("o", "open by a program of your system")), classes="keys")

    def on_mount(self) -> None:
        self._say("")

    @work(group="look", exclusive=True)
    async def action_open(self) -> None:
        if self._looker is None or not self._folder:
            self._say("Its task has no workspace here, so there is no file to open.")
            return
        self._say("opening it")
        try:
            self._say(await self._looker.show(self._folder, self._picture.path))
        except HephaestusError as error:
            self._say(str(error))

    def _say(self, outcome: str) -> None:
        picture = self._picture
        facts = [
            ("path", picture.path),
            ("format", picture.kind),
            ("size", picture.pixels and f"{picture.pixels} pixels"),
            ("bytes", " · ".join(filter(None, (picture.size, picture.exact)))),
            ("folder", self._folder),
        ]
        rows = [f"{name:<8}{line(told, 400)}" for name, told in facts if told]
        self._facts.update(content("\n".join([*rows, "", line(outcome, 800)])))
