"""Reads settings: defaults, `config.toml`, HEPHAESTUS_* variables, options, each stronger than the one before.

Only the person's own folder is read. A file inside a project can loosen nothing, since none is looked at.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError

from hephaestus_tui.config import RAILS_BOUNDS, Settings
from hephaestus_tui.domain.errors import ConfigError
from hephaestus_tui.domain.rule import LEAST_SCORE
from hephaestus_tui.first_look import FILE, login, read_table

VARIABLES = {
    "HEPHAESTUS_MODEL": "model",
    "HEPHAESTUS_AGENTS": "agents",
    "HEPHAESTUS_POLICY": "policy",
    "HEPHAESTUS_SANDBOX": "sandbox",
    "HEPHAESTUS_WORKSPACES": "workspaces",
    "HEPHAESTUS_ACTOR": "actor",
}

_FROM_ONE = ("agents", "limits.reply_tokens", "context.keep_turns", "context.unknown_window")


def read_settings(folder: Path, environ: Mapping[str, str], options: Mapping[str, Any]) -> Settings:
    """One frozen value. Raises ConfigError that names the file or variable, the field, and what it should be."""
    path = folder / FILE
    table = read_table(folder)
    settings = _valid(table, str(path))
    for variable, field in VARIABLES.items():
        if value := environ.get(variable):
            settings = _with(settings, {field: value}, variable)
    chosen = {field: value for field, value in options.items() if value is not None}
    settings = _with(settings, chosen, "the command line")
    return replace(settings, config_dir=folder, actor=settings.actor or login(environ))


def _valid(table: Mapping[str, Any], source: str) -> Settings:
    for place, known in _unknown(table, Settings):
        raise ConfigError(f"{source}: unknown setting {place!r}. Known: {', '.join(sorted(known))}.")
    try:
        settings = _ADAPTER.validate_python(dict(table))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ConfigError(f"{source}: {place}: {first['msg']}.") from error
    for place, fault in _faults(settings):
        raise ConfigError(f"{source}: {place}: {fault}.")
    return settings


def _unknown(table: Mapping[str, Any], kind: Any, place: str = "") -> Iterator[tuple[str, set[str]]]:
    """Names that mean nothing, each with those that would: pydantic passes over them in a dataclass of the library."""
    kinds = {name: hint for name, hint in get_type_hints(kind).items() if name != "config_dir"}
    for name, value in table.items():
        if name not in kinds:
            yield f"{place}{name}", set(kinds)
        elif is_dataclass(kinds[name]) and isinstance(value, Mapping):
            yield from _unknown(value, kinds[name], f"{place}{name}.")
        elif isinstance(value, list) and is_dataclass(each := get_args(kinds[name])[0]):
            for entry in value:
                if isinstance(entry, Mapping):
                    yield from _unknown(entry, each, f"{place}{name}.")
        elif (inner := get_args(kinds[name])[-1:]) and is_dataclass(inner[0]) and isinstance(value, Mapping):
            for key, entry in value.items():
                if isinstance(entry, Mapping):
                    yield from _unknown(entry, inner[0], f"{place}{name}.{key}.")


def _faults(settings: Settings) -> Iterator[tuple[str, str]]:
    """What is of the right kind and still cannot be."""
    for place, number in _numbers(settings):
        least = 1 if place in _FROM_ONE else 0
        if not (math.isfinite(number) and number >= least):
            yield place, f"{number} will not do: it must be a number from {least} up"
    if not LEAST_SCORE <= settings.gate.duplicate_score <= 100:
        score = settings.gate.duplicate_score
        yield "gate.duplicate_score", f"{score} will not do: it must be a number from {LEAST_SCORE} to 100"
    for name, (low, high) in RAILS_BOUNDS.items():
        if not low <= (number := getattr(settings.ui.rails, name)) <= high:
            yield f"ui.rails.{name}", f"{number} will not do: it must be a number from {low} to {high}"
    for rule in settings.allow:
        if not rule.argv or any(not re.fullmatch(r"[A-Za-z0-9_@%+:,./=-]+", word) for word in rule.argv):
            what = "it must be the words of one command, each of letters, digits and any of _@%+:,./=- alone"
            yield "allow.argv", f"{list(rule.argv)} can match no command: {what}"
    if settings.context.compact_at > 100:
        yield "context.compact_at", f"{settings.context.compact_at} will not do: it must be a number from 0 to 100"
    for name, provider in settings.providers.items():
        # the value is not repeated: it may be a key that was put there by mistake
        if provider.api_key_env is not None and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", provider.api_key_env):
            what = (
                "it must be the name of an environment variable, such as MY_KEY; never write a key itself into a file"
            )
            yield f"providers.{name}.api_key_env", what


def _numbers(value: Any, place: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(value, bool):
        return
    if isinstance(value, (int, float)):
        yield place.rstrip("."), value
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from _numbers(entry, f"{place}{key}.")
    elif is_dataclass(value):
        for field in fields(value):
            yield from _numbers(getattr(value, field.name), f"{place}{field.name}.")


def _with(settings: Settings, changes: Mapping[str, Any], source: str) -> Settings:
    if not changes:
        return settings
    checked = _valid(changes, source)
    return replace(settings, **{field: getattr(checked, field) for field in changes})


_ADAPTER: TypeAdapter[Settings] = TypeAdapter(Settings)
