"""What a person asks of the transcript that takes more than its pane: words to find, a copy, the way to a proposal."""

from __future__ import annotations

from textual import on, work

from hephaestus_tui.ui.copying import Copying
from hephaestus_tui.ui.keymap import shown_key
from hephaestus_tui.ui.notices import say
from hephaestus_tui.ui.panes import Pane
from hephaestus_tui.ui.screens.find import FindScreen
from hephaestus_tui.ui.screens.picture import PictureScreen, folder_of
from hephaestus_tui.ui.screens.run_keys import RunKeys
from hephaestus_tui.ui.screens.viewer import ViewerScreen
from hephaestus_tui.ui.sealed import SealedApp
from hephaestus_tui.ui.widgets.dag import DagView
from hephaestus_tui.ui.widgets.transcript import TranscriptView


class RunReading(RunKeys):
    """A screen with a `transcript`."""

    transcript: TranscriptView
    _copying: Copying | None = None

    @on(TranscriptView.FindAsked)
    @work(group="find")
    async def _find(self, event: TranscriptView.FindAsked) -> None:
        words = await self.app.push_screen_wait(FindScreen(event.words))
        if words and not self.transcript.find(words) and not self.transcript.partial:
            self.say_nowhere(words)
        if words and self.transcript.partial:
            self.transcript.post_message(TranscriptView.PlacesAsked(words))
        self.selection_changed()

    def say_nowhere(self, words: str) -> None:
        say(self.app, f"{words} is nowhere in this transcript")

    @on(DagView.KeysChanged)
    def _keys_changed(self) -> None:
        self.selection_changed()

    @on(TranscriptView.CopyAsked)
    @work(group="copy")
    async def _copy(self, event: TranscriptView.CopyAsked) -> None:
        if self.desk and isinstance(self.app, SealedApp):
            self._copying = self._copying or Copying(self.app.to_terminal, self.desk.editor.keep)
            name = self.transcript.task_id or "transcript"
            say(self.app, await self._copying.copy(event.text, name, shown_key("ctrl+y")), seconds=8)

    @on(TranscriptView.ViewAsked)
    def _view(self, event: TranscriptView.ViewAsked) -> None:
        self.app.push_screen(ViewerScreen(event.title, event.text, self.glyphs))

    @on(TranscriptView.PictureAsked)
    def _picture(self, event: TranscriptView.PictureAsked) -> None:
        looker = self.desk.editor.looker if self.desk else None
        self.app.push_screen(PictureScreen(event.picture, folder_of(self.state, event.task_id), looker))

    @on(TranscriptView.ProposalAsked)
    def _proposal_asked(self, event: TranscriptView.ProposalAsked) -> None:
        self.turn_to(event.task_id)
        if not self.panes.shows(Pane.DETAIL):
            self.panes.use(Pane.DETAIL)
        say(self.app, f"{self.key('task.origin')} goes back to where {event.task_id} was found")
