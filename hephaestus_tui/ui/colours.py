"""The colours of real tools, kept as roles that the theme colours: all else that commands a terminal is shown, never obeyed.

Only SGR is read, and of it what cannot hide a word: no text is concealed, blinks, or takes the colour of its ground.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rich.color import Color, ColorSystem

from hephaestus_tui.ui.widgets.wrapping import clean_rows

_SGR = re.compile(r"\x1b\[([0-9;:]{0,64})m")
_UNENDED = re.compile(r"\x1b(?:\[[0-9;:]{0,64})?$")
# the eight colours of a terminal, as what they say in nearly every tool
_ROLES = ("faint", "bad", "good", "warn", "running", "mine", "accent", "")


@dataclass(frozen=True, slots=True)
class Tint:
    """How a piece of output is to look: `role` is a field of a Look, empty for that of plain output."""

    role: str = ""
    bold: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False


PLAIN = Tint()
_ON = {1: "bold", 3: "italic", 4: "underline", 7: "reverse"}
_OFF = {22: "bold", 23: "italic", 24: "underline", 27: "reverse"}


def without_colours(text: str) -> str:
    """The text as it would be without colours; also without one that is still being written at its end."""
    return _UNENDED.sub("", _SGR.sub("", text)) if "\x1b" in text else text


def coloured(text: str) -> tuple[str, list[tuple[int, Tint]]]:
    """Clean text, and from which place in it on which tint holds; where that cannot be told, there is none."""
    if "\x1b[" not in text:
        return clean_rows(text), []
    pieces: list[str] = []
    tints: list[tuple[int, Tint]] = []
    tint, end, size = PLAIN, 0, 0
    for match in _SGR.finditer(text):
        pieces.append(clean_rows(text[end : match.start()]))
        size += len(pieces[-1])
        end = match.end()
        if (after := _after(tint, match[1])) != tint:
            tint = after
            tints.append((size, tint))
    pieces.append(clean_rows(text[end:]))
    whole = "".join(pieces)
    # what is harmless in pieces may not be so as a whole: accents, say, that pile up across them
    cleaned = clean_rows(whole)
    return (cleaned, tints if cleaned == whole else [])


def _after(tint: Tint, codes: str) -> Tint:
    numbers = [int(code) if code and len(code) < 4 else 0 for code in re.split("[;:]", codes)]
    while numbers:
        code = numbers.pop(0)
        if code == 0:
            tint = PLAIN
        elif name := _ON.get(code):
            tint = replace(tint, **{name: True})  # type: ignore[arg-type]
        elif name := _OFF.get(code):
            tint = replace(tint, **{name: False})  # type: ignore[arg-type]
        elif 30 <= code <= 37 or 90 <= code <= 97:
            tint = replace(tint, role=_ROLES[code % 10])
        elif code == 39:
            tint = replace(tint, role="")
        elif code in (38, 48, 58):
            role = _far(numbers)
            tint = replace(tint, role=role) if code == 38 else tint
    return tint


def _far(numbers: list[int]) -> str:
    """The nearest role of a colour of 256 or of 24 bit, whose numbers are taken away."""
    kind = numbers.pop(0) if numbers else 0
    count = {5: 1, 2: 3}.get(kind, 0)
    given = [min(number, 255) for number in numbers[:count]]
    del numbers[:count]
    if len(given) < count or not count:
        return ""
    colour = Color.from_ansi(given[0]) if kind == 5 else Color.from_rgb(*given)
    number = colour.downgrade(ColorSystem.STANDARD).number
    return _ROLES[number % 8] if number is not None else ""
