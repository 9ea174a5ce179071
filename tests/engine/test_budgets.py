"""Budgets hold before the next call: whom, until when, what a human may say, and what is known of a price."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hephaestus_tui.config import Dialect, Limits, ProviderSettings
from hephaestus_tui.domain.attention import AttentionKind, attention
from hephaestus_tui.domain.budget import THE_RUN, Budget, Place, Scope, Unit
from hephaestus_tui.domain.commands import AllowUnpriced, Decide, Restart, SetBudget, Stop
from hephaestus_tui.domain.decision import Verdict
from hephaestus_tui.domain.errors import CommandRefused, UnknownTask
from hephaestus_tui.domain.events import BudgetReached, BudgetWarned, UsageRecorded
from hephaestus_tui.domain.reach import only
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.spending import held_agents, held_by, spent_on
from hephaestus_tui.domain.state import AgentStatus
from hephaestus_tui.domain.task import TaskStatus
from hephaestus_tui.engine.limits import budget_facts

PRICED = "price = { input = 1000.0, output = 1000.0 }\n"
RUN_DOLLARS = Budget(THE_RUN, Unit.DOLLARS)


def looks(say, count: int = 3, mark: str = "l"):
    return [
        say.turn(f"{mark}{n}", say.call("list_files", f"{mark}{n}", f'{{ path = ".", glob = "{n}*" }}'))
        for n in range(count)
    ]


def root(say, *turns):
    return say.entry("root", 'role = "backend_developer"', *turns)


async def working_on(forge, script, **limits):
    forge.settings = replace(forge.settings, limits=Limits(**limits))
    session = await forge.start(script)
    await session.settled()
    return session


@pytest.mark.parametrize(
    ("name", "budget"),
    [
        ("run_dollars", RUN_DOLLARS),
        ("run_tokens", Budget(THE_RUN, Unit.TOKENS)),
        ("phase_dollars", Budget(Place(Scope.PHASE, "building"), Unit.DOLLARS)),
        ("phase_tokens", Budget(Place(Scope.PHASE, "building"), Unit.TOKENS)),
        ("subtree_dollars", Budget(Place(Scope.SUBTREE, "T1"), Unit.DOLLARS)),
        ("subtree_tokens", Budget(Place(Scope.SUBTREE, "T1"), Unit.TOKENS)),
        ("task_dollars", Budget(Place(Scope.TASK, "T1"), Unit.DOLLARS)),
        ("tokens", Budget(Place(Scope.TASK, "T1"), Unit.TOKENS)),
    ],
)
async def test_at_a_budget_the_agent_waits_and_a_human_raises_it(forge, say, ada, name, budget):
    assert budget.setting == name
    limit = 0.001 if budget.unit is Unit.DOLLARS else 1
    session = await working_on(forge, PRICED + say.script(root(say, *looks(say, 1), say.done())), **{name: limit})
    state = session.state()
    assert list(state.budgets_reached) == [budget]
    assert (state.agents["T1"].turns, state.tasks["T1"].status) == (1, TaskStatus.IN_PROGRESS)
    (item,) = attention(state)
    assert (item.kind, item.task_id, item.budget, item.stands) == (AttentionKind.BUDGET, "T1", budget, True)
    with pytest.raises(CommandRefused, match="spent already"):
        await session.submit(SetBudget(budget=budget, limit=spent_on(state, budget), actor=ada))
    await session.submit(SetBudget(budget=budget, limit=10**6, actor=ada))
    await session.settled()
    state = session.state()
    assert (state.tasks["T1"].status, state.budgets_reached) == (TaskStatus.COMPLETED, {})
    assert attention(state) == []


async def test_the_budget_of_a_subtree_holds_all_below_it_and_nobody_beside_it(forge, say, ada):
    below = say.entry("a", 'call = "a"', *looks(say, 2, "a"), say.done())
    script = PRICED + say.script(below, root(say, say.turn("1", say.spawn("a")), say.done()))
    session = await working_on(forge, script)
    await session.submit(SetBudget(budget=Budget(Place(Scope.SUBTREE, "T1"), Unit.TOKENS), limit=10**9, actor=ada))
    spent = session.state().spent[Place(Scope.SUBTREE, "T1")].usage.total
    tight = Budget(Place(Scope.SUBTREE, "T1"), Unit.TOKENS)
    await session.submit(SetBudget(budget=tight, limit=spent + 1, actor=ada))
    await session.submit(Decide(task_id="T2", verdict=Verdict.ACCEPT, actor=ada, version=1))
    await session.settled()
    state = session.state()
    assert held_agents(state) == ("T2",)
    reached = held_by(state, "T2")
    assert reached is not None
    assert reached.budget == tight
    assert state.agents["T2"].turns == 1
    whole = state.spent[Place(Scope.SUBTREE, "T1")].usage.total
    assert whole == sum(state.usage_by_task[t].total for t in ("T1", "T2")) == state.usage.total
    assert state.spent[Place(Scope.SUBTREE, "T2")].usage == state.usage_by_task["T2"]
    await session.submit(Stop(reach=only("T2"), actor=ada))
    await session.settled()
    assert held_agents(session.state()) == ()


async def test_most_of_a_budget_is_told_once(forge, say, ada):
    session = await working_on(forge, PRICED + say.script(root(say, *looks(say, 3), say.done())), run_dollars=100.0)
    state = session.state()
    spent = spent_on(state, RUN_DOLLARS)
    assert 0 < spent < 80
    assert not state.budgets_warned
    await session.submit(SetBudget(budget=RUN_DOLLARS, limit=spent / 0.85, actor=ada))
    state = session.state()
    (warned,) = budget_facts(state, Limits(), "T1", None)
    assert isinstance(warned, BudgetWarned)
    assert (warned.spent, warned.limit) == (spent, spent / 0.85)
    state.budgets_warned[RUN_DOLLARS] = warned.limit
    assert list(budget_facts(state, Limits(), "T1", None)) == []


async def test_a_warning_is_a_fact_and_holds_nobody(forge, say):
    session = await working_on(forge, PRICED + say.script(root(say, *looks(say, 3), say.done())))
    costs = [
        r.fact.usage.cost or 0.0 for r in await forge.store.facts(session.run_id) if isinstance(r.fact, UsageRecorded)
    ]
    await forge.stop()
    forge.folder = forge.folder / "again"
    forge.folder.mkdir()
    script = PRICED + say.script(root(say, *looks(say, 3), say.done()))
    session = await working_on(forge, script, run_dollars=sum(costs[:-1]) / 0.9)
    facts = [recorded.fact for recorded in await forge.store.facts(session.run_id)]
    assert [f.budget for f in facts if isinstance(f, BudgetWarned)] == [RUN_DOLLARS]
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED


async def test_an_unknown_price_is_asked_about_once_and_before_anything_is_spent(forge, say, ada):
    session = await working_on(forge, say.script(root(say, say.done())))
    state = session.state()
    limits = Limits(run_dollars=5.0, task_dollars=1.0)
    (asked,) = budget_facts(state, limits, "T1", "openai:new")
    assert isinstance(asked, BudgetReached)
    assert (asked.budget, asked.unpriced, asked.spent) == (RUN_DOLLARS, "openai:new", 0.0)
    assert list(budget_facts(state, Limits(), "T1", "openai:new")) == [], "without a budget in dollars no price matters"
    await session.submit(AllowUnpriced(actor=ada))
    assert list(budget_facts(session.state(), limits, "T1", "openai:new")) == []
    with pytest.raises(CommandRefused, match="already"):
        await session.submit(AllowUnpriced(actor=ada))


@pytest.mark.parametrize(
    ("budget", "limit", "error", "says"),
    [
        (RUN_DOLLARS, -1.0, CommandRefused, "from 0 up"),
        (RUN_DOLLARS, float("nan"), CommandRefused, "from 0 up"),
        (RUN_DOLLARS, float("inf"), CommandRefused, "from 0 up"),
        (Budget(Place(Scope.RUN, "T1"), Unit.DOLLARS), 1.0, CommandRefused, "name nothing beside it"),
        (Budget(Place(Scope.PHASE, "lunch"), Unit.DOLLARS), 1.0, CommandRefused, "no phase 'lunch'"),
        (Budget(Place(Scope.TASK, "T9"), Unit.DOLLARS), 1.0, UnknownTask, "no task T9"),
    ],
)
async def test_what_is_no_budget_is_refused(forge, say, ada, budget, limit, error, says):
    session = await working_on(forge, say.script(root(say, say.done())))
    with pytest.raises(error, match=says):
        await session.submit(SetBudget(budget=budget, limit=limit, actor=ada))


async def test_a_budget_that_was_reached_survives_a_restart_until_the_settings_raise_it(forge, say):
    script = say.script(root(say, *looks(say, 1), say.done()))
    session = await working_on(forge, script, run_tokens=1)
    run_id = session.run_id
    await forge.stop()
    again = await forge.resume(run_id)
    await again.settled()
    assert list(again.state().budgets_reached) == [Budget(THE_RUN, Unit.TOKENS)]
    await forge.stop()
    forge.settings = replace(forge.settings, limits=Limits(run_tokens=10**9))
    raised = await forge.resume(run_id)
    assert not raised.state().budgets_reached
    assert not raised.state().budgets


async def test_a_cut_turn_costs_what_it_is_estimated_at(forge, say):
    cut = say.turn("Some words that were paid for.", extra='fault = { kind = "cut", times = 1 }')
    session = await working_on(forge, PRICED + say.script(root(say, cut.replace("\n\n", "\n"), say.done())))
    facts = [r.fact for r in await forge.store.facts(session.run_id)]
    used = [f for f in facts if isinstance(f, UsageRecorded)]
    assert [f.estimated for f in used[:2]] == [True, False]
    assert 0 < used[0].usage.output < used[1].usage.output
    assert used[0].usage.input == used[1].usage.input
    assert (used[0].usage.cost or 0.0) > 0
    assert session.state().spent[THE_RUN].usage.total == sum(f.usage.total for f in used)


async def test_time_is_counted_over_all_attempts_and_comes_back_with_the_journal(forge, say, ada):
    sleep = say.turn("z", say.call("run_command", "z", '{ command = "sleep 0.3" }'))
    fails = say.turn("x", extra='fault = { kind = "auth" }')
    session = await working_on(forge, say.script(root(say, sleep, fails, say.done())))
    worked = session.state().worked["T1"]
    assert worked >= 0.3
    await session.submit(Stop(reach=only("T1"), actor=ada))
    await forge.stop()
    forge.settings = replace(forge.settings, limits=Limits(seconds=worked / 2))
    again = await forge.resume(session.run_id)
    assert again.state().worked["T1"] == pytest.approx(worked)
    await again.submit(Restart(reach=only("T1"), actor=ada))
    await again.settled()
    assert again.state().failed_limits == {"T1": "seconds"}
    assert replay(await forge.store.facts(session.run_id)).worked == again.state().worked


async def test_a_model_without_a_price_asks_before_its_first_call(forge, ada):
    # it wants a key that is not there: were it asked, its agent would stand still for that
    vendor = ProviderSettings(dialect=Dialect.OPENAI, base_url="http://127.0.0.1:9", api_key_env="NO_KEY")
    forge.settings = replace(forge.settings, providers={"vendor": vendor}, limits=Limits(run_dollars=5.0))
    session = await forge.start_with("vendor:new")
    forge.serve(session)
    await session.settled()
    state = session.state()
    assert [r.unpriced for r in state.budgets_reached.values()] == ["vendor:new"]
    (item,) = attention(state)
    assert item.text == "the price of vendor:new is not known, so the budget of $5.00 for the run cannot be kept"
    await session.submit(AllowUnpriced(actor=ada))
    await session.settled()
    state = session.state()
    assert (state.budgets_reached, state.agents["T1"].status) == ({}, AgentStatus.STALLED)
    assert "NO_KEY is not set" in state.agents["T1"].note
