"""Who is at work on a task, how fast, at what cost, how long it stood still, and what came of earlier attempts."""

from __future__ import annotations

from collections.abc import Iterator

from hephaestus_tui.domain.answering import fell_back_words
from hephaestus_tui.domain.model_name import short_model
from hephaestus_tui.domain.state import AgentStatus, AgentView, RunState
from hephaestus_tui.domain.task import Task, TaskId
from hephaestus_tui.ui import words
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.sparkline import sparkline
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.detail_context import context_lines
from hephaestus_tui.ui.widgets.lines import Line, Span, line_of, paragraphs

_PLOT = 20  # cells: as many as a task has buckets
_LATELY = 60.0  # seconds


def agent_lines(state: RunState, task: Task, now: float, glyphs: GlyphSet) -> list[Line]:
    """Nothing for a task that has never begun. `now` is Unix time in seconds."""
    agent = state.agents.get(task.id)
    if agent is None:
        return []
    turns = words.count(agent.turns, "turn") + (f", attempt {task.attempt}" if task.attempt > 1 else "")
    lines = [line_of(f"{line(agent.role)} on {line(short_model(agent.model))}")]
    if agent.fell_back:
        since = words.so_far(now - agent.fell_back.since)
        lines.append(line_of(Span(f"for {since} {line(fell_back_words(agent))}", "warning")))
    lines.append(line_of(Span(turns, "muted")))
    lines += _speed(state, agent, now, glyphs)
    if usage := state.usage_by_task.get(task.id):
        cached = usage.cache_read + usage.cache_write
        parts = f"{usage.input:,} in, {usage.output:,} out" + (f", {cached:,} cached" if cached else "")
        lines.append(line_of(Span(f"{usage.total:,} tokens ({parts}), {words.cost(usage)}", "muted")))
    lines += context_lines(state, task.id)
    if (stood := stood_still(state, task.id, now)) >= 1:
        lines.append(line_of(Span(f"waited for you {words.so_far(stood)} in all", "muted")))
    if agent.status is not AgentStatus.ENDED:
        lines.append(line_of(Span(f"{agent.status} for {words.so_far(now - agent.since)}", "muted")))
    return lines


def stood_still(state: RunState, task_id: TaskId, now: float) -> float:
    """The seconds that the agent of a task has waited for a person, with those of the moment."""
    agent = state.agents.get(task_id)
    waits = agent is not None and agent.status is AgentStatus.WAITING
    return state.stood.get(task_id, 0.0) + (max(now - agent.since, 0.0) if agent and waits else 0.0)


def attempt_lines(state: RunState, task_id: TaskId, now: float, glyphs: GlyphSet) -> list[Line]:
    """Each with how long it took and how it ended, the newest first; nothing where there was only one."""
    attempts = state.attempts.get(task_id, ())
    if len(attempts) < 2:
        return []
    rows: list[Line] = []
    for attempt in reversed(attempts):
        head = (Span(f"{attempt.number} ", "muted"),)
        who = f"{line(attempt.role)} on {line(short_model(attempt.model))}"
        if attempt.ended is None:
            rows.append(Line((Span(f"{who}, for {words.so_far(now - attempt.began)}"),), head=head))
            continue
        took = words.duration(attempt.ended - attempt.began)
        told = (Span(f"{attempt.how} after {took}"), Span(f", {words.ago(now - attempt.ended)}; {who}", "muted"))
        rows.append(Line(told, head=head))
        rows += [Line(row.spans, row.head, row.indent + 2) for row in paragraphs(attempt.why, "muted") if attempt.why]
    return rows


def _speed(state: RunState, agent: AgentView, now: float, glyphs: GlyphSet) -> Iterator[Line]:
    """Output tokens over its time, and how many a second lately, or over all of it where it has ended."""
    series = state.task_tokens.get(agent.task_id)
    if series is None or not any(series.values):
        return
    if agent.status is AgentStatus.ENDED:
        told = f" most {_rate(max(series.values) / series.width)} tokens/s"
    else:
        series = series.until(now)
        many = max(round(_LATELY / series.width), 1)
        seconds = max(min(many * series.width, now - series.start), 1.0)
        told = f" {_rate(sum(series.values[-many:]) / seconds)} tokens/s now"
    yield line_of(Span(sparkline(series.values, _PLOT, glyphs), "accent"), Span(told, "muted"))


def _rate(tokens: float) -> str:
    return words.thousands(tokens) if tokens >= 10 or not tokens else f"{tokens:.1f}"
