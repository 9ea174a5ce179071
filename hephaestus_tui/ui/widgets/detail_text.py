"""Everything that is known of one task or proposal, in the order of the questions a person has: as lines, not widgets."""

from __future__ import annotations

from dataclasses import replace

from hephaestus_tui.domain.blocking import to_hold
from hephaestus_tui.domain.model_name import short_model
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Task, TaskDraft, TaskId
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.detail_agent import agent_lines, attempt_lines
from hephaestus_tui.ui.widgets.detail_cost import cost_lines
from hephaestus_tui.ui.widgets.detail_criteria import criteria_lines, criteria_told
from hephaestus_tui.ui.widgets.detail_follows import follows_lines
from hephaestus_tui.ui.widgets.detail_keys import Keys, key_row
from hephaestus_tui.ui.widgets.detail_overlaps import overlap_lines
from hephaestus_tui.ui.widgets.detail_record import Record
from hephaestus_tui.ui.widgets.detail_sections import Section, laid_out
from hephaestus_tui.ui.widgets.detail_shared import shared_lines
from hephaestus_tui.ui.widgets.detail_why import Why
from hephaestus_tui.ui.widgets.detail_work import work_lines
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Lines, Span, line_of, paragraphs, prose
from hephaestus_tui.ui.widgets.links import PassageOf
from hephaestus_tui.ui.widgets.task_words import Reading, field_words

SHORT_RATIONALE = 150  # cells: two rows of 80; one that is short stands at the top, any other under a heading


def detail(
    state: RunState, task_id: TaskId | None, now: float, glyphs: GlyphSet, keys: Keys | None = None, retry: str = ""
) -> Lines:
    """The whole pane for one task, nothing folded: see `sections_of`."""
    return laid_out(sections_of(state, task_id, now, glyphs, keys, retry), glyphs)


def sections_of(
    state: RunState, task_id: TaskId | None, now: float, glyphs: GlyphSet, keys: Keys | None = None, retry: str = ""
) -> list[Section]:
    """The whole pane for one task; for None, the run. `now` is Unix time in seconds; an unknown id is said to be so.

    `retry` is why the provider of its agent must be asked again, while that is due.
    """
    if task_id is None:
        return [Section("", _run(state))]
    draft = state.draft(task_id)
    if draft is None:
        return [Section("", [line_of(Span(f"{line(task_id)} is not in this run.", "muted"))])]
    reading, keys = Reading(state, glyphs), keys or Keys()
    record = Record(state, task_id, now, glyphs)
    task = state.tasks.get(task_id)
    first = [
        Section("", [*_what(reading, task_id, draft), *_why(draft, glyphs)]),
        Section("", Why(reading, now, keys, retry).lines(task_id)),
        Section("Changes the same files as", overlap_lines(reading, task_id)),
        Section("Why it is needed", [] if _is_short(draft.rationale) else _text(draft.rationale, glyphs)),
    ]
    own = _of_proposal(reading, record, task_id, draft) if task is None else _of_task(reading, record, task, draft, now)
    return [
        *first,
        *own,
        Section("Found by", _origin(reading, task_id, keys)),
        Section("Spawned", reading.task_lines(state.children(task_id))),
        Section("Notes and reports", shared_lines(state, task_id, now, glyphs)),
    ]


def _of_proposal(reading: Reading, record: Record, task_id: TaskId, draft: TaskDraft) -> list[Section]:
    """What it would do, and to whom: of one that was decided on, what was decided."""
    state, glyphs = reading.state, reading.glyphs
    is_open, is_owed = task_id in state.proposals, task_id in state.queries
    answered = is_open and not is_owed
    return [
        Section("Answered", record.newest_reply() if answered else []),
        Section("What is new", record.newest_version() if is_open else []),
        Section("If you accept it", follows_lines(reading, task_id) if is_open else []),
        Section("What to do", _to_do(draft, glyphs)),
        Section("Done when", criteria_lines(draft, state, task_id, glyphs)),
        *_around(reading, task_id),
        Section("Will wait for it", reading.task_lines(to_hold(state, task_id, draft.blocks)) if is_open else []),
        Section("Alike", _alike(reading, task_id)),
        Section("Asked before", record.earlier_replies(but_newest=answered), past=True),
        Section(
            "Earlier versions" if is_open else "Versions", record.earlier_versions(but_newest=is_open), past=is_open
        ),
        Section("Decisions", record.decisions()),
    ]


def _of_task(reading: Reading, record: Record, task: Task, draft: TaskDraft, now: float) -> list[Section]:
    """What waits for what, what shows that it is done, what it made, who decided, what it took, and how it came about."""
    state, glyphs = reading.state, reading.glyphs
    result = prose(task.summary, glyphs.name) if task.summary else []
    return [
        Section("What to do", _to_do(draft, glyphs), past=task.status.ended),
        *_around(reading, task.id),
        Section("Done when", criteria_lines(draft, state, task.id, glyphs), criteria_told(draft, state, task.id)),
        Section("Result", result),
        Section("Work", work_lines(state, task.id, now, glyphs)),
        Section("Decisions", record.decisions()),
        Section("Cost", cost_lines(state, task.id, glyphs)),
        Section("Agent", agent_lines(state, task, now, glyphs)),
        Section("Attempts", attempt_lines(state, task.id, now, glyphs)),
        Section("Alike", _alike(reading, task.id), past=True),
        Section("Asked before", record.earlier_replies(but_newest=False), past=True),
        Section("Versions", record.earlier_versions(but_newest=False), past=True),
    ]


def _around(reading: Reading, task_id: TaskId) -> list[Section]:
    """What it waits for, and what waits for it."""
    state = reading.state
    waiting = [w for w in state.waiters.get(task_id, ()) if task_id in state.blockers[w]]
    return [
        Section("Blocked by", reading.blocker_lines(state.blockers.get(task_id, ()))),
        Section("Waiting for it", reading.task_lines(waiting)),
    ]


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
    """The rationale before all else, where it is short; nothing of any other, which follows as a whole."""
    if not _is_short(draft.rationale):
        return []
    return [Line((Span(line(draft.rationale)),), head=(Span("why ", "muted"),), markdown=glyphs.name)]


def _text(text: str, glyphs: GlyphSet) -> list[Line]:
    return prose(text, glyphs.name) if text.strip() else [line_of(Span("nothing written", "muted"))]


def _to_do(draft: TaskDraft, glyphs: GlyphSet) -> list[Line]:
    """The description without a first line that is the title, where more follows: the title stands above already."""
    first, _, rest = draft.description.strip().partition("\n")
    return _text(rest if first.strip() == draft.title.strip() and rest.strip() else draft.description, glyphs)


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
        line_of(Span(", ".join(who), "muted", link=PassageOf(task_id))),
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
