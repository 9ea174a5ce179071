"""Whom an order reached and whom not, and why: counted while it is worked out, said in its receipt."""

from __future__ import annotations

from collections.abc import Iterable

from hephaestus_tui.domain.commands import Missed, Receipt
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.events import Fact
from hephaestus_tui.domain.reach import Reach
from hephaestus_tui.domain.task import TaskId

NAMED = 8  # ids in a sentence; of more only their number


class Tally:
    """The facts that an order comes to, with what is to be said of each task that it was for."""

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self.facts: list[Fact] = []
        self._done: dict[str, list[TaskId]] = {}
        self._left: dict[str, list[TaskId]] = {}
        self._also: list[str] = []

    def reached(self, what: str, task_id: TaskId, *facts: Fact) -> None:
        """`what` is said before the ids: "paused"."""
        self._done.setdefault(what, []).append(task_id)
        self.facts += facts

    def missed(self, task_id: TaskId, why: str) -> None:
        """`why` is said after the ids, of one or of many: "had ended"."""
        self._left.setdefault(why, []).append(task_id)

    def also(self, words: str) -> None:
        """Something more to say, after the rest."""
        self._also.append(words)

    @property
    def nothing(self) -> bool:
        return not self._done

    def check(self, order: str) -> None:
        """Raises CommandRefused where nobody is reached, with the reason; `order` is "pause"."""
        if not self.nothing:
            return
        raise CommandRefused(f"There is nothing to {order}: {'; '.join(self._not()) or 'no task is there'}.")

    def note(self) -> str:
        done = [f"{what} {few(ids)}" for what, ids in self._done.items()]
        return "; ".join([*done, *self._not(), *self._also])

    def receipt(self, seq: int) -> Receipt:
        missed = tuple(Missed(task_id, why) for why, ids in self._left.items() for task_id in ids)
        ids = tuple(task_id for ids in self._done.values() for task_id in ids)
        return Receipt(seq, self.note(), self.reach.task_id, ids, missed)

    def _not(self) -> list[str]:
        return [f"{few(ids)} {why}" for why, ids in self._left.items()]


def few(ids: Iterable[TaskId]) -> str:
    """ "T2, T3"; of many only how many they are."""
    ids = list(ids)
    return ", ".join(ids) if len(ids) <= NAMED else f"{len(ids):,} tasks"
