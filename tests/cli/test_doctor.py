"""The doctor says what works and what does not, each with what to do; it reaches nothing outside and shows no key."""

from __future__ import annotations

import os
import sqlite3

import pytest

from hephaestus_tui.bootstrap.model_choice import keep_model
from hephaestus_tui.paths import Places

KEY = "sk-canary-doctor-0123456789"


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def findings(said) -> dict[str, dict[str, str]]:
    return {row["what"]: row for row in said.rows()}


def test_a_sound_machine_is_told_line_by_line(command) -> None:
    said = command("doctor", "--json")
    assert said.code == 0
    found = findings(said)
    assert list(found) == [
        "python", "terminal", "git", "ripgrep", "sandbox", "sqlite", "settings", "roles", "models", "themes",
        "keys", "rules", "anthropic", "openai", "openai-responses", "ollama", "llamacpp", "prices", "windows", "project",
        "workspaces", "store",
    ]  # fmt: skip
    assert {row["standing"] for row in found.values()} <= {"ok", "note"}
    assert found["anthropic"]["text"].endswith("ANTHROPIC_API_KEY is set")
    assert found["openai"]["text"].endswith("OPENAI_API_KEY is not set")
    assert "none yet" in found["store"]["text"]
    assert "as of 20" in found["prices"]["text"]
    text = command("doctor")
    assert text.code == 0
    assert len(text.out.splitlines()) == len(found)
    assert KEY not in said.out + said.err + text.out + text.err


def test_the_model_that_was_chosen_on_the_first_screen_is_told_until_the_settings_name_one(command) -> None:
    places = Places.of(os.environ)
    keep_model(places.state, "anthropic:claude-sonnet-4-5")
    found = findings(command("doctor", "--json"))
    assert "model: anthropic:claude-sonnet-4-5 (chosen on the first screen)" in found["settings"]["text"]
    assert found["models"]["text"].startswith("anthropic:claude-sonnet-4-5: all")
    places.config.mkdir(parents=True, exist_ok=True)
    (places.config / "config.toml").write_text('model = "ollama:x"')
    assert "model: ollama:x;" in findings(command("doctor", "--json"))["settings"]["text"]


def test_it_makes_nothing(command, tmp_path) -> None:
    before = sorted(tmp_path.rglob("*"))
    command("doctor")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("config", "where", "told"),
    [
        ("model = ", "settings", "config.toml is not valid TOML"),
        ("modle = 'x'", "settings", "unknown setting 'modle'"),
        ("model = 'nope:x'", "settings", "There is no provider 'nope'"),
        ("model = 'openai:x'", "settings", "set OPENAI_API_KEY"),
        ("[ui]\nkeys = { 'proposal.acept' = 'f2' }", "keys", "there is no action 'proposal.acept'"),
        ("[ui]\nkeys = { 'proposal.accept' = 'e' }", "keys", "proposal.edit"),
        ("[providers.mine]\ndialect = 'openai'\nbase_url = 'ftp://x'", "providers", "needs http or https"),
    ],
)
def test_a_broken_setting_is_named_and_the_rest_is_looked_at_all_the_same(
    command, tmp_path, config, where, told
) -> None:
    (tmp_path / "config" / "config.toml").write_text(config)
    said = command("doctor", "--json")
    assert said.code == 2
    broken = [row for row in said.rows() if row["standing"] == "broken"]
    assert where in {row["what"] for row in broken}
    assert any(told in row["text"] for row in broken)
    assert {"python", "git", "store"} <= set(findings(said))
    assert KEY not in said.out + said.err


@pytest.mark.parametrize(
    ("rules", "standing", "told"),
    [
        ("[[rule]\n", "broken", "rules.toml: the rules cannot be read"),
        (
            '[[rule]]\nid = "small"\nverdict = "maybe"\nsize = 9\n',
            "broken",
            "rule 1 (small): verdict: 'maybe' is none of",
        ),
        ('[[rule]]\nid = "small"\nverdict = "accept"\n', "broken", "rule 1 (small)"),
        (
            '[[rule]]\nid = "qa"\nverdict = "accept"\nrole = ["qa_testre"]\n',
            "note",
            "qa is for qa_testre, and there is no",
        ),
        (
            '[[rule]]\nid = "qa"\nverdict = "accept"\nrole = ["qa_tester"]\n',
            "ok",
            "rules.toml: qa; each is off in a run",
        ),
    ],
)
def test_what_is_wrong_in_the_rules_is_told_and_which_there_are(command, tmp_path, rules, standing, told) -> None:
    (tmp_path / "config" / "rules.toml").write_text(rules)
    said = command("doctor", "--json")
    assert said.code == (2 if standing == "broken" else 0)
    found = findings(said)["rules"]
    assert (found["standing"], told in found["text"]) == (standing, True), found["text"]
    assert "store" in findings(said)


def test_a_broken_role_file_is_named(command, tmp_path) -> None:
    roles = tmp_path / "config" / "roles"
    roles.mkdir()
    (roles / "mine.md").write_text("no front matter")
    said = command("doctor", "--json")
    assert said.code == 2
    assert "mine.md: a role begins with" in findings(said)["roles"]["text"]


def test_a_store_is_counted_checked_and_never_changed(command, waiting_run, tmp_path) -> None:
    assert ": 1 run; not open" in findings(command("doctor", "--json"))["store"]["text"]
    (row,) = command("runs", "--json").rows()
    with sqlite3.connect(row["store"]) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    said = command("doctor", "--json")
    assert (said.code, findings(said)["store"]["standing"]) == (2, "broken")
    assert "later hephaestus" in findings(said)["store"]["text"]


def test_a_state_folder_that_cannot_be_is_broken(command, tmp_path) -> None:
    (tmp_path / "state").write_text("a file is in the way")
    said = command("doctor", "--json")
    assert (said.code, findings(said)["store"]["standing"]) == (2, "broken")
    assert "set HEPHAESTUS_HOME" in findings(said)["store"]["text"]


def test_a_project_that_is_not_under_git_is_noted(command, tmp_path) -> None:
    said = command("doctor", "--json", "--project", str(tmp_path))
    assert said.code == 0
    assert "is not under git" in findings(said)["project"]["text"]


def test_a_project_that_is_not_there_is_broken(command, tmp_path) -> None:
    said = command("doctor", "--json", "--project", str(tmp_path / "none"))
    assert said.code == 2
    assert "is not a folder" in findings(said)["project"]["text"]


def test_a_sandbox_that_is_switched_off_is_told_with_what_follows(command, monkeypatch) -> None:
    monkeypatch.setenv("HEPHAESTUS_SANDBOX", "off")
    found = findings(command("doctor", "--json"))["sandbox"]
    assert found["standing"] == "note"
    assert "switched off" in found["text"]
    assert "each one asks, whatever the policy" in found["text"]


def test_a_folder_that_no_sandbox_can_hold_is_told(command, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "project"))
    found = findings(command("doctor", "--json"))["sandbox"]
    assert found["standing"] == "note"
    assert "each one asks, whatever the policy" in found["text"]
