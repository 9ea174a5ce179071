"""Keeps what `--plain` has told of that which waits, and when: without it a command typed for one question decides the next.

`allow T1` goes to the oldest open question of T1, whichever that is by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hephaestus_tui.domain.attention import Attention
from hephaestus_tui.domain.errors import UsageError

# seconds in which what has changed under one's hands is not decided
GRACE = 2.0
_DECIDING = ("answer", "settle", "undo")
_OF_WORK = ("merge", "discard")


def _sign(item: Attention) -> tuple[object, ...]:
    return (*item.key, item.since)


class Heard:
    """Everything that waits and was told, with the second at which it was."""

    def __init__(self) -> None:
        self._told: dict[tuple[object, ...], float] = {}

    def tell(self, items: Sequence[Attention], now: float) -> list[Attention]:
        """Those of all that wait now which were not told yet; they count as told from now on."""
        before, self._told = self._told, {_sign(item): self._told.get(_sign(item), now) for item in items}
        return [item for item in items if _sign(item) not in before]

    def anything(self) -> bool:
        return bool(self._told)

    def require(self, words: Sequence[str], items: Iterable[Attention], now: float) -> None:
        """Raises UsageError where the command decides on what was told only a moment ago, or not at all."""
        command, *rest = words
        if command not in _DECIDING and not (command == "work" and rest[:1] and rest[0] in _OF_WORK):
            return
        named = {word.strip().upper() for word in rest}
        for item in items:
            if item.task_id not in named:
                continue
            told = self._told.get(_sign(item))
            if told is None:
                raise UsageError(f"Something else of {item.task_id} waits by now: listen to it first, then type again.")
            if now - told < GRACE:
                raise UsageError(
                    f"What waits of {item.task_id} was told only just now: listen to it first, then type that again."
                )
