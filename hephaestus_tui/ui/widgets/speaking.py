"""Who is in the middle of a turn, and what each is doing: where many talk at once their words are not shown as they stream."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.colours import without_colours
from hephaestus_tui.ui.widgets.blocks import Talking
from hephaestus_tui.ui.widgets.heads import TALKING_MOST
from hephaestus_tui.ui.widgets.unmarked import unmarked

# characters of a paragraph that a line may need
_SHOWN = 300
_RUNS = "runs"
_ENDS = re.compile(r"[\r\n]+")


@dataclass(slots=True)
class _Turn:
    number: int
    doing: str = "begins"
    text: str = ""


class Speaking:
    """Facts and flickers in, lines out. `at_work` says whether an agent is on a task now."""

    def __init__(self, at_work: Callable[[TaskId], bool]) -> None:
        self._at_work = at_work
        self._turns: dict[TaskId, _Turn] = {}
        self._done: dict[TaskId, int] = {}

    def end(self, task_id: TaskId, turn: int) -> None:
        """There is a message of a turn, or it was cut."""
        self._done[task_id] = turn
        self._turns.pop(task_id, None)

    def ran(self, task_id: TaskId) -> None:
        """A command of it has ended."""
        if (known := self._turns.get(task_id)) and known.doing == _RUNS:
            del self._turns[task_id]

    def take(self, flicker: e.Flicker) -> None:
        """Flickers may be older than facts that were told: those of a turn that has ended are passed over."""
        match flicker:
            case e.TurnBegan(task_id=task_id, turn=turn) if turn > self._done.get(task_id, -1):
                self._turns.pop(task_id, None)
                self._turns[task_id] = _Turn(turn)
            case e.TextStreamed(task_id=task_id, turn=turn, channel=channel, text=text):
                if now := self._turn(task_id, turn):
                    doing = "thinks" if channel is e.Channel.REASONING else "says"
                    before = now.text if now.doing == doing else ""
                    now.doing, now.text = doing, (before + text).lstrip().rpartition("\n\n")[2][:_SHOWN]
            case e.CallStreamed(task_id=task_id, turn=turn, name=name):
                if now := self._turn(task_id, turn):
                    now.doing, now.text = "writes a call", name
            case e.ProviderWaiting(task_id=task_id, reason=reason, seconds=seconds):
                if now := self._turns.get(task_id):
                    now.doing, now.text = ("waits for its model", reason) if seconds else ("begins", "")
            case e.ToolOutput(task_id=task_id, text=text):
                known = self._turns.get(task_id)
                now = self._turns[task_id] = known if known and known.doing == _RUNS else _Turn(-1, _RUNS)
                now.text = (now.text + text)[-_SHOWN:]
            case e.SummaryBegan(task_id=task_id):
                self._turns[task_id] = _Turn(self._done.get(task_id, -1) + 1, "sums up")
            case _:
                pass

    def lines(self) -> Iterator[Talking]:
        """Those that have talked longest first, so that a line keeps its place until it goes."""
        talking = [(task_id, turn) for task_id, turn in self._turns.items() if self._at_work(task_id)]
        for task_id, turn in talking[:TALKING_MOST]:
            yield Talking(task_id, turn.doing, _line(turn))
        if len(talking) > TALKING_MOST:
            yield Talking("", f"and {len(talking) - TALKING_MOST:,} more are talking")

    def _turn(self, task_id: TaskId, turn: int) -> _Turn | None:
        known = self._turns.get(task_id)
        return known if known and known.number == turn else None


def _line(turn: _Turn) -> str:
    """The first line of what is said, and the last of what a command writes."""
    if turn.doing != _RUNS:
        return unmarked(turn.text.partition("\n")[0])
    lines = (without_colours(line).strip() for line in reversed(_ENDS.split(turn.text)))
    return next((line for line in lines if line), "")
