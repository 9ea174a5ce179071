"""Reads settings: defaults, `config.toml`, HEPHAESTUS_* variables, options, each stronger than the one before.

Only the person's own folder is read. A file inside a project can loosen nothing, since none is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from hephaestus_tui.config import Settings
from hephaestus_tui.domain.errors import ConfigError
from hephaestus_tui.first_look import FILE, login, read_table

VARIABLES = {
    "HEPHAESTUS_MODEL": "model",
    "HEPHAESTUS_AGENTS": "agents",
    "HEPHAESTUS_POLICY": "policy",
    "HEPHAESTUS_ACTOR": "actor",
}


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
    if unknown := sorted(set(table) - _FIELDS):
        raise ConfigError(f"{source}: unknown setting {unknown[0]!r}. Known: {', '.join(sorted(_FIELDS))}.")
    try:
        return _ADAPTER.validate_python(dict(table))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ConfigError(f"{source}: {place}: {first['msg']}.") from error


def _with(settings: Settings, changes: Mapping[str, Any], source: str) -> Settings:
    if not changes:
        return settings
    checked = _valid(changes, source)
    return replace(settings, **{field: getattr(checked, field) for field in changes})


_ADAPTER: TypeAdapter[Settings] = TypeAdapter(Settings)
_FIELDS = set(Settings.__dataclass_fields__) - {"config_dir"}
