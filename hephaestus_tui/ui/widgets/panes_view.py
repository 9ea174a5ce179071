"""Lays out the three panes: which are shown, which is in use, and what their titles say."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual import events
from textual.containers import Horizontal
from textual.widget import Widget

from hephaestus_tui.ui.panes import Pane, neighbour, shown_panes
from hephaestus_tui.ui.widgets.pane_box import PaneBox


class PanesView(Horizontal):
    """`pane` is the one in use. `changed` is called when another one is, or when others are shown."""

    DEFAULT_CSS = """
    PanesView { height: 1fr; }
    PanesView PaneBox.-divided { border-left: vkey $border; }
    PanesView #dag { width: 34%; }
    PanesView #transcript { width: 1fr; }
    PanesView #detail { width: 31%; }
    PanesView.-two #dag { width: 42%; }
    PanesView.-two #detail { width: 1fr; }
    PanesView.-one #dag, PanesView.-one #detail { width: 1fr; }
    """

    def __init__(
        self, inner: Mapping[Pane, Widget], names: Mapping[Pane, str], changed: Callable[[], None]
    ) -> None:  # fmt: skip
        self.boxes = {pane: PaneBox(pane, widget) for pane, widget in inner.items()}
        super().__init__(*self.boxes.values(), id="panes")
        self.pane = Pane.DAG
        self._beside = Pane.TRANSCRIPT
        self._zoomed = False
        self._names, self._changed = names, changed

    @property
    def inner(self) -> Widget:
        """The widget in use."""
        return self.boxes[self.pane].inner

    def shows(self, pane: Pane) -> bool:
        return self.boxes[pane].display

    def use(self, pane: Pane, *, focus: bool = True) -> None:
        self.pane = pane
        if pane is not Pane.DAG:
            self._beside = pane
        self.lay_out()
        if focus:
            self.inner.focus()

    def step(self, steps: int) -> None:
        """Go to the next pane, or with -1 to the previous one."""
        self.use(neighbour(self.pane, steps))

    def zoom(self) -> None:
        """Give the pane in use the whole screen, and back."""
        self._zoomed = not self._zoomed
        self.lay_out()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        for pane, box in self.boxes.items():
            if box in event.widget.ancestors:
                self.use(pane, focus=False)

    def lay_out(self) -> None:
        """Show as many panes as the screen has room for."""
        shown = shown_panes(self.screen.size.width, self.pane, self._beside, zoomed=self._zoomed)
        hidden = [pane for pane in Pane if pane not in shown]
        for pane, box in self.boxes.items():
            box.display = pane in shown
            box.set_class(pane is not shown[0], "-divided")
            box.set_class(pane is self.pane, "-current")
            named = [n for n in Pane if n is pane or (n in hidden and pane is shown[-1])]
            box.title([self._names[n] for n in named], self._names[pane])
        self.set_class(len(shown) == 2, "-two")
        self.set_class(len(shown) == 1, "-one")
        self._changed()
