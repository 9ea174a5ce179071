"""The first screen of somebody who has no earlier run here."""

from __future__ import annotations

from typing import Any

from hephaestus_tui.session import Finds, Found

FOUND = Finds(
    found=(
        Found(provider="anthropic", key_env="ANTHROPIC_API_KEY"),
        Found(provider="ollama", host="127.0.0.1:11434", models=("qwen3:8b", "gemma3:4b")),
    )
)


def test_a_first_run(looks_as_before: Any) -> None:
    assert looks_as_before("Watch the demo", "qwen3:8b", size=(80, 24), opening=None, found=FOUND)
