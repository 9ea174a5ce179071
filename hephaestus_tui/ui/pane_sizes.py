"""How wide the panes are that share a screen: what a person has made of them, which fits every width of terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

LEAST = 24  # cells of a pane
STEP = 4  # cells that a key adds or takes
Widths = tuple[int, ...]
Shares = Mapping[int, Sequence[float]]
_DEFAULT: Mapping[int, tuple[float, ...]] = {2: (0.42, 0.58), 3: (0.34, 0.35, 0.31)}
_FLAT = 1e-6  # a share that was a whole number of cells is one again


class PaneSizes:
    """The share of each pane, for two and for three of them. `kept` is from an earlier run of the app, and `keep` is told
    what is chosen now; what is not usable in `kept` is as it was made."""

    def __init__(self, kept: Shares | None = None, keep: Callable[[Shares], None] | None = None) -> None:
        usable = {panes: tuple(shares) for panes, shares in (kept or {}).items() if _usable(panes, shares)}
        self._shares = {**_DEFAULT, **usable}
        self._keep = keep

    def widths(self, panes: int, total: int) -> Widths:
        """The cells of each of so many panes."""
        if panes not in self._shares:
            return (total,)
        ends = [int(sum(self._shares[panes][: n + 1]) * total + _FLAT) for n in range(panes - 1)]
        return _at_least([end - begin for begin, end in pairwise((0, *ends, total))])

    def take(self, widths: Widths) -> None:
        """Have these from now on, until the app ends or they are kept."""
        total = sum(widths)
        self._shares[len(widths)] = tuple(cells / total for cells in widths)

    def reset(self, panes: int) -> None:
        if panes in _DEFAULT:
            self._shares[panes] = _DEFAULT[panes]

    def keep(self) -> None:
        """Remember them beyond this run of the app. Raises StoreError."""
        if self._keep:
            self._keep({panes: shares for panes, shares in self._shares.items() if shares != _DEFAULT[panes]})


def grown(widths: Widths, pane: int, by: int) -> Widths:
    """One pane wider by so many cells (narrower where `by` is negative), as far as the others can give or it can."""
    cells = list(widths)
    if by < 0:
        by = -min(-by, cells[pane] - LEAST)
        taker = min(_beside(cells, pane), key=lambda n: cells[n], default=pane)
        cells[pane], cells[taker] = cells[pane] + min(by, 0), cells[taker] - min(by, 0)
        return tuple(cells)
    for giver in sorted(_beside(cells, pane), key=lambda n: -cells[n]) + _beyond(cells, pane):
        given = max(min(by, cells[giver] - LEAST), 0)
        cells[giver], cells[pane], by = cells[giver] - given, cells[pane] + given, by - given
    return tuple(cells)


def moved(widths: Widths, border: int, x: int) -> Widths:
    """The border after a pane at another column; the two panes that it parts share what they had."""
    before, both = sum(widths[:border]), widths[border] + widths[border + 1]
    left = max(min(x - before, both - LEAST), LEAST)
    return (*widths[:border], left, both - left, *widths[border + 2 :])


def _beside(cells: Sequence[int], pane: int) -> list[int]:
    return [n for n in (pane - 1, pane + 1) if 0 <= n < len(cells)]


def _beyond(cells: Sequence[int], pane: int) -> list[int]:
    return [n for n in range(len(cells)) if abs(n - pane) > 1]


def _at_least(cells: list[int]) -> Widths:
    for place in range(len(cells)):
        while cells[place] < LEAST and max(cells) > LEAST:
            widest = max(range(len(cells)), key=lambda n: cells[n])
            short = min(LEAST - cells[place], cells[widest] - LEAST)
            cells[place], cells[widest] = cells[place] + short, cells[widest] - short
    return tuple(cells)


def _usable(panes: int, shares: Sequence[float]) -> bool:
    return panes in _DEFAULT and len(shares) == panes and min(shares) > 0 and abs(sum(shares) - 1) < 0.01
