"""What the agent of a task asks a person, each on a panel: a question, leave, what is not met, what is in its way."""

from __future__ import annotations

from collections.abc import Iterator

from hephaestus_tui.domain.attention import bounds_now
from hephaestus_tui.domain.events import Question, QuestionKind
from hephaestus_tui.domain.reporting import open_reports
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui import words
from hephaestus_tui.ui.text import clean, line
from hephaestus_tui.ui.widgets.detail_keys import Keys, key_row
from hephaestus_tui.ui.widgets.detail_panel import bullet, waits_for_you
from hephaestus_tui.ui.widgets.lines import Line, Span, line_of, on_panel, paragraphs
from hephaestus_tui.ui.widgets.task_words import Reading, field_words


class Asked:
    """`now` is Unix time in seconds."""

    def __init__(self, reading: Reading, now: float, keys: Keys) -> None:
        self.reading, self.now, self.keys = reading, now, keys
        self.state = reading.state

    def question(self, question: Question) -> Iterator[Line]:
        if question.kind is QuestionKind.CRITERION:
            yield from self._unmet(question)
            return
        is_permission = question.kind is QuestionKind.PERMISSION
        waited = words.so_far(self.now - question.asked_at)
        yield waits_for_you("PERMISSION" if is_permission else "QUESTION", "secondary", waited)
        if is_permission:
            for row in clean(question.text, exact=True).split("\n"):
                yield Line((Span(row, "strong"),), exact=True)
        else:
            yield from paragraphs(question.text)
        for number, option in enumerate(question.options, 1):
            yield Line((Span(line(option)),), head=(Span(f"{number} ", "muted"),))
        yield key_row((self.keys.answer, "answer"))

    def reports(self, task_id: TaskId) -> Iterator[Line]:
        for report in (r for r in open_reports(self.state) if r.task_id == task_id):
            since = words.so_far(self.now - report.at)
            title = waits_for_you("IN ITS WAY", "secondary" if report.waits else "careful", since)
            yield from on_panel([title, *paragraphs(report.text), key_row((self.keys.answer, "answer or note"))])

    def bound(self, task_id: TaskId) -> list[Line]:
        """That its agent was told to propose no more, while nobody has taken note of it."""
        reached = [f for facts in bounds_now(self.state).values() for f in facts if f.task_id == task_id]
        if not reached:
            return []
        told = {fact.bound: f"{field_words(line(fact.bound))}: at most {fact.limit:,}" for fact in reached}
        return on_panel(
            [
                waits_for_you("SPAWN BOUND", "careful"),
                line_of("Its agent was told to propose no more."),
                *(bullet(self.reading.glyphs, text) for text in told.values()),
                key_row((self.keys.spawn_bound, "leave or raise it")),
            ]
        )

    def _unmet(self, question: Question) -> Iterator[Line]:
        unmet = self.state.unmet.get(question.task_id)
        yield waits_for_you("NOT MET", "secondary", words.so_far(self.now - question.asked_at))
        if unmet:
            tries = words.count(unmet.round, "try", "tries")
            yield line_of(f"Its agent calls it done, and after {tries} these criteria are not met:")
            failed = (piece.criterion for piece in unmet.evidence if not piece.holds)
            yield from (bullet(self.reading.glyphs, line(named)) for named in (*unmet.missing, *failed))
        yield key_row((self.keys.answer, "see it, and say what shall be"))
