"""Shows what a merge of a task's work would do before it is done: where it goes, what it changes, what is against it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.folds.steps import is_done
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.work import MergePreview, Work, WorkStatus
from hephaestus_tui.ui.diff.parts import file_title, path_words
from hephaestus_tui.ui.screens.dialog import DialogScreen, show
from hephaestus_tui.ui.text import clean, content, line
from hephaestus_tui.ui.widgets.detail_work import plus_minus
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import key_row
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Span, line_of
from hephaestus_tui.ui.widgets.lines_view import LinesView
from hephaestus_tui.ui.widgets.task_words import Reading, title_of
from hephaestus_tui.ui.words import count

_COMMIT = 8  # characters of a commit's name


class Merging(Enum):
    """What a person wants after seeing the preview."""

    MERGE = auto()
    RESOLVE = auto()
    SEND_BACK = auto()


def preview_lines(preview: MergePreview, branch: str, reading: Reading, task_id: TaskId, unsent: int) -> list[Line]:
    """Where it goes and what would be changed; before that, everything that is against it."""
    lines: list[Line] = []
    if preview.refusal:
        lines += [line_of(Span("It cannot be merged here", "strong bad")), Line((Span(line(preview.refusal)),)), BLANK]
    if preview.conflicts:
        lines.append(line_of(Span(f"{count(len(preview.conflicts), 'conflict')} with what is there now", "strong bad")))
        for conflict in preview.conflicts:
            lines.append(Line((Span(path_words(conflict.path)),), head=(Span("! ", "bad"),)))
            lines.append(Line((Span(line(conflict.text), "muted"),), indent=2))
        lines += [line_of("Neither side is taken: a task can resolve it, and you review what it makes."), BLANK]
    if preview.in_the_way:
        lines.append(line_of(Span("Changes of your own are in the way", "strong bad")))
        lines += [Line((Span(path_words(path)),), head=(Span("! ", "bad"),)) for path in preview.in_the_way]
        lines += [line_of("Commit them or put them aside, then look again. Nothing of yours is touched."), BLANK]
    if preview.branch:
        lines.append(
            line_of(Span(clean(branch, exact=True), "accent"), f" at {line(preview.tip[:_COMMIT])} into ",
                    Span(clean(preview.branch, exact=True), "accent"), f" at {line(preview.head[:_COMMIT])}")
        )  # fmt: skip
    if not preview.conflicts:  # with conflicts the changes hold their marks
        added, gone = sum(c.insertions for c in preview.changes), sum(c.deletions for c in preview.changes)
        lines.append(line_of(f"{count(len(preview.changes), 'file')} would change, ", *plus_minus(added, gone)))
        lines += [file_title(change, 0, unresolved=False) for change in preview.changes]
    if preview.clean:
        lines += [BLANK, *_after(reading, task_id, unsent)]
    return lines


def _after(reading: Reading, task_id: TaskId, unsent: int) -> list[Line]:
    state = reading.state
    lines = [
        line_of(
            Span("It makes one merge commit, and your files change with it. The branch of the task stays.", "muted")
        )
    ]
    work = state.works.get(task_id)
    merged = {task_id, work.resolves} if work and work.resolves else {task_id}
    waiting = dict.fromkeys(w for t in merged for w in state.waiters.get(t, ()) if t in state.blockers[w])
    further = [w for w in waiting if any(b not in merged and not is_done(state, b) for b in state.blockers[w])]
    for words, those in (
        ("Waiting for it, and going on then:", [w for w in waiting if w not in further]),
        ("Waiting for it, and for others too:", further),
    ):
        if those:
            lines += [line_of(Span(words, "muted")), *reading.task_lines(those)]
    if unsent:
        lines.append(line_of(Span(f"{count(unsent, 'comment')} of yours would not be sent.", "careful")))
    return lines


class MergeWorkScreen(DialogScreen[Merging | None]):
    """Enter never merges, nor does any key before the preview has been in sight for a moment.

    `look` makes the preview; `shown` is the work that was reviewed: another tip than its own is not merged.
    """

    CSS = """
    MergeWorkScreen .dialog { width: 96; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "choose('MERGE')", show=False),
        Binding("t", "choose('RESOLVE')", show=False),
        Binding("r", "choose('SEND_BACK')", show=False),
        Binding("l", "look", show=False),
    ]

    def __init__(
        self, task_id: TaskId, state: RunState, shown: Work, look: Callable[[], Awaitable[MergePreview]], unsent: int, *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        super().__init__(clock)
        self._task_id, self._state, self._shown, self._preview_of, self._unsent = task_id, state, shown, look, unsent
        self._preview: MergePreview | None = None
        self._fault = ""
        self._notice, self._keys = Static(classes="notice"), Static(classes="keys")
        self._lines = LinesView()

    def compose(self) -> ComposeResult:
        with DialogBox(classes="dialog"):
            yield Static(
                content(f"Merge the work of {self._task_id}: {title_of(self._state, self._task_id)}"), classes="title"
            )
            yield self._notice
            yield self._lines
            yield self._keys

    def on_mount(self) -> None:
        self._lines.focus()
        self._show()
        self._read()

    def refresh_state(self, state: RunState) -> None:
        """Take a newer state: the work may be another's now."""
        self._state = state
        if self.is_mounted:
            self._show()

    def action_look(self) -> None:
        """Look again: what was in the way may be gone."""
        self._preview, self._fault = None, ""
        self._show()
        self._read()

    @work(group="preview", exclusive=True)
    async def _read(self) -> None:
        try:
            self._preview = await self._preview_of()
        except HephaestusError as error:
            self._fault = str(error)
        self._show()
        self.call_after_refresh(self.hold.begin)

    def _late(self) -> str:
        view = self._state.works.get(self._task_id)
        if view is None or view.status is not WorkStatus.READY:
            return f"Somebody else has decided on it meanwhile: it is {view.status if view else 'gone'}."
        if view.tip != self._shown.tip or (self._preview and self._preview.tip != self._shown.tip):
            return "It has changed since you looked at it. Go back: it is shown as it stands now."
        return ""

    def _wishes(self) -> dict[Merging, str]:
        """What can be chosen now, with its key."""
        if self._late() or self._preview is None:
            return {}
        if self._shown.unresolved:
            return {Merging.SEND_BACK: "r"}
        if self._preview.clean:
            return {Merging.MERGE: "y"}
        return {Merging.RESOLVE: "t", Merging.SEND_BACK: "r"} if self._preview.conflicts else {}

    def _show(self) -> None:
        marked = "The marks of a conflict still stand in it: send it back." if self._shown.unresolved else ""
        show(self._notice, content(self._late() or self._fault or marked))
        if self._preview is None:
            lines = [line_of(Span("" if self._fault else "looking at what it would do…", "muted"))]
        else:
            reading = Reading(self._state, self.glyphs)
            lines = preview_lines(self._preview, self._shown.branch, reading, self._task_id, self._unsent)
        self._lines.set_lines(tuple(lines))
        into = line(self._preview.branch, 40) if self._preview else ""
        labels = {Merging.MERGE: f"merge it into {into}", Merging.RESOLVE: "make a task of it",
                  Merging.SEND_BACK: "send it back"}  # fmt: skip
        keys = [(key, labels[wish]) for wish, key in self._wishes().items()]
        again = [("l", "look again")] if (self._preview and not self._preview.clean) or self._fault else []
        show(self._keys, key_row(*keys, *again, ("esc", "back")))

    def action_choose(self, name: str) -> None:
        wish = Merging[name]
        if wish in self._wishes() and self.hold.over():
            self.dismiss(wish)
