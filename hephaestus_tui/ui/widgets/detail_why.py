"""Why a task is in the state it is in, and what waits for a person: the top of the detail pane."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from hephaestus_tui.domain.attention import bounds_now, is_stuck
from hephaestus_tui.domain.events import Question, QuestionKind
from hephaestus_tui.domain.folds.steps import is_done
from hephaestus_tui.domain.reporting import open_reports
from hephaestus_tui.domain.spending import budget_words, held_by
from hephaestus_tui.domain.state import AgentStatus
from hephaestus_tui.domain.task import Task, TaskId, TaskStatus
from hephaestus_tui.ui import words
from hephaestus_tui.ui.text import clean, line
from hephaestus_tui.ui.widgets.detail_cost import waits_lines
from hephaestus_tui.ui.widgets.detail_keys import Keys, key_row
from hephaestus_tui.ui.widgets.detail_proposal import proposal_panel
from hephaestus_tui.ui.widgets.detail_words import unread_lines
from hephaestus_tui.ui.widgets.detail_work import work_panel
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Span, line_of, on_panel, paragraphs
from hephaestus_tui.ui.widgets.task_words import Reading, field_words

_STANDS = (AgentStatus.INTERRUPTED, AgentStatus.STALLED, AgentStatus.ENDED)

JUST_NOW = 10.0  # seconds


class Why:
    """The reason for the state of a task; what waits for a person stands on a panel. `now` is Unix time in seconds."""

    def __init__(self, reading: Reading, now: float, keys: Keys, retry: str = "") -> None:
        """`retry` is why the agent's provider must be asked again, while that is due."""
        self.reading, self.now, self.keys, self.retry = reading, now, keys, retry
        self.state = reading.state

    def lines(self, task_id: TaskId) -> list[Line]:
        if proposal := self.state.proposals.get(task_id):
            return proposal_panel(self.reading, proposal, self.now, self.keys)
        if task_id in self.state.rejected:
            return [*self._rejected(task_id), *self._gone(task_id)]
        task = self.state.tasks[task_id]
        lines = [*self._task(task), *self._reports(task_id), *self._bound(task_id)]
        if calls := self.state.unanswered.get(task_id):
            agent = self.state.agents.get(task_id)
            lost = agent is None or agent.status in _STANDS
            title = (
                Span("Without an answer: may have run; outcome unknown", "strong careful")
                if lost
                else Span("Under way", "muted")
            )
            lines += [*([BLANK] if lines and (lost or lines[-1].panel) else []), line_of(title)]
            lines += [self._bullet(f"{line(call.name)} (turn {call.turn + 1})") for call in calls]
        return [*lines, *unread_lines(self.state.steering.get(task_id, ()), self.keys)]

    def _rejected(self, task_id: TaskId) -> Iterator[Line]:
        decision = self.state.decisions.get(task_id)
        if decision:
            by = line(str(decision.actor))
            reason = line(decision.reason)
            if decision.merged_into:
                yield line_of(f"merged into {decision.merged_into} by {by}", link=decision.merged_into)
            else:
                yield line_of(f"rejected by {by}: ", Span(reason) if reason else Span("no reason given", "muted"))
            if self.state.undoable(task_id):
                yield key_row((self.keys.undo, "take it back"))

    def _gone(self, task_id: TaskId) -> list[Line]:
        """What waits in vain for what was cancelled or rejected: all of it, with the key that chooses for it."""
        lines = list(self._stranded(task_id))
        if not lines:
            return []
        title = self._waits_for_you("BLOCKER GONE", "careful")
        return on_panel([title, *lines, key_row((self.keys.settle, "choose for them"))])

    def _stranded(self, task_id: TaskId) -> Iterator[Line]:
        if waiting := self.reading.stranded(task_id):
            verb = "waits" if len(waiting) == 1 else "wait"
            yield line_of(f"{len(waiting):,} {verb} for it and can never start:")
            yield from self.reading.task_lines(waiting)
        if kept := [t for t in self.reading.followers(task_id) if t not in waiting]:
            yield line_of(Span("left waiting for it, as you chose:", "muted"))
            yield from self.reading.task_lines(kept)

    def _bound(self, task_id: TaskId) -> list[Line]:
        """That its agent was told to propose no more, while nobody has taken note of it."""
        reached = [f for facts in bounds_now(self.state).values() for f in facts if f.task_id == task_id]
        if not reached:
            return []
        told = {fact.bound: f"{field_words(line(fact.bound))}: at most {fact.limit:,}" for fact in reached}
        return on_panel(
            [
                self._waits_for_you("SPAWN BOUND", "careful"),
                line_of("Its agent was told to propose no more."),
                *(self._bullet(text) for text in told.values()),
                key_row((self.keys.spawn_bound, "leave or raise it")),
            ]
        )

    def _reports(self, task_id: TaskId) -> Iterator[Line]:
        for report in (r for r in open_reports(self.state) if r.task_id == task_id):
            since = words.so_far(self.now - report.at)
            title = self._waits_for_you("IN ITS WAY", "secondary" if report.waits else "careful", since)
            yield from on_panel([title, *paragraphs(report.text), key_row((self.keys.answer, "answer or note"))])

    def _task(self, task: Task) -> Iterator[Line]:
        match task.status:
            case TaskStatus.PENDING | TaskStatus.BLOCKED:
                yield from self._waiting(task)
            case TaskStatus.IN_PROGRESS:
                yield from self._at_work(task)
            case TaskStatus.COMPLETED:
                yield from work_panel(self.state, task.id, self.now, self.keys)
                yield from self._gone(task.id)
                if task.ended_at is not None:
                    yield line_of(Span(f"completed {words.ago(self.now - task.ended_at)}{_took(task)}", "muted"))
                if task.finding:
                    yield from self._verdict(task)
            case TaskStatus.FAILED:
                limit = self.state.failed_limits.get(task.id)
                title = f"FAILED: at its limit of {line(limit)}" if limit else "FAILED"
                reason = paragraphs(task.reason or "no reason given")
                stranded = list(self._stranded(task.id))
                settle = [(self.keys.settle, "choose for them")] if self.reading.stranded(task.id) else []
                keys = key_row((self.keys.retry, "retry"), *settle)
                yield from on_panel([line_of(Span(title, "strong bad")), *reason, *stranded, keys])
            case TaskStatus.CANCELLED:
                yield line_of(Span("cancelled: ", "muted"), line(task.reason or "no reason given"))
                yield key_row((self.keys.retry, "retry"))
                yield from self._gone(task.id)
            case _:
                assert_never(task.status)

    def _verdict(self, task: Task) -> Iterator[Line]:
        if not task.found_faults:
            yield line_of(Span("verdict: passed", "success"))
            return
        keys = key_row((self.keys.retry, "validate again"))
        yield from on_panel([line_of(Span("VERDICT: FAILED", "strong bad")), keys, *self._gone(task.id)])

    def _waiting(self, task: Task) -> Iterator[Line]:
        dead = self.reading.culprits(task.id)
        open_blockers = [b for b in self.state.blockers[task.id] if not is_done(self.state, b)]
        if dead:
            asks = any(self.reading.stranded(culprit) for culprit in dead)
            title = (
                self._waits_for_you("CAN NEVER START", "bad")
                if asks
                else line_of(Span("CAN NEVER START", "strong bad"))
            )
            left = [] if asks else [line_of(Span("It is left waiting, as you chose.", "muted"))]
            yield from on_panel(
                [
                    title,
                    line_of(f"It is blocked by {self.reading.named(open_blockers)}."),
                    line_of(f"Will not complete: {self.reading.named(dead)}.", link=dead[0]),
                    *left,
                    key_row((self.keys.settle, "choose what becomes of it"), (self.keys.stop, "stop")),
                ]
            )
        elif open_blockers:
            yield line_of(f"blocked by {self.reading.named(open_blockers)}", link=open_blockers[0])
        elif task.id in self.state.on_hold:
            yield line_of("ready")
        elif reached := held_by(self.state, task.id):
            yield line_of(line(f"ready; {budget_words(reached)}"))
        elif self.state.paused:
            yield line_of("ready; the run is paused")
        elif task.origin.task_id and self.state.undoable(task.id) and self.now - task.created_at < JUST_NOW:
            yield line_of("accepted just now: it starts in a moment, unless the decision is taken back")
        else:
            yield line_of("ready: starts when an agent is free")
        if held := self.state.on_hold.get(task.id):
            yield line_of(f"held by {line(str(held.actor))}: not to start")
            yield key_row((self.keys.pause, "let it go"))
        if self.state.undoable(task.id):
            yield key_row((self.keys.undo, "take the decision back"))

    def _at_work(self, task: Task) -> Iterator[Line]:
        questions = [q for q in self.state.questions.values() if q.task_id == task.id]
        agent = self.state.agents.get(task.id)
        if not is_stuck(self.state, task.id):
            for question in questions:
                yield from on_panel(self._question(question))
        if agent is None or (questions and agent.status is AgentStatus.WAITING):
            return
        since = words.so_far(self.now - agent.since)
        note = agent.note or agent.status.value
        match agent.status:
            case AgentStatus.STALLED | AgentStatus.INTERRUPTED:
                title = self._waits_for_you(agent.status.upper(), "careful", since)
                yield from on_panel(
                    [title, *paragraphs(note), key_row((self.keys.retry, "go on"), (self.keys.stop, "stop"))]
                )
                for question in questions:
                    yield from on_panel([BLANK, line_of(Span("When it goes on:", "muted")), *self._question(question)])
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
                        self._waits_for_you("LIMIT", "careful", words.so_far(self.now - self.state.paused_at)),
                        line_of(f"The run is paused at its limit of {field_words(line(self.state.run_limit))}."),
                        key_row((self.keys.resume_run, "let it go on")),
                    ]
                )
            case _ if reached := held_by(self.state, task.id):
                waited = words.so_far(self.now - self.state.budgets_since[reached.budget])
                yield from waits_lines(reached, self._waits_for_you("BUDGET", "careful", waited), self.keys)
            case _ if self.state.paused:
                yield line_of("it holds at its next step: the run is paused")
                yield key_row((self.keys.step, "one step"))
            case _ if self.retry:
                yield line_of(Span("waiting for the provider: ", "careful"), line(self.retry))
                yield key_row((self.keys.retry_now, "try it now"))
            case _:
                yield line_of(Span(f"at work for {words.so_far(self.now - (task.started_at or self.now))}", "muted"))

    def _question(self, question: Question) -> Iterator[Line]:
        if question.kind is QuestionKind.CRITERION:
            yield from self._unmet(question)
            return
        is_permission = question.kind is QuestionKind.PERMISSION
        waited = words.so_far(self.now - question.asked_at)
        yield self._waits_for_you("PERMISSION" if is_permission else "QUESTION", "secondary", waited)
        if is_permission:
            for row in clean(question.text, exact=True).split("\n"):
                yield Line((Span(row, "strong"),), exact=True)
        else:
            yield from paragraphs(question.text)
        for number, option in enumerate(question.options, 1):
            yield Line((Span(line(option)),), head=(Span(f"{number} ", "muted"),))
        yield key_row((self.keys.answer, "answer"))

    def _unmet(self, question: Question) -> Iterator[Line]:
        unmet = self.state.unmet.get(question.task_id)
        yield self._waits_for_you("NOT MET", "secondary", words.so_far(self.now - question.asked_at))
        if unmet:
            tries = words.count(unmet.round, "try", "tries")
            yield line_of(f"Its agent calls it done, and after {tries} these criteria are not met:")
            failed = (piece.criterion for piece in unmet.evidence if not piece.holds)
            yield from (self._bullet(line(named)) for named in (*unmet.missing, *failed))
        yield key_row((self.keys.answer, "see it, and say what shall be"))

    def _waits_for_you(self, what: str, style: str, since: str = "") -> Line:
        age = [Span(f"  {since}", "muted")] if since else []
        return line_of(Span(what, f"strong {style}"), Span(" waits for you", "strong"), *age)

    def _bullet(self, text: str) -> Line:
        return Line((Span(text),), head=(Span(f"{self.reading.glyphs.bullet} ", "muted"),))


def _took(task: Task) -> str:
    if task.started_at is None or task.ended_at is None:
        return ""
    return f", after {words.duration(task.ended_at - task.started_at)}"
