"""Mappings that know which of their keys changed, and which values stand how: without them every frame, and every key
that is pressed, would look through all of a run of ten thousand tasks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import takewhile
from typing import Generic, Protocol, Self, TypeVar, overload

from hephaestus_tui.domain.task import Task, TaskId

FOUND_FAULTS = "found-faults"


class Statused(Protocol):
    @property
    def status(self) -> str: ...


V = TypeVar("V")
D = TypeVar("D")
S = TypeVar("S", bound=Statused)


class Noted(dict[TaskId, V], Generic[V]):
    """Values by task. `changes` counts what was set or taken away since it was made; a copy begins at none.

    It is changed by items and `pop` only: what else a dict could be changed by would go by unnoted, and is an error.
    """

    __slots__ = ("_changed", "changes")

    def __init__(self, values: Mapping[TaskId, V] | None = None) -> None:
        super().__init__(values or {})
        self.changes = 0
        self._changed: dict[TaskId, int] = {}  # by which change each was set last, the latest last

    def since(self, changes: int) -> Iterator[TaskId]:
        """The keys that were set or taken away after so many changes, the latest first."""
        return (key for key, _ in takewhile(lambda item: item[1] > changes, reversed(self._changed.items())))

    def __setitem__(self, key: TaskId, value: V) -> None:
        super().__setitem__(key, value)
        self._note(key)

    def __delitem__(self, key: TaskId) -> None:
        super().__delitem__(key)
        self._note(key)

    @overload
    def pop(self, key: TaskId, /) -> V: ...
    @overload
    def pop(self, key: TaskId, default: V | D, /) -> V | D: ...
    def pop(self, key: TaskId, /, *default: object) -> object:
        if default and key not in self:
            return default[0]
        value = self[key]
        del self[key]
        return value

    def copy(self) -> Self:
        return type(self)(self)

    def _note(self, key: TaskId) -> None:
        self.changes += 1
        self._changed.pop(key, None)
        self._changed[key] = self.changes

    def _unnoted(self, *_: object, **__: object) -> None:
        raise TypeError(f"{type(self).__name__} is changed by items and pop only")

    update = setdefault = popitem = clear = __ior__ = _unnoted  # type: ignore[assignment]


class Sorted(Noted[S]):
    """Noted values that are also found by their status."""

    __slots__ = ("_of",)

    def __init__(self, values: Mapping[TaskId, S] | None = None) -> None:
        super().__init__(values)
        self._of: dict[str, dict[TaskId, None]] = {}
        for key, value in self.items():
            self._sort_in(key, value)

    @staticmethod
    def kinds(value: S) -> tuple[str, ...]:
        """What it is found by."""
        return (value.status,)

    def of(self, *kinds: str) -> Collection[TaskId]:
        """The keys of the values of these kinds, each kind in the order in which they became it; not to be kept."""
        if len(kinds) == 1:
            return self._of.get(kinds[0], {}).keys()
        return [key for kind in kinds for key in self._of.get(kind, ())]

    def count(self, *kinds: str) -> int:
        return sum(len(self._of.get(kind, ())) for kind in kinds)

    def __setitem__(self, key: TaskId, value: S) -> None:
        before = self.get(key)
        if before is None:
            self._sort_in(key, value)
        elif self.kinds(before) != self.kinds(value):
            self._sort_out(key, before)
            self._sort_in(key, value)
        super().__setitem__(key, value)

    def __delitem__(self, key: TaskId) -> None:
        self._sort_out(key, self[key])
        super().__delitem__(key)

    def _sort_in(self, key: TaskId, value: S) -> None:
        for kind in self.kinds(value):
            self._of.setdefault(kind, {})[key] = None

    def _sort_out(self, key: TaskId, value: S) -> None:
        for kind in self.kinds(value):
            del self._of[kind][key]


class Tasks(Sorted[Task]):
    """Tasks by their status; those that found faults by `FOUND_FAULTS` as well."""

    __slots__ = ()

    @staticmethod
    def kinds(value: Task) -> tuple[str, ...]:
        return (value.status, FOUND_FAULTS) if value.found_faults else (value.status,)
