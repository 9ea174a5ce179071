"""Following what the detail pane names, and the way back: a reference that leads nowhere must be looked up by hand."""

from __future__ import annotations

from textual import on, work

from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.desk.desk import Desk
from hephaestus_tui.ui.desk.links import Elsewhere, follow
from hephaestus_tui.ui.screens.run_reading import RunReading
from hephaestus_tui.ui.widgets.detail import DetailView
from hephaestus_tui.ui.widgets.links import CallAt, PassageOf


class RunLinks(RunReading):
    """A screen with a `detail`; what leads to another screen goes through the desk."""

    detail: DetailView

    def visit(self, task_id: TaskId) -> None:
        """Show where a task was discovered; where that is being read, go back."""
        raise NotImplementedError

    def read_at(self, call: CallAt) -> None:
        """Show a call where it stands in its conversation."""
        raise NotImplementedError

    @on(DetailView.LinkFollowed)
    def _link_followed(self, event: DetailView.LinkFollowed) -> None:
        match event.link:
            case str():
                self.turn_to(event.link)
            case PassageOf():
                self.visit(event.link.task_id)
            case CallAt():
                self.read_at(event.link)
            case _ if self.desk is not None and not self.desk.taken:
                self.desk.taken = True
                self._follow(self.desk, event.link)

    @on(DetailView.BackAsked)
    def _back_asked(self) -> None:
        self.dag.action_back()

    @work(group="desk")
    async def _follow(self, desk: Desk, link: Elsewhere) -> None:
        await follow(desk, self.state, link)
