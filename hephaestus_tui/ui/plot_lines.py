"""The plots of a run as lines, so that what they say can be tested without a screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.sparkline import sparkline
from hephaestus_tui.ui.widgets.lines import Line, Lines, Span
from hephaestus_tui.ui.words import duration, money, thousands

_NAME, _PLOT = 20, 24


def plot_lines(state: RunState, now: float, glyphs: GlyphSet) -> Lines:
    """Each plot goes from the start of the run to `now`, Unix time, and so can be read against the others."""
    return tuple(_lines(state, now, glyphs))


def _lines(state: RunState, now: float, glyphs: GlyphSet) -> Iterator[Line]:
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


def _row(name: str, values: Sequence[float], width: int, glyphs: GlyphSet, told: str) -> Line:
    plot = sparkline(values, width, glyphs).ljust(width)
    return Line(
        spans=(Span(f"{name:<{_NAME}} "), Span(plot, "accent"), Span(f" {told}", "muted")),
    )


def _rate(tokens: float) -> str:
    return thousands(tokens) if tokens >= 10 or not tokens else f"{tokens:.1f}"


def _counted(values: tuple[float, ...]) -> str:
    return f"{values[-1]:.0f} now, most {max(values):.0f}"


def _waited(values: tuple[float, ...]) -> str:
    return duration(max(values))
