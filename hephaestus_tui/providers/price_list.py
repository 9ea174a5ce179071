"""Without this, nobody could say what a run costs: the vendors' own prices, from a data file that says of which day it is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from hephaestus_tui.config import Price
from hephaestus_tui.domain.errors import ConfigError
from hephaestus_tui.paths import PACKAGE

FILE = PACKAGE / "prices.toml"

_DATED = re.compile(r"-(\d{8}|\d{4}-\d{2}-\d{2}|latest)$")


@dataclass(frozen=True, slots=True)
class PriceList:
    """`hosts` maps a host's name to its models' prices; `as_of` is the day they were looked up."""

    as_of: date
    hosts: Mapping[str, Mapping[str, Price]]

    @property
    def models(self) -> int:
        return sum(len(prices) for prices in self.hosts.values())

    def price(self, host: str, model: str) -> Price | None:
        """What `model` costs at `host`, also under a dated name; None where it is not known."""
        prices = self.hosts.get(host, {})
        return prices.get(model) or prices.get(undated(model))


def undated(model: str) -> str:
    """A model's name without the day of its release."""
    return _DATED.sub("", model)


def read_prices(path: Path = FILE) -> PriceList:
    """The prices that are shipped. Raises ConfigError for a file that cannot be read as them."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        as_of = _DAY.validate_python(table.pop("as_of", None), strict=True)
        return PriceList(as_of, _HOSTS.validate_python(table))
    except (OSError, ValueError, ValidationError) as error:
        raise ConfigError(f"The prices in {path} cannot be read: {error}. Reinstall hephaestus.") from error


_DAY: TypeAdapter[date] = TypeAdapter(date)
_HOSTS: TypeAdapter[dict[str, dict[str, Price]]] = TypeAdapter(dict[str, dict[str, Price]])
