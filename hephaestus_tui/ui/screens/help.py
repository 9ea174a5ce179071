"""All keys and all marks on one page, so that the app can be learnt without leaving it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from hephaestus_tui.domain.task import Phase
from hephaestus_tui.ui.actions.action import Action, Group
from hephaestus_tui.ui.actions.registry import ACTIONS
from hephaestus_tui.ui.glyphs import COLOURS, GlyphSet, Mark
from hephaestus_tui.ui.keymap import Scope, key_of, shown_key, twins
from hephaestus_tui.ui.named_keys import keys_of
from hephaestus_tui.ui.screens.help_search import found_lines
from hephaestus_tui.ui.screens.left_once import Modal
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.dag_gutter import VERTICAL, lines_for
from hephaestus_tui.ui.widgets.dag_paint import CHILD, LEFT, PARENT
from hephaestus_tui.ui.widgets.fields import LineInput, key_row
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Span
from hephaestus_tui.ui.widgets.lines_view import LinesView

MEANINGS: dict[Mark, str] = {
    Mark.PROPOSED: "an agent proposes it: accept, edit or reject",
    Mark.AMENDED: "a proposal in a later version: its detail says what changed",
    Mark.QUERIED: "a proposal that you asked about: its agent owes an answer",
    Mark.NEEDS_YOU: "its agent cannot go on without you",
    Mark.RUNNING: "an agent is at work on it",
    Mark.PAUSED: "its agent is paused, and holds at its next step; or it is held before its start",
    Mark.READY: "may start as soon as an agent is free",
    Mark.PENDING: "waits for its turn",
    Mark.BLOCKED: "waits for another task to be completed",
    Mark.DEAD: "can never start: a blocker will not complete",
    Mark.TO_MERGE: "finished: its work waits to be reviewed and merged",
    Mark.DONE: "completed, and merged where it has changed anything",
    Mark.DISCARDED: "completed, its work discarded; the branch is still there",
    Mark.FAILED: "failed; it can be retried",
    Mark.CANCELLED: "cancelled: it was stopped, or it waited for what will not complete",
    Mark.REJECTED: "a proposal that was rejected",
    Mark.JOINED: "a proposal that was merged into another one, or into a task",
}
_KEY_CELLS = 12
_KEYS = (("type", "a key, or words to find"), ("up/down", "scroll"), ("esc", "close"))


class HelpScreen(Modal[None]):
    """`keys` are the rebindings; `scopes` those that have keys of their own, by the name that people read.

    What is typed shows fewer, each with the name that the settings know it by.
    """

    CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen > Vertical {
        width: 80; max-width: 100%; height: 100%; max-height: 64; padding: 0 1;
        background: $surface; border: round $border;
    }
    HelpScreen LinesView { height: 1fr; background: $surface; }
    HelpScreen LineInput { margin: 0 1; }
    HelpScreen .keys { height: 1; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "close"),
        Binding("up", "scroll('line_up')", show=False),
        Binding("down", "scroll('line_down')", show=False),
        Binding("pageup", "scroll('screen_up')", show=False),
        Binding("pagedown", "scroll('screen_down')", show=False),
        Binding("ctrl+home", "scroll('top')", show=False),
        Binding("ctrl+end", "scroll('bottom')", show=False),
    ]

    def __init__(self, glyphs: GlyphSet, keys: Mapping[str, str], scopes: Sequence[Scope] = ()) -> None:
        super().__init__()
        self._page = help_lines(glyphs, keys, scopes)
        self._named = help_lines(glyphs, keys, scopes, named=True)
        self._field = LineInput(placeholder="keys and marks: type a key, or words of what you want to do")
        self._view = LinesView(tuple(self._page))

    def compose(self) -> ComposeResult:
        with Vertical():
            yield self._field
            yield self._view
            yield Static(key_row(*_KEYS), classes="keys")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if event.value == "?":
            self.dismiss(None)  # pressed again, to close what it has opened
            return
        self._view.set_lines(
            tuple(found_lines(self._named, event.value) or _NOTHING) if event.value.strip() else tuple(self._page)
        )
        self._view.go_to(0)

    def action_back(self) -> None:
        """Show all of it again; where that is shown, close."""
        if self._field.value:
            self._field.value = ""
        else:
            self.dismiss(None)

    def action_scroll(self, way: str) -> None:
        getattr(self._view, f"action_{way}")()


def help_lines(
    glyphs: GlyphSet, keys: Mapping[str, str], scopes: Sequence[Scope], *, named: bool = False
) -> list[Line]:
    """The page: the keys that decide, the legend of the marks, then the other actions and the keys of each pane.

    `named` adds the name by which the settings move a key.
    """
    lines: list[Line] = []
    for group in Group:
        lines += _heading(group)
        lines += [
            _row(shown_key(key_of(a, keys)), _does(a), name=a.id if named else "")
            for a in ACTIONS
            if a.group is group and not _is_told(a)
        ]
        if group is Group.DECIDE:
            lines += _legend(glyphs)
    for name, bound in scopes:
        described = [b for b in bound if isinstance(b, Binding) and b.description]
        if described:
            lines += _heading(f"In the {name}, when it has the focus")
            lines += [
                _row(
                    " ".join(shown_key(key) for key in keys_of(b, keys)),
                    b.tooltip or b.description,
                    name=(b.id or "") if named else "",
                )
                for b in described
            ]
    return lines[1:]


def _is_told(action: Action) -> bool:
    """Whether it stands in the row of another that has the same key."""
    return any(ACTIONS.index(twin) < ACTIONS.index(action) for twin in twins(action))


def _does(action: Action) -> str:
    others = (twin.tooltip[0].lower() + twin.tooltip[1:] for twin in twins(action))
    return "; or ".join((action.tooltip, *others))


def _legend(glyphs: GlyphSet) -> list[Line]:
    """What stands in the rows of the tasks; their first row counts the marks."""
    signs = lines_for(glyphs)
    return [
        *_heading("Marks, as the first row of the tasks counts them"),
        *(_row(glyphs.marks[mark], meaning, f"strong {COLOURS[mark]}") for mark, meaning in MEANINGS.items()),
        *_heading("Rows of the tasks"),
        _row("columns", "only keep the lines apart, and do not say who is whose child; the details (3) do"),
        *(_row(phase.value[0].upper(), f"{phase}: the phase of the task", "strong") for phase in Phase),
        _row(
            signs.normal[VERTICAL],
            "leads from a task to those that wait for it; to one right under it there is no room for a line",
        ),
        _row(f"{signs.earlier}T3", "waits for T3, which stands above, without a line to it; +2: and for two more"),
        _row(f"{signs.later}T9", "waits for T9, which stands below"),
        _row(f"{signs.earlier}{glyphs.marks[Mark.FAILED]}T3", "waits for T3, which will not complete"),
        _row(
            f"({signs.earlier}T3)",
            "waited for T3 once, where all edges are shown: what is done has no line, so that nothing moves",
        ),
        _row(f"{signs.unlike}T3", "does not wait for T3, though it stands right under it"),
        _row(f"{signs.shared}T3", "changes a file that T3 changes too, and neither is merged"),
        _row(signs.folded, "finished tasks, folded into one row"),
        _row(
            "at the edge", "the whole run: the worst mark of each stretch of it, and the stretch that is on the screen"
        ),
        _row(glyphs.found, "holds the words that are looked for (ctrl+f), in its id, its title or its rationale"),
        _row(
            f"{PARENT} {CHILD}",
            "the selected task was found in it; it was found in the selected one (with :)",
        ),
        _row(LEFT, "no longer fits the filter (\\ I); goes when something new fits it, or when you choose it again"),
        _row(glyphs.picked, "selected, to be decided on together with others"),
        _row(glyphs.changed, "selected in an older version: look at it, and select it again"),
    ]


def _heading(words: str) -> list[Line]:
    return [BLANK, Line((Span(words, "secondary"),))]


def _row(key: str, words: str, style: str = "strong primary", name: str = "") -> Line:
    """`name` is said at its end, for whoever wants to move the key."""
    told = (Span(line(words)), Span(f"   {line(name)}", "muted")) if name else (Span(line(words)),)
    return Line(told, head=(Span(f"  {line(key):<{_KEY_CELLS}}", style),))


_NOTHING = [Line((Span("no key is or does that", "muted"),))]
