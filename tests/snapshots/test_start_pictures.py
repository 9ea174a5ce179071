"""The first screen of somebody who has no earlier run here, and the plots of a run."""

from __future__ import annotations

from typing import Any

from hephaestus_tui.session import Finds, Found
from tests.snapshots.test_pictures import draft

FOUND = Finds(
    found=(
        Found(provider="anthropic", key_env="ANTHROPIC_API_KEY", models=("claude-haiku-4-5", "claude-opus-4-5")),
        Found(provider="ollama", host="127.0.0.1:11434", models=("qwen3:8b", "gemma3:4b")),
    )
)


def test_a_first_run(looks_as_before: Any) -> None:
    assert looks_as_before("Watch the demo", "qwen3:8b", size=(80, 24), opening=None, found=FOUND)


def test_plots(stage: Any, looks_as_before: Any) -> None:
    stage.run("Let people see and end their own sessions")
    tasks = [stage.start(stage.accept(stage.propose(draft(f"Part {number}")))) for number in (1, 2, 3)]
    for number, tokens in enumerate((400, 900, 2_400, 6_000, 3_000, 1_200, 200, 0, 5_000, 8_000)):
        stage.spend(tasks[number % 3], tokens * 10, 0.01 * number)
        if number in (4, 7):
            stage.complete(tasks[number % 3], "done")
    assert looks_as_before(size=(80, 24), keys=[("B", "tokens a second")])
