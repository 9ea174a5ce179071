"""The rates of a run as a table: what proposals were answered with, and how long they waited, by who made them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from hephaestus_tui.domain.model_name import short_model
from hephaestus_tui.domain.record import By, Entry, Rate, rates
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.words import count, duration

SHOWN = 4  # the most frequent roles, models or phases
_SHARE_CELLS, _WAIT_CELLS = 9, 8
_WIDTHS = (*(_SHARE_CELLS,) * 4, *(_WAIT_CELLS,) * 2)
_HEAD = ("accepted", "edited", "rejected", "asked", "median", "90 %")


class RatesTable(Widget):
    """A head, a row for the whole run, and one for each of the most frequent; nothing where nothing was answered."""

    DEFAULT_CSS = "RatesTable { height: auto; }"

    def __init__(self) -> None:
        super().__init__()
        self._everything: list[Rate] = []
        self._several: list[Rate] = []
        self._by = By.ROLE

    def show(self, found: Sequence[Entry], by: By) -> None:
        """Take the record, and what to tell proposals apart by."""
        everything, several = rates(found, By.ALL), rates(found, by)
        if (everything, several, by) != (self._everything, self._several, self._by):
            self._everything, self._several, self._by = everything, several, by
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(list(self._rows(width)))

    def render(self) -> Content:
        return Content("\n").join(self._rows(self.content_size.width))

    def _rows(self, width: int) -> Iterator[Content]:
        if not self._everything:
            return
        room = max(width - sum(_WIDTHS), 8)
        yield Content.styled(_columns(f"by {self._by}", _HEAD, room), "$text-muted")
        for rate in self._everything:
            yield Content.styled(_row("all", rate, room), "bold")
        for rate in self._several[:SHOWN]:
            yield Content(_row(_name(rate, self._by, room), rate, room))
        notes = [f"and {len(self._several) - SHOWN:,} more"] if len(self._several) > SHOWN else []
        if by_rules := sum(rate.by_rules for rate in self._everything):
            notes.append(f"{count(by_rules, 'decision')} by rules; waits are those for a human")
        if notes:
            yield Content.styled("; ".join(notes), "$text-muted")


def _name(rate: Rate, by: By, room: int) -> str:
    """Of a model that is too long the provider is left out first."""
    if by is not By.MODEL:
        return line(rate.name.replace("_", " "))
    name = line(short_model(rate.name))
    return name if cell_len(name) < room else name.partition(":")[2] or name


def _row(name: str, rate: Rate, room: int) -> str:
    shares = [_share(rate, number) for number in (rate.accepted, rate.edited, rate.rejected, rate.asked)]
    waits = ["-" if wait is None else duration(wait) for wait in (rate.median, rate.p90)]
    return _columns(name, (*shares, *waits), room)


def _columns(name: str, columns: Sequence[str], room: int) -> str:
    if cell_len(name) >= room:
        name = line(name, room - 1)
    shown = "".join(f"{column:>{width}}" for column, width in zip(columns, _WIDTHS, strict=True))
    return f"{name}{' ' * (room - cell_len(name))}{shown}"


def _share(rate: Rate, number: int) -> str:
    return f"{number:,} {rate.share(number):>4.0%}" if number else "-"
