"""Asks why a proposal is rejected, and offers the reasons that people of this run gave before."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static, TextArea
from textual.widgets.option_list import Option

from hephaestus_tui.domain.decision import ActorKind, Verdict
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.screens.answer import AnswerList
from hephaestus_tui.ui.screens.dialog import DialogScreen, show
from hephaestus_tui.ui.screens.draft_form import amended_meanwhile, decided_meanwhile
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import Field, SubmitBox, key_row
from hephaestus_tui.ui.widgets.lines import whole
from hephaestus_tui.ui.widgets.task_words import title_of

EMPTY = "write something, or press escape"
OFFERED = 9
_OWN = "own"


def recent_reasons(state: RunState, most: int = OFFERED) -> tuple[str, ...]:
    """The reasons that people of this run gave for rejecting, each once, the newest first."""
    found: dict[str, str] = {}
    for _, decision in sorted(state.record.items(), reverse=True):
        by_hand = decision.actor.kind is ActorKind.HUMAN and decision.merged_into is None
        reason = decision.reason.strip()
        if decision.verdict is Verdict.REJECT and by_hand and reason:
            found.setdefault(" ".join(reason.casefold().split()), reason)
        if len(found) == most:
            break
    return tuple(found.values())


def reader_words(state: RunState, task_id: TaskId) -> str:
    """Who reads the reason."""
    proposal = state.proposals.get(task_id)
    proposer = state.agents.get(proposal.origin.task_id or "") if proposal else None
    lives = proposer is not None and proposer.status is not AgentStatus.ENDED
    return "The proposing agent reads it." if lives else "It is kept in the record."


class RejectScreen(DialogScreen[str | None]):
    """Gives back the reason, for a decision on `version`, or None. `text` and `told` are those of a refused try."""

    CSS = """
    RejectScreen OptionList {
        height: auto; max-height: 9; border: none; padding: 0; background: $surface; scrollbar-size-vertical: 1;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    RejectScreen .heading { height: auto; margin: 1 0 0 0; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "rebase", "Reject the new version", show=False, priority=True)
    ]

    def __init__(
        self,
        task_id: TaskId,
        state: RunState,
        *,
        text: str = "",
        told: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock)
        self._task_id, self._state, self._text, self._told = task_id, state, text, told
        proposal = state.proposals.get(task_id)
        self.version = proposal.version if proposal else 0
        self._recent = recent_reasons(state)
        self._own = ""  # what was typed before a reason was chosen
        self._notice, self._keys = Static(classes="notice"), Static(classes="keys")
        self._box = SubmitBox(id="reason")
        self._field = Field(f"Why? {reader_words(state, task_id)}", self._box)
        self._list = AnswerList(*(_option(n, r) for n, r in enumerate(self._recent, 1)), id="recent")

    def compose(self) -> ComposeResult:
        with DialogBox(classes="dialog -small"):
            title = f"Reject {self._task_id}: {line(title_of(self._state, self._task_id), 60)}"
            yield Static(content(title), classes="title")
            yield self._notice
            yield self._field
            if self._recent:
                yield Static(content("reasons given before"), classes="heading")
                yield self._list
            yield self._keys

    def on_mount(self) -> None:
        self._list.highlighted = None
        self._box.text = self._text
        self._box.move_cursor(self._box.document.end)
        self._box.focus()
        self._look()

    @property
    def text(self) -> str:
        return "\n".join(self._box.document.lines)

    def refresh_state(self, state: RunState) -> None:
        """Take a newer state; what was typed stays, whatever became of the proposal."""
        self._state = state
        if self.is_mounted:
            self._look()

    def written(self) -> str:
        text = self.text.strip()
        return "your reason" if text and text not in map(whole, self._recent) else ""

    def action_rebase(self) -> None:
        """Reject the version that stands now, with the same reason."""
        proposal = self._state.proposals.get(self._task_id)
        if proposal and proposal.version != self.version:
            self.version, self._told = proposal.version, f"This rejects version {proposal.version} now."
            self.hold.begin()
            self._look()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self._look()

    def on_key(self, event: events.Key) -> None:
        if self.focused is self._list and event.key in "0123456789":
            event.stop()
            number = int(event.key)
            if number == 0 and self._own:
                self._fill(self._own)
            elif 0 < number <= len(self._recent):
                self._offer(number - 1)

    @on(OptionList.OptionSelected)
    def _picked(self, event: OptionList.OptionSelected) -> None:
        if event.option_id == _OWN:
            self._fill(self._own)
        else:
            self._offer(event.option_index)

    def _offer(self, place: int) -> None:
        text = self.text
        if text.strip() and text.strip() not in map(whole, self._recent):
            self._own = text
            if self._list.option_count == len(self._recent):
                self._list.add_option(Option("", id=_OWN))
            self._list.replace_option_prompt(_OWN, _prompt("0", f"what you wrote: {text}"))
        self._fill(whole(self._recent[place]))

    def _fill(self, text: str) -> None:
        """Put a reason into the box, where it can be changed. A key that comes at once does not send it."""
        self._box.replace(text, (0, 0), self._box.document.end)
        self._box.move_cursor(self._box.document.end)
        self._box.focus()
        self.hold.begin()

    def _late(self) -> str:
        if decided := decided_meanwhile(self._state, self._task_id):
            return decided
        amended = amended_meanwhile(self._state, self._task_id, self.version)
        return f"{amended} Your reason stays: ctrl+n rejects that version, escape leaves." if amended else ""

    def _look(self) -> None:
        show(self._notice, content(self._late() or self._told))
        if self.focused is self._list:
            back = (("0", "what you wrote"),) if self._own else ()
            keys = (("1-9", "take a reason"), *back, ("tab", "own words"), ("esc", "cancel"))
        else:
            offered = (("tab", "reasons given before"),) if self._recent else ()
            keys = (("enter", "send"), ("ctrl+j", "new line"), *offered, ("esc", "cancel"))
        show(self._keys, key_row(*keys))

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._field.show_fault("")

    @on(SubmitBox.Submitted)
    def _sent(self, event: SubmitBox.Submitted) -> None:
        if self._late():
            self.app.bell()
        elif not event.text:
            self._field.show_fault(EMPTY)
        elif self.hold.over():
            self.dismiss(event.text)
        else:
            self._field.show_fault("a moment: read it, then press enter again")


def _option(number: int, reason: str) -> Option:
    return Option(_prompt(str(number), reason))


def _prompt(sign: str, text: str) -> Content:
    return Content.styled(f"{sign}  ", "bold $primary") + content(line(text))
