"""The keys that the panes keep for themselves, as the help lists them and rebinding must leave them."""

from __future__ import annotations

from collections.abc import Sequence

from textual.binding import Binding, BindingType

from hephaestus_tui.ui.panes import NAMES, Pane
from hephaestus_tui.ui.widgets.dag import DagView
from hephaestus_tui.ui.widgets.detail import DetailView
from hephaestus_tui.ui.widgets.lines_view import LinesView
from hephaestus_tui.ui.widgets.transcript import TranscriptView

PANE_KEYS: tuple[tuple[str, Sequence[BindingType]], ...] = (
    (NAMES[Pane.DAG], DagView.BINDINGS),
    (NAMES[Pane.TRANSCRIPT], TranscriptView.BINDINGS),
    (NAMES[Pane.DETAIL], [*DetailView.BINDINGS, *LinesView.BINDINGS]),
)


def pane_keys() -> set[str]:
    """An action that is moved to one of them would not be reached."""
    return {binding.key for _, bound in PANE_KEYS for binding in Binding.make_bindings(bound)}
