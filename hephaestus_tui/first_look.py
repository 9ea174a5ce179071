"""The little of the settings that the first screen needs, read without the library that validates them all.

The engine's side reads and checks the whole file a moment later; what is wrong in it is said then.
"""

from __future__ import annotations

import getpass
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hephaestus_tui.config import RAILS_BOUNDS, Notify, RailsSettings, UiSettings
from hephaestus_tui.domain.actor import Actor, ActorKind
from hephaestus_tui.domain.errors import ConfigError

FILE = "config.toml"
BY_DAY = "forge-light"
_OF_256 = ("256color", "kitty")
_LIGHT_GROUNDS = ("7", "15")  # of sixteen colours, the two whites
_WITHOUT_TITLE = ("linux", "dumb")


def read_table(folder: Path) -> dict[str, Any]:
    """`config.toml` as it stands; empty where there is none. Raises ConfigError."""
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}. Correct it or move it away.") from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}. Correct it or move it away.") from error


def ui_settings(table: Mapping[str, Any], environ: Mapping[str, str]) -> UiSettings:
    """How the app looks and calls; whatever is of the wrong kind is left for the full check to name."""
    ui = table.get("ui")
    ui = ui if isinstance(ui, dict) else {}
    theme, keys, notify = ui.get("theme"), ui.get("keys"), ui.get("notify")
    return UiSettings(
        theme=theme if isinstance(theme, str) else BY_DAY if has_light_ground(environ) else UiSettings().theme,
        keys={str(k): v for k, v in keys.items() if isinstance(v, str)} if isinstance(keys, dict) else {},
        ascii=ui.get("ascii") is True or needs_ascii(environ),
        slow=ui.get("slow") is True,
        sixteen=ui.get("sixteen") is True or has_few_colours(environ),
        eight_bit=_colours(environ) in _OF_256 and not has_all_colours(environ),
        title=ui.get("title") is not False and environ.get("TERM") not in _WITHOUT_TITLE,
        notify=Notify(notify) if notify in list(Notify) else Notify.OFF,
        rails=_rails(ui.get("rails")),
    )


def _rails(table: object) -> RailsSettings:
    given = table if isinstance(table, dict) else {}
    known = {name: given[name] for name in RAILS_BOUNDS if type(given.get(name)) is int}
    return RailsSettings(
        **{name: n for name, n in known.items() if RAILS_BOUNDS[name][0] <= n <= RAILS_BOUNDS[name][1]}
    )


def key_variables(table: Mapping[str, Any]) -> frozenset[str]:
    """The variables that hold keys because the settings say so, whatever they are called."""
    providers = table.get("providers")
    named = providers.values() if isinstance(providers, dict) else ()
    keys = (provider.get("api_key_env") for provider in named if isinstance(provider, dict))
    return frozenset(key for key in keys if isinstance(key, str))


def needs_ascii(environ: Mapping[str, str]) -> bool:
    """Whether the terminal cannot be trusted with box drawing: the Linux console, or a locale that is not UTF-8."""
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    plain = locale.upper() in ("C", "POSIX") or (bool(locale) and "UTF" not in locale.upper())
    return environ.get("TERM") == "linux" or plain


def has_all_colours(environ: Mapping[str, str]) -> bool:
    """Whether the terminal says that it has those of 24 bits, which is how Rich finds out; over SSH few do."""
    return environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit")


def has_few_colours(environ: Mapping[str, str]) -> bool:
    """Whether the terminal has no more than sixteen colours, by the rules that Rich sends them by."""
    if has_all_colours(environ):
        return False
    return bool(environ.get("TERM", "").strip()) and _colours(environ) not in _OF_256


def _colours(environ: Mapping[str, str]) -> str:
    return environ.get("TERM", "").strip().lower().rpartition("-")[2]


def has_light_ground(environ: Mapping[str, str]) -> bool:
    """Whether the terminal says that it is light, as rxvt, Konsole and others do: "0;15" is black on white."""
    return environ.get("COLORFGBG", "").rpartition(";")[2] in _LIGHT_GROUNDS


def actor(table: Mapping[str, Any], environ: Mapping[str, str]) -> Actor:
    """The person whom decisions are recorded under."""
    name = environ.get("HEPHAESTUS_ACTOR") or table.get("actor")
    return Actor(ActorKind.HUMAN, name if isinstance(name, str) and name else login(environ))


def login(environ: Mapping[str, str]) -> str:
    for variable in ("USER", "LOGNAME"):
        if environ.get(variable):
            return environ[variable]
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "human"
