"""What the agent of a task is doing now, or what keeps it from going on, with the key that lets it."""

from __future__ import annotations

from collections.abc import Iterator

from hephaestus_tui.domain.attention import is_stuck
from hephaestus_tui.domain.spending import held_by
from hephaestus_tui.domain.state import AgentStatus
from hephaestus_tui.domain.task import Task
from hephaestus_tui.ui import words
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.detail_asked import Asked
from hephaestus_tui.ui.widgets.detail_cost import waits_lines
from hephaestus_tui.ui.widgets.detail_keys import Keys, key_row
from hephaestus_tui.ui.widgets.detail_panel import waits_for_you
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Span, line_of, on_panel, paragraphs
from hephaestus_tui.ui.widgets.task_words import Reading, field_words


class AtWork:
    """`now` is Unix time in seconds; `retry` is why the agent's provider must be asked again, while that is due."""

    def __init__(self, reading: Reading, now: float, keys: Keys, asked: Asked, retry: str) -> None:
        self.reading, self.now, self.keys, self.asked, self.retry = reading, now, keys, asked, retry
        self.state = reading.state

    def lines(self, task: Task) -> Iterator[Line]:
        questions = [q for q in self.state.questions.values() if q.task_id == task.id]
        agent = self.state.agents.get(task.id)
        if not is_stuck(self.state, task.id):
            for question in questions:
                yield from on_panel(self.asked.question(question))
        if agent is None or (questions and agent.status is AgentStatus.WAITING):
            return
        since = words.so_far(self.now - agent.since)
        note = agent.note or agent.status.value
        match agent.status:
            case AgentStatus.STALLED | AgentStatus.INTERRUPTED:
                title = waits_for_you(agent.status.upper(), "careful", since)
                yield from on_panel(
                    [title, *paragraphs(note), key_row((self.keys.retry, "resume"), (self.keys.stop, "stop"))]
                )
                for question in questions:
                    yield from on_panel(
                        [BLANK, line_of(Span("When it goes on:", "muted")), *self.asked.question(question)]
                    )
            case AgentStatus.PAUSED:
                yield line_of(line(note), Span(f"  {since}", "muted"))
                yield key_row((self.keys.pause, "let it go on"), (self.keys.step, "one step"))
            case AgentStatus.WAITING:
                yield line_of(line(note), Span(f"  {since}", "muted"))
            case _ if task.id in self.state.stepping:
                yield line_of(Span("stepping", "strong"), ": one turn with its calls, then it is held again")
            case _ if self.state.paused and self.state.run_limit:
                yield from on_panel(
                    [
                        waits_for_you("LIMIT", "careful", words.so_far(self.now - self.state.paused_at)),
                        line_of(f"The run is paused at its limit of {field_words(line(self.state.run_limit))}."),
                        key_row((self.keys.resume_run, "let it go on")),
                    ]
                )
            case _ if reached := held_by(self.state, task.id):
                waited = words.so_far(self.now - self.state.budgets_since[reached.budget])
                yield from waits_lines(reached, waits_for_you("BUDGET", "careful", waited), self.keys)
            case _ if self.state.paused:
                yield line_of("it holds at its next step: the run is paused")
                yield key_row((self.keys.step, "one step"))
            case _ if self.retry:
                yield line_of(Span("waiting for the provider: ", "careful"), line(self.retry))
                yield key_row((self.keys.retry_now, "try it now"))
            case _:
                yield line_of(Span(f"at work for {words.so_far(self.now - (task.started_at or self.now))}", "muted"))
