"""Finds in the page of all keys what a person types: a key, or words in what it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hephaestus_tui.ui.widgets.lines import BLANK, Line


def found_lines(page: Sequence[Line], typed: str) -> list[Line]:
    """The rows with all of these words, or with this key, under their headings; the whole page where nothing is typed.

    One letter is a key: that letter first, then the same one with shift or without.
    """
    wanted = typed.split()
    if not wanted:
        return list(page)
    exact = _rows(page, lambda line, _: len(wanted) == 1 and wanted[0] in _keys(line))
    if len(typed.strip()) == 1:
        same = _rows(page, lambda line, _: wanted[0] not in _keys(line) and typed.strip().casefold() in _folded(line))
        return _joined(exact, same)
    words = [word.casefold() for word in wanted]
    taken = {id(line) for line in exact}
    return _joined(exact, _rows(page, lambda line, head: id(line) not in taken and _has(f"{head} {line.plain}", words)))


def _joined(first: list[Line], then: list[Line]) -> list[Line]:
    return [*first, BLANK, *then] if first and then else [*first, *then]


def _rows(page: Sequence[Line], holds: Callable[[Line, str], bool]) -> list[Line]:
    found: list[Line] = []
    heading: Line | None = None
    told: Line | None = None
    for line in page:
        if not line.head:
            heading = line if line.spans else heading
        elif holds(line, heading.plain if heading else ""):
            if heading is not told and heading is not None:
                found += [BLANK, heading] if found else [heading]
                told = heading
            found.append(line)
    return found


def _keys(line: Line) -> list[str]:
    return line.head[0].text.split()


def _folded(line: Line) -> list[str]:
    return [key.casefold() for key in _keys(line)]


def _has(text: str, words: Sequence[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in words)
