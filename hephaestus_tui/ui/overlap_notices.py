"""Says once that two tasks have begun to change the same files: quietly, since nothing waits for a person because of it."""

from __future__ import annotations

from hephaestus_tui.domain.overlap import Overlap, overlaps
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.words import count

_PATH_CELLS = 60


class OverlapNotices:
    """What is there when a run is opened is no news: its mark says it. `key` leads through the overlaps."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._known: set[tuple[TaskId, TaskId]] | None = None

    def words(self, state: RunState) -> str:
        """About the pairs that are new since the last state; "" where there are none."""
        now = {(pair.first, pair.second): pair for pair in overlaps(state)}
        known, self._known = self._known, now.keys() | (self._known or set())
        fresh = [] if known is None else [pair for ids, pair in now.items() if ids not in known]
        if not fresh:
            return ""
        if len(fresh) == 1:
            return f"{_pair(fresh[0])}. {self._key} goes there."
        return f"{count(len(fresh), 'pair')} of tasks change the same files. {self._key} goes through them."


def _pair(pair: Overlap) -> str:
    path = line(pair.paths[0], _PATH_CELLS)
    more = f" and {len(pair.paths) - 1:,} more" if len(pair.paths) > 1 else ""
    return f"{pair.first} and {pair.second} both change {path}{more}"
