"""What follows from accepting a proposal, in a few lines: for the others, for the longest chain, and for the bill."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hephaestus_tui.domain.blocking import to_hold
from hephaestus_tui.domain.consequence import Consequence, consequence
from hephaestus_tui.domain.estimate import Estimate, Spread
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui import words
from hephaestus_tui.ui.widgets.detail_panel import bullet
from hephaestus_tui.ui.widgets.lines import Line, Span
from hephaestus_tui.ui.widgets.task_words import Reading

_ENOUGH = 3  # tasks from which on a median says more than all values


def follows_lines(reading: Reading, task_id: TaskId) -> list[Line]:
    """For a proposal that is open."""
    found = consequence(reading.state, task_id)
    return [bullet(reading.glyphs, *said) for said in _sentences(reading, task_id, found)]


def _sentences(reading: Reading, task_id: TaskId, found: Consequence) -> Iterator[tuple[Span | str, ...]]:
    if culprits := reading.culprits(task_id):
        yield "it can never start, as its blockers stand: ", *reading.named_spans(culprits)
    elif found.open_blockers:
        yield "it waits for ", *reading.named_spans(found.open_blockers)
    else:
        yield ("it starts as soon as an agent is free",)
    if held := to_hold(reading.state, task_id, reading.state.proposals[task_id].draft.blocks):
        verb = "waits" if len(held) == 1 else "wait"
        yield *reading.named_spans(held, states=False), f" {verb} for it from then on"
    if found.waiting:
        yield tuple(_who_waits(reading, found))
    yield (_chain(found),)
    yield (_bill(found.estimate),)


def _who_waits(reading: Reading, found: Consequence) -> Iterator[Span | str]:
    verb = "waits" if len(found.waiting) == 1 else "wait"
    in_all = f", {found.in_all:,} in all" if found.in_all > len(found.waiting) else ""
    yield from reading.named_spans(found.waiting, states=False)
    yield f" {verb} for it{in_all}"
    if found.frees:
        yield "; when it is done, "
        yield from reading.named_spans(found.frees, states=False)
        yield " can start"


def _chain(found: Consequence) -> str:
    before, after = found.chain_before, found.chain_after
    if after > before:
        return f"the longest chain of open work grows from {before:,} to {words.count(after, 'task')}"
    return f"the longest chain of open work stays at {words.count(before, 'task')}"


def _bill(guess: Estimate | None) -> str:
    """From what similar tasks took; how many those were is always said."""
    if guess is None:
        return "no similar task has ended yet: what it will take is unknown"
    tokens, price, seconds = guess.tokens, guess.cost, guess.seconds
    rests = f"({guess.rests_on:,} of this phase{' and role' if guess.role else ''})"
    if guess.rests_on < _ENOUGH:
        who = "a similar task" if guess.rests_on == 1 else "similar tasks"
        paid = _between(price, words.money) if price else "price unknown"
        took = f"{_between(tokens, words.thousands)} tokens, {paid}, {_between(seconds, words.duration)}"
        return f"{who} took {took} {rests}"
    paid, at_most = (words.money(price.median), f" {words.money(price.high)},") if price else ("price unknown", "")
    return (
        f"similar tasks typically took {words.thousands(tokens.median)} tokens, {paid}, {words.duration(seconds.median)}; "
        f"at most {words.thousands(tokens.high)},{at_most} {words.duration(seconds.high)} {rests}"
    )


def _between(spread: Spread, told: Callable[[float], str]) -> str:
    low, high = told(spread.low), told(spread.high)
    return low if low == high else f"{low} to {high}"
