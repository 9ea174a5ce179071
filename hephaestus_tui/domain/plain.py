"""Makes text from outside fit to be shown: what could command a terminal, hide or mislead becomes visible instead."""

from __future__ import annotations

import re
import unicodedata

TEXT_LIMIT = 65_536
LINE_LIMIT = 2_000
COMBINING_LIMIT = 4

# C0 but for newline and tab, DEL, C1; and whatever is invisible, reorders text, is private or unassigned-like
_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f"
    "\u205f-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\ue000-\uf8ff\U000e0000-\U0010ffff]"
)
_EXACT = re.compile("[\u00a0\u2000-\u200a\u3000\uff01-\uff5e\u2024\u2044\u2215\u29f8\u0370-\u04ff]")
_COMBINING = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")


def clean(text: str, *, exact: bool = False, limit: int = TEXT_LIMIT) -> str:
    """Text fit to be shown: controls become visible pictures, stacks of accents and long lines are cut.

    `exact` is for what a person is about to approve (a command, a path): it also marks odd spaces and letters that
    look like others. `limit` is in characters; what is cut off is counted at the end.
    """
    hidden = len(text) - limit
    if hidden > 0:
        text = text[:limit]
    text = text.replace("\r\n", "\n").expandtabs(4)
    if not text.isascii() or _SUSPECT.search(text):
        text = _SUSPECT.sub(_picture, text)
    if exact and not text.isascii():
        text = _EXACT.sub(_picture, text)
    if not text.isascii() and _COMBINING.search(text):
        text = _without_stacks(text)
    if len(text) > LINE_LIMIT:
        text = "\n".join(_cut(row) for row in text.split("\n"))
    return f"{text}\n… {hidden:,} more characters hidden" if hidden > 0 else text


def one_line(text: str) -> str:
    """The same on one line, white space folded."""
    return clean(" ".join(text[: 2 * LINE_LIMIT].split()), limit=LINE_LIMIT).replace("\n", " ")


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return f"⟪U+{code:04X}⟫"


def _without_stacks(text: str) -> str:
    kept: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        if run <= COMBINING_LIMIT:
            kept.append(char)
    return "".join(kept)


def _cut(row: str) -> str:
    return row if len(row) <= LINE_LIMIT else f"{row[:LINE_LIMIT]}… {len(row) - LINE_LIMIT:,} more"
