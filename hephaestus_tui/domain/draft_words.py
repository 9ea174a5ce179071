"""How the texts of a task stand in its Markdown file: nothing invisible, and no line that could be taken for a heading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from hephaestus_tui.domain.criterion import Criterion, read_criteria, written_criteria
from hephaestus_tui.domain.plain import clean

Row: TypeAlias = tuple[int, str]
"""A line of a file, under its number from 1."""
END = "<!-- What is below this line is not read. -->"
_PIECE = 200  # so short that `clean` cuts none of it, even where each character is shown by its number
_MARKED = rf"(?:##\s+(?:rationale|done\s+when)|{re.escape(END)})\s*"
_TO_QUOTE = re.compile(rf"\\*{_MARKED}", re.IGNORECASE)
_QUOTED = re.compile(rf"\\+{_MARKED}", re.IGNORECASE)
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def visible(text: str) -> str:
    """All of a text, with what an editor or a terminal might obey, or would hide, made visible; tabs stay."""
    rows = text.replace("\r\n", "\n").split("\n")
    return "\n".join("\t".join(_visible(cell) for cell in row.split("\t")) for row in rows)


def one_row(text: str) -> str:
    """The same on one line."""
    return " ".join(visible(text).split("\n")).strip()


def block(text: str) -> str:
    """A text between two headings, without empty lines around it."""
    return "\n".join(f"\\{row}" if _TO_QUOTE.fullmatch(row) else row for row in _rows(visible(text)))


def unblocked(rows: Sequence[Row]) -> str:
    """The text that such lines say."""
    return "\n".join(_rows("\n".join(row[1:] if _QUOTED.fullmatch(row) else row for _, row in rows)))


def kept_text(found: str, shown: str) -> str:
    """`shown`, raw, where that is what stands in the file; an editor may have dropped spaces at the ends of lines."""
    same = [row.rstrip() for row in _rows(found)] == [row.rstrip() for row in _rows(visible(shown))]
    return shown if same else found


def kept_title(found: str, shown: str) -> str:
    return shown if found == one_row(shown) else found


def criteria_rows(criteria: Iterable[Criterion]) -> list[str]:
    """A row for each criterion that says something, and one below it for its command."""
    rows = written_criteria(criteria, one_row)
    return [row for words, command in rows for row in (words, command) if row]


def kept_criteria(found: list[str], shown: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
    """What was found, each raw where it is one of `shown`, wherever it stands now."""
    return shown if found == criteria_rows(shown) else read_criteria(found, shown, one_row)


def is_heading(row: str, words: str) -> bool:
    return row.startswith("##") and row[2:3].isspace() and " ".join(row[2:].casefold().split()) == words


def toml_string(text: str) -> str:
    """A basic string of TOML 1.0."""
    return '"' + "".join(_ESCAPES.get(c) or (f"\\u{ord(c):04x}" if c < " " or c == "\x7f" else c) for c in text) + '"'


def _visible(cell: str) -> str:
    return "".join(clean(cell[i : i + _PIECE]) for i in range(0, len(cell), _PIECE))


def _rows(text: str) -> list[str]:
    rows = text.split("\n")
    while rows and not rows[0].strip():
        del rows[0]
    while rows and not rows[-1].strip():
        del rows[-1]
    return rows
