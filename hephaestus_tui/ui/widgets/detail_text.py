"""Everything that is known of one task or proposal, in the order of the questions a person has: as lines, not widgets."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from hephaestus_tui.domain.decision import Change, Decision, FieldValue, Verdict
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import Origin, Task, TaskDraft, TaskId
from hephaestus_tui.ui import words
from hephaestus_tui.ui.glyphs import GlyphSet, Mark
from hephaestus_tui.ui.text import clean, line
from hephaestus_tui.ui.widgets.detail_why import Keys, Why
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Lines, Span, line_of, paragraphs
from hephaestus_tui.ui.widgets.task_words import Reading, field_words

_VERDICTS = {Verdict.ACCEPT: "accepted", Verdict.EDIT: "accepted with changes", Verdict.REJECT: "rejected"}


def detail(
    state: RunState, task_id: TaskId | None, now: float, glyphs: GlyphSet, keys: Keys | None = None, retry: str = ""
) -> Lines:
    """The whole pane for one task; for None, the run. `now` is Unix time in seconds; an unknown id is said to be so.

    `retry` is why the provider of its agent must be asked again, while that is due.
    """
    if task_id is None:
        return _run(state)
    draft = state.draft(task_id)
    if draft is None:
        return (line_of(Span(f"{line(task_id)} is not in this run.", "muted")),)
    task = state.tasks.get(task_id)
    reading = Reading(state, glyphs)
    sections = [
        ("", _what(reading, task_id, draft)),
        ("", Why(reading, now, keys or Keys(), retry).lines(task_id)),
        ("Result", paragraphs(task.summary) if task and task.summary else []),
        ("What to do", _text(draft.description)),
        ("Why it is needed", _text(draft.rationale)),
        ("Done when", _criteria(draft, task, glyphs)),
        ("Blocked by", reading.task_lines(state.blockers.get(task_id, ()))),
        ("Waiting for it", reading.task_lines(t for t, b in state.blockers.items() if task_id in b)),
        ("Found by", _origin(reading, task_id)),
        ("Spawned", reading.task_lines(state.children(task_id))),
        ("Decision", _decision(state.decisions.get(task_id), now)),
        ("Agent", _agent(state, task_id, task, now)),
    ]
    lines: list[Line] = []
    for title, body in sections:
        if body:
            lines += [BLANK] if lines else []
            lines += [line_of(Span(title, "heading"))] if title else []
            lines += body
    return tuple(lines)


def _run(state: RunState) -> Lines:
    if not state.run_id:
        return (line_of(Span("No run is open.", "muted")),)
    return (
        line_of(Span("Goal", "heading")),
        *paragraphs(state.goal),
        BLANK,
        line_of(Span("Project", "heading")),
        line_of(line(state.project)),
        line_of(Span(f"{line(state.model)}, policy {state.policy}", "muted")),
        BLANK,
        line_of(Span("Choose a task to see all of it here.", "muted")),
    )


def _what(reading: Reading, task_id: TaskId, draft: TaskDraft) -> list[Line]:
    mark = reading.mark(task_id)
    facts = [draft.phase.value, line(draft.role), f"{draft.priority} priority", field_words(draft.discovery)]
    return [
        line_of(mark, " ", Span(task_id, "key"), "  ", Span(reading.status(task_id), mark.style)),
        line_of(Span(line(draft.title), "strong")),
        line_of(Span(", ".join(facts), "muted")),
    ]


def _text(text: str) -> list[Line]:
    return paragraphs(text) if text.strip() else [line_of(Span("nothing written", "muted"))]


def _criteria(draft: TaskDraft, task: Task | None, glyphs: GlyphSet) -> list[Line]:
    evidence = {e.criterion: e.evidence for e in task.evidence} if task else {}
    lines: list[Line] = []
    for criterion in draft.done_criteria:
        proof = evidence.pop(criterion, None)
        sign = Span(f"{glyphs.marks[Mark.DONE]} ", "success") if proof else Span(f"{glyphs.bullet} ", "muted")
        lines.append(Line((Span(line(criterion)),), head=(sign,)))
        if proof:
            lines.append(Line((Span(line(proof), "muted"),), indent=2))
    for criterion, proof in evidence.items():  # given under other words than those asked for
        lines.append(Line((Span(line(criterion)),), head=(Span(f"{glyphs.bullet} ", "muted"),)))
        lines.append(Line((Span(line(proof), "muted"),), indent=2))
    return lines


def _origin(reading: Reading, task_id: TaskId) -> list[Line]:
    state = reading.state
    owner = state.tasks.get(task_id) or state.proposals.get(task_id) or state.rejected[task_id]
    origin: Origin = owner.origin
    if origin.task_id is None:
        return [line_of("a human")]
    spawner = state.agents.get(origin.task_id)
    who = [line(spawner.role)] if spawner else []
    who += [f"agent {line(origin.agent_id)}"] if origin.agent_id else []
    who += [f"turn {origin.turn + 1}"] if origin.turn is not None else []
    who.append(f"depth {origin.depth}")
    return [*reading.task_lines([origin.task_id]), line_of(Span(", ".join(who), "muted"))]


def _decision(decision: Decision | None, now: float) -> list[Line]:
    if decision is None:
        return []
    lines = [
        line_of(f"{_VERDICTS[decision.verdict]} by {line(str(decision.actor))}"),
        line_of(Span(f"{words.ago(now - decision.decided_at)}, after {words.duration(decision.waited)}", "muted")),
    ]
    if decision.reason:
        lines += paragraphs(decision.reason)
    for change in decision.changes:
        lines += [BLANK, line_of(Span(field_words(change.field), "muted")), *_change(change)]
    return lines


def _change(change: Change) -> Iterable[Line]:
    """What went and what came, row by row; rows that stayed are left out."""
    before, after = _rows(change.before), _rows(change.after)
    for tag, i, j, k, m in SequenceMatcher(None, before, after).get_opcodes():
        if tag != "equal":
            yield from (Line((Span(row, "bad"),), head=(Span("- ", "bad"),)) for row in before[i:j])
            yield from (Line((Span(row, "good"),), head=(Span("+ ", "good"),)) for row in after[k:m])


def _rows(value: FieldValue) -> list[str]:
    if isinstance(value, str):
        return clean(value).split("\n") if value else []
    return [line(item) for item in value]


def _agent(state: RunState, task_id: TaskId, task: Task | None, now: float) -> list[Line]:
    agent = state.agents.get(task_id)
    if agent is None or task is None:
        return []
    turns = words.count(agent.turns, "turn") + (f", attempt {task.attempt}" if task.attempt > 1 else "")
    lines = [line_of(f"{line(agent.role)} on {line(agent.model)}"), line_of(Span(turns, "muted"))]
    if usage := state.usage_by_task.get(task_id):
        cached = usage.cache_read + usage.cache_write
        parts = f"{usage.input:,} in, {usage.output:,} out" + (f", {cached:,} cached" if cached else "")
        lines.append(line_of(Span(f"{usage.total:,} tokens ({parts}), {words.cost(usage)}", "muted")))
    if agent.status is not AgentStatus.ENDED:
        lines.append(line_of(Span(f"{agent.status} for {words.so_far(now - agent.since)}", "muted")))
    return lines
