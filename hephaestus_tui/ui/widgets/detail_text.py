"""Everything that is known of one task or proposal, in the order of the questions a person has: as lines, not widgets."""

from __future__ import annotations

from dataclasses import replace

from hephaestus_tui.domain.answering import fell_back_words
from hephaestus_tui.domain.blocking import to_hold
from hephaestus_tui.domain.model_name import short_model
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import Task, TaskDraft, TaskId
from hephaestus_tui.ui import words
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.detail_context import context_lines
from hephaestus_tui.ui.widgets.detail_cost import cost_lines
from hephaestus_tui.ui.widgets.detail_criteria import criteria_lines
from hephaestus_tui.ui.widgets.detail_follows import follows_lines
from hephaestus_tui.ui.widgets.detail_keys import Keys, key_row
from hephaestus_tui.ui.widgets.detail_overlaps import overlap_lines
from hephaestus_tui.ui.widgets.detail_record import Record
from hephaestus_tui.ui.widgets.detail_why import Why
from hephaestus_tui.ui.widgets.detail_work import work_lines
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Lines, Span, line_of, paragraphs, prose
from hephaestus_tui.ui.widgets.task_words import Reading, field_words

SHORT_RATIONALE = 150  # cells: two rows of 80


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
    keys = keys or Keys()
    record = Record(state, task_id, now, glyphs)
    is_open = task_id in state.proposals
    sections = [
        ("", [*_what(reading, task_id, draft), *(_why(draft, glyphs) if is_open else [])]),
        ("", Why(reading, now, keys, retry).lines(task_id)),
        ("Changes the same files as", overlap_lines(reading, task_id)),
        ("Result", prose(task.summary, glyphs.name) if task and task.summary else []),
        ("Work", work_lines(state, task_id, now, glyphs)),
        ("Answered", record.newest_reply() if is_open and task_id not in state.queries else []),
        ("What is new", record.newest_version() if is_open else []),
        ("If you accept it", follows_lines(reading, task_id) if is_open else []),
        ("Why it is needed", [] if is_open and _is_short(draft.rationale) else _text(draft.rationale, glyphs)),
        ("What to do", _text(draft.description, glyphs)),
        ("Done when", criteria_lines(draft, state, task_id, glyphs)),
        ("Blocked by", reading.blocker_lines(state.blockers.get(task_id, ()))),
        ("Will wait for it", reading.task_lines(to_hold(state, task_id, draft.blocks)) if is_open else []),
        (
            "Waiting for it",
            reading.task_lines(w for w in state.waiters.get(task_id, ()) if task_id in state.blockers[w]),
        ),
        ("Found by", _origin(reading, task_id, keys)),
        ("Alike", _alike(reading, task_id)),
        ("Spawned", reading.task_lines(state.children(task_id))),
        ("Asked before", record.earlier_replies(but_newest=is_open and task_id not in state.queries)),
        ("Earlier versions" if is_open else "Versions", record.earlier_versions(but_newest=is_open)),
        ("Decisions", record.decisions()),
        ("Cost", cost_lines(state, task_id)),
        ("Agent", _agent(state, task_id, task, now)),
    ]
    lines: list[Line] = []
    for title, body in sections:
        if body:
            lines += [BLANK] if lines and not body[0].panel else []
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
        line_of(Span(f"{line(short_model(state.model))}, policy {state.policy}", "muted")),
        BLANK,
        line_of(Span("Choose a task to see all of it here.", "muted")),
    )


def _what(reading: Reading, task_id: TaskId, draft: TaskDraft) -> list[Line]:
    mark = reading.mark(task_id)
    facts = [draft.phase.value, line(draft.role), f"{draft.priority} priority", field_words(draft.discovery)]
    if depth := reading.state.versions[task_id][0].origin.depth:
        facts.append(f"depth {depth}")
    return [
        line_of(mark, " ", Span(task_id, "key"), "  ", Span(reading.status(task_id), mark.style)),
        line_of(Span(line(draft.title), "strong")),
        line_of(Span(", ".join(facts), "muted")),
    ]


def _is_short(rationale: str) -> bool:
    return 0 < len(rationale.strip()) <= SHORT_RATIONALE and "\n" not in rationale.strip()


def _why(draft: TaskDraft, glyphs: GlyphSet) -> list[Line]:
    """The rationale of a proposal before all else: whole where it is short, or else how it begins."""
    rationale = line(draft.rationale, SHORT_RATIONALE, ellipsis=glyphs.ellipsis)
    return [Line((Span(rationale),), head=(Span("why ", "muted"),), markdown=glyphs.name)] if rationale else []


def _text(text: str, glyphs: GlyphSet) -> list[Line]:
    return prose(text, glyphs.name) if text.strip() else [line_of(Span("nothing written", "muted"))]


def _origin(reading: Reading, task_id: TaskId, keys: Keys) -> list[Line]:
    """Who discovered it, and the key that leads to the passage."""
    origin = reading.state.versions[task_id][0].origin
    if origin.task_id is None:
        return [line_of("a human")]
    spawner = reading.state.agents.get(origin.task_id)
    who = [f"{line(spawner.role)} on {line(short_model(spawner.model))}"] if spawner else []
    who += [f"agent {line(origin.agent_id)}"] if origin.agent_id else []
    who += [f"turn {origin.turn + 1}"] if origin.turn is not None else []
    who.append(f"depth {origin.depth}")
    return [
        *reading.task_lines([origin.task_id]),
        line_of(Span(", ".join(who), "muted")),
        key_row((keys.origin, "to the passage, and back")),
    ]


def _alike(reading: Reading, task_id: TaskId) -> list[Line]:
    """Everything that says much the same, also what is too unlike to be called a duplicate."""
    versions = reading.state.versions[task_id]
    near = versions[-1].near
    if not near:
        return []
    told = f"from {reading.state.duplicate_score} % on it is called a likely duplicate"
    lines = reading.task_lines(n.task_id for n in near)
    scored = [
        replace(row, spans=(Span(f"{n.score} %  ", "muted"), *row.spans)) for row, n in zip(lines, near, strict=True)
    ]
    return [*scored, line_of(Span(told, "muted"))]


def _agent(state: RunState, task_id: TaskId, task: Task | None, now: float) -> list[Line]:
    agent = state.agents.get(task_id)
    if agent is None or task is None:
        return []
    turns = words.count(agent.turns, "turn") + (f", attempt {task.attempt}" if task.attempt > 1 else "")
    lines = [line_of(f"{line(agent.role)} on {line(short_model(agent.model))}")]
    if agent.fell_back:
        since = words.so_far(now - agent.fell_back.since)
        lines.append(line_of(Span(f"for {since} {line(fell_back_words(agent))}", "warning")))
    lines.append(line_of(Span(turns, "muted")))
    if usage := state.usage_by_task.get(task_id):
        cached = usage.cache_read + usage.cache_write
        parts = f"{usage.input:,} in, {usage.output:,} out" + (f", {cached:,} cached" if cached else "")
        lines.append(line_of(Span(f"{usage.total:,} tokens ({parts}), {words.cost(usage)}", "muted")))
    lines += context_lines(state, task_id)
    if agent.status is not AgentStatus.ENDED:
        lines.append(line_of(Span(f"{agent.status} for {words.so_far(now - agent.since)}", "muted")))
    return lines
