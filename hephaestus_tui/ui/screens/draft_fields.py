"""The widgets of the form of a task: one for each field, and the text that each of them says."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text
from textual.widget import Widget
from textual.widgets import Input, Select, TextArea

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Discovery, Phase, Priority, TaskDraft, TaskId
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.blocker_picker import BlockerPicker
from hephaestus_tui.ui.widgets.criteria_box import CriteriaBox
from hephaestus_tui.ui.widgets.fields import LineInput, TextBox
from hephaestus_tui.ui.widgets.lines import whole
from hephaestus_tui.ui.widgets.task_words import field_words


def field_widget(name: str, text: str, draft: TaskDraft, state: RunState, task_id: TaskId | None) -> Widget:
    """The widget of one field, with what it says at first."""
    match name:
        case "title":
            return LineInput(text, placeholder="one line: what will be different", id=name)
        case "blocked_by":
            return BlockerPicker(draft.blocked_by, state, task_id, id=name)
        case "blocks":
            return LineInput(text, placeholder="what must wait for it, such as T7 T9", id=name)
        case "done_criteria":
            return CriteriaBox(
                text, placeholder="what must be true when it is done; below it, $ a command that checks it", id=name
            )
        case "phase":
            return _select(name, text, list(Phase))
        case "role":
            return _select(name, text, state.roles)
        case "priority":
            return _select(name, text, list(Priority))
        case "discovery":
            return _select(name, text, list(Discovery))
        case _:
            return TextBox(text, id=name)


def _select(name: str, value: str, options: Iterable[str]) -> Select[str]:
    values = list(dict.fromkeys([*map(str, options), value]))
    prompts = [(Text(line(field_words(v)) if name == "discovery" else line(v)), v) for v in values]
    return Select(prompts, value=value, allow_blank=False, compact=True, id=name)


def text_of(widget: Widget) -> str:
    """What a field says now, as `form_text` has it."""
    match widget:
        case Input():
            return widget.value
        case TextArea():
            return "\n".join(widget.document.lines)
        case Select():
            return str(widget.value)
        case BlockerPicker():
            return " ".join(whole(blocker) for blocker in widget.ids)
        case _:
            raise TypeError(f"{widget!r} is not a field of this form")


def fill(widget: Widget, text: str, draft: TaskDraft) -> None:
    """Let a field say something else."""
    match widget:
        case _ if text_of(widget) == text:
            return  # the cursor stays where it is
        case Input() | Select():
            widget.value = text
        case TextArea():
            widget.replace(text, (0, 0), widget.document.end)
        case BlockerPicker():
            widget.choose(draft.blocked_by)
