"""The form with all fields of a task: a person changes a proposal before it becomes a task, or writes a new one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Select, Static, TextArea

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import DRAFT_FIELDS, TaskDraft, TaskId
from hephaestus_tui.ui.screens.dialog import DialogScreen, show
from hephaestus_tui.ui.screens.draft_fields import field_widget, fill, text_of
from hephaestus_tui.ui.screens.draft_form import (
    BY_HUMAN,
    amended_meanwhile,
    changed_fields,
    decided_meanwhile,
    faults_of,
    form_text,
    read_form,
)
from hephaestus_tui.ui.screens.review import ReviewScreen
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.blocker_picker import BlockerPicker
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import Field, key_row
from hephaestus_tui.ui.widgets.task_words import field_words

_LABELS = {
    "done_criteria": "done when (one a line)",
    "rationale": "rationale: why it is needed",
    "description": "description: what to do",
}
_KEYS = {
    "blocked_by": (("up/down", "choose"), ("enter", "add"), ("ctrl+x", "remove")),
    "done_criteria": (("alt+up/down", "move"), ("ctrl+x", "remove")),
}


class EditScreen(DialogScreen[TaskDraft | None]):
    """Gives back the draft as it was saved, valid when it was, or None. `task_id` None is a new task.

    A proposal's draft has been seen in a review, as a decision on `version`. `draft` fills the fields; what counts as
    changed is measured against the proposal as it stands in `state`. `told` is what became of a try before.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = ["dialog.tcss", "edit.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", show=False, priority=True),
        Binding("ctrl+n", "rebase", "Take over the new version", show=False, priority=True),
    ]

    def __init__(
        self,
        task_id: TaskId | None,
        draft: TaskDraft,
        state: RunState,
        *,
        told: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock)
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (108, "-wide")]
        if task_id is None and not draft.rationale.strip():
            draft = replace(draft, rationale=BY_HUMAN)
        self._task_id, self._shown, self._state, self._told, self._clock = task_id, draft, state, told, clock
        proposal = state.proposals.get(task_id) if task_id else None
        self.version = proposal.version if proposal else None
        self._before = proposal.draft if proposal else draft
        self._touched = set() if task_id is None else set(DRAFT_FIELDS)
        self._form = form_text(draft)
        self._fields: dict[str, Field] = {}
        self._refused = False  # saving was tried, and a field is wrong
        self._ready = False  # before, a Select says that nothing is chosen
        self._notice = Static(id="notice")
        self._foot = Static(id="foot")
        self._keys = Static(classes="keys")

    def _field(self, name: str, text: str) -> Field:
        widget = field_widget(name, text, self._shown, self._state, self._task_id)
        return Field(_LABELS.get(name, field_words(name)), widget, id=f"field-{name}")

    def compose(self) -> ComposeResult:
        # here and not in __init__: a Textual Input with a value needs a running app
        of = self._fields = {name: self._field(name, text) for name, text in self._form.items()}
        title = "A new task" if self._task_id is None else f"Edit {self._task_id}, then accept it"
        with DialogBox(classes="dialog"):
            yield Static(content(line(title)), classes="title")
            yield self._notice
            with VerticalScroll(id="fields", can_focus=False):
                yield of["title"]
                with Container(id="choices"):
                    yield Horizontal(of["phase"], of["role"])
                    yield Horizontal(of["priority"], of["discovery"])
                yield from (of[name] for name in ("description", "rationale", "blocked_by", "blocks", "done_criteria"))
            yield self._foot
            yield self._keys

    def on_mount(self) -> None:
        self._fields["title"].widget.focus()
        if self.app.has_class("-ascii"):
            for arrow in self.query(".down-arrow").results(Static):
                arrow.update(content("v"))
        self._ready = True
        self._check()
        self._show_keys()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self._show_keys()

    def refresh_state(self, state: RunState) -> None:
        """Take a newer state: the graph may have moved, or someone else decided. What was typed stays."""
        self._state = state
        if self._ready:
            self._picker.refresh_state(state)
            self._check()

    @property
    def draft(self) -> TaskDraft:
        """The task as the form says it now, valid or not."""
        return read_form(self._texts(), self._shown, self._form)

    @property
    def _picker(self) -> BlockerPicker:
        picker = self._fields["blocked_by"].widget
        assert isinstance(picker, BlockerPicker)
        return picker

    def _texts(self) -> dict[str, str]:
        # a choice that is not there yet, or not any more, says that nothing is chosen: it is as it was
        fields = {name: field.widget for name, field in self._fields.items()}
        return {n: text_of(w) for n, w in fields.items() if not (isinstance(w, Select) and w.value is Select.NULL)}

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Select.Changed)
    @on(BlockerPicker.Changed)
    def _changed(self, event: Input.Changed | TextArea.Changed | Select.Changed | BlockerPicker.Changed) -> None:
        name = "blocked_by" if isinstance(event, BlockerPicker.Changed) else event.control.id or ""
        if name in self._fields and text_of(self._fields[name].widget) != self._form[name]:
            self._touched.add(name)
        self._check()

    def _late(self) -> str:
        """Why this cannot be saved as it is; empty where it can."""
        if decided := decided_meanwhile(self._state, self._task_id):
            return decided
        if amended := amended_meanwhile(self._state, self._task_id, self.version):
            return f"{amended} ctrl+n takes that over; what you have changed stays."
        return ""

    def _check(self) -> dict[str, str]:
        """Show what the form says now: faults, changes, what happened meanwhile. Gives back the faults of all fields."""
        draft = self.draft
        faults = faults_of(draft, self._task_id or self._state.next_id(), self._state)
        if (typed := self._picker.unchosen) and (self._refused or not self._picker.line.has_focus):
            faults["blocked_by"] = f"nothing is chosen for {line(typed, 30)!r}: choose something, or clear it"
        for name, field in self._fields.items():
            field.show_fault(faults.get(name, "") if name in self._touched else "")
        show(self._notice, content(self._late() or self._told))
        self._refused = self._refused and bool(faults)
        show(self._foot, self._standing(draft, faults))
        return faults

    def _standing(self, draft: TaskDraft, faults: dict[str, str]) -> Content:
        if self._refused:
            wrong = [field_words(name) for name in self._fields if name in faults]
            return content(f"cannot be saved: see {', '.join(wrong)}", "$text-error")
        if self._task_id is None:
            return Content()
        changed = changed_fields(self._before, draft)
        return content(f"changed: {', '.join(changed)}" if changed else "nothing changed")

    def _show_keys(self) -> None:
        own = _KEYS.get(self.focused.id or "", ()) if self.focused else ()
        save = "add" if self._task_id is None else "review"
        show(self._keys, key_row(("ctrl+s", save), *own, *(() if own else (("tab", "next field"),)), ("esc", "cancel")))

    def action_save(self) -> None:
        """Leave with the draft if it may be saved and the review is agreed to; or else go to the first wrong field."""
        if not self._ready or not self.is_active:  # typed ahead, or over this: nobody has read the form
            return
        self._touched.update(DRAFT_FIELDS)
        self._refused = True
        faults = self._check()
        if self._late():
            self.app.bell()
        elif wrong := next((name for name in self._fields if name in faults), None):
            field = self._fields[wrong]
            (self._picker.line if wrong == "blocked_by" else field.widget).focus()
            field.scroll_visible(animate=False)
        elif self._task_id is None:
            self.dismiss(self.draft)
        else:
            self._refused, draft = False, self.draft
            review = ReviewScreen(self._task_id, draft, self._state, self.version, clock=self._clock)
            self.app.push_screen(review, lambda agreed: self._reviewed(draft, agreed))

    def _reviewed(self, draft: TaskDraft, agreed: bool | None) -> None:
        if agreed:
            self.dismiss(draft)
        else:
            self._check()

    def action_rebase(self) -> None:
        """Go on with the version that stands now; a field that was changed here keeps what it says."""
        proposal = self._state.proposals.get(self._task_id or "")
        if not self._ready or proposal is None or proposal.version == self.version:
            return
        mine = {c for c in DRAFT_FIELDS if getattr(self.draft, c) != getattr(self._before, c)}
        taken = {c: getattr(proposal.draft, c) for c in DRAFT_FIELDS if c not in mine}
        self._before, self.version, self._shown = proposal.draft, proposal.version, replace(self.draft, **taken)
        self._form = form_text(self._shown)
        for name, text in self._form.items():
            fill(self._fields[name].widget, text, self._shown)
        self._told = f"This is version {self.version} now, with what you have changed."
        self._check()

    def written(self) -> str:
        draft = self.draft
        own = self._task_id is None and (draft.title or draft.description)
        return "what you have changed" if own or draft != self._before else ""
