"""What the mouse does on the run's screen beyond its panes: a click on a key of the footer, and on how much waits."""

from __future__ import annotations

from textual import events, on

from hephaestus_tui.ui.actions.registry import applicable
from hephaestus_tui.ui.keymap import action_by, key_of, shown_key
from hephaestus_tui.ui.panes import Pane
from hephaestus_tui.ui.screens.run_talk import RunTalk
from hephaestus_tui.ui.widgets.footer import KeyFooter
from hephaestus_tui.ui.widgets.header import RunHeader


class RunMouse(RunTalk):
    """A screen with a footer and a header. No single click decides: what a key would do at once is asked."""

    @on(KeyFooter.Pressed)
    def _key_clicked(self, event: KeyFooter.Pressed) -> None:
        if not self.is_active:
            return  # the second click of two, when the first has opened something
        for action in applicable(self.state, self.selected):
            if shown_key(key_of(action, self.keys)) == event.key:
                self._chosen(action.id)
                return
        inner = self.panes.inner
        if does := action_by(event.key, inner.BINDINGS, self.keys):
            self.call_later(self.app.run_action, does, inner)

    @on(RunHeader.InboxAsked)
    def _inbox_asked(self) -> None:
        self.action_act("inbox")

    def on_click(self, event: events.Click) -> None:
        """A double click on a task opens it, where the tasks have the screen to themselves."""
        alone = not (self.panes.shows(Pane.DETAIL) or self.panes.shows(Pane.TRANSCRIPT))
        if event.chain == 2 and alone and self.dag.content_region.contains(event.screen_x, event.screen_y):
            self.panes.use(Pane.DETAIL)
