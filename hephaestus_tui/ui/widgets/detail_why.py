"""Why a task is in the state it is in, and what waits for a person: the top of the detail pane."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from hephaestus_tui.domain.state import AgentStatus
from hephaestus_tui.domain.task import Task, TaskId, TaskStatus
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.detail_asked import Asked
from hephaestus_tui.ui.widgets.detail_at_work import AtWork
from hephaestus_tui.ui.widgets.detail_ended import Ended
from hephaestus_tui.ui.widgets.detail_keys import Keys
from hephaestus_tui.ui.widgets.detail_panel import bullet
from hephaestus_tui.ui.widgets.detail_proposal import proposal_panel
from hephaestus_tui.ui.widgets.detail_unbegun import Unbegun
from hephaestus_tui.ui.widgets.detail_words import unread_lines
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Span, line_of
from hephaestus_tui.ui.widgets.links import CallAt
from hephaestus_tui.ui.widgets.task_words import Reading

_STANDS = (AgentStatus.INTERRUPTED, AgentStatus.STALLED, AgentStatus.ENDED)


class Why:
    """The reason for the state of a task; what waits for a person stands on a panel. `now` is Unix time in seconds."""

    def __init__(self, reading: Reading, now: float, keys: Keys, retry: str = "") -> None:
        """`retry` is why the agent's provider must be asked again, while that is due."""
        self.reading, self.now, self.keys = reading, now, keys
        self.state = reading.state
        self._asked, self._ended = Asked(reading, now, keys), Ended(reading, now, keys)
        self._unbegun, self._at_work = Unbegun(reading, now, keys), AtWork(reading, now, keys, self._asked, retry)

    def lines(self, task_id: TaskId) -> list[Line]:
        if proposal := self.state.proposals.get(task_id):
            return proposal_panel(self.reading, proposal, self.now, self.keys)
        if task_id in self.state.rejected:
            return list(self._ended.rejected(task_id))
        lines = [
            *self._task(self.state.tasks[task_id]), *self._asked.reports(task_id), *self._asked.bound(task_id)
        ]  # fmt: skip
        lines += self._unanswered(task_id, lines)
        return [*lines, *unread_lines(self.state.steering.get(task_id, ()), self.keys)]

    def _task(self, task: Task) -> Iterable[Line]:
        match task.status:
            case TaskStatus.PENDING | TaskStatus.BLOCKED:
                return self._unbegun.lines(task)
            case TaskStatus.IN_PROGRESS:
                return self._at_work.lines(task)
            case TaskStatus.COMPLETED:
                return self._ended.completed(task)
            case TaskStatus.FAILED:
                return self._ended.failed(task)
            case TaskStatus.CANCELLED:
                return self._ended.cancelled(task)
            case _:
                assert_never(task.status)

    def _unanswered(self, task_id: TaskId, above: list[Line]) -> list[Line]:
        """The calls that have begun and have no result; each leads to where it stands."""
        if not (calls := self.state.unanswered.get(task_id)):
            return []
        agent = self.state.agents.get(task_id)
        lost = agent is None or agent.status in _STANDS
        told = "Without an answer: may have run; outcome unknown"
        title = Span(told, "strong careful") if lost else Span("Under way", "muted")
        return [
            *([BLANK] if above and (lost or above[-1].panel) else []),
            line_of(title),
            *(
                bullet(
                    self.reading.glyphs,
                    Span(f"{line(call.name)} (turn {call.turn + 1})", link=CallAt(task_id, call.turn, call.index)),
                )
                for call in calls
            ),
        ]
