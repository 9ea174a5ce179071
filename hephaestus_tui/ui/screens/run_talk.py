"""Whose words the transcript of a run shows, where in them one is, and the way there and back."""

from __future__ import annotations

from textual import on, work

from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.following import TranscriptFollower
from hephaestus_tui.ui.panes import Pane
from hephaestus_tui.ui.scope import Scope
from hephaestus_tui.ui.screens.run_links import RunLinks
from hephaestus_tui.ui.widgets.conversation import WHOLE_MESSAGE
from hephaestus_tui.ui.widgets.links import CallAt
from hephaestus_tui.ui.widgets.paging import Wanted
from hephaestus_tui.ui.widgets.transcript import TranscriptView


class RunTalk(RunLinks):
    """A screen whose `_follower` keeps the transcript on what is selected."""

    _follower: TranscriptFollower
    _left = Pane.DAG
    _before: TaskId | None = None  # what was selected when one went to a call elsewhere

    def action_act(self, action_id: str) -> None:
        if action_id != "transcript.whose":
            super().action_act(action_id)
        elif self.selected and not (self.desk and self.desk.taken) and self.check_action("act", (action_id,)):
            self._load_if(self._follower.widen(self.state, self.selected))
            if not self.panes.shows(Pane.TRANSCRIPT):
                self.panes.use(Pane.TRANSCRIPT)

    def _load_if(self, wanted: bool) -> None:
        if wanted:
            self._load_transcript()

    @work(group="transcript", exclusive=True)
    async def _load_transcript(self) -> None:
        await self._follower.load()

    @on(TranscriptView.PageAsked)
    def _page_asked(self, event: TranscriptView.PageAsked) -> None:
        self._load_page(event.wanted)

    @work(group="page", exclusive=True)
    async def _load_page(self, wanted: Wanted) -> None:
        await self._follower.more(wanted)

    @on(TranscriptView.PlacesAsked)
    @work(group="places", exclusive=True)
    async def _look_for(self, event: TranscriptView.PlacesAsked) -> None:
        if not await self._follower.places(event.words):
            self.say_nowhere(event.words)
        self.selection_changed()

    @on(TranscriptView.SourceAsked)
    def _source_asked(self, event: TranscriptView.SourceAsked) -> None:
        self.read_at(CallAt(event.task_id, event.turn, WHOLE_MESSAGE))

    @on(TranscriptView.PassageLeft)
    def _passage_left(self) -> None:
        self._leave()

    def visit(self, task_id: TaskId) -> None:
        """Show where a task was discovered; where that is being read, go back. The task stays selected, to be decided on."""
        if task_id != self.selected:
            return
        if self._follower.visiting == task_id and self.panes.pane is Pane.TRANSCRIPT:
            self._leave()
            return
        self._left = self.panes.pane
        self._load_if(self._follower.visit(self.state, task_id))
        self.panes.use(Pane.TRANSCRIPT)

    def read_at(self, call: CallAt) -> None:
        self._left = self.panes.pane
        if not self.transcript.visited:
            self._before = self.selected
        self._load_if(self._follower.read_at(self.state, call))
        self.turn_to(call.task_id)
        self.panes.use(Pane.TRANSCRIPT)

    def _leave(self) -> None:
        if self._follower.scope is Scope.ROLE and self._before not in (None, self.selected):
            self.turn_to(self._before)  # whose role it was that one read
        else:
            self._load_if(self._follower.leave(self.state))
        self._before = None
        self.panes.use(self._left)
