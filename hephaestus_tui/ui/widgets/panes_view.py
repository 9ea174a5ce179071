"""Lays out the three panes: which are shown and how wide, which is in use, and what their titles say."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual import events, on
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget

from hephaestus_tui.ui.pane_sizes import STEP, PaneSizes, Widths, grown, moved
from hephaestus_tui.ui.panes import Pane, neighbour, shown_panes
from hephaestus_tui.ui.widgets.pane_box import PaneBox


class PanesView(Horizontal):
    """`pane` is the one in use. `changed` is called when another one is, or when others are shown.

    The line between two panes is dragged with the mouse, and put back by a double click; `SizesChosen` is posted then.
    """

    DEFAULT_CSS = """
    PanesView { height: 1fr; }
    PanesView PaneBox.-divided { border-left: vkey $border; }
    PanesView PaneBox.-dragged { border-left: vkey $primary; }
    """

    class SizesChosen(Message):
        """A person has made the panes wider or narrower."""

    def __init__(
        self,
        inner: Mapping[Pane, Widget],
        names: Mapping[Pane, str],
        changed: Callable[[], None],
        sizes: PaneSizes | None = None,
    ) -> None:
        self.boxes = {pane: PaneBox(pane, widget) for pane, widget in inner.items()}
        super().__init__(*self.boxes.values(), id="panes")
        self.pane = Pane.DAG
        self._beside = Pane.TRANSCRIPT
        self._titled: dict[Pane, list[Pane]] = {}
        self._zoomed = False
        self._sizes = sizes or PaneSizes()
        self._dragged: int | None = None  # the pane before the line that is dragged
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
        shown = self._shown()
        hidden = [pane for pane in Pane if pane not in shown]
        for pane, box in self.boxes.items():
            box.display = pane in shown
            box.set_class(pane is not shown[0], "-divided")
            box.set_class(pane is self.pane, "-current")
            self._titled[pane] = [n for n in Pane if n is pane or (n in hidden and pane is shown[-1])]
            box.title([self._names[n] for n in self._titled[pane]], self._names[pane])
        self._divide()
        self._changed()

    @on(PaneBox.TitleClicked)
    def _title_clicked(self, event: PaneBox.TitleClicked) -> None:
        pane = next(pane for pane, box in self.boxes.items() if box is event.box)
        self.use(self._titled[pane][event.place])

    # -- how wide they are

    def widen(self, by: int) -> bool:
        """Make the pane in use wider, or narrower, by so many steps; False where it has the screen to itself."""
        shown = self._shown()
        if len(shown) > 1:
            self._choose(grown(self._widths(), shown.index(self.pane), by * STEP))
        return len(shown) > 1

    def reset(self) -> None:
        """Make the panes that are shown as wide as they were at first."""
        self._sizes.reset(len(self._shown()))
        self._divide()
        self.post_message(self.SizesChosen())

    def _choose(self, widths: Widths) -> None:
        self._sizes.take(widths)
        self._divide()
        if self._dragged is None:
            self.post_message(self.SizesChosen())

    def _shown(self) -> tuple[Pane, ...]:
        return shown_panes(self.screen.size.width, self.pane, self._beside, zoomed=self._zoomed)

    def _widths(self) -> Widths:
        return self._sizes.widths(len(self._shown()), self.screen.size.width)

    def _divide(self) -> None:
        shown = self._shown()
        for pane, cells in zip(shown, self._widths(), strict=True):
            self.boxes[pane].styles.width = "1fr" if pane is shown[-1] else cells

    def on_mouse_down(self, event: events.MouseDown) -> None:
        shown = self._shown()
        left = [self.boxes[pane].region.x for pane in shown[1:]]
        if event.button == 1 and event.screen_x in left:
            self._dragged = left.index(event.screen_x)
            self.boxes[shown[self._dragged + 1]].add_class("-dragged")
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if event.button == 0:
            self._let_go()  # the release went to a screen that was opened meanwhile
        elif self._dragged is not None and self._dragged + 1 < len(self._shown()):
            self._choose(moved(self._widths(), self._dragged, event.screen_x - self.region.x))

    def on_mouse_up(self) -> None:
        self._let_go()

    def on_mouse_release(self) -> None:
        self._let_go()

    def _let_go(self) -> None:
        if self._dragged is None:
            return
        self._dragged = None
        for box in self.boxes.values():
            box.remove_class("-dragged")
        self.release_mouse()
        self.post_message(self.SizesChosen())

    def on_click(self, event: events.Click) -> None:
        if event.chain == 2 and event.screen_x in [self.boxes[pane].region.x for pane in self._shown()[1:]]:
            self.reset()
