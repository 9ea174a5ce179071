"""Keeps the transcript pane on the right conversation, with nothing lost between reading it and watching it."""

from __future__ import annotations

from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.events import Recorded
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.talk import Letter
from hephaestus_tui.domain.task import Origin, TaskId
from hephaestus_tui.domain.words import Word
from hephaestus_tui.session import Session
from hephaestus_tui.ui.bridge import Bridge, Frame
from hephaestus_tui.ui.reading import read_page
from hephaestus_tui.ui.scope import AT_WORK, Scope, Wide, many_of, wide_of
from hephaestus_tui.ui.talk_words import title_of, why_nothing
from hephaestus_tui.ui.widgets.found_places import places_in
from hephaestus_tui.ui.widgets.links import CallAt
from hephaestus_tui.ui.widgets.paging import Wanted
from hephaestus_tui.ui.widgets.transcript import TranscriptView


class TranscriptFollower:
    """Says which transcript belongs to the selected task, loads it, and feeds it with what follows."""

    def __init__(self, view: TranscriptView) -> None:
        self._view = view
        self._session: Session | None = None
        self._bridge: Bridge | None = None
        self.scope = Scope.TASK
        self._subject: TaskId | Wide | None = None
        self._return: int | None = None  # where in the journal one read many
        self._call: tuple[int, int] | None = None
        self._title = ""
        self._reason = ""
        self._visiting: TaskId | None = None
        self._reading: CallAt | None = None
        self._missed: list[Recorded] | None = None

    def attach(self, session: Session, bridge: Bridge) -> None:
        self._session, self._bridge = session, bridge

    def turn_to(self, state: RunState, task_id: TaskId) -> bool:
        """Turn to a task's conversation; True when it must be loaded first.

        A proposal has none: the one in which it was proposed is shown, held at the call that proposed it.
        """
        if task_id != self._visiting:
            self._visiting = None
        if self._reading and self._reading.task_id != task_id:
            self._reading = None
        self._view.visited = self._visiting is not None or self._reading is not None
        wide = None if self._view.visited else wide_of(self.scope, state, task_id)
        if wide:
            return self._turn_to_many(state, wide)
        subject = _origin_of(state, task_id).task_id if self._visiting else _subject_of(state, task_id)
        call, self._call = self._call, self._call_of(state, task_id)
        title = self._title_of(state, subject) if subject else ""
        if subject is None:
            self._subject, self._missed = None, None
            if (reason := why_nothing(state, task_id)) != self._reason:
                self._reason = reason
                self._view.clear(reason)
            return False
        if subject == self._subject:
            if self._missed is None:
                if title != self._title:
                    self._view.entitle(title)
                if self._call != call:
                    self._take_place()
            self._title = title
            return False
        self._subject, self._reason, self._title = subject, "", title
        self._missed = []
        return True

    @property
    def visiting(self) -> TaskId | None:
        """The task of which the passage is shown in which it was discovered, in place of its own conversation."""
        return self._visiting

    def visit(self, state: RunState, task_id: TaskId) -> bool:
        """Turn to the passage in which a task was discovered, until another task is turned to; True as for `turn_to`."""
        self._remember()
        self._reading = None
        self._visiting, self._call = task_id, None  # so that a passage that was scrolled away from is turned to again
        return self.turn_to(state, task_id)

    def read_at(self, state: RunState, call: CallAt) -> bool:
        """Turn to a call in the conversation of a task, until another task is turned to; True as for `turn_to`."""
        self._remember()
        self._reading, self._visiting, self._call = call, None, None
        return self.turn_to(state, call.task_id)

    def _remember(self) -> None:
        """Where one is, before one goes; who is away already, or on the way back, comes back to where they were."""
        if not self._view.visited and self._missed is None:
            self._return = self._view.place

    def leave(self, state: RunState) -> bool:
        """Turn from a visited passage, or from a call or message in its own task, to what was read before; True as for `turn_to`."""
        reading, self._reading = self._reading, None
        task_id, self._visiting = self._visiting or (reading.task_id if reading else None), None
        return task_id is not None and self.turn_to(state, task_id)

    def widen(self, state: RunState, task_id: TaskId) -> bool:
        """Turn to the next scope; True as for `turn_to`."""
        self.scope, self._visiting, self._reading, self._return = self.scope.next, None, None, None
        return self.turn_to(state, task_id)

    def _turn_to_many(self, state: RunState, wide: Wide) -> bool:
        title, self._call = wide.title(state), None
        if wide == self._subject:
            if title != self._title and self._missed is None:
                self._view.entitle(title)
            self._title = title
            return False
        self._subject, self._reason, self._title, self._missed = wide, "", title, []
        return True

    async def load(self) -> None:
        """Read the conversation turned to and show it. What is said meanwhile is added, in order."""
        subject = self._subject
        if subject is None or self._session is None or self._bridge is None:
            return
        try:
            if isinstance(subject, Wide):
                await self._load_many(self._session, self._bridge, subject)
                return
            transcript = await self._session.transcript(subject)
        except HephaestusError as error:
            self._cannot_be_read(subject, error)
            return
        self._bridge.flush()  # into `_missed`: what is drawn later was streamed later than `live`
        if subject != self._subject:
            return
        missed, self._missed = self._missed or [], None
        state = self._bridge.state
        agent = state.agents.get(subject)
        questions = [q for q in state.questions.values() if q.task_id == subject]
        at_work = agent is not None and agent.status in AT_WORK
        unread: list[Letter | Word] = [*state.mail.get(subject, ()), *state.steering.get(subject, ())]
        self._view.open(transcript, self._title, at_work=at_work, questions=questions, unread=unread)
        self._view.feed(missed, self._bridge.live(subject))
        if self._call:
            self._take_place()

    def _call_of(self, state: RunState, task_id: TaskId) -> tuple[int, int] | None:
        if self._reading:
            return self._reading.turn, self._reading.index
        return _call_of(state, task_id, visited=self._visiting is not None)

    async def _load_many(self, session: Session, bridge: Bridge, wide: Wide) -> None:
        at = self._return
        page = await read_page(session, bridge, wide, after=at)
        if wide != self._subject:
            return
        self._return = None
        missed, self._missed = self._missed or [], None
        self._view.open_many(page, self._title, many_of(wide, lambda: bridge.state), wide.nothing(), at)
        self._view.feed(missed, bridge.live())

    async def more(self, wanted: Wanted) -> None:
        """Read another page of what many said."""
        wide = self._subject
        if self._session is None or self._bridge is None or not isinstance(wide, Wide):
            return
        try:
            page = await read_page(self._session, self._bridge, wide, before=wanted.before, after=wanted.after)
        except HephaestusError as error:
            self._cannot_be_read(wide, error)
            return
        if wide == self._subject and self._missed is None:
            self._view.add_page(page, wanted)

    async def places(self, words: str) -> bool:
        """Look for words in all that many said, the newest page first, and tell the view; False where they are nowhere.

        Ends when another transcript is turned to, or they are no longer looked for.
        """
        session, bridge, wide = self._session, self._bridge, self._subject
        if session is None or bridge is None or not isinstance(wide, Wide):
            return True
        many, found, before, until = many_of(wide, lambda: bridge.state), list[tuple[int, int]](), None, 0
        while wide == self._subject and words == self._view.sought:
            try:
                page = await read_page(session, bridge, wide, before=before)
            except HephaestusError as error:
                self._cannot_be_read(wide, error)
                return True
            found = [*places_in(page, many, words), *found]
            before, until = page.begin, until or page.end
            if not before:
                self._view.take_places(words, found, until)
                return bool(found)
        return True

    def _cannot_be_read(self, subject: TaskId | Wide, error: HephaestusError) -> None:
        if subject != self._subject:
            return  # what one turned to meanwhile is another, and stays
        self._subject, self._missed = None, None
        self._view.clear(f"This transcript cannot be read: {error}")

    def _title_of(self, state: RunState, subject: TaskId) -> str:
        found = f"where {self._visiting} was found · " if self._visiting else ""
        return found + title_of(state, subject)

    def _take_place(self) -> None:
        if self._call:
            self._view.hold_at(*self._call)
        else:
            self._view.follow()

    def feed(self, frame: Frame, selected: TaskId | None) -> bool:
        """Pass a frame on to the view; True when another conversation must be loaded now."""
        if frame.facts and selected is not None and self.turn_to(frame.state, selected):
            return True
        if self._missed is not None:
            self._missed += frame.facts  # the flickers are in the bridge's `live`
        elif frame.facts or frame.flickers:
            self._view.feed(frame.facts, frame.flickers)
        return False


def _subject_of(state: RunState, task_id: TaskId) -> TaskId | None:
    if task_id in state.tasks:
        return task_id if task_id in state.agents else None
    proposal = state.proposals.get(task_id) or state.rejected.get(task_id)
    return proposal.origin.task_id if proposal else None


def _origin_of(state: RunState, task_id: TaskId) -> Origin:
    versions = state.versions.get(task_id)
    return versions[0].origin if versions else Origin()


def _call_of(state: RunState, task_id: TaskId, *, visited: bool) -> tuple[int, int] | None:
    """The call that proposed what nobody has accepted, or what is visited; None where a task speaks for itself."""
    if task_id in state.tasks and not visited:
        return None
    origin = _origin_of(state, task_id)
    return None if origin.turn is None or origin.index is None else (origin.turn, origin.index)
