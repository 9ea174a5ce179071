"""What a first run is told: without it a stranger sees an empty field and has to read a manual to learn what to type."""

from __future__ import annotations

from collections.abc import Iterator

from hephaestus_tui.session import Finds, Found
from hephaestus_tui.ui.words import count

TRY_KEY = "ctrl+t"
DEMO_ENTRY = "Watch the demo: a scripted squad at work, without a key and at no cost"
_NAMES = {"ollama": "Ollama", "llamacpp": "llama.cpp"}


def welcome(help_key: str) -> str:
    """What this is and what to press, in five lines of at most 76 cells."""
    return "\n".join(
        (
            "Coding agents work on this project, and you decide what they do.",
            "While they work they propose tasks. A task begins when you have accepted it.",
            "What they change waits in worktrees of their own until you merge it.",
            f"Type a goal above and press enter. In the run, {help_key} shows every key.",
            f"To look first, press {TRY_KEY}, or down and enter, for the demo.",
        )
    )


def model_lines(finds: Finds) -> list[str]:
    """Which model a new run would use, or how to choose one of those that were found."""
    if finds.model and not finds.fault:
        return [f"Model: {finds.model}"]
    head = "" if finds.fault else "No model is chosen. "
    if not finds.found:
        none = f"{head}No key is set in the environment, and no Ollama or llama.cpp answers on this machine."
        return [*([finds.fault] if finds.fault else []), none]
    return [
        *([finds.fault] if finds.fault else []),
        f"{head}Found, each to be named when you start again:",
        *_choices(finds),
    ]


def _choices(finds: Finds) -> Iterator[str]:
    for found in finds.found:
        yield f"  --model {found.provider}:{_example(found)}   {_what(found)}"


def _example(found: Found) -> str:
    return found.models[0] if found.models else "NAME"


def _what(found: Found) -> str:
    if found.key_env:
        return f"{found.key_env} is set"
    where = f"{_NAMES.get(found.provider, found.provider)} at {found.host}"
    others = len(found.models) - 1
    if others < 0:
        return f"{where}, which has no model yet"
    return f"{where}, and {count(others, 'other model')}" if others else where
