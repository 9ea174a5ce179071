"""One glance: what waits, who works, what it cost; and the keys that do something now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.widget import Widget

from hephaestus_tui.domain.attention import attention
from hephaestus_tui.domain.budget import Budget, Place, Scope, Unit
from hephaestus_tui.domain.decision import Actor, ActorKind, Choice, Query
from hephaestus_tui.domain.events import (
    AgentInterrupted,
    AgentPaused,
    AgentStalled,
    AgentStepped,
    BlockerSettled,
    BoundReached,
    BudgetReached,
    ProposalQueried,
    RunPaused,
    StepTaken,
    TaskCancelled,
)
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.ui.glyphs import ASCII, UNICODE
from hephaestus_tui.ui.standing import standing
from hephaestus_tui.ui.widgets.footer import KeyFooter
from hephaestus_tui.ui.widgets.header import RunHeader

ADA = Actor(ActorKind.HUMAN, "Ada")


class One(App[None]):
    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self._widget = widget

    def compose(self) -> ComposeResult:
        yield self._widget


async def rows(widget: Widget, width: int, show: Callable[[], None]) -> list[str]:
    app = One(widget)
    async with app.run_test(size=(width, 6)) as pilot:
        show()
        await pilot.pause()
        return [widget.render_line(y).text for y in range(widget.size.height)]


def busy(script: Any) -> Any:
    first = script.task("Read")
    script.start(first)
    script.propose("Guess", by=first)
    script.spend(first, 12_400, 0.5)
    return script.state()


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
async def test_what_waits_is_always_seen(script: Any, width: int) -> None:
    header = RunHeader(UNICODE, 4, "opening")
    state = busy(script)
    shown = await rows(header, width, lambda: header.show(state, standing(state)))
    assert "◆ 1 waits for you" in shown[1]
    assert all(len(row) <= width - 2 for row in shown), shown


async def test_at_80_columns_the_header_says_goal_model_tokens_cost_agents_and_policy(script: Any) -> None:
    header = RunHeader(UNICODE, 4, "opening")
    state = busy(script)
    shown = "\n".join(await rows(header, 80, lambda: header.show(state, standing(state))))
    for words in ("Cache the auth lookups", "scripted:demo", "● 1/4 at work", "12.4k tok", "$0.50", "asks"):
        assert words in shown


async def test_agents_that_wait_for_a_budget_are_not_at_work(script: Any) -> None:
    doing = script.task("Do")
    script.start(doing)
    budget = Budget(Place(Scope.TASK, doing), Unit.DOLLARS)
    script.record(BudgetReached(budget=budget, task_id=doing, spent=2.0, limit=1.0))
    header, state = RunHeader(UNICODE, 4, ""), script.state()
    shown = await rows(header, 120, lambda: header.show(state, standing(state)))
    assert "1 held at a budget" in shown[1]
    assert "1 waits for you" in shown[1]


async def test_an_unknown_price_is_said(script: Any) -> None:
    script.spend(script.task("Read"), 10, None)
    header = RunHeader(ASCII, 4, "")
    state = script.state()
    assert "cost unknown" in "\n".join(await rows(header, 100, lambda: header.show(state, standing(state))))


async def test_paused_finished_and_unsupervised_runs_say_so(script: Any) -> None:
    header = RunHeader(UNICODE, 4, "")
    only = script.task("Read")
    script.start(only)
    script.complete(only)
    state = script.state()
    assert "finished" in "\n".join(await rows(header, 100, lambda: header.show(state, standing(state))))
    script.record(RunPaused(actor=ADA))
    paused = script.state()
    paused.policy = Policy.AUTO
    header = RunHeader(UNICODE, 4, "")
    shown = "\n".join(await rows(header, 100, lambda: header.show(paused, standing(paused))))
    assert "run paused" in shown
    assert "writes and runs without asking" in shown


@pytest.mark.parametrize("paused", [False, True])
async def test_a_step_is_named_also_where_there_is_little_room(script: Any, paused: bool) -> None:
    first, second = script.task("Read"), script.task("Write")
    script.start(first)
    script.start(second)
    for task_id in (first, second):
        script.record(AgentPaused(task_id=task_id, actor=ADA))
    if paused:
        script.record(RunPaused(actor=ADA))
    script.record(AgentStepped(task_id=first, actor=ADA))
    header, state = RunHeader(UNICODE, 4, ""), script.state()
    shown = (await rows(header, 80, lambda: header.show(state, standing(state))))[-1]
    assert ("run paused, 1 stepping" if paused else "1/4 stepping") in shown
    script.record(StepTaken(task_id=first))
    header, held = RunHeader(UNICODE, 4, ""), script.state()
    shown = (await rows(header, 80, lambda: header.show(held, standing(held))))[-1]
    assert "stepping" not in shown


async def test_hostile_text_stays_text(script: Any) -> None:
    header = RunHeader(UNICODE, 4, "")
    state = script.state()
    state.goal = "[@click=app.quit]x[/] [/ \x1b]52;c;eA==\x07"
    shown = await rows(header, 100, lambda: header.show(state, standing(state)))
    assert "[@click=app.quit]x[/] [/ ␛]52;c;eA==␇" in shown[0]


def test_the_count_is_the_length_of_the_inbox(script: Any) -> None:
    def agree() -> None:
        state = script.state()
        assert standing(state).waiting == len(attention(state))

    agree()
    a, b, c = script.task("A"), script.task("B"), script.task("C")
    d = script.task("D", blocked_by=(c,))
    for task_id in (a, b, c):
        script.start(task_id)
    script.propose("E", by=a, blocked_by=(d,))
    agree()
    script.ask(a, "Which?")
    script.record(AgentStalled(task_id=b, reason="the model refuses"))
    agree()
    script.fail(c)
    agree()
    script.record(AgentInterrupted(task_id=b))
    agree()
    assert standing(script.state()).waiting == 4, "what a failure strands belongs to it"
    script.record(AgentInterrupted(task_id=a))
    agree()
    assert standing(script.state()).waiting == 4, "an interrupted agent and its question are one thing to do"
    script.record(TaskCancelled(task_id=d, reason="no", actor=ADA))
    agree()
    script.record(BoundReached(bound="depth", task_id=a, limit=4))
    script.record(BoundReached(bound="children", task_id=b, limit=8))
    script.record(RunPaused(actor=ADA, limit="limits.run_tokens = 10"))
    agree()
    assert standing(script.state()).waiting == 7, "a stranded proposal, the bounds, and the limit of the run"
    query = Query(id="q", task_id="T5", version=1, text="Why?", actor=ADA, asked_at=0.0)
    script.record(ProposalQueried(query=query))
    agree()
    assert standing(script.state()).waiting == 6, "its agent owes an answer"
    script.record(BlockerSettled(blocker=d, choice=Choice.KEEP, dependents=("T5",), actor=ADA))
    agree()
    assert standing(script.state()).waiting == 5


ENTRIES = [("a", "accept"), ("e", "edit"), ("r", "reject"), ("n", "next waiting"), ("z", "zoom"), ("q", "quit")]


@pytest.mark.parametrize("width", [40, 50, 80, 120])
async def test_the_footer_keeps_the_first_keys_and_help(width: int) -> None:
    footer = KeyFooter()
    (row,) = await rows(footer, width, lambda: footer.show(ENTRIES, [("?", "help")]))
    assert row.startswith("a accept  e edit  r reject")
    assert row.rstrip().endswith("? help")
    assert len(row) == width - 2
    shown = [label for _, label in ENTRIES if f" {label}" in row]
    assert shown == [label for _, label in ENTRIES][: len(shown)], "nothing is left out in the middle"


async def test_an_interrupted_agent_is_named_where_none_is_at_work(script: Any) -> None:
    task_id = script.task("A")
    script.start(task_id)
    script.record(AgentInterrupted(task_id=task_id))
    header, state = RunHeader(UNICODE, 4, ""), script.state()
    shown = (await rows(header, 100, lambda: header.show(state, standing(state))))[-1]
    assert "1 interrupted" in shown
    assert "no agent at work" not in shown
