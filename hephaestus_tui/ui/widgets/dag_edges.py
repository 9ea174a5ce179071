"""Which edges the pane of the tasks shows. No row and no column depends on it: lines are left out, or names put in."""

from __future__ import annotations

from enum import StrEnum

from hephaestus_tui.ui.widgets.dag_words import Row


class Edges(StrEnum):
    """LIVE: what is still waited for. ALL: by name also what is waited for no more. NONE: neither lines nor names."""

    LIVE = "live"
    ALL = "all"
    NONE = "none"

    @property
    def next(self) -> Edges:
        """The one that follows, going round."""
        order = list(Edges)
        return order[(order.index(self) + 1) % len(order)]


TOLD = {
    Edges.LIVE: "",
    Edges.ALL: "edges: all (past ones in brackets)",
    Edges.NONE: "edges: none",
}


def bare(row: Row) -> Row:
    """A row without a word about what it waits for."""
    return row._replace(earlier=(), later=(), broken=(), above=None, unlike=None)
