"""Colours come from files, so that anyone can change them and no widget knows one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Container, Iterable, Mapping
from pathlib import Path

from textual.color import Color, ColorParseError
from textual.theme import Theme

from hephaestus_tui.domain.errors import ConfigError

FALLBACK = "forge-dark"
GREY = "mono"
# for a terminal of sixteen colours, in place of a shipped theme that has more: by night and by day
SIXTEEN, SIXTEEN_LIGHT = "sixteen", "sixteen-light"
REQUIRED = (
    "primary", "secondary", "warning", "error", "success", "accent", "foreground", "background", "surface", "panel",
)  # fmt: skip
_LINE = re.compile(r"\(at line (\d+), ")
_STYLES = frozenset(("none", "bold", "italic", "underline", "reverse", "strike", "dim", "not"))


def load_themes(folders: Iterable[Path]) -> dict[str, Theme]:
    """Every `*.toml` in the folders; a later folder's theme replaces an earlier one of the same name.

    A folder that does not exist is passed over. Raises ConfigError, naming the file, the line and the field.
    """
    themes, faults = readable_themes(folders)
    if faults:
        raise faults[0]
    return themes


def readable_themes(folders: Iterable[Path]) -> tuple[dict[str, Theme], list[ConfigError]]:
    """The same without those that are broken, and what is wrong in each of these."""
    themes: dict[str, Theme] = {}
    faults: list[ConfigError] = []
    for folder in folders:
        for file in sorted(folder.glob("*.toml")):
            try:
                theme = read_theme(file)
            except ConfigError as error:
                faults.append(error)
            else:
                themes[theme.name] = theme
    return themes, faults


def read_theme(file: Path) -> Theme:
    """One theme: `name`, `dark`, a table `colours` with all of `REQUIRED`, and optionally `variables`."""
    try:
        text = file.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}); correct its permissions or move it") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        place = f", line {found[1]}" if (found := _LINE.search(str(error))) else ""
        raise ConfigError(f"{file}{place}: is not valid TOML ({error}); correct it or move it away") from error
    return _Reading(file, text).theme(table)


class _Reading:
    """Knows in which line of the file a field stands, which the parsed table has forgotten."""

    def __init__(self, file: Path, text: str) -> None:
        self._file = file
        self._lines = text.splitlines()

    def theme(self, table: dict[str, object]) -> Theme:
        if unknown := table.keys() - {"name", "dark", "colours", "variables"}:
            field = min(unknown)
            raise self._fault(field, f"unknown field {field!r}; a theme has name, dark, colours and variables")
        name, dark = table.get("name", self._file.stem), table.get("dark", True)
        if not isinstance(name, str) or not name:
            raise self._fault("name", "name must be text in quotes")
        if not isinstance(dark, bool):
            raise self._fault("dark", "dark must be true or false")
        colours, variables = self._words(table, "colours"), self._words(table, "variables")
        if missing := [c for c in REQUIRED if c not in colours]:
            raise self._fault("colours", f'colours.{missing[0]} is missing; write it like {missing[0]} = "#ff8800"')
        if extra := colours.keys() - set(REQUIRED):
            field = min(extra)
            raise self._fault(
                f"colours.{field}", f"colours.{field} is unknown; there are: {', '.join(REQUIRED)}"
            )  # fmt: skip
        for field, colour in colours.items():
            if not _is_colour(colour):
                raise self._no_colour(f"colours.{field}", colour)
        for field, value in variables.items():
            if field.endswith("-style"):
                if not set(value.split()) <= _STYLES:
                    known = ", ".join(sorted(_STYLES))
                    raise self._fault(
                        f"variables.{field}", f"variables.{field}: {value!r} is not a style; there are: {known}"
                    )
            elif not _is_colour(re.sub(r"\s+\d+%$", "", value)) and not value.startswith("auto"):
                raise self._no_colour(f"variables.{field}", value)
        return Theme(name=name, dark=dark, **colours, variables=variables)  # type: ignore[arg-type]

    def _words(self, table: dict[str, object], field: str) -> dict[str, str]:
        values = table.get(field, {})
        if not isinstance(values, dict):
            raise self._fault(field, f"{field} must be a table: [{field}]")
        for name, value in values.items():
            if not isinstance(value, str):
                raise self._fault(f"{field}.{name}", f"{field}.{name} must be text in quotes, not {value!r}")
        return values

    def _no_colour(self, place: str, value: str) -> ConfigError:
        return self._fault(place, f'{place}: {value!r} is not a colour; write it like "#ff8800"')

    def _fault(self, place: str, words: str) -> ConfigError:
        line = self._line(place)
        return ConfigError(f"{self._file}, line {line}: {words}" if line else f"{self._file}: {words}")

    def _line(self, place: str) -> int:
        """Where a field stands, or else the table that it would stand in; 0 where there is neither."""
        table, _, field = place.rpartition(".")
        wanted = re.compile(rf"\s*[\"']?{re.escape(field)}[\"']?\s*=")
        inside, header = "", 0
        for number, words in enumerate(self._lines, 1):
            if found := re.match(r"\s*\[\s*([\w-]+)\s*\]", words):
                inside = found[1]
                header = number if inside in (table, field) else header
            elif inside == table and wanted.match(words):
                return number
        return header


def _is_colour(value: str) -> bool:
    try:
        Color.parse(value)
    except ColorParseError:
        return False
    return True


def fitting(wanted: str, themes: Mapping[str, Theme], own: Container[str]) -> str:
    """The theme for a terminal of sixteen colours, in which those of a shipped one with more would meet by chance.

    `own` are the names of those of the person, who knows the terminal.
    """
    if wanted in own:
        return wanted
    return SIXTEEN if wanted not in themes or themes[wanted].dark else SIXTEEN_LIGHT
