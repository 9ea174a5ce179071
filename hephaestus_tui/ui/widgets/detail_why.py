"""Why a task is in the state it is in, and what waits for a person: the top of the detail pane."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from hephaestus_tui.domain.decision import Proposal
from hephaestus_tui.domain.events import Question, QuestionKind
from hephaestus_tui.domain.graph import blocker_fault
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import Task, TaskId, TaskStatus, draft_faults
from hephaestus_tui.ui import words
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.text import clean, line
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Span, line_of, on_panel, paragraphs
from hephaestus_tui.ui.widgets.task_words import culprits, status_words

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


def why(state: RunState, task_id: TaskId, now: float, glyphs: GlyphSet, keys: Keys) -> list[Line]:
    """The reason for the state; what waits for a person stands on a panel."""
    if proposal := state.proposals.get(task_id):
        return on_panel(_proposal(state, proposal, now, glyphs, keys))
    if task_id in state.rejected:
        return list(_rejected(state, task_id))
    task = state.tasks[task_id]
    lines = list(_task(state, task, now, glyphs, keys))
    if calls := state.unanswered.get(task_id):
        agent = state.agents.get(task_id)
        lost = agent is None or agent.status in _STANDS
        title = (
            Span("Without an answer: may have run; outcome unknown", "strong careful")
            if lost
            else Span("Under way", "muted")
        )
        lines += [*([BLANK] if lines and lost else []), line_of(title)]
        lines += [_bullet(glyphs, f"{line(call.name)} (turn {call.turn + 1})") for call in calls]
    if steering := state.steering.get(task_id):
        lines.append(line_of(Span("Your words wait for its next turn:", "muted")))
        lines += [quoted for said in steering for quoted in paragraphs(said.text)]
    return lines


def _proposal(state: RunState, proposal: Proposal, now: float, glyphs: GlyphSet, keys: Keys) -> Iterator[Line]:
    waited = words.so_far(now - proposal.proposed_at)
    yield _waits_for_you("PROPOSAL", "secondary", glyphs, waited)
    yield _keys((keys.accept, "accept"), (keys.edit, "edit"), (keys.reject, "reject"))
    for hint in _hints(state, proposal):
        yield Line((Span(hint),), head=(Span("! ", "strong careful"),))
    if proposal.waits and (by := proposal.origin.task_id):
        yield Line((Span(f"the agent of {by} stands still until you decide"),), head=(Span("! ", "strong careful"),))
    yield line_of(Span(_prospect(state, proposal.task_id), "muted"))


def _hints(state: RunState, proposal: Proposal) -> Iterator[str]:
    draft = proposal.draft
    size = len(draft.rationale.strip())
    if size < THIN_RATIONALE:
        yield f"the rationale is thin ({words.count(size, 'character')}): is it needed?"
    if not draft.done_criteria:
        yield "no done criteria: when is it done?"
    dead = culprits(state, proposal.task_id)
    if dead:
        yield f"it could never start: {_named(state, dead)}"
    faults = draft_faults(draft, state.roles)
    if fault := blocker_fault(state.blockers, proposal.task_id, draft.blocked_by):
        faults["blocked_by"] = fault
    for fault in faults.values():
        yield line(f"cannot be accepted as it is: {fault}")


def _prospect(state: RunState, task_id: TaskId) -> str:
    """What accepting leads to: when it would start, and what waits for it."""
    open_blockers = [b for b in state.blockers[task_id] if not _completed(state, b)]
    waiting = [t for t, wanted in state.blockers.items() if task_id in wanted and t not in state.rejected]
    start = f"Accepted, it waits for {_named(state, open_blockers)}" if open_blockers else "Accepted, it can start"
    return (
        f"{start}; {', '.join(waiting)} {'waits' if len(waiting) == 1 else 'wait'} for it." if waiting else f"{start}."
    )


def _rejected(state: RunState, task_id: TaskId) -> Iterator[Line]:
    decision = state.decisions.get(task_id)
    if decision:
        by = line(str(decision.actor))
        reason = line(decision.reason)
        yield line_of(f"rejected by {by}: ", Span(reason) if reason else Span("no reason given", "muted"))


def _task(state: RunState, task: Task, now: float, glyphs: GlyphSet, keys: Keys) -> Iterator[Line]:
    match task.status:
        case TaskStatus.PENDING | TaskStatus.BLOCKED:
            yield from _waiting(state, task, glyphs, keys)
        case TaskStatus.IN_PROGRESS:
            yield from _at_work(state, task, now, glyphs, keys)
        case TaskStatus.COMPLETED:
            if task.ended_at is not None:
                yield line_of(Span(f"completed {words.ago(now - task.ended_at)}{_took(task)}", "muted"))
        case TaskStatus.FAILED:
            limit = state.failed_limits.get(task.id)
            title = f"FAILED: at its limit of {line(limit)}" if limit else "FAILED"
            reason = paragraphs(task.reason or "no reason given")
            yield from on_panel([line_of(Span(title, "strong bad")), *reason, _keys((keys.retry, "retry"))])
        case TaskStatus.CANCELLED:
            yield line_of(Span("cancelled: ", "muted"), line(task.reason or "no reason given"))
            yield _keys((keys.retry, "retry"))
        case _:
            assert_never(task.status)


def _waiting(state: RunState, task: Task, glyphs: GlyphSet, keys: Keys) -> Iterator[Line]:
    dead = culprits(state, task.id)
    open_blockers = [b for b in state.blockers[task.id] if not _completed(state, b)]
    if dead:
        yield from on_panel(
            [
                _waits_for_you("CAN NEVER START", "bad", glyphs),
                line_of(f"It is blocked by {_named(state, open_blockers)}."),
                line_of(f"Will not complete: {_named(state, dead)}."),
                _keys((keys.drop_blockers, "go ahead without"), (keys.stop, "stop")),
            ]
        )
    elif open_blockers:
        yield line_of(f"blocked by {_named(state, open_blockers)}")
    elif state.paused:
        yield line_of("ready; the run is paused")
    else:
        yield line_of("ready: starts when an agent is free")


def _at_work(state: RunState, task: Task, now: float, glyphs: GlyphSet, keys: Keys) -> Iterator[Line]:
    questions = [q for q in state.questions.values() if q.task_id == task.id]
    for question in questions:
        yield from on_panel(_question(question, now, glyphs, keys))
    agent = state.agents.get(task.id)
    if agent is None or (questions and agent.status is AgentStatus.WAITING):
        return
    since = words.so_far(now - agent.since)
    note = agent.note or agent.status.value
    match agent.status:
        case AgentStatus.STALLED | AgentStatus.INTERRUPTED:
            title = _waits_for_you(agent.status.upper(), "careful", glyphs, since)
            yield from on_panel([title, *paragraphs(note), _keys((keys.retry, "go on"), (keys.stop, "stop"))])
        case AgentStatus.PAUSED | AgentStatus.WAITING:
            yield line_of(line(note), Span(f"  {since}", "muted"))
        case _:
            yield line_of(Span(f"at work for {words.so_far(now - (task.started_at or now))}", "muted"))


def _question(question: Question, now: float, glyphs: GlyphSet, keys: Keys) -> Iterator[Line]:
    is_permission = question.kind is QuestionKind.PERMISSION
    waited = words.so_far(now - question.asked_at)
    yield _waits_for_you("PERMISSION" if is_permission else "QUESTION", "secondary", glyphs, waited)
    if is_permission:
        for row in clean(question.text, exact=True).split("\n"):
            yield Line((Span(row, "strong"),), exact=True)
    else:
        yield from paragraphs(question.text)
    for number, option in enumerate(question.options, 1):
        yield Line((Span(line(option)),), head=(Span(f"{number} ", "muted"),))
    yield _keys((keys.answer, "answer"))


def _waits_for_you(what: str, style: str, glyphs: GlyphSet, since: str = "") -> Line:
    dash = "-" if glyphs.name == "ascii" else "—"
    return line_of(Span(what, f"strong {style}"), Span(f" {dash} waits for you", "strong"), Span(f"  {since}", "muted"))


def _keys(*entries: tuple[str, str]) -> Line:
    spans: list[Span] = []
    for key, label in entries:
        spans += [Span(key, "key"), Span(f" {label}   ")]
    return Line(tuple(spans))


def _bullet(glyphs: GlyphSet, text: str) -> Line:
    return Line((Span(text),), head=(Span(f"{glyphs.bullet} ", "muted"),))


def _named(state: RunState, ids: tuple[TaskId, ...] | list[TaskId]) -> str:
    """ "T2 (in progress), T3 (proposed)"."""
    return ", ".join(f"{line(t)} ({status_words(state, t)})" for t in ids)


def _completed(state: RunState, task_id: TaskId) -> bool:
    task = state.tasks.get(task_id)
    return task is not None and task.status is TaskStatus.COMPLETED


def _took(task: Task) -> str:
    if task.started_at is None or task.ended_at is None:
        return ""
    return f", after {words.duration(task.ended_at - task.started_at)}"
