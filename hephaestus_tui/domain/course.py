"""How a run went over its time, in a bounded number of buckets: without it a plot would need the whole journal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

RUN_ROOM, TASK_ROOM = 60, 20


class How(StrEnum):
    """What becomes of several values in one bucket."""

    SUM = "sum"
    LAST = "last"
    MOST = "most"


@dataclass(frozen=True, slots=True)
class Series:
    """Values over time, at most `room` of them, each of `width` seconds from `start` (Unix time) on.

    `width` doubles when the room is used up, so that a run of a week takes no more than one of a minute.
    """

    how: How
    room: int = RUN_ROOM
    start: float = 0.0
    width: float = 1.0
    values: tuple[float, ...] = ()

    @property
    def last(self) -> float:
        return self.values[-1] if self.values else 0.0

    def put(self, at: float, value: float) -> Series:
        """With one more value; a moment before the start, after a clock was set back, counts as the start."""
        wide = self.until(at)
        place = wide._place(at)
        if self.how is How.LAST:
            return wide._with((*wide.values[:-1], value))
        values = list(wide.values)
        values[place] = values[place] + value if self.how is How.SUM else max(values[place], value)
        return wide._with(tuple(values))

    def until(self, at: float) -> Series:
        """The same, going on to `at` without anything new."""
        wide = self
        while wide._place(at) >= self.room:
            pairs = range(0, len(wide.values), 2)
            merged = tuple(self._together(wide.values[place : place + 2]) for place in pairs)
            wide = Series(self.how, self.room, self.start, wide.width * 2, merged)
        missing = wide._place(at) + 1 - len(wide.values)
        filler = wide.last if self.how is How.LAST else 0.0
        return wide._with(wide.values + (filler,) * missing) if missing > 0 else wide

    def _with(self, values: tuple[float, ...]) -> Series:
        # not by `replace`: with it a third of the time that a long run takes to open would go into its plots
        return Series(self.how, self.room, self.start, self.width, values)

    def _place(self, at: float) -> int:
        return int(max(at - self.start, 0.0) / self.width)

    def _together(self, values: tuple[float, ...]) -> float:
        match self.how:
            case How.SUM:
                return sum(values)
            case How.LAST:
                return values[-1]
            case How.MOST:
                return max(values)


@dataclass(frozen=True, slots=True)
class Course:
    """A run over its time: output tokens, dollars (of what has a price), tasks open and done, and the longest wait for a
    decision, in seconds."""

    tokens: Series = Series(How.SUM)
    cost: Series = Series(How.SUM)
    open: Series = Series(How.LAST)
    done: Series = Series(How.LAST)
    waited: Series = Series(How.MOST)

    @staticmethod
    def since(start: float) -> Course:
        def series(how: How) -> Series:
            return Series(how, start=start)

        return Course(series(How.SUM), series(How.SUM), series(How.LAST), series(How.LAST), series(How.MOST))
