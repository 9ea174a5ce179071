"""Keeps the transcript pane on the right conversation, with nothing lost between reading it and watching it."""

from __future__ import annotations

from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.events import Recorded
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskId, TaskStatus
from hephaestus_tui.session import Session
from hephaestus_tui.ui.bridge import Bridge, Frame
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.transcript import TranscriptView
from hephaestus_tui.ui.words import short_model

_AT_WORK = (AgentStatus.WORKING, AgentStatus.WAITING, AgentStatus.PAUSED)


class TranscriptFollower:
    """Says which transcript belongs to the selected task, loads it, and feeds it with what follows."""

    def __init__(self, view: TranscriptView) -> None:
        self._view = view
        self._session: Session | None = None
        self._bridge: Bridge | None = None
        self._subject: TaskId | None = None
        self._call: tuple[int, int] | None = None
        self._title = ""
        self._reason = ""
        self._missed: list[Recorded] | None = None

    def attach(self, session: Session, bridge: Bridge) -> None:
        self._session, self._bridge = session, bridge

    def turn_to(self, state: RunState, task_id: TaskId) -> bool:
        """Turn to a task's conversation; True when it must be loaded first.

        A proposal has none: the one in which it was proposed is shown, held at the call that proposed it.
        """
        subject = _subject_of(state, task_id)
        call, self._call = self._call, _call_of(state, task_id)
        if subject is None:
            self._subject, self._missed = None, None
            if (reason := _why_nothing(state, task_id)) != self._reason:
                self._reason = reason
                self._view.clear(reason)
            return False
        if subject == self._subject:
            if self._call != call and self._missed is None:
                self._take_place()
            return False
        self._subject, self._reason = subject, ""
        self._title = _title(state, subject)
        self._missed = []
        return True

    async def load(self) -> None:
        """Read the conversation turned to and show it. What is said meanwhile is added, in order."""
        subject, title = self._subject, self._title
        if subject is None or self._session is None or self._bridge is None:
            return
        try:
            transcript = await self._session.transcript(subject)
        except HephaestusError as error:
            self._subject, self._missed = None, None
            self._view.clear(f"This transcript cannot be read: {error}")
            return
        self._bridge.flush()  # into `_missed`: what is drawn later was streamed later than `live`
        if subject != self._subject:
            return
        missed, self._missed = self._missed or [], None
        state = self._bridge.state
        agent = state.agents.get(subject)
        questions = [q for q in state.questions.values() if q.task_id == subject]
        at_work = agent is not None and agent.status in _AT_WORK
        self._view.open(transcript, title, at_work=at_work, questions=questions)
        self._view.feed(missed, self._bridge.live(subject))
        if self._call:
            self._take_place()

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


def _title(state: RunState, task_id: TaskId) -> str:
    draft, agent = state.draft(task_id), state.agents.get(task_id)
    words = [f"{task_id} {line(draft.title)}" if draft else task_id]
    if agent:
        words += [agent.role, short_model(agent.model)]
    return " · ".join(words)


def _subject_of(state: RunState, task_id: TaskId) -> TaskId | None:
    if task_id in state.tasks:
        return task_id if task_id in state.agents else None
    proposal = state.proposals.get(task_id) or state.rejected.get(task_id)
    return proposal.origin.task_id if proposal else None


def _call_of(state: RunState, task_id: TaskId) -> tuple[int, int] | None:
    """The call that proposed what nobody has accepted; None where a task speaks for itself."""
    proposal = state.proposals.get(task_id) or state.rejected.get(task_id)
    if proposal is None or proposal.origin.turn is None or proposal.origin.index is None:
        return None
    return proposal.origin.turn, proposal.origin.index


def _why_nothing(state: RunState, task_id: TaskId) -> str:
    task = state.tasks.get(task_id)
    if task is None:
        return f"{task_id} is a proposal: nothing has been said about it yet."
    if blockers := [b for b in state.blockers[task_id] if not _completed(state, b)]:
        return f"{task_id} has not started: it waits for {', '.join(blockers)}."
    return f"{task_id} has not started yet."


def _completed(state: RunState, task_id: TaskId) -> bool:
    task = state.tasks.get(task_id)
    return task is not None and task.status is TaskStatus.COMPLETED
