"""What a first run is told: without it a stranger sees an empty field and has to read a manual to learn what to type."""

from __future__ import annotations

from hephaestus_tui.session import Finds, Found

TRY_KEY = "ctrl+t"
DEMO_ENTRY = "Watch the demo: a scripted squad at work, without a key and at no cost"
OFFERED = 3  # models of one provider
_ELSE = "Any other: --model PROVIDER:NAME when you start, or `model` in config.toml."
_NAMES = {"ollama": "Ollama", "llamacpp": "llama.cpp"}


def welcome(help_key: str) -> str:
    """What this is and what to press, in five lines of at most 74 cells."""
    return "\n".join(
        (
            "Coding agents work on this project, and you decide what they do.",
            "While they work they propose tasks. One begins when you have accepted it.",
            "What they change waits in worktrees of their own until you merge it.",
            f"Type a goal above and press enter. In the run, {help_key} shows every key.",
            f"To look first, press {TRY_KEY}, or down and enter, for the demo.",
        )
    )


def model_lines(finds: Finds) -> list[str]:
    """Which model a new run would use, or how to choose one of those that were found."""
    if finds.model and not finds.fault:
        return [f"Model: {finds.model}"]
    head = finds.fault or "No model is chosen."
    if not finds.found:
        return [f"{head} No key is set in the environment, and no Ollama or llama.cpp answers on this machine.", _ELSE]
    empty = [f"{_where(found)}, which has no model yet." for found in finds.found if not found.models]
    offered = ["Take one from this list; it is kept for later runs."] if models_found(finds) else []
    return [" ".join([head, *offered, *empty]), _ELSE]


def models_found(finds: Finds) -> list[tuple[str, str]]:
    """Each model that could be taken, as it is named, and what it is known by; none where one is chosen already."""
    if finds.model and not finds.fault:
        return []
    # one key may be for several dialects, of which the first is the common one
    first = {found.key_env: found.provider for found in reversed(finds.found) if found.key_env}
    return [
        (f"{found.provider}:{model}", _where(found))
        for found in finds.found
        if not found.key_env or first[found.key_env] == found.provider
        for model in found.models[:OFFERED]
    ]


def _where(found: Found) -> str:
    if found.key_env:
        return f"{found.key_env} is set"
    return f"{_NAMES.get(found.provider, found.provider)} at {found.host}"
