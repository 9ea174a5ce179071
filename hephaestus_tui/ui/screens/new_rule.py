"""The form in which a rule is written, with what it would have done beside what is typed."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from pathlib import PurePath
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Select, Static

from hephaestus_tui.domain.decision import Verdict
from hephaestus_tui.domain.rule import LEAST_SCORE, Rule, conditions
from hephaestus_tui.domain.rules import what_if
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Discovery, Phase, Priority
from hephaestus_tui.ui.screens.dialog import DialogScreen, show
from hephaestus_tui.ui.screens.rule_form import EVERYTHING, FIELDS, NOTHING, read_rule, role_note, rule_text
from hephaestus_tui.ui.screens.rule_lines import against, would
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import Field, LineInput, key_row
from hephaestus_tui.ui.widgets.task_words import few

_LABELS: Mapping[str, str] = {
    "id": "id", "verdict": "verdict", "reason": "reason", "phases": "phase", "roles": "role",
    "spawned_by": "spawned by", "discoveries": "discovery", "priorities": "priority", "depth": "depth at most",
    "size": "characters at most", "duplicate": "% like another, at least", "per_hour": "at most, an hour",
    "everything": "for everything",
}  # fmt: skip
_HINTS: Mapping[str, str] = {
    "id": "a name, like accept-small-bugs",
    "reason": "why; a rejection needs one",
    "phases": " ".join(Phase),
    "spawned_by": "ids of tasks, like T3",
    "discoveries": " ".join(Discovery),
    "priorities": " ".join(Priority),
    "depth": "1: spawned by a task of yours",
    "size": "of description and rationale",
    "duplicate": f"a number from {LEAST_SCORE} to 100",
    "per_hour": "a number; 0 is no cap",
}
_PAIRS = (
    ("priorities", "spawned_by"), ("depth", "size"), ("duplicate", "everything"),
)  # fmt: skip


class NewRuleScreen(DialogScreen[Rule | None]):
    """Gives back a rule without faults, or None. `rule` fills the form; `told` says where that came from.

    Unless it is `new`, it is there already. `known` are the ids of the rules that there are. Saving it, and switching it on, is for others to do.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = ["dialog.tcss"]
    CSS = """
    NewRuleScreen .dialog { height: 98%; max-height: 34; }
    NewRuleScreen .dialog > .title { margin: 0; }
    NewRuleScreen .notice { margin: 1 0 0 0; color: $text-muted; }
    NewRuleScreen #fields { height: 1fr; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    NewRuleScreen #fields Horizontal { height: auto; }
    NewRuleScreen Field { margin: 1 0 0 0; padding: 0 1 0 0; }
    NewRuleScreen #field-id { width: 2fr; }
    NewRuleScreen #field-phases { width: 7fr; }
    NewRuleScreen #field-roles { width: 6fr; }
    NewRuleScreen #effect { height: auto; margin: 1 0 0 0; }
    NewRuleScreen .dialog > .keys { margin: 0; }
    NewRuleScreen Select, NewRuleScreen Select > SelectCurrent { height: 1; }
    NewRuleScreen Select > SelectCurrent { background: $panel; border-left: outer $panel !important; padding: 0 1 0 0; }
    NewRuleScreen Select:focus > SelectCurrent { border-left: outer $primary !important; background-tint: $panel 0%; }
    NewRuleScreen SelectOverlay { border: none; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "save", show=False, priority=True)]

    def __init__(
        self,
        rule: Rule | None,
        state: RunState,
        known: Collection[str],
        *,
        new: bool = True,
        told: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock)
        self._state, self._known, self._told = state, known, told
        self._changed_id = rule.id if rule and not new else ""
        self._shown = rule_text(rule)
        self._touched: set[str] = set(FIELDS) if rule else set()
        self._fields: dict[str, Field] = {}
        self._ready = False  # before, a Select says that nothing is chosen
        self._effect = Static(id="effect")

    def compose(self) -> ComposeResult:
        # here and not in __init__: a Textual Input with a value needs a running app
        of = self._fields = {name: Field(_LABELS[name], self._widget(name), id=f"field-{name}") for name in FIELDS}
        with DialogBox(classes="dialog"):
            title = (
                f"Change the rule {line(self._changed_id)}"
                if self._changed_id
                else "A new rule: a condition that is left empty does not matter"
            )
            yield Static(content(title), classes="title")
            notice = Static(content(self._told), classes="notice")
            notice.display = bool(self._told)
            yield notice
            with VerticalScroll(id="fields", can_focus=False):
                yield Horizontal(of["id"], of["verdict"], of["per_hour"])
                yield of["reason"]
                yield Horizontal(of["phases"], of["roles"])
                yield of["discoveries"]
                for left, right in _PAIRS:
                    yield Horizontal(of[left], of[right])
            yield self._effect
            yield Static(
                key_row(("ctrl+s", "save it, switched off"), ("tab", "next field"), ("esc", "cancel")), classes="keys"
            )

    def _widget(self, name: str) -> Widget:
        text = self._shown[name]
        match name:
            case "verdict":
                return _select(name, text, (Verdict.ACCEPT, Verdict.REJECT))
            case "everything":
                return _select(name, text, (NOTHING, EVERYTHING))
            case _:
                hint = _HINTS.get(name) or line(" ".join(self._state.roles))
                return LineInput(text, placeholder=hint, id=name)

    def on_mount(self) -> None:
        self._fields["id"].widget.focus()
        if self.app.has_class("-ascii"):
            for arrow in self.query(".down-arrow").results(Static):
                arrow.update(content("v"))
        self._ready = True
        self._look()

    def refresh_state(self, state: RunState) -> None:
        self._state = state
        if self._ready:
            self._look()

    @property
    def texts(self) -> dict[str, str]:
        """What the form says now."""
        found = dict(self._shown)
        for name, field in self._fields.items():
            if isinstance(field.widget, Input):
                found[name] = field.widget.value
            elif isinstance(field.widget, Select) and field.widget.value is not Select.NULL:
                found[name] = str(field.widget.value)
        return found

    def written(self) -> str:
        return "what you have written" if self._ready and self.texts != self._shown else ""

    @on(Input.Changed)
    @on(Select.Changed)
    def _changed(self, event: Input.Changed | Select.Changed) -> None:
        name = event.control.id or ""
        if name in self._fields and self.texts[name] != self._shown[name]:
            self._touched.add(name)
            if name != "id":
                self._touched |= {"everything"}  # once there is a condition, or should be
        if self._ready:
            self._look()

    def _look(self) -> dict[str, str]:
        rule, faults = read_rule(self.texts)
        for name, field in self._fields.items():
            field.show_fault(faults.get(name, "") if name in self._touched else "")
        replaces = rule.id in self._known and rule.id != self._changed_id
        self._fields["id"].show_note(content("there is one of this name: saving replaces it" if replaces else ""))
        self._fields["roles"].show_note(content(line(role_note(rule, self._state.roles))))
        wrong = [_LABELS[name] for name in faults if name in self._touched]
        if wrong:
            show(self._effect, content(f"cannot be saved: see {few(wrong)}", "$text-error"))
        elif rule.everything or rule.has_conditions:
            tried = what_if(rule, self._state)
            show(
                self._effect, content(f"It {rule.verdict}s: {line(conditions(rule))}. {would(tried)} {against(tried)}")
            )
        else:
            show(self._effect, Content())
        return faults

    def action_save(self) -> None:
        """Leave with the rule if it may be saved; or else go to the first field that is wrong."""
        if not self._ready:  # typed ahead: nobody has read the form
            return
        self._touched |= set(FIELDS)
        faults = self._look()
        if wrong := next((name for name in FIELDS if name in faults), None):
            self._fields[wrong].widget.focus()
            self._fields[wrong].scroll_visible(animate=False)
        elif self.hold.over():
            self.dismiss(read_rule(self.texts)[0])


def _select(name: str, value: str, options: tuple[str, ...]) -> Select[str]:
    prompts = [(Text(str(option)), str(option)) for option in options]
    return Select(prompts, value=str(value), allow_blank=False, compact=True, id=name)
