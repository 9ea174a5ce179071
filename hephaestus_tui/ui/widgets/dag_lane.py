"""One line of the tasks' picture, and the choice of its column among those that are free, given as bits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Lane:
    """A line down one column, or up when it is late: when its source came after the tasks that wait for it.

    `end` is the waiter farthest from the source; with `into` the lane ends in that waiter's own node, not beside it.
    `top` and `bottom` are the rows of the cells that it takes, both included, the two nodes excluded. `served` has a
    bit for each waiter, by its distance from the source: an int, since a set a lane would double the cost of them all.
    """

    source: int
    column: int
    end: int
    into: bool
    top: int
    bottom: int
    served: int = 0

    @property
    def late(self) -> bool:
        return self.end < self.source

    def serves(self, row: int) -> bool:
        """Whether `row` is a waiter of this lane."""
        distance = self.source - row if self.end < self.source else row - self.source
        return distance > 0 and bool(self.served >> distance & 1)

    @property
    def waiters(self) -> list[int]:
        """The rows that it serves, the nearest first."""
        step = -1 if self.late else 1
        return [self.source + step * n for n in range(1, self.served.bit_length()) if self.served >> n & 1]

    def touches(self, row: int) -> bool:
        """Whether the lane turns towards the node of `row`, rather than passing by or running straight into it."""
        if row == self.source:
            return self.top <= row <= self.bottom
        return self.serves(row) and not (self.into and row == self.end)


def nearest(free: int, own: int, into: int) -> int | None:
    """The free column with the shortest way to two others: between them, or else beside them; None if none is free."""
    low, high = (own, into) if own < into else (into, own)
    if between := free >> low & ((2 << high - low) - 1):
        return low + lowest(between)
    left, right = free & ((1 << low) - 1), free >> high + 1
    if left and (not right or low - left.bit_length() <= lowest(right)):
        return left.bit_length() - 1
    return high + 1 + lowest(right) if right else None


def lowest(bits: int) -> int:
    """The number of the lowest bit that is set."""
    return (bits & -bits).bit_length() - 1
