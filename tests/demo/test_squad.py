from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hephaestus_tui.config import Limits, SpawnBounds
from hephaestus_tui.demo import script_path
from hephaestus_tui.demo.layout import HISTORY
from hephaestus_tui.domain.state import DUPLICATE_SCORE
from hephaestus_tui.domain.task import Discovery, Phase, draft_faults
from hephaestus_tui.engine.duplicates import similarity, words_of
from hephaestus_tui.engine.roles import load_roles
from hephaestus_tui.paths import shipped
from hephaestus_tui.providers.script import Script
from hephaestus_tui.providers.script_file import load_script

WRITERS = {None, "cache-build", "cache-forget", "team-queries", "input-check", "cache-numbers"}  # None: the first task
EDITING = ("write_file", "edit_file")


def suite(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-m", "unittest"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def writers(squad: Any) -> set[str | None]:
    """The calls that proposed those who changed a file."""
    return {job.call_id for job in squad.jobs.values() if job.wrote}


def commits(folder: Path) -> list[str]:
    command = ["git", "log", "--format=%s"]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.splitlines()


def in_turns() -> Callable[[list[Any]], Any]:
    counter = itertools.count()
    return lambda ready: ready[next(counter) % len(ready)]


ORDERS: dict[str, Callable[[], Callable[[list[Any]], Any]]] = {
    "the oldest first": lambda: lambda ready: ready[0],
    "the newest first": lambda: lambda ready: ready[-1],
}


@pytest.mark.parametrize("order", ORDERS)
async def test_whatever_the_order_the_work_is_done(squad_of: Any, order: str) -> None:
    squad = squad_of()
    await squad.play(ORDERS[order]())
    assert all(job.completed for job in squad.jobs.values())
    suite(squad.folder)
    assert writers(squad) == WRITERS
    assert {job.call_id: job.unmet for job in squad.jobs.values() if job.unmet} == {"input-check": ["done-1"]}
    assert "names both" in squad.by_call("input-check").summary
    assert commits(squad.folder)[0] == HISTORY[-1].message, "agents leave it to hephaestus to commit"


async def test_no_edit_breaks_the_tests_of_those_who_work_beside(squad_of: Any) -> None:
    squad = squad_of(hasty=True)
    await squad.play(in_turns(), lambda tool: suite(squad.folder) if tool in EDITING else None)


@pytest.mark.parametrize("rejected", ["cache-investigation", "cache-build", "cache-forget"])
async def test_a_rejection_stops_what_depends_on_it_and_nothing_else(squad_of: Any, rejected: str) -> None:
    squad = squad_of(rejected, hasty=True)
    await squad.play(in_turns())
    waiting = {job.call_id for job in squad.jobs.values() if not job.completed}
    expected = {
        "cache-investigation": {"cache-investigation", "cache-build", "cache-validation"},
        "cache-build": {"cache-build", "cache-validation"},
    }
    assert waiting == expected.get(rejected, {rejected})
    suite(squad.folder)


async def test_the_agent_takes_a_rejection_to_heart(squad_of: Any) -> None:
    squad = squad_of("rewrite", hasty=True)
    await squad.play(in_turns())
    assert "was rejected" in squad.root.summary


async def test_the_bad_idea_ends_harmlessly_when_it_is_accepted(squad_of: Any) -> None:
    squad = squad_of("cache-investigation", "team-queries", "input-check", hasty=True)
    await squad.play(lambda ready: ready[0])
    job = squad.by_call("rewrite")
    assert job.completed
    assert "Not done" in job.summary
    assert writers(squad) == {None}


async def test_the_story_has_every_phase_with_its_blockers(squad_of: Any) -> None:
    squad = squad_of(hasty=True)
    await squad.play(lambda ready: ready[0])
    investigation, building, validation = (
        squad.by_call(f"cache-{what}") for what in ("investigation", "build", "validation")
    )
    assert [job.draft.phase for job in (investigation, building, validation)] == list(Phase)
    assert building.draft.blocked_by == (investigation.id,)
    assert validation.draft.blocked_by == (building.id,)
    spawned = [job for job in squad.jobs.values() if job.call_id]
    assert {job.draft.discovery for job in spawned} == set(Discovery) - {Discovery.OTHER}
    assert len(spawned) == 13
    assert len(squad.root.spawned) == 7 <= SpawnBounds().children
    assert squad.by_call("live-sessions").draft.blocked_by == (squad.by_call("rewrite").id,)
    assert {job.call_id for job in spawned if not job.draft.done_criteria} == {"rewrite", "rewrite-again"}
    assert [job.call_id for job in spawned if len(job.draft.rationale) < 60] == ["rewrite"]


async def test_what_was_proposed_twice_says_so_and_nothing_else_does(squad_of: Any) -> None:
    squad = squad_of(hasty=True)
    await squad.play(lambda ready: ready[0])
    said = {job.call_id: words_of(job.draft) for job in squad.jobs.values() if job.call_id}
    pairs = {frozenset(p): similarity(said[p[0]], said[p[1]]) for p in itertools.combinations(said, 2)}
    assert {pair for pair, score in pairs.items() if score >= DUPLICATE_SCORE} == {
        frozenset({"input-check", "input-check-again"}),
        frozenset({"rewrite", "rewrite-again"}),
    }
    assert sorted(pairs.values())[-3] <= DUPLICATE_SCORE - 5, "a close call would look like a mistake"


@pytest.mark.parametrize("call_id", ["input-check-again", "rewrite", "rewrite-again", "live-sessions"])
async def test_what_deserves_no_acceptance_ends_harmlessly_and_says_so(squad_of: Any, call_id: str) -> None:
    squad = squad_of(hasty=True)
    await squad.play(lambda ready: ready[0])
    words = squad.by_call(call_id).summary
    assert re.match(r"\*\*(Not|Nothing) done.*; no file was changed\.\*\*", words)
    assert writers(squad) == WRITERS


async def test_an_idea_that_rests_on_a_rejected_one_is_proposed_only_before(squad_of: Any) -> None:
    squad = squad_of("rewrite", hasty=True)
    await squad.play(in_turns())
    assert "live-sessions" not in {job.call_id for job in squad.jobs.values()}


async def test_a_burst_meets_a_bound_once_and_its_agent_takes_no_for_an_answer(squad_of: Any) -> None:
    squad = squad_of(hasty=True)
    await squad.play(lambda ready: ready[0])
    assert {job.call_id: job.refused for job in squad.jobs.values() if job.refused} == {"cache-validation": ["nightly"]}
    assert "told not to propose" in squad.by_call("cache-validation").summary


async def test_an_idea_whose_author_is_asked_for_evidence_becomes_a_question(squad_of: Any) -> None:
    squad = squad_of("cache-investigation", "team-queries", "input-check", hasty=True)
    squad.held = frozenset({"rewrite", "live-sessions"})
    await squad.play(lambda ready: ready[0])
    assert squad.root.completed
    await squad.ask("rewrite", "What did you measure?")
    rewrite = squad.by_call("rewrite")
    assert (rewrite.draft.phase, rewrite.draft.role) == (Phase.INVESTIGATION, "tech_lead")
    assert rewrite.draft.done_criteria
    assert "measured nothing" in rewrite.answers[0]
    assert draft_faults(rewrite.draft, ()) == {}
    before = rewrite.draft
    await squad.ask("rewrite", "And now?", 2)
    assert rewrite.draft == before
    assert "script" in rewrite.answers[1]
    squad.held = frozenset()
    await squad.play(lambda ready: ready[0])
    assert rewrite.summary.startswith("**No, not for what this service does.**")


async def test_whatever_is_asked_about_has_an_answer_that_names_no_unknown_task(squad_of: Any) -> None:
    squad = squad_of(hasty=True)
    await squad.play(lambda ready: ready[0])
    for call_id in [job.call_id for job in squad.jobs.values() if job.call_id]:
        await squad.ask(call_id, "Why?")
        (answer,) = squad.by_call(call_id).answers
        assert "@" not in answer
        assert set(re.findall(r"\bT[0-9]+\b", answer)) <= set(squad.jobs)


@pytest.mark.parametrize("tool", ["edit_file", "run_command"])
async def test_an_agent_that_may_not_go_on_says_so_and_claims_nothing(squad_of: Any, tool: str) -> None:
    squad = squad_of()
    squad.forbidden = frozenset({tool})
    await squad.play(in_turns())
    stopped = [job for job in squad.jobs.values() if not job.allowed]
    assert squad.root in stopped
    for job in stopped:
        assert job.completed
        assert job.summary.strip() == squad.root.summary.strip()
        assert job.summary.strip().startswith("**Not finished.**")


@pytest.fixture(scope="module")
def script() -> Script:
    return load_script(script_path())


def test_every_agent_may_use_the_tools_that_it_uses(script: Script) -> None:
    roles, _ = load_roles([shipped("prompts")])
    held = {"endpoint": "backend_developer"}
    for entry in script.agent:
        for call in (call for turn in entry.turn for call in turn.call):
            if call.tool.startswith("spawn_"):
                held[call.id] = str(call.arguments["role"])
    for entry in script.agent:
        role = roles[held[entry.match.call or "endpoint"]]
        used = {call.tool for turn in entry.turn for call in turn.call}
        assert used <= set(role.tools), f"{entry.name} as {role.name}"


def test_the_longest_way_through_takes_about_a_minute_and_a_half(script: Script) -> None:
    seconds = {}
    for entry in script.agent:
        said = sum(len(turn.text) + len(turn.reasoning) for turn in entry.turn)
        called = sum(len(json.dumps(call.arguments)) for turn in entry.turn for call in turn.call)
        seconds[entry.name] = sum(turn.delay for turn in entry.turn) + (said + called * 2 / 3) / (script.rate * 4)
    chain = ["cache-investigation", "cache-building", "cache-validation", "cache-numbers"]
    assert 45 < sum(seconds[name] for name in chain) < 90
    assert seconds["endpoint"] < 90


def test_a_command_of_the_script_fits_the_limit_of_commands(script: Script) -> None:
    for entry in script.agent:
        for call in (call for turn in entry.turn for call in turn.call if call.tool == "run_command"):
            assert 0 < int(str(call.arguments["timeout"])) <= Limits().command_seconds
