"""Colours come from files, so that anyone can change them and no widget knows one."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

from textual.color import Color, ColorParseError
from textual.theme import Theme

from hephaestus_tui.domain.errors import ConfigError

FALLBACK = "forge-dark"
REQUIRED = (
    "primary", "secondary", "warning", "error", "success", "accent", "foreground", "background", "surface", "panel",
)  # fmt: skip


def load_themes(folders: Iterable[Path]) -> dict[str, Theme]:
    """Every `*.toml` in the folders; a later folder's theme replaces an earlier one of the same name.

    A folder that does not exist is passed over. Raises ConfigError, naming the file and the field.
    """
    themes: dict[str, Theme] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.toml")):
            theme = read_theme(file)
            themes[theme.name] = theme
    return themes


def read_theme(file: Path) -> Theme:
    """One theme: `name`, `dark`, a table `colours` with all of `REQUIRED`, and optionally `variables`."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}); correct its permissions or move it") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: is not valid TOML ({error}); correct it or move it away") from error
    if unknown := table.keys() - {"name", "dark", "colours", "variables"}:
        raise ConfigError(f"{file}: unknown field {min(unknown)!r}; a theme has name, dark, colours and variables")
    name, dark = table.get("name", file.stem), table.get("dark", True)
    if not isinstance(name, str) or not name:
        raise ConfigError(f"{file}: name must be text in quotes")
    if not isinstance(dark, bool):
        raise ConfigError(f"{file}: dark must be true or false")
    colours = _table(file, table, "colours")
    if missing := [c for c in REQUIRED if c not in colours]:
        raise ConfigError(f'{file}: colours.{missing[0]} is missing; write it like {missing[0]} = "#ff8800"')
    if extra := colours.keys() - set(REQUIRED):
        raise ConfigError(f"{file}: colours.{min(extra)} is unknown; there are: {', '.join(REQUIRED)}")
    for field, colour in colours.items():
        try:
            Color.parse(colour)
        except ColorParseError as error:
            raise ConfigError(
                f'{file}: colours.{field}: {colour!r} is not a colour; write it like "#ff8800"'
            ) from error
    return Theme(name=name, dark=dark, **colours, variables=_table(file, table, "variables"))  # type: ignore[arg-type]


def _table(file: Path, table: dict[str, object], field: str) -> dict[str, str]:
    values = table.get(field, {})
    if not isinstance(values, dict):
        raise ConfigError(f"{file}: {field} must be a table: [{field}]")
    for name, value in values.items():
        if not isinstance(value, str):
            raise ConfigError(f"{file}: {field}.{name} must be text in quotes, not {value!r}")
    return values
