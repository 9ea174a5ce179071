"""Words that are looked for among the tasks: which rows hold them, counted without drawing any of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterable, Sequence

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.widgets.dag_spans import FOUND, TITLES, Span
from hephaestus_tui.ui.widgets.dag_words import Row

_MANY = 256
_WHERE_LIT = frozenset(TITLES.values())


class Matches:
    """The rows whose id, title or rationale hold some words, in their order. Upper and lower case are the same."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.needle = words.lower()
        self._rows: list[int] = []
        self._ids: set[TaskId] = set()

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, task_id: object) -> bool:
        return task_id in self._ids

    def look(self, rows: Sequence[Row], state: RunState, changed: Collection[int] | None = None) -> None:
        """Look through all rows, or only through those that changed since the last look at the same ones."""
        if changed is None or len(changed) > _MANY:
            self._rows = [number for number, row in enumerate(rows) if self._holds(row, state)]
            self._ids = {rows[number].task_id for number in self._rows}
            return
        for number in changed:
            known, holds = rows[number].task_id in self._ids, self._holds(rows[number], state)
            if holds and not known:
                insort(self._rows, number)
                self._ids.add(rows[number].task_id)
            elif known and not holds:
                self._rows.remove(number)
                self._ids.discard(rows[number].task_id)

    def _holds(self, row: Row, state: RunState) -> bool:
        draft = state.draft(row.task_id)
        texts = (row.task_id, row.title, draft.rationale if draft else "")
        return any(self.needle in text.lower() for text in texts)

    def within(self, first: int, last: int) -> int:
        """How many of the rows first..last match."""
        return bisect_right(self._rows, last) - bisect_left(self._rows, first)

    def ordinal(self, row: int | None) -> int:
        """Which of all matches a row is, from 1; 0 where it is none."""
        place = 0 if row is None else bisect_left(self._rows, row)
        return place + 1 if place < len(self._rows) and self._rows[place] == row else 0

    def beyond(self, row: int | None, step: int) -> int:
        """The next match below a row (above it with -1; with 0 the row itself will do), going round at the end."""
        if row is None:
            return self._rows[-1 if step < 0 else 0]
        if step < 0:
            return self._rows[bisect_left(self._rows, row) - 1]
        place = bisect_right(self._rows, row) if step else bisect_left(self._rows, row)
        return self._rows[place % len(self._rows)]

    def told(self, row: int | None) -> str:
        """How many there are, and which of them a row is."""
        ordinal = self.ordinal(row)
        return f"{ordinal:,} of {len(self):,}" if ordinal else f"{len(self):,} found"

    def lit(self, spans: Iterable[Span]) -> list[Span]:
        """Spans in which the words stand out wherever the id or the title shows them."""
        found: list[Span] = []
        for span in spans:
            low = span.text.lower()
            if span.style not in _WHERE_LIT or self.needle not in low or len(low) != len(span.text):
                found.append(span)
                continue
            place = 0
            while (start := low.find(self.needle, place)) >= 0:
                end = start + len(self.needle)
                found += [Span(span.text[place:start], span.style), Span(span.text[start:end], FOUND)]
                place = end
            found.append(Span(span.text[place:], span.style))
        return [span for span in found if span.text]
