"""Bounds and budgets that agents have reached, as items of the inbox: one each, however many stand before it."""

from __future__ import annotations

from hephaestus_tui.domain.attention_item import Attention, AttentionKind
from hephaestus_tui.domain.events import BoundReached
from hephaestus_tui.domain.spending import budget_words, waiting_for
from hephaestus_tui.domain.state import AgentStatus, RunState


def bounds_now(state: RunState) -> dict[str, tuple[BoundReached, ...]]:
    """The bounds that agents are up against and of which no human has taken note, each with who reached it."""
    pending = state.bounds_reached.get("pending")
    # room in the queue comes by itself, with every decision
    room = pending is not None and len(state.proposals) < pending[-1].limit
    return {bound: facts for bound, facts in state.bounds_reached.items() if not (room and bound == "pending")}


def bound_items(state: RunState) -> list[Attention]:
    """One item, however many bounds were reached by however many agents."""
    reached = bounds_now(state)
    if not reached:
        return []
    tasks = tuple(dict.fromkeys(fact.task_id for facts in reached.values() for fact in facts))
    limits = ", ".join(f"{bound} {facts[-1].limit}" for bound, facts in reached.items())
    return [
        Attention(
            kind=AttentionKind.BOUND, task_id=tasks[0], concerned=tasks[1:], holds_up=0,
            since=min(state.bounds_since[bound] for bound in reached),
            text=f"spawn bounds are reached ({limits}): agents were told to propose no more",
        )
    ]  # fmt: skip


def budget_items(state: RunState) -> list[Attention]:
    """One item for each budget that was reached, with all whose agents wait for it."""
    items = []
    for budget, reached in state.budgets_reached.items():
        first, *rest = waiting = waiting_for(state, budget) or (reached.task_id,)
        items.append(
            Attention(
                kind=AttentionKind.BUDGET, task_id=first, concerned=tuple(rest), holds_up=len(waiting), stands=True,
                since=state.budgets_since[budget], text=budget_words(reached), budget=budget,
            )
        )  # fmt: skip
    return items


def run_limit_items(state: RunState) -> list[Attention]:
    """A limit of the whole run, in journals from before there were budgets: its agents stand still until it goes on."""
    if not (state.paused and state.run_limit and state.tasks):
        return []
    held = [a.task_id for a in state.agents.values() if a.status is AgentStatus.WORKING]
    first, *rest = held or [next(reversed(state.tasks))]
    return [
        Attention(
            kind=AttentionKind.BUDGET, task_id=first, concerned=tuple(rest), holds_up=len(held), stands=True,
            since=state.paused_at, text=f"the run is paused: {state.run_limit} is reached",
        )
    ]  # fmt: skip


def unsettled_bounds(state: RunState) -> tuple[str, ...]:
    """The names of the bounds that were reached and of which no human has taken note."""
    return tuple(state.bounds_reached)
