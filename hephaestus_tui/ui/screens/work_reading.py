"""Reads the work that is reviewed: its list of files at once, their lines when they come into view, and all of it again when
it has changed. Without it a review would wait for every file, or show what is no longer so."""

from __future__ import annotations

from collections.abc import Callable

from textual import on, work

from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.work import Work, WorkStatus
from hephaestus_tui.session import Session
from hephaestus_tui.ui.diff.drafts import Draft
from hephaestus_tui.ui.diff.items import Part
from hephaestus_tui.ui.diff.reviewed import Reviewed
from hephaestus_tui.ui.diff.view import DiffView
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.screens.left_once import LeftOnce
from hephaestus_tui.ui.widgets.file_list import FileList

CHANGED = "It has changed since you opened it: this is how it stands now. Your comments are kept."


class WorkReading(LeftOnce[bool]):
    """A screen with a `view` of a task's work, which is told by `look` that something is known now."""

    def __init__(
        self,
        task_id: TaskId,
        state: RunState,
        session: Session,
        draft: Draft,
        glyphs: GlyphSet,
        now: Callable[[], float],
        at: str = "",
    ) -> None:
        super().__init__()
        self.task_id, self.draft, self.state = task_id, draft, state
        self._session = session
        self.view, self._files = DiffView(glyphs), FileList(glyphs)
        self._reviewed = Reviewed(self.view.document, task_id, draft, glyphs, now())
        self._queue: list[Part] = []
        self._loading = False
        self._since: int | None = None  # after which round, or all
        self._fault = self._told = ""
        self._at = at

    @property
    def work_shown(self) -> Work | None:
        """What is being looked at; None while it is read."""
        return self._reviewed.work

    def look(self) -> None:
        """Say what is known now."""
        raise NotImplementedError

    def refresh_state(self, state: RunState) -> None:
        """Take a newer state: work that has changed is read again."""
        self.state = state
        if not self.is_mounted:
            return
        view, shown = state.works.get(self.task_id), self.work_shown
        if view and shown and view.status is WorkStatus.READY and view.tip != shown.tip and not self._loading:
            self._told = CHANGED
            self.load()
        self.look()

    def load(self) -> None:
        """Read the work as it stands now."""
        self._loading = True
        self._load()

    @work(group="work", exclusive=True)
    async def _load(self) -> None:
        try:
            shown = await self._session.work(self.task_id, self._since_tip())
        except HephaestusError as error:
            self._fault = str(error)
        else:
            self._fault = ""
            if shown != self.work_shown:
                self._show(shown)
        finally:
            self._loading = False
        self.look()

    def _since_tip(self) -> str | None:
        view = self.state.works.get(self.task_id)
        return view.reviews[self._since - 1].tip if view and self._since else None

    def _show(self, shown: Work) -> None:
        document = self.view.document
        here = document.parts[self.view.cursor.part].change if document.parts else None
        self._queue.clear()
        self._reviewed.show(self.state, shown, since=self._since is not None)
        self.view.restart()
        self._files.show_parts(document.parts)
        path, self._at = self._at or (here.path if here else ""), ""
        if path and (part := document.file(path)) is not None:
            self.view.go(self.view.cursor._replace(part=part, item=0), top=True)

    @on(DiffView.Wanted)
    def _wanted(self, event: DiffView.Wanted) -> None:
        idle = not self._queue
        known = [self.view.document.parts[number] for number in event.parts if number < len(self.view.document.parts)]
        self._queue += [part for part in known if part.change and not any(part is other for other in self._queue)]
        if idle and self._queue:
            self._read()

    @work(group="diffs", exclusive=True)
    async def _read(self) -> None:
        while self._queue:
            part = self._queue[0]
            await self._read_one(part)
            if self._queue and self._queue[0] is part:
                self._queue.pop(0)
            self._files.show_parts(self.view.document.parts)

    async def _read_one(self, part: Part) -> None:
        if part.change is None:
            return
        try:
            diff = await self._session.diff(part.change)
        except HephaestusError as error:
            fault = str(error)
            self.view.change(lambda: self._reviewed.fail(part, fault))
        else:
            self.view.change(lambda: self._reviewed.read(part, diff))
