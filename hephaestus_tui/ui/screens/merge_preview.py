"""Shows what a merge would make of its target and of whoever waits, before it is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from hephaestus_tui.domain.decision import Proposal
from hephaestus_tui.domain.errors import BadDraft
from hephaestus_tui.domain.merging import is_amended, merge_fault, moved_blockers, whole
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskDraft, TaskId, TaskStatus
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.screens.dialog import DialogScreen, decided_words, show
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.criteria_words import criterion_rows
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import key_row
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Span, line_of, paragraphs
from hephaestus_tui.ui.widgets.lines_view import LinesView
from hephaestus_tui.ui.widgets.task_words import Reading

_ADDED = "good"


def fault_of_merge(state: RunState, task_id: TaskId, into: TaskId) -> str:
    """Why the merge cannot be made as things stand; empty where it can."""
    if decided := decided_words(state, task_id):
        return f"{decided} meanwhile: there is nothing left to merge."
    if fault := merge_fault(state, task_id, into):
        return f"{fault[0].upper()}{fault[1:]}."
    try:
        whole(state, task_id, into)
    except BadDraft as error:
        return f"{error}."
    return ""


def preview_lines(state: RunState, task_id: TaskId, into: TaskId, glyphs: GlyphSet) -> list[Line]:
    """What is added is coloured and has a plus before it. The merge must be one that can be made."""
    reading, proposal = Reading(state, glyphs), state.proposals[task_id]
    becomes = line_of(Span("becomes part of", "muted"))
    lines = [*reading.task_lines([task_id]), becomes, *reading.task_lines([into]), BLANK]
    if is_amended(state, into):
        lines += _after(state, proposal, into, reading)
    else:
        lines += _noted(state, proposal, into)
    return [*lines, BLANK, *_who_waits(state, task_id, into, reading)]


def _after(state: RunState, proposal: Proposal, into: TaskId, reading: Reading) -> list[Line]:
    before, after = state.draft(into), whole(state, proposal.task_id, into)
    if before is None:
        return []
    taken = after.description.removeprefix(before.description.rstrip()).strip("\n")
    lines = [_heading(f"What {into} will say"), *paragraphs(before.description)]
    if taken:
        lines += [BLANK, *_plus(taken)]
    return [*lines, *_criteria(before, after), *_blockers(before, after, reading)]


def _criteria(before: TaskDraft, after: TaskDraft) -> list[Line]:
    if not after.done_criteria:
        return []
    rows = [
        line_of(Span(f"+ {row}", _ADDED)) if c not in before.done_criteria else line_of(f"  {row}")
        for c in after.done_criteria
        for row in criterion_rows(c)
    ]
    return [BLANK, _heading("Done when"), *rows]


def _blockers(before: TaskDraft, after: TaskDraft, reading: Reading) -> list[Line]:
    new = [b for b in after.blocked_by if b not in before.blocked_by]
    gone = [b for b in before.blocked_by if b not in after.blocked_by]
    lines = [line_of(Span(f"+ it also waits for {reading.named(new)}", _ADDED))] if new else []
    if gone:
        lines.append(line_of(f"It no longer waits for {', '.join(gone)}, which it does itself."))
    return [BLANK, *lines] if lines else []


def _noted(state: RunState, proposal: Proposal, into: TaskId) -> list[Line]:
    task_id = proposal.task_id
    if not state.tasks[into].status.ended:
        told = [*_plus(proposal.draft.title), *_plus(proposal.draft.description)]
        return [_heading(f"What its agent reads at its next turn: {task_id} is part of its task now"), *told]
    return [line_of(f"{into} is completed: nothing in it changes. It is only noted that {task_id} was merged into it.")]


def _who_waits(state: RunState, task_id: TaskId, into: TaskId, reading: Reading) -> list[Line]:
    moved = [t for t in moved_blockers(state, task_id, into) if t != into]
    done = into in state.tasks and state.tasks[into].status is TaskStatus.COMPLETED
    if not moved:
        lines = [line_of(f"Nobody else waits for {task_id}.")]
    elif done:
        lines = [line_of(f"No longer waiting for {task_id}, since {into} is completed:"), *reading.task_lines(moved)]
    else:
        lines = [line_of(f"Waiting for {into} instead of {task_id}:"), *reading.task_lines(moved)]
    told = " The agent that proposed it is told." if state.proposals[task_id].origin.task_id else ""
    return [*lines, BLANK, line_of(Span(f"{task_id} is then no proposal any more.{told}", "muted"))]


def _plus(text: str) -> list[Line]:
    return [
        Line(row.spans, head=(Span("+ ", _ADDED), *row.head), indent=row.indent) for row in paragraphs(text, _ADDED)
    ]


def _heading(text: str) -> Line:
    return line_of(Span(text, "heading"))


class MergePreview(DialogScreen[int | None]):
    """Gives back the version of the proposal that was shown when the merge was agreed to, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "agree", show=False), Binding("n", "leave", show=False)]

    def __init__(
        self, task_id: TaskId, into: TaskId, state: RunState, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(clock)
        self._task_id, self._into, self._state = task_id, into, state
        self._version = 0
        self._fault = ""
        self._notice = Static(classes="notice")
        self._lines = LinesView()
        self._keys = Static(classes="keys")

    def compose(self) -> ComposeResult:
        title = f"Merge {self._task_id} into {self._into}"
        with DialogBox(classes="dialog"):
            yield Static(content(line(title)), classes="title")
            yield self._notice
            yield self._lines
            yield self._keys

    def on_mount(self) -> None:
        self._lines.focus()
        self._look()

    def refresh_state(self, state: RunState) -> None:
        """Take a newer state: what is shown changes with it, and then is held for a moment, to be read."""
        self._state = state
        if self.is_mounted:
            self._look()

    def _look(self) -> None:
        self._fault = fault_of_merge(self._state, self._task_id, self._into)
        show(self._notice, content(self._fault))
        lines: tuple[Line, ...] = ()
        if not self._fault:
            self._version = self._state.proposals[self._task_id].version
            lines = tuple(preview_lines(self._state, self._task_id, self._into, self.glyphs))
        if self._lines.set_lines(lines) and self.guarded:
            self.hold.begin()
        self._lines.display = bool(lines)
        yes = () if self._fault else (("y", "merge it"), ("up/down", "scroll"))
        show(self._keys, key_row(*yes, ("esc", "choose another")))

    def action_agree(self) -> None:
        if not self._fault and self.hold.over():
            self.dismiss(self._version)
