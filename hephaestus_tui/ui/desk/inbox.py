"""What waits for a person, one thing after another: whom `n` goes to next, and which key deals with it there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hephaestus_tui.domain.attention import Attention, AttentionKind, attention
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.text import line

_WORDS = 60


class Rounds:
    """The order of the inbox, each item once a round; what has come since is gone to first if it is more urgent.

    An item is told apart by what it is and since when it stands: a proposal that comes back in a new version is new.
    """

    def __init__(self) -> None:
        self._visited: set[tuple[object, ...]] = set()
        self._at: tuple[object, ...] | None = None

    def next(self, items: Sequence[Attention], selected: TaskId | None) -> Attention:
        """The first of `items`, which must not be empty, that was not gone to in this round."""
        here = [item for item in items if item.task_id == selected]
        current = next((item for item in here if _sign(item) == self._at), here[0] if here else None)
        if current:
            self._visited.add(_sign(current))
        self._visited &= {_sign(item) for item in items}
        left = [item for item in items if _sign(item) not in self._visited]
        if not left:
            self._visited = {_sign(current)} if current else set()
            left = [item for item in items if item is not current] or list(items)
        self.visit(left[0])
        return left[0]

    def visit(self, item: Attention) -> None:
        """Note that a person was taken to it."""
        self._at = _sign(item)
        self._visited.add(self._at)


def _sign(item: Attention) -> tuple[object, ...]:
    return *item.key, item.since


def first_to_show(state: RunState) -> TaskId | None:
    """What to look at when nothing was chosen: what waits for a person, or else what is at work, or the first task."""
    if waiting := attention(state):
        return waiting[0].task_id
    at_work = (task_id for task_id, agent in state.agents.items() if agent.status is not AgentStatus.ENDED)
    return next(at_work, None) or next(iter(state.blockers), None)


def told(item: Attention, key_of: Callable[[str], str]) -> str:
    """Which key deals with what the detail of its task does not explain; "" where the detail does."""
    if item.kind is not AttentionKind.BUDGET:
        return ""
    if item.budget:
        return f"{key_of('budget.settle')} raises it: {line(item.text, _WORDS)}"
    return f"{key_of('run.resume')} lets the run go on: {line(item.text, _WORDS)}"
