"""Without this, an agent would learn how much its model can take only by being refused: windows from a dated data file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import PositiveInt, TypeAdapter, ValidationError

from hephaestus_tui.domain.errors import ConfigError
from hephaestus_tui.paths import PACKAGE
from hephaestus_tui.providers.price_list import undated

FILE = PACKAGE / "windows.toml"


@dataclass(frozen=True, slots=True)
class WindowList:
    """`hosts` maps a host's name to its models' windows in tokens; `as_of` is the day they were looked up."""

    as_of: date
    hosts: Mapping[str, Mapping[str, int]]

    @property
    def models(self) -> int:
        return sum(len(windows) for windows in self.hosts.values())

    def window(self, host: str, model: str) -> int | None:
        """How many tokens `model` takes at `host`, also under a dated name; None where it is not known."""
        windows = self.hosts.get(host, {})
        return windows.get(model) or windows.get(undated(model))


def read_windows(path: Path = FILE) -> WindowList:
    """The windows that are shipped. Raises ConfigError for a file that cannot be read as them."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        as_of = _DAY.validate_python(table.pop("as_of", None), strict=True)
        return WindowList(as_of, _HOSTS.validate_python(table))
    except (OSError, ValueError, ValidationError) as error:
        raise ConfigError(f"The windows in {path} cannot be read: {error}. Reinstall hephaestus.") from error


_DAY: TypeAdapter[date] = TypeAdapter(date)
_HOSTS: TypeAdapter[dict[str, dict[str, PositiveInt]]] = TypeAdapter(dict[str, dict[str, PositiveInt]])
