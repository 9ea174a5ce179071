"""The form with all fields of a task: a person changes a proposal before it becomes a task, or writes a new one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Select, Static, TextArea

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import DRAFT_FIELDS, Discovery, Phase, Priority, TaskDraft, TaskId
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.draft_form import (
    BY_HUMAN,
    blocker_ids,
    blocker_notes,
    changed_fields,
    decided_meanwhile,
    faults_of,
    form_text,
    read_form,
)
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.fields import Field, LineInput, TextBox, key_row
from hephaestus_tui.ui.widgets.task_words import field_words

_LABELS = {
    "blocked_by": "blocked by (ids)",
    "done_criteria": "done when (one a line)",
    "rationale": "rationale: why it is needed",
    "description": "description: what to do",
}


class EditScreen(ModalScreen[TaskDraft | None]):
    """Gives back the draft as it was saved, valid when it was, or None. `task_id` None is a new task.

    `draft` fills the fields; what counts as changed is measured against the proposal as it stands in `state`.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = ["dialog.tcss", "edit.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", show=False, priority=True),
        Binding("escape", "cancel", "Cancel", show=False),
    ]

    def __init__(self, task_id: TaskId | None, draft: TaskDraft, state: RunState) -> None:
        super().__init__()
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (108, "-wide")]
        if task_id is None and not draft.rationale.strip():
            draft = replace(draft, rationale=BY_HUMAN)
        self._task_id, self._shown, self._state = task_id, draft, state
        proposal = state.proposals.get(task_id) if task_id else None
        self._version = proposal.version if proposal else None
        self._before = proposal.draft if proposal else draft
        self._touched = set() if task_id is None else set(DRAFT_FIELDS)
        self._fields: dict[str, Field] = {}
        self._refused = False  # saving was tried, and a field is wrong
        self._mounted = False  # before, a Select says that nothing is chosen
        self._notice = Static(id="notice")
        self._foot = Static(id="foot")

    def _field(self, name: str, text: str) -> Field:
        return Field(_LABELS.get(name, field_words(name)), self._widget(name, text), id=f"field-{name}")

    def _widget(self, name: str, text: str) -> Widget:
        match name:
            case "title":
                return LineInput(text, placeholder="one line: what will be different", id=name)
            case "blocked_by":
                return LineInput(text, placeholder="nothing; name what must be completed before, like T1 T2", id=name)
            case "phase":
                return _select(name, text, [p.value for p in Phase])
            case "role":
                return _select(name, text, self._state.roles)
            case "priority":
                return _select(name, text, [p.value for p in Priority])
            case "discovery":
                return _select(name, text, [d.value for d in Discovery])
            case _:
                return TextBox(text, id=name)

    def compose(self) -> ComposeResult:
        # here and not in __init__: a Textual Input with a value needs a running app
        of = self._fields = {name: self._field(name, text) for name, text in form_text(self._shown).items()}
        title = "A new task" if self._task_id is None else f"Edit {self._task_id}, then accept it"
        with Vertical(classes="dialog"):
            yield Static(content(line(title)), classes="title")
            yield self._notice
            with VerticalScroll(id="fields", can_focus=False):
                yield of["title"]
                with Container(id="choices"):
                    yield Horizontal(of["phase"], of["role"])
                    yield Horizontal(of["priority"], of["discovery"])
                yield from (of[name] for name in ("description", "rationale", "blocked_by", "done_criteria"))
            yield self._foot
            yield Static(
                key_row(
                    ("ctrl+s", "add" if self._task_id is None else "accept"), ("tab", "next field"), ("esc", "cancel")
                ),
                classes="keys",
            )

    def on_mount(self) -> None:
        self._fields["title"].widget.focus()
        if self.app.has_class("-ascii"):
            for arrow in self.query(".down-arrow").results(Static):
                arrow.update(content("v"))
        self._mounted = True
        self._check()

    def refresh_state(self, state: RunState) -> None:
        """Take a newer state: the graph may have moved, or someone else decided. What was typed stays."""
        self._state = state
        if self._mounted:
            self._check()

    @property
    def draft(self) -> TaskDraft:
        """The task as the form says it now, valid or not."""
        return read_form(self._texts(), self._shown)

    def _texts(self) -> dict[str, str]:
        # a choice that is not there yet, or not any more, says that nothing is chosen: it is as it was
        fields = {name: field.widget for name, field in self._fields.items()}
        return {n: _text_of(w) for n, w in fields.items() if not (isinstance(w, Select) and w.value is Select.NULL)}

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Select.Changed)
    def _changed(self, event: Input.Changed | TextArea.Changed | Select.Changed) -> None:
        name = event.control.id or ""
        if name in self._fields and _text_of(self._fields[name].widget) != form_text(self._shown)[name]:
            self._touched.add(name)
        self._check()

    def _check(self) -> dict[str, str]:
        """Show what the form says now: faults, blockers, changes. Gives back the faults of all fields."""
        draft = self.draft
        faults = faults_of(draft, self._task_id or self._state.next_id(), self._state)
        for name, field in self._fields.items():
            field.show_fault(faults.get(name, "") if name in self._touched else "")
        notes = blocker_notes(blocker_ids(_text_of(self._fields["blocked_by"].widget)), self._state)
        self._fields["blocked_by"].show_note(content("\n".join(notes)))
        late = decided_meanwhile(self._state, self._task_id, self._version)
        _say(self._notice, content(late))
        self._refused = self._refused and bool(faults)
        _say(self._foot, self._standing(draft, faults))
        return faults

    def _standing(self, draft: TaskDraft, faults: dict[str, str]) -> Content:
        if self._refused:
            wrong = [field_words(name) for name in self._fields if name in faults]
            return content(f"cannot be saved: see {', '.join(wrong)}", "$text-error")
        if self._task_id is None:
            return Content()
        changed = changed_fields(self._before, draft)
        return content(f"changed: {', '.join(changed)}" if changed else "nothing changed")

    def action_save(self) -> None:
        """Leave with the draft if it may be saved; or else go to the first field that is wrong."""
        if not self._mounted:  # typed ahead: nobody has read the form
            return
        self._touched.update(DRAFT_FIELDS)
        self._refused = True
        faults = self._check()
        if decided_meanwhile(self._state, self._task_id, self._version):
            self.app.bell()
            return
        if wrong := next((name for name in self._fields if name in faults), None):
            self._fields[wrong].widget.focus()
            self._fields[wrong].scroll_visible(animate=False)
            return
        self.dismiss(self.draft)

    def action_cancel(self) -> None:
        """Leave without the draft; asks first when something that a person wrote would be lost."""
        draft = self.draft
        own = self._task_id is None and (draft.title or draft.description)
        if draft == self._before and not own:
            self.dismiss(None)
            return
        ask = ConfirmScreen("Throw away what you have changed?", yes="throw it away", no="go on editing")
        self.app.push_screen(ask, self._confirmed)

    def _confirmed(self, yes: bool | None) -> None:
        if yes:
            self.dismiss(None)


def _select(name: str, value: str, options: Iterable[str]) -> Select[str]:
    values = list(dict.fromkeys([*options, value]))
    prompts = [(Text(line(field_words(v)) if name == "discovery" else line(v)), v) for v in values]
    return Select(prompts, value=value, allow_blank=False, compact=True, id=name)


def _text_of(widget: Widget) -> str:
    match widget:
        case Input():
            return widget.value
        case TextArea():
            return "\n".join(widget.document.lines)
        case Select():
            return str(widget.value)
        case _:
            raise TypeError(f"{widget!r} is not a field of this form")


def _say(place: Static, words: Content) -> None:
    """Change a line only where it says something else; an empty one takes no room."""
    if place.content != words or place.display != bool(words):
        place.update(words)
        place.display = bool(words)
