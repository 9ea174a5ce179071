"""What the app knows of the screen of a run. The screen itself is imported behind the first paint: it and its panes
take longer to import than the list of runs takes to appear."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

if TYPE_CHECKING:  # the list of runs does not wait for these
    from hephaestus_tui.domain.actor import Actor
    from hephaestus_tui.domain.attention import Attention
    from hephaestus_tui.domain.state import RunState
    from hephaestus_tui.session import Host, Session
    from hephaestus_tui.ui.bridge import Bridge, Frame
    from hephaestus_tui.ui.editor import Lending
    from hephaestus_tui.ui.standing import Standing


class RunScreen(Screen[None]):
    """One run. It is painted before there is a session; `attach` gives it one, `draw` takes the bridge's frames."""

    state: RunState
    standing: Standing

    def attach(
        self,
        session: Session,
        actor: Actor,
        host: Host,
        editor: Lending | None = None,
        drawn: Callable[[Frame], None] | None = None,
    ) -> Bridge:
        """Take the run that was opened; from now on keys act upon it. The bridge that is to be run calls `draw`, then `drawn`."""
        raise NotImplementedError

    def tell_opened(self, read: int, of: int) -> None:
        """Say how much of a run was read."""
        raise NotImplementedError

    async def prepare(self, state: RunState) -> None:
        """Before `attach`: get ready what takes long to show of a long run, while keys are answered."""
        raise NotImplementedError

    def unsent(self) -> str:
        """What a person wrote and has not sent, in words; empty where nothing would be lost by closing the app."""
        raise NotImplementedError

    def draw(self, frame: Frame) -> None:
        """Show a frame of the bridge."""
        raise NotImplementedError

    def inbox(self) -> Sequence[Attention]:
        """All that waits for a human, in its order."""
        raise NotImplementedError

    def key(self, action_id: str) -> str:
        """The key that an action has now, as people read it."""
        raise NotImplementedError


def screen_module() -> Any:
    """The module with `SuperviseScreen` and `own_keys`; the first call takes a tenth of a second, and fits a thread."""
    return importlib.import_module("hephaestus_tui.ui.screens.supervise")
