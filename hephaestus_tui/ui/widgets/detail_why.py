"""Why a task is in the state it is in, and what waits for a person: the top of the detail pane."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from hephaestus_tui.domain.attention import is_stuck
from hephaestus_tui.domain.decision import Proposal
from hephaestus_tui.domain.events import Question, QuestionKind
from hephaestus_tui.domain.graph import blocker_fault
from hephaestus_tui.domain.state import AgentStatus
from hephaestus_tui.domain.task import Task, TaskId, TaskStatus, draft_faults
from hephaestus_tui.ui import words
from hephaestus_tui.ui.text import clean, line
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Span, line_of, on_panel, paragraphs
from hephaestus_tui.ui.widgets.task_words import Reading, few

THIN_RATIONALE = 40  # characters
_STANDS = (AgentStatus.INTERRUPTED, AgentStatus.STALLED, AgentStatus.ENDED)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that the pane names, as they are bound now."""

    accept: str = "a"
    edit: str = "e"
    reject: str = "r"
    answer: str = "y"
    retry: str = "R"
    drop_blockers: str = "d"
    stop: str = "x"

    @classmethod
    def bound(cls, keys: Mapping[str, str]) -> Keys:
        """With the rebindings of a person; `keys` is action id → key."""
        own = {action_id.partition(".")[2]: line(key) for action_id, key in keys.items() if action_id in _ACTIONS}
        return cls(**own)


_ACTIONS = (
    "proposal.accept", "proposal.edit", "proposal.reject", "question.answer", "task.retry", "task.drop_blockers",
    "task.stop",
)  # fmt: skip


class Why:
    """The reason for the state of a task; what waits for a person stands on a panel. `now` is Unix time in seconds."""

    def __init__(self, reading: Reading, now: float, keys: Keys, retry: str = "") -> None:
        """`retry` is why the agent's provider must be asked again, while that is due."""
        self.reading, self.now, self.keys, self.retry = reading, now, keys, retry
        self.state = reading.state

    def lines(self, task_id: TaskId) -> list[Line]:
        if proposal := self.state.proposals.get(task_id):
            return on_panel(self._proposal(proposal))
        if task_id in self.state.rejected:
            return list(self._rejected(task_id))
        task = self.state.tasks[task_id]
        lines = list(self._task(task))
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
        if steering := self.state.steering.get(task_id):
            lines.append(line_of(Span("Your words wait for its next turn:", "muted")))
            lines += [quoted for said in steering for quoted in paragraphs(said.text)]
        return lines

    def _proposal(self, proposal: Proposal) -> Iterator[Line]:
        waited = words.so_far(self.now - proposal.proposed_at)
        yield self._waits_for_you("PROPOSAL", "secondary", waited)
        yield _keys((self.keys.accept, "accept"), (self.keys.edit, "edit"), (self.keys.reject, "reject"))
        for hint in self._hints(proposal):
            yield Line((Span(hint),), head=(Span("! ", "strong careful"),))
        if proposal.waits and (by := proposal.origin.task_id):
            yield Line(
                (Span(f"the agent of {by} stands still until you decide"),), head=(Span("! ", "strong careful"),)
            )
        yield line_of(Span(self._prospect(proposal.task_id), "muted"))

    def _hints(self, proposal: Proposal) -> Iterator[str]:
        draft = proposal.draft
        size = len(draft.rationale.strip())
        if size < THIN_RATIONALE:
            yield f"the rationale is thin ({words.count(size, 'character')}): is it needed?"
        if not draft.done_criteria:
            yield "no done criteria: when is it done?"
        dead = self.reading.culprits(proposal.task_id)
        if dead:
            yield f"it could never start: {self.reading.named(dead)}"
        faults = draft_faults(draft, self.state.roles)
        if fault := blocker_fault(self.state.blockers, proposal.task_id, draft.blocked_by):
            faults["blocked_by"] = fault
        for fault in faults.values():
            yield line(f"cannot be accepted as it is: {fault}")

    def _prospect(self, task_id: TaskId) -> str:
        """What accepting leads to: when it would start, and what waits for it."""
        open_blockers = [b for b in self.state.blockers[task_id] if not self._completed(b)]
        waiting = [t for t, wanted in self.state.blockers.items() if task_id in wanted and t not in self.state.rejected]
        start = (
            f"Accepted, it waits for {self.reading.named(open_blockers)}" if open_blockers else "Accepted, it can start"
        )
        return f"{start}; {few(waiting)} {'waits' if len(waiting) == 1 else 'wait'} for it." if waiting else f"{start}."

    def _rejected(self, task_id: TaskId) -> Iterator[Line]:
        decision = self.state.decisions.get(task_id)
        if decision:
            by = line(str(decision.actor))
            reason = line(decision.reason)
            yield line_of(f"rejected by {by}: ", Span(reason) if reason else Span("no reason given", "muted"))

    def _task(self, task: Task) -> Iterator[Line]:
        match task.status:
            case TaskStatus.PENDING | TaskStatus.BLOCKED:
                yield from self._waiting(task)
            case TaskStatus.IN_PROGRESS:
                yield from self._at_work(task)
            case TaskStatus.COMPLETED:
                if task.ended_at is not None:
                    yield line_of(Span(f"completed {words.ago(self.now - task.ended_at)}{_took(task)}", "muted"))
            case TaskStatus.FAILED:
                limit = self.state.failed_limits.get(task.id)
                title = f"FAILED: at its limit of {line(limit)}" if limit else "FAILED"
                reason = paragraphs(task.reason or "no reason given")
                yield from on_panel([line_of(Span(title, "strong bad")), *reason, _keys((self.keys.retry, "retry"))])
            case TaskStatus.CANCELLED:
                yield line_of(Span("cancelled: ", "muted"), line(task.reason or "no reason given"))
                yield _keys((self.keys.retry, "retry"))
            case _:
                assert_never(task.status)

    def _waiting(self, task: Task) -> Iterator[Line]:
        dead = self.reading.culprits(task.id)
        open_blockers = [b for b in self.state.blockers[task.id] if not self._completed(b)]
        if dead:
            yield from on_panel(
                [
                    self._waits_for_you("CAN NEVER START", "bad"),
                    line_of(f"It is blocked by {self.reading.named(open_blockers)}."),
                    line_of(f"Will not complete: {self.reading.named(dead)}."),
                    _keys((self.keys.drop_blockers, "go ahead without"), (self.keys.stop, "stop")),
                ]
            )
        elif open_blockers:
            yield line_of(f"blocked by {self.reading.named(open_blockers)}")
        elif self.state.paused:
            yield line_of("ready; the run is paused")
        else:
            yield line_of("ready: starts when an agent is free")

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
                    [title, *paragraphs(note), _keys((self.keys.retry, "go on"), (self.keys.stop, "stop"))]
                )
                for question in questions:
                    yield from on_panel([BLANK, line_of(Span("When it goes on:", "muted")), *self._question(question)])
            case AgentStatus.PAUSED | AgentStatus.WAITING:
                yield line_of(line(note), Span(f"  {since}", "muted"))
            case _ if self.retry:
                yield line_of(Span("waiting for the provider: ", "careful"), line(self.retry))
            case _:
                yield line_of(Span(f"at work for {words.so_far(self.now - (task.started_at or self.now))}", "muted"))

    def _question(self, question: Question) -> Iterator[Line]:
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
        yield _keys((self.keys.answer, "answer"))

    def _waits_for_you(self, what: str, style: str, since: str = "") -> Line:
        return line_of(Span(what, f"strong {style}"), Span(" waits for you", "strong"), Span(f"  {since}", "muted"))

    def _bullet(self, text: str) -> Line:
        return Line((Span(text),), head=(Span(f"{self.reading.glyphs.bullet} ", "muted"),))

    def _completed(self, task_id: TaskId) -> bool:
        task = self.state.tasks.get(task_id)
        return task is not None and task.status is TaskStatus.COMPLETED


def _keys(*entries: tuple[str, str]) -> Line:
    spans: list[Span] = []
    for key, label in entries:
        spans += [Span(key, "key"), Span(f" {label}   ")]
    return Line(tuple(spans))


def _took(task: Task) -> str:
    if task.started_at is None or task.ended_at is None:
        return ""
    return f", after {words.duration(task.ended_at - task.started_at)}"
