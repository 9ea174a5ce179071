"""What a benchmark yields: figures beside their floors and goals, in one table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True)
class Bar:
    """One figure. The goal bounds the ratio to the floor where there is a floor, else the figure itself."""

    name: str
    measured: float
    unit: str
    floor: float | None = None
    most: float | None = None
    least: float | None = None
    absolute: bool = False

    @property
    def ratio(self) -> float | None:
        return self.measured / self.floor if self.floor else None

    @property
    def met(self) -> bool | None:
        value = self.measured if self.absolute or self.ratio is None else self.ratio
        if self.most is None and self.least is None:
            return None
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)

    @property
    def goal(self) -> str:
        bound = "≤ " + figure(self.most) if self.most is not None else ""
        bound = bound or ("≥ " + figure(self.least) if self.least is not None else "")
        return bound and bound + (f" {self.unit}" if self.absolute or self.ratio is None else " ×")

    def data(self) -> dict[str, object]:
        return {**asdict(self), "ratio": self.ratio, "met": self.met}


@dataclass(frozen=True)
class Scale:
    """How much is measured: rounds, keys, seconds and tokens in full, or next to nothing to see that it works."""

    smoke: bool = False

    def pick(self, full: int, smoke: int) -> int:
        return smoke if self.smoke else full

    def wait(self, seconds: float) -> float:
        """Seconds to wait until something has settled; in a smoke run a fraction."""
        return seconds / 5 if self.smoke else seconds


def figure(value: float | None) -> str:
    if value is None:
        return "–"
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def table(bars: Iterable[Bar]) -> str:
    rows = [("", "measured", "floor", "ratio", "goal", "met")]
    for bar in bars:
        met = {None: "", True: "yes", False: "NO"}[bar.met]
        measured = f"{figure(bar.measured)} {bar.unit}"
        rows.append((bar.name, measured, figure(bar.floor), figure(bar.ratio), bar.goal, met))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join([lines[0], "-|-".join("-" * width for width in widths), *lines[1:]])


def percentile(values: Sequence[float], part: float) -> float:
    """The smallest value that `part` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * part) - 1, 0)]


def middle(values: Iterable[float]) -> float:
    return median(values)
