"""Without this, a mistake in a script would show as a strange turn instead of a sentence that names the line to mend."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hephaestus_tui.domain.errors import ConfigError
from hephaestus_tui.providers.script import Script


def load_script(path: Path) -> Script:
    """Raises ConfigError that names the file, the agent, the turn and the field."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"The script {path} cannot be read: {error.strerror or error}. Check its name.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"The script {path} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
    return parse_script(text, str(path))


def parse_script(text: str, name: str) -> Script:
    """The same for text that came from `name`."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"The script {name} is not valid TOML: {error}. Mend it there.") from error
    try:
        return Script.model_validate(data)
    except ValidationError as error:
        faults = "; ".join(
            f"{_place(e['loc'], data)}{e['msg'].removeprefix('Value error, ')}" for e in error.errors()[:5]
        )
        raise ConfigError(f"The script {name} cannot be played. {faults}. Mend it there.") from error


def _place(loc: tuple[int | str, ...], data: dict[str, Any]) -> str:
    """("agent", 0, "turn", 2, "call", 0, "tool") → "agent 'root', turn 3, call 1, tool: "."""
    words: list[str] = []
    rest = list(loc)
    while rest:
        word = rest.pop(0)
        if rest and isinstance(rest[0], int):
            index = rest.pop(0)
            words.append(f"{word} {_name(data, int(index)) if word == 'agent' else int(index) + 1}")
        else:
            words.append(str(word))
    return f"{', '.join(words)}: " if words else ""


def _name(data: dict[str, Any], index: int) -> str:
    entry = data["agent"][index]
    name = entry.get("name") if isinstance(entry, dict) else None
    return repr(name) if isinstance(name, str) else str(index + 1)
