"""Keys as people read them, and as events name them."""

from __future__ import annotations

from textual.keys import _character_to_key

_DISPLAY = {
    "question_mark": "?", "slash": "/", "plus": "+", "escape": "esc", "pagedown": "pgdn", "pageup": "pgup",
    "left_square_bracket": "[", "right_square_bracket": "]", "left_curly_bracket": "{", "right_curly_bracket": "}",
    "exclamation_mark": "!", "full_stop": ".",
    "less_than_sign": "<", "greater_than_sign": ">", "comma": ",", "minus": "-", "equals_sign": "=", "backslash": "\\", "vertical_line": "|", "colon": ":",
}  # fmt: skip


def long_key(key: str) -> str:
    """The name that Textual has for the key of a character."""
    return _character_to_key(key) if len(key) == 1 else key


def shown_key(key: str) -> str:
    """A key as the footer and the help write it: "^p" for ctrl+p."""
    if key.startswith("ctrl+") and len(key) > 5:
        return f"^{key.removeprefix('ctrl+')}"
    return _DISPLAY.get(key, key)
