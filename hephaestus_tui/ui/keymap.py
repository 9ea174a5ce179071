"""Moving actions to other keys, and writing keys as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeAlias

from textual.binding import Binding, BindingType
from textual.keys import Keys

from hephaestus_tui.ui.actions.action import Action
from hephaestus_tui.ui.actions.registry import ACTIONS, BY_ID
from hephaestus_tui.ui.key_fault import KeyFault
from hephaestus_tui.ui.key_names import long_key, shown_key
from hephaestus_tui.ui.named_keys import keys_of

__all__ = [
    "KeyFault",
    "Scope",
    "action_by",
    "actions_by_key",
    "checked_keys",
    "key_of",
    "rebound_entries",
    "shown_key",
    "twins",
]
Scope: TypeAlias = tuple[str, Sequence[BindingType]]
"""What has keys of its own while it has the focus, by the name that people read, and these keys."""

# one key, two actions: only one of a pair ever applies
_PAIRS = (
    {"agent.pause", "agent.resume"}, {"run.pause", "run.resume"}, {"task.retry", "task.resume"},
    {"question.answer", "report.answer"},
)  # fmt: skip
_NAMED_KEYS = frozenset(k.value for k in Keys)


def key_of(action: Action, keys: Mapping[str, str]) -> str:
    return keys.get(action.id, action.key)


def checked_keys(keys: Mapping[str, str], panes: Sequence[Scope] = (), apart: Sequence[Scope] = ()) -> dict[str, str]:
    """The settings' rebindings, complete and free of clashes. Raises KeyFault.

    A key of one of `panes` hides what an action has, so that no action may be moved to it; those `apart` are of other
    screens. Rebinding one of a pair that shares a key (pause and resume) moves both.
    """
    own = {b.id: b for _, bound in (*panes, *apart) for b in bound if isinstance(b, Binding) and b.id}
    for name, key in keys.items():
        if name not in BY_ID and name not in own:
            raise KeyFault(name, f"there is no action {name!r}; {_meant(name, [*BY_ID, *own])}")
        if not _is_key(key):
            raise KeyFault(name, f"{key!r} is not a key; write one like x, X, f5 or ctrl+x")
    moved = dict(keys)
    for pair in _PAIRS:
        for action_id in pair & keys.keys():
            for twin in pair - keys.keys():
                moved[twin] = keys[action_id]
    holders: dict[str, str] = {}
    for action in ACTIONS:
        other = holders.setdefault(long_key(key_of(action, moved)), action.id)
        if other != action.id and {other, action.id} not in _PAIRS:
            raise _clash(action.id, other, key_of(action, moved), moved)
    for scope in panes:
        _check_scope(scope, moved, holders)
    for scope in apart:
        _check_scope(scope, moved, {})
    return moved


def _check_scope(scope: Scope, moved: Mapping[str, str], hidden: Mapping[str, str]) -> None:
    """Each key of a pane does one thing, and hides no action by having been moved, or the action."""
    holders: dict[str, str] = {}
    for binding in (b for b in scope[1] if isinstance(b, Binding)):
        name = binding.id or binding.action
        for key in keys_of(binding, moved):
            other = holders.setdefault(long_key(key), name)
            if other != name:
                raise _clash(name, other, key, moved)
            action_id = hidden.get(long_key(key))
            if action_id and (name in moved or action_id in moved):
                raise _clash(name, action_id, key, moved)


def _clash(one: str, other: str, key: str, moved: Mapping[str, str]) -> KeyFault:
    first, second = (one, other) if one in moved else (other, one)
    return KeyFault(first, f"{key!r} is bound to both {first} and {second}; move one of them")


def _meant(name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name, known, 3, 0.6) or [k for k in known if k.startswith(name.partition(".")[0] + ".")]
    return f"did you mean {', '.join(close)}?" if close else "the help (?) shows the name of each when you search in it"


def _is_key(key: str) -> bool:
    *modifiers, name = key.split("+") if key != "+" else ["+"]
    known = len(name) == 1 or name in _NAMED_KEYS or long_key(name) in _NAMED_KEYS
    return known and name != "" and set(modifiers) <= {"ctrl", "shift", "alt", "super"}


def actions_by_key(keys: Mapping[str, str]) -> dict[str, list[Action]]:
    """What each key is bound to under these rebindings, by the names that key events have."""
    found: dict[str, list[Action]] = {}
    for action in ACTIONS:
        found.setdefault(long_key(key_of(action, keys)), []).append(action)
    return found


def rebound_entries(
    entries: Iterable[tuple[str, str]], bound: Sequence[BindingType], keys: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Pairs of key and label with the keys as they are now; the keys of `bound` are written as they come."""
    moved = {
        shown_key(before): shown_key(keys_of(binding, keys)[0])
        for binding in bound
        if isinstance(binding, Binding) and binding.id in keys
        for before in binding.key.split(",")
    }
    return [(moved.get(key, key), label) for key, label in entries]


def action_by(shown: str, bound: Sequence[BindingType], keys: Mapping[str, str]) -> str:
    """What a key does, as `shown_key` writes it, among the keys that a pane or a screen has; empty where nothing."""
    for binding in bound:
        if isinstance(binding, Binding) and shown in (shown_key(key) for key in keys_of(binding, keys)):
            return binding.action
    return ""


def twins(action: Action) -> list[Action]:
    """Those that the key of an action does too, at other moments."""
    pair: frozenset[str] = next((frozenset(p) for p in _PAIRS if action.id in p), frozenset())
    return [BY_ID[other] for other in sorted(pair - {action.id})]
