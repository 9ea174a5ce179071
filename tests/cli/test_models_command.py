"""Models from the command line: which one the settings choose for whom, who answers where, and choosing another."""

from __future__ import annotations

from hephaestus_tui.bootstrap.named_models import named_models, without_named
from hephaestus_tui.domain.task import Phase
from hephaestus_tui.engine.models import choice_by_settings
from hephaestus_tui.settings import read_settings

SETTINGS = """
model = "anthropic:small"
effort = "low"
fallback = ["openai:gpt"]
[models]
fast = "ollama:qwen"
[roles.tech_lead]
model = "anthropic:large"
effort = "high"
[roles.qa_tester]
fallback = []
[phases.validation]
model = "ollama:judge"
"""


def test_the_doctor_says_which_model_is_chosen_for_each_role_and_phase(command, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-canary-models")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    (tmp_path / "config" / "config.toml").write_text(SETTINGS)
    said = command("doctor", "--json")
    rows = [(row["standing"], row["text"]) for row in said.rows() if row["what"] == "models"]
    chosen = [text for standing, text in rows if standing == "ok"]
    assert chosen[0] == "anthropic:small, effort low, then openai:gpt: all other roles and phases"
    assert "anthropic:large, effort high, then openai:gpt: tech_lead" in chosen
    assert any(text.startswith("ollama:judge, effort low: ") and "qa_tester in validation" in text for text in chosen)
    assert [text for standing, text in rows if standing == "note"] == [
        "fallback 1: No key for openai:gpt: set OPENAI_API_KEY in the environment, then start again."
    ]
    assert said.code == 0


def test_a_model_that_a_setting_names_in_vain_is_told_before_a_run_begins(command, tmp_path, script) -> None:
    config = tmp_path / "config" / "config.toml"
    for text, told in (
        ("[roles.tech_lead]\nmodel = 'nope:x'", "The settings: roles.tech_lead.model: There is no provider 'nope'."),
        ("[phases.building]\nfallback = ['x']", "phases.building.fallback 1: 'x' is not a model."),
        ("[roles.tech_laed]\neffort = 'low'", "roles.tech_laed: there is no such role."),
        ("fallback = ['nope:x']", "fallback 1: There is no provider 'nope'."),
    ):
        config.write_text(text)
        said = command("run", "Look at it", "--headless", "--decide", "wait", "--model", script)
        assert said.code == 2
        assert told in said.err
        assert any(told.partition(": ")[2] in row["text"] for row in command("doctor", "--json").rows())
    assert command("runs", "--json").rows() == []


def test_who_answers_is_listed_and_another_model_is_chosen(command, waiting_run) -> None:
    first, task = command("model", "last", "--json").rows()
    assert (first["run"], first["chosen"], task["task_id"], task["chosen"]) == (waiting_run, None, "T1", None)
    assert task["model"] == task["first"] == first["model"]
    said = command("model", "last", "ollama:qwen3:4b")
    assert (said.code, said.err) == (
        0, f"Run {waiting_run}: ollama:qwen3:4b answers for the run from the next turn on.\n",
    )  # fmt: skip
    assert command("model", "last", "t1", "ollama:small").code == 0
    first, task = command("model", "last", "--json").rows()
    assert (first["chosen"], task["chosen"]) == ("ollama:qwen3:4b", "ollama:small")
    assert "chosen by hand" in command("model", "last").out
    assert "the model of the settings answers for T1" in command("model", "last", "T1", "default").err
    assert "ollama:small" not in command("model", "last").out


def test_what_cannot_be_chosen_is_told(command, waiting_run, monkeypatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert "set OPENAI_API_KEY" in command("model", "last", "openai:gpt").err
    assert "no provider 'nope'" in command("model", "last", "nope:x").err
    assert "There is no task T99" in command("model", "last", "T99", "ollama:x").err
    assert "Name one task at most" in command("model", "last", "T1", "T2", "ollama:x").err
    assert command("model", "last", "default").code == 1


def test_an_agent_that_fell_back_says_so_in_the_narration_and_when_it_is_shown(command, tmp_path, script) -> None:
    (tmp_path / "config" / "config.toml").write_text(f"fallback = ['{script}']\n")
    broken = tmp_path / "broken.toml"
    broken.write_text(
        'rate = 0\n[[agent]]\nname = "a"\n[[agent.turn]]\ntext = "x"\nfault = { kind = "auth", times = 9 }\n'
    )
    ran = command("run", "Look at it", "--headless", "--decide", "wait", "--model", f"scripted:{broken}")
    assert "T1: scripted:broken.toml was given up, scripted:script.toml takes over: " in ran.err
    shown = command("show", "last", "T1").out
    assert "on scripted:script.toml; since 20" in shown
    assert "in place of scripted:broken.toml: " in shown
    (row,) = command("show", "last", "T1", "--json").rows()
    assert row["agent"]["fell_back"]["why"]


def test_the_demo_asks_no_model_that_the_settings_name(tmp_path) -> None:
    """It needs no key and no network, whatever a person has chosen for their own work."""
    (tmp_path / "config.toml").write_text(SETTINGS)
    settings = without_named(read_settings(tmp_path, {}, {"model": "scripted:x"}))
    assert list(named_models(settings)) == []
    assert choice_by_settings(settings, "tech_lead", "fast", Phase.VALIDATION, "scripted:x").models == ("scripted:x",)
    assert settings.roles.keys() == {"tech_lead", "qa_tester"}, "what else is set for a role stays"


def test_a_model_on_the_command_line_comes_before_what_was_chosen_in_the_run(command, waiting_run, script) -> None:
    command("model", "last", "ollama:qwen")
    resumed = command("run", "--resume", "last", "--headless", "--decide", "wait", "--model", script)
    assert resumed.code == 0, resumed.err
    assert command("model", "last", "--json").rows()[0]["chosen"] is None
