"""Says, for as long as agents change a person's own files at once, that they do: else one would wait for a review that never comes."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.work import WorkspaceMode
from hephaestus_tui.ui.text import line

_WORDS = "NO WORKSPACES: agents change your own files at once, and nothing waits for a review"
_SHORT = "NO WORKSPACES: agents change your own files"
_WHY = "`hephaestus doctor` says why"


class WorkplaceBanner(Widget):
    """One row while the tasks of a run work in the project itself, none else. `ellipsis` is what cut words end with."""

    DEFAULT_CSS = """
    WorkplaceBanner { height: 1; padding: 0 1; background: $warning; color: $background; text-style: bold; display: none; }
    """

    def __init__(self, ellipsis: str) -> None:
        super().__init__()
        self._ellipsis = ellipsis

    def show(self, state: RunState) -> None:
        """Take where the tasks of a run work; draws only a change."""
        chosen = state.workspaces_chosen
        stands = chosen is not None and chosen.mode is WorkspaceMode.OFF
        if stands != self.display:
            self.display = stands

    def render(self) -> Content:
        width = self.content_size.width
        gap = width - len(_WORDS) - len(_WHY)
        if gap >= 2:
            return Content(f"{_WORDS}{' ' * gap}{_WHY}")
        return Content(line(_WORDS if width >= len(_WORDS) else _SHORT, width, ellipsis=self._ellipsis))
