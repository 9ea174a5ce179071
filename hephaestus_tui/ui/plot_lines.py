"""The plots of a run and of each agent as lines, so that what they say can be tested without a screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hephaestus_tui.domain.state import AgentStatus, RunState, number
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.sparkline import sparkline
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.lines import Line, Lines, Span
from hephaestus_tui.ui.words import duration, money, thousands

AGENTS_SHOWN = 40
_NAME, _PLOT, _AGENT_PLOT = 20, 24, 20


def plot_lines(state: RunState, now: float, glyphs: GlyphSet) -> Lines:
    """Each plot goes from the start of the run to `now`, Unix time, and so can be read against the others."""
    return (*_run_lines(state, now, glyphs), *_agent_lines(state, now, glyphs))


def _run_lines(state: RunState, now: float, glyphs: GlyphSet) -> Iterator[Line]:
    course = state.course
    yield Line(spans=(Span(f"From the start of the run to now, {duration(now - state.started_at)}", "muted"),))
    tokens = course.tokens.until(now)
    rates = [value / tokens.width for value in tokens.values]
    yield _row(
        "tokens a second", rates, _PLOT, glyphs, f"most {_rate(max(rates))}, {thousands(state.usage.output)} in all"
    )
    unpriced = "" if state.usage.cost is not None else ", some unpriced"
    cost = course.cost.until(now)
    yield _row("cost", cost.values, _PLOT, glyphs, f"{money(sum(cost.values))} in all{unpriced}")
    for name, series, told in (
        ("tasks open", course.open, _counted),
        ("tasks completed", course.done, _counted),
        ("longest wait for you", course.waited, _waited),
    ):
        values = series.until(now).values
        yield _row(name, values, _PLOT, glyphs, told(values))


def _agent_lines(state: RunState, now: float, glyphs: GlyphSet) -> Iterator[Line]:
    spoken = sorted(state.task_tokens, key=lambda task_id: (not _works(state, task_id), -number(task_id)))
    if not spoken:
        return
    yield Line()
    yield Line(spans=(Span("Tokens of each agent, from its first to now", "heading"),))
    for task_id in spoken[:AGENTS_SHOWN]:
        agent, series = state.agents.get(task_id), state.task_tokens[task_id]
        shown = series.until(now) if _works(state, task_id) else series
        name = f"{task_id} {line(agent.role)}" if agent else task_id
        told = f"{thousands(sum(series.values))} in {duration(len(shown.values) * shown.width)}"
        yield _row(line(name, _NAME, ellipsis=glyphs.ellipsis), shown.values, _AGENT_PLOT, glyphs, told, task_id)
    if (others := len(spoken) - AGENTS_SHOWN) > 0:
        yield Line(spans=(Span(f"and {others:,} that ended before them", "muted"),))


def _row(
    name: str, values: Sequence[float], width: int, glyphs: GlyphSet, told: str, link: TaskId | None = None
) -> Line:
    plot = sparkline(values, width, glyphs).ljust(width)
    return Line(
        spans=(Span(f"{name:<{_NAME}} "), Span(plot, "accent"), Span(f" {told}", "muted")),
        link=link,
    )


def _rate(tokens: float) -> str:
    return thousands(tokens) if tokens >= 10 or not tokens else f"{tokens:.1f}"


def _works(state: RunState, task_id: TaskId) -> bool:
    agent = state.agents.get(task_id)
    return agent is not None and agent.status is not AgentStatus.ENDED


def _counted(values: tuple[float, ...]) -> str:
    return f"{values[-1]:.0f} now, most {max(values):.0f}"


def _waited(values: tuple[float, ...]) -> str:
    return duration(max(values))
