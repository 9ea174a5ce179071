"""One text box in which a proposal is written as several, with what they become below it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static, TextArea

from hephaestus_tui.domain.splitting import parse_parts, split_drafts, split_faults, written_parts
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskDraft, TaskId
from hephaestus_tui.ui.screens.dialog import DialogScreen, decided_words, show
from hephaestus_tui.ui.screens.draft_form import amended_meanwhile
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import TextBox, key_row
from hephaestus_tui.ui.widgets.lines import whole
from hephaestus_tui.ui.widgets.task_words import title_of
from hephaestus_tui.ui.words import count

_HINT = "Each part begins with a line '# title'; its description follows. All other fields are those of the original."
_SHOWN = 4  # parts that are named in the preview
_TITLE_CELLS = 60


@dataclass(frozen=True, slots=True)
class Parts:
    """What a person made of a proposal in the version that was shown; `text` is what they wrote."""

    version: int
    drafts: tuple[TaskDraft, ...]
    chained: bool
    text: str


def first_text(draft: TaskDraft) -> str:
    """The original as the first part, and an empty second."""
    return written_parts([(whole(draft.title), whole(draft.description)), ("", "")])


def drafts_of(text: str, original: TaskDraft) -> tuple[TaskDraft, ...]:
    """The drafts that the text says; what is as it was shown keeps its value, raw."""
    shown = parse_parts(first_text(original))[0]
    title, description = shown
    parts = [
        (original.title if t == title else t, original.description if d == description else d)
        for t, d in parse_parts(text)
    ]
    return split_drafts(original, parts)


def result_lines(task_id: TaskId, drafts: tuple[TaskDraft, ...], chained: bool) -> str:
    """What results, in a few lines; the ids of the new ones are not known yet."""
    new = len(drafts) - 1
    lines = [f"{task_id}, and {count(new, 'new proposal')}:" if new > 0 else f"{task_id} alone:"]
    for number, draft in enumerate(drafts[:_SHOWN]):
        name = task_id if number == 0 else "new"
        title = line(draft.title, _TITLE_CELLS) or "(no title)"
        waits = "  waits for the one before" if chained and number else ""
        lines.append(f"  {name:<5} {title}{waits}")
    if len(drafts) > _SHOWN:
        lines.append(f"  and {len(drafts) - _SHOWN} more")
    return "\n".join(lines) if drafts else "no part yet"


class SplitScreen(DialogScreen[Parts | None]):
    """Gives back the parts, valid when they were, or None. `text`, `chained` and `fault` are those of a refused try."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["dialog.tcss"]
    CSS = """
    SplitScreen .dialog { height: 98%; max-height: 30; }
    SplitScreen TextBox, SplitScreen TextBox:focus { height: 1fr; max-height: 100%; min-height: 3; }
    SplitScreen .hint { height: auto; color: $text-muted; }
    SplitScreen .result { height: auto; margin: 1 0 0 0; }
    SplitScreen .fault { height: auto; color: $error; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", show=False, priority=True),
        Binding("ctrl+t", "chain", show=False, priority=True),
        Binding("ctrl+n", "rebase", show=False, priority=True),
    ]

    def __init__(
        self,
        task_id: TaskId,
        state: RunState,
        *,
        text: str | None = None,
        chained: bool = False,
        fault: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock)
        self._task_id, self._state, self._told = task_id, state, fault
        self._shown = state.proposals.get(task_id)
        self._first = first_text(self._shown.draft) if self._shown else ""
        self._text = self._first if text is None else text
        self._chained = chained
        self._drafts: tuple[TaskDraft, ...] = ()
        self._faults: tuple[str, ...] = ()
        self._tried = False
        self._notice = Static(classes="notice")
        self._box = TextBox()
        self._result = Static(classes="result")
        self._fault = Static(classes="fault")
        self._keys = Static(classes="keys")

    def compose(self) -> ComposeResult:
        with DialogBox(classes="dialog"):
            title = f"Split {self._task_id}: {title_of(self._state, self._task_id)}"
            yield Static(content(line(title)), classes="title")
            yield self._notice
            yield self._box
            yield Static(content(_HINT), classes="hint")
            yield self._result
            yield self._fault
            yield self._keys

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
        self._look()

    def written(self) -> str:
        return "your parts" if self._written() not in ("", self._first) else ""

    def _written(self) -> str:
        return "\n".join(self._box.document.lines)

    def _late(self) -> str:
        if decided := decided_words(self._state, self._task_id):
            return f"{decided} meanwhile: nothing can be split. Copy what you need, and leave with escape."
        amended = amended_meanwhile(self._state, self._task_id, self._shown.version if self._shown else None)
        return f"{amended} Your parts stay: ctrl+n splits that version, escape leaves." if amended else ""

    def _look(self) -> None:
        late = self._late()
        show(self._notice, content(late or self._told))
        if self._shown is not None:
            self._drafts = drafts_of(self._written(), self._shown.draft)
            self._faults = split_faults(self._drafts, self._state.roles)
        show(self._result, content("" if late else result_lines(self._task_id, self._drafts, self._chained)))
        show(self._fault, self._fault_words() if not late else Content())
        sign = "on" if self._chained else "off"
        keys = (("ctrl+s", "split"), ("ctrl+t", f"each waits for the one before: {sign}"), ("esc", "cancel"))
        show(self._keys, key_row(*(keys if not late else keys[2:])))

    def _fault_words(self) -> Content:
        # before anything was tried, that an empty part is empty is no news
        faults = self._faults if self._tried or self.written() else ()
        if not faults:
            return Content()
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        return content(line(faults[0]) + more)

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._look()

    def action_rebase(self) -> None:
        """Split the version that stands now, into the same parts."""
        proposal = self._state.proposals.get(self._task_id)
        if proposal and self._shown and proposal.version != self._shown.version:
            self._shown, self._told = proposal, f"This splits version {proposal.version} now."
            self.hold.begin()
            self._look()

    def action_chain(self) -> None:
        self._chained = not self._chained
        self._look()

    def action_save(self) -> None:
        if not self.is_mounted:  # typed ahead: nobody has read the form
            return
        self._tried = True
        self._look()
        if self._late() or self._shown is None:
            self.app.bell()
        elif not self._faults and self.hold.over():
            self.dismiss(Parts(self._shown.version, self._drafts, self._chained, self._written()))
