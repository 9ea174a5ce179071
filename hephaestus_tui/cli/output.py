"""stdout is data, stderr is narration; both are plain text in which nothing from a model can command the terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

from hephaestus_tui.domain.plain import clean, one_line

# what is read out has no columns: each cell is told with the head of its column
spoken: ContextVar[bool] = ContextVar("spoken", default=False)


def say(text: str) -> None:
    print(clean(text), file=sys.stderr, flush=True)


def data(value: Any) -> None:
    """One JSON value a line."""
    print(json.dumps(value, ensure_ascii=True), flush=True)


def text(words: str) -> None:
    print(clean(words), flush=True)


def exact(words: str) -> None:
    """All of a text that is fit to be shown already, as a program is to read it back."""
    print(words, end="", flush=True)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their content, the last one free; or, where it is spoken, rows of heads and cells."""
    if spoken.get():
        for row in rows:
            told = [
                f"{name.lower()} {one_line(cell)}"
                for name, cell in zip(head, row, strict=True)
                if cell not in ("", "-")
            ]
            print("; ".join(told))
        return
    cells = [[one_line(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(head) - 1)]
    for row in cells:
        print("  ".join([*(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip())
