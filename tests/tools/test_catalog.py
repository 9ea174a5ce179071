"""What models are told of the tools is bounded and strict, and no text that they send breaks out of it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hephaestus_tui.config import Limits
from hephaestus_tui.domain.errors import ConfigError
from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.domain.task import Discovery, Evidence, Phase, Priority, TaskDraft
from hephaestus_tui.tools.base import Completion, Desk, Tool, ToolFault, ToolOutcome
from hephaestus_tui.tools.catalog import catalog, for_role

Call = Callable[..., Awaitable[ToolOutcome]]
TOOLS = catalog(Limits())
SPAWNING = [f"spawn_{phase}_task" for phase in Phase]
MINIMAL = {"title": "Cache the lookups", "description": "In api.py", "rationale": "40 % of the time"}


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema in a schema."""
    yield schema
    for field in schema.get("properties", {}).values():
        yield from nodes(field)
    if "items" in schema:
        yield from nodes(schema["items"])
    for word in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for part in schema.get(word, []):
            yield from nodes(part)


def test_the_order_and_the_effects_are_fixed() -> None:
    assert {name: tool.effect for name, tool in TOOLS.items()} == {
        "list_files": Effect.NONE,
        "find_files": Effect.NONE,
        "search_text": Effect.NONE,
        "read_file": Effect.NONE,
        "write_file": Effect.WRITE,
        "edit_file": Effect.WRITE,
        "run_command": Effect.RUN,
        "spawn_investigation_task": Effect.NONE,
        "spawn_building_task": Effect.NONE,
        "spawn_validation_task": Effect.NONE,
        "answer_about_proposal": Effect.NONE,
        "request_review": Effect.NONE,
        "send_message": Effect.NONE,
        "report_blocker": Effect.NONE,
        "note": Effect.NONE,
        "search_notes": Effect.NONE,
        "read_task": Effect.NONE,
        "ask_human": Effect.NONE,
        "complete_task": Effect.NONE,
    }
    assert list(TOOLS) == list(catalog(Limits()))


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_a_declaration_is_bounded_strict_and_plain(tool: Tool[Any]) -> None:
    declaration = tool.declaration()
    assert "$defs" not in declaration.parameters
    assert "$ref" not in json.dumps(declaration.parameters)
    assert 80 < len(declaration.description) < 1_200
    for node in nodes(declaration.parameters):
        assert "title" not in node
        match node.get("type"):
            case "string":
                assert "maxLength" in node or "enum" in node, node
            case "array":
                assert "maxItems" in node, node
            case "object":
                assert node["additionalProperties"] is False
            case "integer" | "number":
                assert "maximum" in node, node
            case "boolean":
                pass
            case other:
                pytest.fail(f"{other} in {node}")
    fields = declaration.parameters["properties"]
    assert isinstance(fields, dict)
    assert all(field.get("description") for field in fields.values())


def test_the_spawn_tools_take_what_the_words_say() -> None:
    for name in SPAWNING:
        schema: dict[str, Any] = TOOLS[name].declaration().parameters
        assert schema["required"] == ["title", "description", "rationale"]
        assert set(schema["properties"]) == {
            "title",
            "description",
            "rationale",
            "blocking_task_ids",
            "blocks_task_ids",
            "role",
            "done_criteria",
            "discovery",
            "priority",
            "wait_for_decision",
        }
        assert schema["properties"]["blocking_task_ids"]["items"]["pattern"] == "^T[0-9]+$"
        assert schema["properties"]["discovery"]["enum"] == [*Discovery]


@pytest.mark.parametrize(
    ("phase", "role"),
    [("investigation", "tech_lead"), ("building", "backend_developer"), ("validation", "qa_tester")],
)
async def test_spawning_only_proposes(call: Call, desk: Any, phase: str, role: str) -> None:
    outcome = await call(f"spawn_{phase}_task", **MINIMAL)
    assert outcome == ToolOutcome('{"id": "T1"}')
    assert desk.proposed == [
        (
            TaskDraft(
                title="Cache the lookups",
                description="In api.py",
                rationale="40 % of the time",
                phase=Phase(phase),
                role=role,
            ),
            False,
        )
    ]


async def test_all_that_a_proposal_says_reaches_the_desk(call: Call, desk: Any) -> None:
    await call(
        "spawn_building_task",
        **MINIMAL,
        blocking_task_ids=["T3", "T12"],
        role="frontend_developer",
        done_criteria=["tests pass"],
        discovery="performance",
        priority="high",
        wait_for_decision=True,
    )
    ((draft, wait),) = desk.proposed
    assert wait
    assert draft.blocked_by == ("T3", "T12")
    assert draft.role == "frontend_developer"
    assert draft.done_criteria == ("tests pass",)
    assert draft.discovery is Discovery.PERFORMANCE
    assert draft.priority is Priority.HIGH


@pytest.mark.parametrize(
    "more",
    [
        {"auto_accept": True},
        {"status": "accepted"},
        {"id": "T1"},
        {"decided_by": "human"},
        {"phase": "building"},
        {"blocking_task_ids": ["T1; drop"]},
        {"blocking_task_ids": ["T1\n"]},
        {"blocking_task_ids": "T1"},
        {"blocking_task_ids": ["T1"] * 51},
        {"title": ""},
        {"title": " "},
        {"title": "a\nb"},
        {"title": "x" * 201},
        {"discovery": "whim"},
        {"done_criteria": [" "]},
        {"rationale": "a\0b"},
    ],
)
async def test_a_wrong_proposal_never_reaches_the_desk(call: Call, desk: Any, more: dict[str, Any]) -> None:
    with pytest.raises(ToolFault, match=r"(?s)spawn_building_task was not run\. .*It takes title|Not proposed: "):
        await call("spawn_building_task", **(MINIMAL | more))
    assert desk.proposed == []


def test_a_key_given_twice_is_refused() -> None:
    text = json.dumps(MINIMAL)[:-1] + ', "wait_for_decision": false, "wait_for_decision": true}'
    with pytest.raises(ToolFault, match="twice"):
        TOOLS["spawn_building_task"].parse(text)


async def test_a_task_ends_by_complete_task_alone(call: Call, desk: Any) -> None:
    outcome = await call(
        "complete_task", summary="done", evidence=[{"criterion": "tests pass", "evidence": "12 passed"}]
    )
    assert outcome.ends_task
    assert desk.completed == [("done", (Evidence(criterion="tests pass", evidence="12 passed"),))]
    assert not (await call("ask_human", question="which?", options=["a", "b"])).ends_task
    assert desk.asked == [("which?", ("a", "b"))]


async def test_blank_words_to_a_human_are_refused(call: Call) -> None:
    with pytest.raises(ToolFault, match="empty"):
        await call("ask_human", question=" ")
    with pytest.raises(ToolFault, match="empty"):
        await call("complete_task", summary=" ")


async def test_the_desks_refusal_is_the_tools(tools: dict[str, Tool[Any]], context: Any) -> None:
    class Full:
        task_id = "T1"
        commons = context.desk.commons

        async def propose(self, draft: TaskDraft, wait: bool) -> str:
            raise ToolFault("20 proposals wait already. Go on with your own task.")

        async def answer_about(self, task_id: str, answer: str, changes: Mapping[str, Any]) -> str:
            raise NotImplementedError

        async def ask_human(self, question: str, options: tuple[str, ...]) -> str:
            raise NotImplementedError

        async def complete(self, completion: Completion) -> str:
            raise ToolFault("No evidence for: tests pass. Give it.")

    full: Desk = Full()
    refusing = type(context)(context.workspace, full, context.progress)
    for name, arguments in (("spawn_building_task", MINIMAL), ("complete_task", {"summary": "done"})):
        tool = tools[name]
        with pytest.raises(ToolFault, match=r"wait already|No evidence"):
            await tool.run(tool.parse(json.dumps(arguments)), refusing)


def test_a_role_gets_what_it_names_and_what_all_have() -> None:
    chosen = for_role(TOOLS, ["run_command", "read_file"])
    assert list(chosen) == ["read_file", "run_command", "ask_human", "complete_task"]
    with pytest.raises(ConfigError, match=r"There is no tool rm_rf\. A role may name: list_files, .*complete_task"):
        for_role(TOOLS, ["read_file", "rm_rf"])


def test_a_prompt_shows_what_will_be_done() -> None:
    for name, arguments, line in (
        ("run_command", {"command": "rm -r build && make"}, "rm -r build && make"),
        ("write_file", {"path": "a.py", "content": "x" * 1_234}, "write a.py (1 line, 1,234 bytes)"),
        (
            "edit_file",
            {"path": "a.py", "old_text": "ab", "new_text": "c", "replace_all": True},
            "edit a.py (1 insertion, 1 deletion, every occurrence)",
        ),
        ("spawn_building_task", MINIMAL, "propose building: Cache the lookups"),
    ):
        tool = TOOLS[name]
        shown, _, all_of_it = tool.explain(tool.parse(json.dumps(arguments))).partition("\n\n")
        assert shown == line
        for text in ("content", "old_text", "new_text"):
            assert str(arguments.get(text, "")) in all_of_it


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.data(), JSON)
@settings(max_examples=300)
def test_whatever_json_comes_only_a_fault_is_raised(data: st.DataObject, value: Any) -> None:
    tool = data.draw(st.sampled_from([*TOOLS.values()]))
    names = st.sampled_from([*tool.arguments.model_fields])
    arguments = data.draw(st.just(value) | st.dictionaries(names, JSON, max_size=6))
    said = ""
    try:
        tool.explain(tool.parse(json.dumps(arguments)))
    except ToolFault as fault:
        said = str(fault)
    assert len(said) < 4_000


@given(st.sampled_from([*TOOLS.values()]), st.text(max_size=60))
def test_whatever_text_comes_only_a_fault_is_raised(tool: Tool[Any], text: str) -> None:
    with pytest.raises(ToolFault):
        tool.parse(text or "[")


@pytest.mark.parametrize(
    "text", ["[" * 5_000, "1" * 5_000, '{"a": NaN}', '{"path": "\\ud800"}', "{", "[]", "null", "1e999"]
)
def test_json_that_breaks_readers_is_a_fault(text: str) -> None:
    with pytest.raises(ToolFault):
        TOOLS["read_file"].parse(text)


@given(st.text(max_size=80), st.sampled_from(["list_files", "read_file", "find_files", "write_file"]))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_path_comes_a_tool_ends_in_an_outcome_or_a_fault(call: Call, path: str, name: str) -> None:
    more = {"find_files": {"pattern": path or "*"}, "write_file": {"content": path}}.get(name, {})
    try:
        outcome = await call(name, path=path, **more)
    except ToolFault:
        return
    assert outcome.content
