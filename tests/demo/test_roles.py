from __future__ import annotations

from collections.abc import Mapping

import pytest

from hephaestus_tui.config import Limits
from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.domain.task import Phase
from hephaestus_tui.engine.roles import Role, load_roles
from hephaestus_tui.paths import shipped
from hephaestus_tui.tools.catalog import ALWAYS, catalog

NAMES = ("backend_developer", "frontend_developer", "project_manager", "qa_tester", "tech_lead")
TOPICS = ("optimization", "bug or issue", "refactoring", "performance", "security", "missing feature")
STEPS = ("understanding", "approach", "plan", "edge cases")


@pytest.fixture(scope="module")
def roles() -> Mapping[str, Role]:
    return load_roles([shipped("prompts")])[0]


@pytest.fixture(scope="module")
def shared() -> str:
    return load_roles([shipped("prompts")])[1]


def test_the_five_roles_are_shipped(roles: Mapping[str, Role]) -> None:
    assert tuple(sorted(roles)) == NAMES
    assert {phase for role in roles.values() for phase in role.phases} == set(Phase)
    assert {role.tier for role in roles.values()} == {"strong", "fast"}


@pytest.mark.parametrize("name", NAMES)
def test_a_role_holds_tools_that_exist_and_can_propose_and_end(roles: Mapping[str, Role], name: str) -> None:
    tools = catalog(Limits())
    held = set(roles[name].tools)
    assert held <= tools.keys()
    assert held >= {f"spawn_{phase}_task" for phase in Phase} | ALWAYS
    assert held >= {"send_message", "report_blocker", "note", "search_notes", "read_task"}
    assert ("request_review" in held) is (name not in ("tech_lead", "project_manager"))


def test_all_are_told_when_to_use_what_they_share(shared: str) -> None:
    for tool in ("send_message", "report_blocker", "note", "search_notes", "read_task", "request_review"):
        assert f"`{tool}`" in shared
    assert "gives no orders" in shared


def test_a_lead_does_not_write_and_a_manager_only_reads(roles: Mapping[str, Role]) -> None:
    effects = {
        name: {catalog(Limits())[tool].effect for tool in role.tools} - {Effect.NONE} for name, role in roles.items()
    }
    assert effects["tech_lead"] == {Effect.RUN}
    assert effects["project_manager"] == set()
    assert effects["backend_developer"] == {Effect.WRITE, Effect.RUN}


@pytest.mark.parametrize("name", NAMES)
def test_a_role_says_how_it_analyses_and_what_it_proposes(roles: Mapping[str, Role], name: str) -> None:
    body = roles[name].body.casefold()
    assert [step for step in STEPS if f"**{step}" not in body] == []
    assert [topic for topic in TOPICS if f"- **{topic}.**" not in body] == []
    assert "blocked by" in body
    assert "## before you say that it is done" in body


def test_roles_repeat_neither_each_other_nor_what_all_share(roles: Mapping[str, Role], shared: str) -> None:
    seen: dict[str, str] = {}
    for name, text in [*((name, role.body) for name, role in roles.items()), ("shared", shared)]:
        for line in {line.strip() for line in text.splitlines() if len(line.strip()) > 60}:
            assert line not in seen, f"{name} repeats {seen[line]}: {line}"
            seen[line] = name


def test_what_all_share_states_the_rules_of_the_gate(shared: str) -> None:
    for word in (
        "propose",
        "Rejected",
        "Edited",
        "blocking_task_ids",
        "data",
        "complete_task",
        "evidence",
        "ask_human",
        "answer_about_proposal",
        "likely duplicate",
        "Merged",
        "taken back",
        "enough",
    ):
        assert word in shared
