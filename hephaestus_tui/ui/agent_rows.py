"""The agents of a run beside each other: what each has cost, said and waited, so that the dear and the stuck stand out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rich.cells import cell_len

from hephaestus_tui.domain.course import How, Series
from hephaestus_tui.domain.message import Usage
from hephaestus_tui.domain.state import AgentStatus, RunState, number
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import GlyphSet, Mark
from hephaestus_tui.ui.marks import mark_of
from hephaestus_tui.ui.sparkline import sparkline
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.detail_agent import stood_still
from hephaestus_tui.ui.widgets.row_list import Piece
from hephaestus_tui.ui.words import cost, duration, thousands

_NAME, _COST, _BAR, _TOKENS, _PLOT, _WAITED = 18, 8, 7, 7, 12, 8
_NOTHING = Series(How.SUM)


class Order(StrEnum):
    """By what the agents are sorted, the most first."""

    COST = "cost"
    TOKENS = "tokens"
    WAITED = "waiting"


@dataclass(frozen=True, slots=True)
class Spent:
    """What the agent of one task took; `waited` is in seconds, for a person."""

    task_id: TaskId
    role: str
    mark: Mark
    usage: Usage
    tokens: Series
    waited: float

    def by(self, order: Order) -> float:
        match order:
            case Order.COST:
                return self.usage.cost or 0.0
            case Order.TOKENS:
                return self.usage.total
            case Order.WAITED:
                return self.waited


def spent_by_agents(state: RunState, now: float, order: Order) -> list[Spent]:
    """Of each task that an agent has begun. `now` is Unix time in seconds."""
    found = []
    for task_id, agent in state.agents.items():
        series = state.task_tokens.get(task_id, _NOTHING)
        shown = series if agent.status is AgentStatus.ENDED or series is _NOTHING else series.until(now)
        usage = state.usage_by_task.get(task_id, Usage())
        waited = stood_still(state, task_id, now)
        found.append(Spent(task_id, agent.role, mark_of(state, task_id), usage, shown, waited))
    return sorted(found, key=lambda spent: (-spent.by(order), number(spent.task_id)))


def head_row(order: Order) -> str:
    """What the columns are, and by which they are sorted."""
    names = {Order.COST: "cost", Order.TOKENS: "tokens", Order.WAITED: "waited"}
    told = {each: f"{name}*" if each is order else name for each, name in names.items()}
    return (
        f"    {'agent':<{_NAME}} {told[Order.COST]:>{_COST}} {'':<{_BAR}} {told[Order.TOKENS]:>{_TOKENS}} "
        f"{'over time':<{_PLOT}} {told[Order.WAITED]:>{_WAITED}}"
    )


def agent_row(spent: Spent, most: float, glyphs: GlyphSet) -> list[Piece]:
    """One row; the bar is its share of `most`, the cost of the dearest."""
    name = line(f"{spent.task_id} {line(spent.role.replace('_', ' '))}", _NAME, ellipsis=glyphs.ellipsis)
    paid = "unknown" if spent.usage.cost is None else cost(spent.usage)
    share = min(max(round(_BAR * (spent.usage.cost or 0.0) / most), int(bool(spent.usage.cost))), _BAR) if most else 0
    bar = ("=" if glyphs.name == "ascii" else "━") * share
    waited = duration(spent.waited) if spent.waited >= 1 else "-"
    return [
        Piece(f"{glyphs.marks[spent.mark]} "),
        Piece(name + " " * (_NAME - cell_len(name)), "strong"),
        Piece(f" {paid:>{_COST}} "),
        Piece(f"{bar:<{_BAR}}", "accent"),
        Piece(f" {thousands(spent.usage.total):>{_TOKENS}} "),
        Piece(f"{sparkline(spent.tokens.values, _PLOT, glyphs):<{_PLOT}}", "accent"),
        Piece(f" {waited:>{_WAITED}}", "careful" if spent.mark is Mark.NEEDS_YOU else "text"),
    ]
