"""Puts a person's question about a proposal, and says who will answer it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static, TextArea

from hephaestus_tui.domain.decision import draft_changes
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.screens.dialog import DialogScreen, decided_words, show
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import Field, SubmitBox, key_row
from hephaestus_tui.ui.widgets.task_words import field_words, title_of

EMPTY = "write a question, or press escape"
_ANSWERS = {
    AgentStatus.WORKING: "is at work, and answers at its next turn",
    AgentStatus.WAITING: "stands still until a person answers it, and answers now",
    AgentStatus.PAUSED: "is paused, and answers when it is let go on",
    AgentStatus.INTERRUPTED: "was interrupted, and answers when it is resumed",
    AgentStatus.STALLED: "has stalled, and answers when it is resumed",
    AgentStatus.ENDED: "has ended its task: it is woken to answer, and for nothing else",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about the version that was on the screen when it was sent."""

    version: int
    text: str


def answerer_words(state: RunState, task_id: TaskId) -> str:
    """Who answers a question about a proposal, and when."""
    proposal = state.proposals.get(task_id)
    spawner = proposal.origin.task_id if proposal else None
    agent = state.agents.get(spawner) if spawner else None
    if agent is None:
        return "Nobody can answer: no agent proposed it."
    held = " The run is paused: nothing comes before it goes on." if state.paused else ""
    return f"The agent of {agent.task_id} ({field_words(line(agent.role))}) {_ANSWERS[agent.status]}.{held}"


class AskBackScreen(DialogScreen[Asked | None]):
    """Gives back the question, or None. `text` and `fault` are those of a question that was refused."""

    def __init__(
        self,
        task_id: TaskId,
        state: RunState,
        *,
        text: str = "",
        fault: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock)
        self._task_id, self._state, self._text, self._told = task_id, state, text, fault
        self._shown = state.proposals.get(task_id)
        self._who = Static(classes="who")
        self._notice = Static(classes="notice")
        self._box = SubmitBox()
        self._field = Field("your question", self._box)

    def compose(self) -> ComposeResult:
        with DialogBox(classes="dialog -small"):
            yield Static(
                content(line(f"Ask about {self._task_id}: {title_of(self._state, self._task_id)}")), classes="title"
            )
            yield self._notice
            yield self._field
            yield self._who
            yield Static(key_row(("enter", "ask"), ("ctrl+j", "new line"), ("esc", "cancel")), classes="keys")

    def on_mount(self) -> None:
        self._box.text = self._text
        self._box.move_cursor(self._box.document.end)
        self._box.focus()
        self._look()

    def refresh_state(self, state: RunState) -> None:
        """Take a newer state; what was typed stays, whatever became of the proposal."""
        self._state = state
        if not self.is_mounted:
            return
        proposal = state.proposals.get(self._task_id)
        if proposal and self._shown and proposal.version != self._shown.version:
            changed = [field_words(c.field) for c in draft_changes(self._shown.draft, proposal.draft)]
            self._told = (
                f"{self._task_id} has changed meanwhile ({', '.join(changed) or 'its version'}): "
                f"your question will be about version {proposal.version}."
            )
            self._shown = proposal
            self.hold.begin()
        self._look()

    def written(self) -> str:
        return "your question" if self._box.text.strip() else ""

    def _late(self) -> str:
        """Why nothing can be asked any more; empty where it can."""
        if decided := decided_words(self._state, self._task_id):
            return f"{decided} meanwhile: there is nothing left to ask. Copy what you need, and leave with escape."
        if query := self._state.queries.get(self._task_id):
            by = line(str(query.actor))
            return f"{by} has asked about {self._task_id} already: wait for that answer, or leave with escape."
        return ""

    def _look(self) -> None:
        late = self._late()
        show(self._notice, content(late or self._told))
        show(self._who, content("" if late else answerer_words(self._state, self._task_id), "$text-muted"))

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._field.show_fault("")

    @on(SubmitBox.Submitted)
    def _sent(self, event: SubmitBox.Submitted) -> None:
        if self._late() or self._shown is None:
            self.app.bell()
        elif not event.text:
            self._field.show_fault(EMPTY)
        elif self.hold.over():
            self.dismiss(Asked(self._shown.version, event.text))
