"""All keys and all marks on one page, so that the app can be learnt without leaving it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from hephaestus_tui.domain.task import Phase
from hephaestus_tui.ui.actions.action import Group
from hephaestus_tui.ui.actions.registry import ACTIONS
from hephaestus_tui.ui.glyphs import COLOURS, GlyphSet, Mark
from hephaestus_tui.ui.keymap import key_of, shown_key
from hephaestus_tui.ui.screens.left_once import Modal
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.dag_paint import LEFT
from hephaestus_tui.ui.widgets.dag_picture import VERTICAL, lines_for
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
PaneKeys = Sequence[tuple[str, Sequence[BindingType]]]


class HelpScreen(Modal[None]):
    """`keys` are the rebindings; `panes` the keys that each pane keeps for itself, by its name."""

    CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen > LinesView {
        width: 80; max-width: 100%; height: 100%; max-height: 64; padding: 0 1; margin: 1 0;
        background: $surface; border: round $border;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss(None)", "close"),
        Binding("j", "down", show=False),
        Binding("k", "up", show=False),
    ]

    def __init__(self, glyphs: GlyphSet, keys: Mapping[str, str], panes: PaneKeys = ()) -> None:
        super().__init__()
        self._lines = tuple(help_lines(glyphs, keys, panes))

    def compose(self) -> ComposeResult:
        yield LinesView(self._lines)

    def action_down(self) -> None:
        self.query_one(LinesView).action_line_down()

    def action_up(self) -> None:
        self.query_one(LinesView).action_line_up()


def help_lines(glyphs: GlyphSet, keys: Mapping[str, str], panes: PaneKeys) -> list[Line]:
    """The page: the keys that decide, the legend of the marks, then the other actions and the panes' own keys."""
    lines = [
        Line((Span("Keys and marks", "strong"), Span("   up, down, page up, page down: scroll   esc: close", "muted")))
    ]
    for group in Group:
        lines += _heading(group)
        lines += [_row(shown_key(key_of(a, keys)), a.tooltip) for a in ACTIONS if a.group is group]
        if group is Group.DECIDE:
            lines += _legend(glyphs)
    for name, bound in panes:
        described = [b for b in bound if isinstance(b, Binding) and b.description]
        if described:
            lines += _heading(f"In the {name}, when it has the focus")
            lines += [_row(_all_keys(b), b.tooltip or b.description) for b in described]
    return lines


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
        _row(LEFT, "no longer fits the filter (\\ I); goes when something new fits it, or when you choose it again"),
        _row(glyphs.picked, "selected, to be decided on together with others"),
        _row(glyphs.changed, "selected in an older version: look at it, and select it again"),
    ]


def _all_keys(binding: Binding) -> str:
    return " ".join(shown_key(key.strip()) for key in binding.key.split(","))


def _heading(words: str) -> list[Line]:
    return [BLANK, Line((Span(words, "secondary"),))]


def _row(key: str, words: str, style: str = "strong primary") -> Line:
    return Line((Span(line(words)),), head=(Span(f"  {line(key):<{_KEY_CELLS}}", style),))
