"""Moving actions to other keys, and writing keys as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.keys import Keys, _character_to_key

from hephaestus_tui.domain.errors import ConfigError
from hephaestus_tui.ui.actions.action import Action
from hephaestus_tui.ui.actions.registry import ACTIONS, BY_ID
from hephaestus_tui.ui.pane_keys import pane_keys

# one key, two actions: only one of a pair ever applies
_PAIRS = (
    {"agent.pause", "agent.resume"}, {"run.pause", "run.resume"}, {"task.retry", "task.resume"},
    {"question.answer", "report.answer"},
)  # fmt: skip
_NAMED_KEYS = frozenset(k.value for k in Keys)
_DISPLAY = {
    "question_mark": "?", "slash": "/", "plus": "+", "escape": "esc", "pagedown": "pgdn", "pageup": "pgup",
    "left_square_bracket": "[", "right_square_bracket": "]", "left_curly_bracket": "{", "right_curly_bracket": "}",
    "exclamation_mark": "!", "full_stop": ".",
    "less_than_sign": "<", "greater_than_sign": ">", "comma": ",", "minus": "-", "equals_sign": "=", "backslash": "\\", "vertical_line": "|",
}  # fmt: skip


def key_of(action: Action, keys: Mapping[str, str]) -> str:
    return keys.get(action.id, action.key)


def own_keys(keys: Mapping[str, str]) -> dict[str, str]:
    """The settings' rebindings, checked against the keys that panes keep for themselves. Raises ConfigError."""
    return checked_keys(keys, pane_keys())


def checked_keys(keys: Mapping[str, str], taken: Iterable[str] = ()) -> dict[str, str]:
    """The settings' rebindings, complete and free of clashes; `taken` are keys that panes keep for themselves.

    Rebinding one of a pair that shares a key (pause and resume) moves both. Raises ConfigError.
    """
    for action_id, key in keys.items():
        if action_id not in BY_ID:
            raise ConfigError(f"ui.keys: there is no action {action_id!r}; use one of: {', '.join(sorted(BY_ID))}")
        if not _is_key(key):
            raise ConfigError(f"ui.keys.{action_id}: {key!r} is not a key; write one like x, X, f5 or ctrl+x")
    moved = dict(keys)
    for pair in _PAIRS:
        for action_id in pair & keys.keys():
            for twin in pair - keys.keys():
                moved[twin] = keys[action_id]
    holders: dict[str, str] = {}
    reserved = set(taken)
    for action in ACTIONS:
        key = key_of(action, moved)
        if action.id in moved and key != action.key and _long(key) in reserved:
            raise ConfigError(f"ui.keys.{action.id}: {key!r} moves within a pane; choose another key")
        other = holders.setdefault(_long(key), action.id)
        if other != action.id and {other, action.id} not in _PAIRS:
            raise ConfigError(f"ui.keys: {key!r} is bound to both {other} and {action.id}; move one of them")
    return moved


def _long(key: str) -> str:
    return _character_to_key(key) if len(key) == 1 else key


def _is_key(key: str) -> bool:
    *modifiers, name = key.split("+") if key != "+" else ["+"]
    known = len(name) == 1 or name in _NAMED_KEYS or _long(name) in _NAMED_KEYS
    return known and name != "" and set(modifiers) <= {"ctrl", "shift", "alt", "super"}


def actions_by_key(keys: Mapping[str, str]) -> dict[str, list[Action]]:
    """What each key is bound to under these rebindings, by the names that key events have."""
    found: dict[str, list[Action]] = {}
    for action in ACTIONS:
        found.setdefault(_long(key_of(action, keys)), []).append(action)
    return found


def shown_key(key: str) -> str:
    """A key as the footer and the help write it: "^p" for ctrl+p."""
    if key.startswith("ctrl+") and len(key) > 5:
        return f"^{key.removeprefix('ctrl+')}"
    return _DISPLAY.get(key, key)
