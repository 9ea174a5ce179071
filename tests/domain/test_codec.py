from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hephaestus_tui import codec
from hephaestus_tui.codec import BadJson, strict_json
from hephaestus_tui.domain.commands import Decide, Pause, SetPolicy
from hephaestus_tui.domain.decision import Actor, ActorKind, Verdict
from hephaestus_tui.domain.events import Fact
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.reach import WHOLE_RUN
from hephaestus_tui.domain.task import Phase, TaskDraft

Histories = Callable[[str], st.SearchStrategy[list[list[Fact]]]]

_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**40), 10**40) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
_ADA = Actor(ActorKind.HUMAN, "Ada")


@given(_values, st.booleans(), st.sampled_from([None, 2]))
def test_what_is_valid_is_read_as_it_is(value: Any, ascii_only: bool, indent: int | None) -> None:
    assert strict_json(json.dumps(value, ensure_ascii=ascii_only, indent=indent)) == value


@given(st.text(alphabet='{}[]",:\\u0123dD8-+.eEntrufalsNI \n\t\ud800é', max_size=30))
def test_anything_else_is_refused_as_bad_json_or_read_as_python_reads_it(text: str) -> None:
    try:
        value = strict_json(text)
    except BadJson:
        return
    assert value == json.loads(text)
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not valid JSON"),
        ('{"a": 1', "not valid JSON"),
        ('{"a": 1} {"a": 2}', "not valid JSON"),
        ("{'a': 1}", "not valid JSON"),
        ('"a\nb"', "not valid JSON"),
        ("\ufeff{}", "not valid JSON"),
        ('{"verdict": "reject", "verdict": "accept"}', "'verdict' is given twice"),
        ('{"a": {"b": 1, "\\u0062": 2}}', "'b' is given twice"),
        ("NaN", "NaN"),
        ("[-Infinity]", "-Infinity"),
        ("1e999", "too large"),
        ("-1e999", "too large"),
        ("9" * 5_000, "digits"),
        ('"\\ud800"', "lone surrogate"),
        ('{"\\udc00": 1}', "lone surrogate"),
        ('"\ud800"', "lone surrogate"),
        ("[" * 100_000, "nested deeper"),
        ('{"a":' * 100 + "1" + "}" * 100, "nested deeper"),
        ("[" * 65 + "]" * 65, "nested deeper"),
    ],
)
def test_each_trap_is_named(text: str, reason: str) -> None:
    with pytest.raises(BadJson, match=reason):
        strict_json(text)


def test_brackets_in_strings_are_not_nesting() -> None:
    assert strict_json('["' + "[{" * 200 + '\\"[["]') == ["[{" * 200 + '"[[']
    assert strict_json("[" * codec.NESTING_LIMIT + "]" * codec.NESTING_LIMIT) is not None


def test_a_pair_of_surrogates_is_one_letter() -> None:
    assert strict_json('"\\ud83d\\ude00"') == "\U0001f600"


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_facts_come_back_as_they_were(histories: Histories, data: st.DataObject) -> None:
    for fact in (fact for group in data.draw(histories("r")) for fact in group):
        text = codec.to_json(fact)
        assert codec.fact_from_json(fact.KIND, text) == fact
        assert strict_json(text) == codec.to_data(fact)


@pytest.mark.parametrize(
    "command",
    [
        Decide(
            task_id="T1", verdict=Verdict.EDIT, actor=_ADA, version=2,
            final=TaskDraft(title="t", description="d", rationale="r", phase=Phase.BUILDING, role="x", blocked_by=("T2",)),
        ),
        Pause(reach=WHOLE_RUN, actor=_ADA),
        SetPolicy(policy=Policy.AUTO_EDIT, actor=_ADA),
    ],
)  # fmt: skip
def test_commands_come_back_as_they_were(command: Decide | Pause | SetPolicy) -> None:
    assert codec.command_from_json(command.KIND, codec.to_json(command)) == command


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        ("moon.landed", "{}", "later version"),
        ("run.paused", "{}", "RunPaused"),
        ("run.paused", '{"actor": {"kind": "model", "name": "x"}}', "RunPaused"),
        ("run.paused", "not json", "RunPaused"),
    ],
)
def test_a_fact_of_another_shape_is_refused(kind: str, text: str, reason: str) -> None:
    with pytest.raises(BadJson, match=reason):
        codec.fact_from_json(kind, text)


def test_an_unknown_command_is_refused() -> None:
    with pytest.raises(BadJson, match="unknown command 'format_disk'"):
        codec.command_from_json("format_disk", "{}")


@given(st.binary(max_size=40))
def test_a_body_of_any_bytes_is_refused_not_raised_on(body: bytes) -> None:
    with pytest.raises(BadJson):
        codec.fact_from_json("run.started", body)
