"""Settings have one order of strength, one place where they come from, and a name for whatever is wrong in them."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from hephaestus_tui.config import (
    ContextSettings,
    Dialect,
    Effort,
    GateSettings,
    Limits,
    ModelSettings,
    Notify,
    ProviderSettings,
    RailsSettings,
    RoleSettings,
    Settings,
    SpawnBounds,
    UiSettings,
)
from hephaestus_tui.domain.decision import ActorKind
from hephaestus_tui.domain.errors import ConfigError
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.task import Phase
from hephaestus_tui.first_look import actor, login, needs_ascii, read_table, ui_settings
from hephaestus_tui.settings import read_settings

EVERYTHING = """
model = "anthropic:opus"
agents = 7
workspaces = "copy"
policy = "auto-edit"
sandbox = false
actor = "Grace"
effort = "medium"
fallback = ["openai:gpt", "ollama:qwen"]
[[allow]]
argv = ["python3", "-m", "pytest"]
role = "qa_tester"
[models]
strong = "anthropic:opus"
fast = "ollama:qwen"
[limits]
turns = 10
tokens = 1000
seconds = 60
run_tokens = 5000
run_dollars = 20.5
phase_tokens = 4000
phase_dollars = 10
subtree_tokens = 3000
subtree_dollars = 5
task_dollars = 1
reply_tokens = 100
command_seconds = 0
outage_seconds = 60
criterion_rounds = 5
[spawn]
per_turn = 1
per_minute = 6
pending = 2
depth = 3
children = 4
per_run = 5
[roles.qa_tester]
policy = "read-only"
model = "openai:gpt"
effort = "high"
fallback = ["ollama:qwen"]
[phases.validation]
effort = "low"
[talk]
messages = 7

[windows]
"openai:other" = 9_000

[context]
compact_at = 70
keep_turns = 2

[gate]
undo_seconds = 0.5
duplicate_score = 90
[providers.local]
dialect = "openai"
base_url = "http://127.0.0.1:8080/v1"
api_key_env = "LOCAL_KEY"
[prices."anthropic:opus"]
input = 5
output = 25.5
[ui]
theme = "forge-light"
ascii = true
title = false
notify = "osc9"
rails = { reach = 40, lanes = 3 }
keys = { "proposal.accept" = "f2" }
"""


def write(folder: Path, text: str) -> Path:
    (folder / "config.toml").write_text(text)
    return folder


def test_without_a_file_the_defaults_hold_and_the_person_is_who_is_logged_in(tmp_path) -> None:
    settings = read_settings(tmp_path, {"USER": "ada"}, {})
    assert settings == Settings(actor="ada", config_dir=tmp_path)
    assert settings.policy is Policy.ASK


def test_every_setting_can_be_given_in_the_file(tmp_path) -> None:
    settings = read_settings(write(tmp_path, EVERYTHING), {}, {})
    assert (settings.model, settings.agents, settings.policy, settings.actor) == (
        "anthropic:opus",
        7,
        Policy.AUTO_EDIT,
        "Grace",
    )
    assert settings.models == {"strong": "anthropic:opus", "fast": "ollama:qwen"}
    assert (settings.effort, settings.fallback) == (Effort.MEDIUM, ("openai:gpt", "ollama:qwen"))
    assert settings.roles == {
        "qa_tester": RoleSettings(
            model="openai:gpt", effort=Effort.HIGH, fallback=("ollama:qwen",), policy=Policy.READ_ONLY
        )
    }  # fmt: skip
    assert settings.phases == {Phase.VALIDATION: ModelSettings(effort=Effort.LOW)}
    assert settings.providers == {
        "local": ProviderSettings(
            dialect=Dialect.OPENAI, base_url="http://127.0.0.1:8080/v1", api_key_env="LOCAL_KEY"
        )
    }  # fmt: skip
    assert (settings.prices["anthropic:opus"].input, settings.prices["anthropic:opus"].output) == (5.0, 25.5)
    assert settings.ui == UiSettings(
        theme="forge-light",
        ascii=True,
        keys={"proposal.accept": "f2"},
        title=False,
        notify=Notify.OSC9,
        rails=RailsSettings(reach=40, lanes=3),
    )
    assert settings.windows == {"openai:other": 9_000}
    assert settings.context == ContextSettings(compact_at=70, keep_turns=2)
    assert settings.gate == GateSettings(undo_seconds=0.5, duplicate_score=90)
    defaults = Settings()
    for name in (field.name for field in fields(Settings) if field.name != "config_dir"):
        assert getattr(settings, name) != getattr(defaults, name), f"{name} is not in this test"
    for kind, value in ((Limits, settings.limits), (SpawnBounds, settings.spawn)):
        for field in fields(kind):
            assert getattr(value, field.name) != field.default, f"{field.name} is not in this test"


def test_a_variable_is_stronger_than_the_file_and_an_option_than_both(tmp_path) -> None:
    folder = write(tmp_path, 'model = "a:file"\nagents = 2\npolicy = "read-only"\nactor = "file"')
    environ = {"HEPHAESTUS_MODEL": "a:variable", "HEPHAESTUS_AGENTS": "3", "HEPHAESTUS_POLICY": "ask"}
    settings = read_settings(folder, environ, {"model": "a:option", "agents": None, "policy": None})
    assert (settings.model, settings.agents, settings.policy, settings.actor) == ("a:option", 3, Policy.ASK, "file")
    settings = read_settings(folder, environ | {"HEPHAESTUS_ACTOR": "variable"}, {"agents": 4, "policy": "auto"})
    assert (settings.model, settings.agents, settings.policy, settings.actor) == (
        "a:variable",
        4,
        Policy.AUTO,
        "variable",
    )
    assert read_settings(folder, {"HEPHAESTUS_MODEL": ""}, {}).model == "a:file"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("config_dir = '/x'", "unknown setting 'config_dir'"),
        ("[[allow]]\nargv = ['ls']\nroles = 'x'", "unknown setting 'allow.roles'"),
        ("[[allow]]\nargv = []", "allow.argv: [] can match no command"),
        ("[[allow]]\nargv = ['sh', '-c', 'ls; ls']", "can match no command: it must be the words of one command"),
        ("[[allow]]\nargv = 'ls'", "allow.0.argv: "),
        ("[spawn]\nper_turns = 3", "unknown setting 'spawn.per_turns'"),
        ("[prices.x]\nin = 3", "unknown setting 'prices.x.in'"),
        ("[prices.x]\ninput = -3\noutput = 1", "prices.x.input: -3.0 will not do"),
        ("[limits]\nreply_tokens = 0", "limits.reply_tokens: 0 will not do: it must be a number from 1 up"),
        ("[context]\ncompact_at = 101", "context.compact_at: 101 will not do: it must be a number from 0 to 100"),
        ("[context]\nkeep_turns = 0", "context.keep_turns: 0 will not do: it must be a number from 1 up"),
        ("[gate]\nduplicate_score = 20", "gate.duplicate_score: 20 will not do: it must be a number from 50 to 100"),
        ("[limits]\nseconds = inf", "limits.seconds: inf will not do"),
        ("[ui]\nkeys = ['a']", "ui.keys: "),
        ("[ui]\nrails = {lanes = 17}", "ui.rails.lanes: 17 will not do: it must be a number from 1 to 16"),
        ("[ui]\nrails = {reach = 0}", "ui.rails.reach: 0 will not do: it must be a number from 1 to 200"),
        ("[ui]\nrails = {lane = 4}", "unknown setting 'ui.rails.lane'. Known: lanes, reach"),
        ("models = {strong = 3}", "models.strong: "),
        ("effort = 'hard'", "effort: Input should be 'none', 'minimal', 'low'"),
        ("[roles.qa_tester]\nmodle = 'a:b'", "unknown setting 'roles.qa_tester.modle'. Known: effort, fallback, model"),
        ("[phases.testing]\nmodel = 'a:b'", "phases.testing.[key]: Input should be 'investigation'"),
        ("fallback = 'a:b'", "fallback: "),
        ("agents = 2.5", "agents: "),
    ],
)
def test_what_will_not_do_is_named_with_the_file(tmp_path, text, told) -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings(write(tmp_path, text), {}, {})
    assert str(caught.value).startswith(f"{tmp_path / 'config.toml'}: ")
    assert told in str(caught.value)


def test_a_key_that_was_put_where_a_name_belongs_is_refused_and_not_repeated(tmp_path) -> None:
    text = "[providers.x]\ndialect = 'openai'\nbase_url = 'https://x'\napi_key_env = 'sk-canary-1'"
    with pytest.raises(ConfigError, match="never write a key itself") as caught:
        read_settings(write(tmp_path, text), {}, {})
    assert "sk-canary" not in str(caught.value)


def test_a_wrong_variable_or_option_is_named_and_not_the_file(tmp_path) -> None:
    with pytest.raises(ConfigError, match=r"^HEPHAESTUS_AGENTS: agents: "):
        read_settings(tmp_path, {"HEPHAESTUS_AGENTS": "0"}, {})
    with pytest.raises(ConfigError, match=r"^the command line: policy: "):
        read_settings(tmp_path, {}, {"policy": "yolo"})


def test_the_first_look_agrees_with_the_full_one(tmp_path) -> None:
    table = read_table(write(tmp_path, EVERYTHING))
    full = read_settings(tmp_path, {}, {})
    assert ui_settings(table, {}) == full.ui
    assert actor(table, {}).name == full.actor
    assert actor(table, {"HEPHAESTUS_ACTOR": "x"}).name == "x"
    assert actor({}, {"USER": "ada"}).kind is ActorKind.HUMAN


@pytest.mark.parametrize(
    "ui",
    [
        3,
        "x",
        {"theme": 3, "keys": [], "ascii": "no"},
        {"keys": {"a": 3}},
        {"rails": 3},
        {"rails": {"lanes": 99, "reach": True}},
        {},
    ],
)
def test_the_first_look_takes_the_default_for_what_is_of_the_wrong_kind(ui) -> None:
    assert ui_settings({"ui": ui}, {"LANG": "C.UTF-8"}) == UiSettings()
    assert actor({"actor": 3}, {"USER": "ada"}).name == "ada"


@pytest.mark.parametrize(
    ("environ", "ascii_only"),
    [
        ({}, False),
        ({"LANG": "en_GB.UTF-8"}, False),
        ({"LANG": "de_DE.utf8"}, False),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "C"}, True),
        ({"LANG": "POSIX"}, True),
        ({"LC_CTYPE": "de_DE.ISO-8859-1"}, True),
        ({"TERM": "linux", "LANG": "en_GB.UTF-8"}, True),
        ({"TERM": "xterm-256color"}, False),
    ],
)
def test_signs_are_ascii_where_the_terminal_cannot_be_trusted(environ, ascii_only) -> None:
    assert needs_ascii(environ) is ascii_only


def test_the_login_name_is_found_without_variables() -> None:
    assert login({"LOGNAME": "ada"}) == "ada"
    assert login({})


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"model = ", b"a = 1\na = 2"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, raw) -> None:
    (tmp_path / "config.toml").write_bytes(raw)
    with pytest.raises(
        ConfigError, match=r"config\.toml (cannot be read|is not valid TOML): .*Correct it or move it away"
    ):
        read_table(tmp_path)


def test_a_folder_in_place_of_the_file_is_named(tmp_path) -> None:
    (tmp_path / "config.toml").mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        read_table(tmp_path)
