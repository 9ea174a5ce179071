"""What somebody sees who has never run it here, and how they find the earlier run that they mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, OptionList

from hephaestus_tui.bootstrap.model_choice import chosen_model, keep_model
from hephaestus_tui.session import Finds, Found, RunSummary
from hephaestus_tui.ui.glyphs import Mark
from hephaestus_tui.ui.screens.run_entries import matching, state
from hephaestus_tui.ui.screens.runs import RunsScreen
from hephaestus_tui.ui.screens.welcome import model_lines, models_found, welcome
from tests.ui.test_app import screen_text

SIZE = (80, 24)
OLLAMA = Found(provider="ollama", host="127.0.0.1:11434", models=("qwen3:8b", "gemma3:4b"))
KEY = Found(provider="anthropic", key_env="ANTHROPIC_API_KEY", models=("claude-haiku-4-5",))


def run(goal: str, **changes: Any) -> RunSummary:
    values: dict[str, Any] = {
        "run_id": goal, "project": "/work/api", "model": "scripted:demo", "started_at": 0.0, "last_at": 0.0,
        "tasks": 3, "completed": 1, "failed": 0, "waiting": 0, "cost": None,
    }  # fmt: skip
    return RunSummary(goal=goal, **(values | changes))


async def test_a_first_run_says_what_this_is_and_what_could_answer(make_app: Any, host: Any, wait_for: Any) -> None:
    host.found = Finds(found=(KEY, OLLAMA))
    app = make_app(None)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: "you decide what they do" in screen_text(app), "it is said what this is")
        await wait_for(pilot, lambda: "Use ollama:qwen3:8b" in screen_text(app), "it is said what was found")
        assert "ANTHROPIC_API_KEY is set" in screen_text(app)
        assert screen_text(app).count("No model is chosen") == 1
        assert isinstance(app.focused, Input), "a goal can be typed at once"


@pytest.mark.parametrize("keys", [("ctrl+t",), ("down", "enter")])
async def test_the_demo_is_one_key_away(make_app: Any, host: Any, wait_for: Any, keys: tuple[str, ...]) -> None:
    app = make_app(None)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: "Watch the demo" in screen_text(app), "the demo is offered")
        await pilot.press(*keys)
        await wait_for(pilot, lambda: host.closed, "the app gives way to it")
    assert (app.demo_wanted, app.return_code, host.started) == (True, 0, [])


async def test_someone_with_a_model_and_earlier_runs_is_told_nothing(make_app: Any, host: Any, wait_for: Any) -> None:
    host.earlier, host.found = [run("Cache it")], Finds(model="ollama:qwen3:8b", found=(OLLAMA,))
    app = make_app(None)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(
            pilot, lambda: isinstance(app.screen, RunsScreen) and app.screen._finds is not None, "it has looked"
        )
        assert "Model:" not in screen_text(app)
        assert "you decide what they do" not in screen_text(app)


async def test_typing_keeps_the_earlier_runs_with_these_words(make_app: Any, host: Any, wait_for: Any) -> None:
    host.earlier = [run("Cache the lookups"), run("Mend the import"), run("Cache the routes")]
    app = make_app(None)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: "Mend the import" in screen_text(app), "the runs are listed")
        await pilot.press(*"cache ro")
        listed = app.screen.query_one(OptionList)
        await wait_for(pilot, lambda: [o.id for o in listed.options] == ["Cache the routes"], "one is left")
        await pilot.press(*"bots")
        await wait_for(pilot, lambda: len(listed.options) == 3, "a new goal hides none of them")
        assert "No earlier run has these words" in screen_text(app)
        assert app.screen.query_one(Input).value == "cache robots"


async def test_the_cursor_stays_on_its_run_when_models_are_found(make_app: Any, host: Any, wait_for: Any) -> None:
    host.earlier = [run(f"goal {n}") for n in range(5)]
    app = make_app(None)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: "goal 3" in screen_text(app), "the runs are listed")
        await pilot.press("down", "down", "down")
        listed = app.screen.query_one(OptionList)
        await wait_for(pilot, lambda: listed.highlighted == 2, "one is marked")
        app.screen.tell(Finds(found=(OLLAMA,)))
        await wait_for(pilot, lambda: listed.option_count == 7, "the models are listed above")
        assert listed.highlighted_option.id == "goal 2"


def test_runs_are_searched_by_each_word_in_any_order() -> None:
    runs = [run("Cache the LOOKUPS"), run("Mend")]
    assert matching(runs, "lookups cache") == runs[:1]
    assert matching(runs, "  ") == runs
    assert matching(runs, "zzz") == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"waiting": 1, "failed": 1}, Mark.NEEDS_YOU),
        ({"completed": 2, "failed": 1}, Mark.FAILED),
        ({"failed": 1}, Mark.READY),
        ({"completed": 3}, Mark.DONE),
        ({"tasks": 0, "completed": 0}, Mark.READY),
    ],
)
def test_the_state_of_a_run_is_what_one_would_do_with_it(changes: dict[str, Any], expected: Mark) -> None:
    assert state(run("x", **changes))[0] is expected


def test_what_is_found_can_be_taken_and_what_is_wrong_is_said_once() -> None:
    assert model_lines(Finds(model="ollama:a")) == ["Model: ollama:a"]
    wrong = Finds(model="openai:a", fault="No key for openai:a.", found=(OLLAMA,))
    assert model_lines(wrong)[0].startswith("No key for openai:a. Take one from this list")
    assert [model for model, _ in models_found(wrong)] == ["ollama:qwen3:8b", "ollama:gemma3:4b"]
    assert models_found(Finds(model="ollama:a", found=(OLLAMA,))) == []
    assert "which has no model yet" in model_lines(Finds(found=(Found(provider="ollama", host="h"),)))[0]
    assert "No model is chosen. No key is set" in model_lines(Finds())[0]


def test_one_key_for_two_dialects_offers_its_models_once() -> None:
    both = [
        Found(provider=name, key_env="OPENAI_API_KEY", models=("gpt-5",)) for name in ("openai", "openai-responses")
    ]
    assert [model for model, _ in models_found(Finds(found=tuple(both)))] == ["openai:gpt-5"]


async def test_a_model_is_taken_from_the_list_and_then_a_goal_is_typed(make_app: Any, host: Any, wait_for: Any) -> None:
    host.found = Finds(found=(OLLAMA,))
    app = make_app(None)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: "Use ollama:gemma3:4b" in screen_text(app), "what was found is listed")
        await pilot.press("down", "down", "down", "enter")
        await wait_for(pilot, lambda: "Model: ollama:gemma3:4b" in screen_text(app), "it is said")
        assert host.chosen == ["ollama:gemma3:4b"]
        assert "Use ollama" not in screen_text(app)
        await pilot.press(*"mend", "enter")
        await wait_for(pilot, lambda: host.started, "the run begins")


@pytest.mark.parametrize("earlier", [True, False])
async def test_a_goal_without_a_model_asks_for_one_and_begins_with_it(
    make_app: Any, host: Any, wait_for: Any, earlier: bool
) -> None:
    host.found, host.earlier = Finds(found=(OLLAMA,)), [run("Another")] if earlier else []
    app = make_app(None)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: "Use ollama:qwen3:8b" in screen_text(app), "what was found is listed")
        await pilot.press(*"mend", "enter")
        await wait_for(pilot, lambda: isinstance(app.focused, OptionList), "a model is to be taken")
        assert host.started == []
        await pilot.press("enter")
        await wait_for(pilot, lambda: host.started, "the run begins")
    assert host.chosen == ["ollama:qwen3:8b"]
    assert host.started[0].goal == "mend"


def test_a_model_is_kept_for_later_runs_and_what_is_not_ours_is_none(tmp_path: Path) -> None:
    assert chosen_model(tmp_path / "new") == ""
    keep_model(tmp_path / "new", "ollama:a")
    assert chosen_model(tmp_path / "new") == "ollama:a"
    for text in ("[]", "{", '{"model": 3}'):
        (tmp_path / "model.json").write_text(text)
        assert chosen_model(tmp_path) == ""


def test_the_welcome_fits_the_smallest_common_terminal() -> None:
    lines = welcome("f1").splitlines()
    assert len(lines) == 5
    assert max(map(len, lines)) <= 74
