"""Several proposals of one: how their parts are written in one text, and which drafts they become."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from hephaestus_tui.domain.task import TaskDraft, draft_faults

Part: TypeAlias = tuple[str, str]
"""A title and a description."""

FEWEST, MOST = 2, 10
_TITLE = re.compile(r"#(?:[ \t]+(.*))?")
_LIKE_A_TITLE = re.compile(r"\\*#(?:[ \t].*)?")
_ESCAPED = re.compile(r"\\+#(?:[ \t].*)?")


def parse_parts(text: str) -> tuple[Part, ...]:
    """The parts of a text in which each begins with a line "# title". A line of a description that looks like one has a
    backslash before it.

    Words before the first title are a part without a title, so that they are missed by nobody.
    """
    parts: list[tuple[str, list[str]]] = []
    for row in text.split("\n"):
        if title := _TITLE.fullmatch(row):
            parts.append(((title[1] or "").strip(), []))
        elif parts:
            parts[-1][1].append(row[1:] if _ESCAPED.fullmatch(row) else row)
        elif row.strip():
            parts.append(("", [row]))
    return tuple((title, "\n".join(rows).strip("\n").rstrip()) for title, rows in parts)


def written_parts(parts: Iterable[Part]) -> str:
    """The text that `parse_parts` reads back."""
    return "\n\n".join(
        f"# {' '.join(title.split())}\n{_escaped(description)}".rstrip("\n") for title, description in parts
    )


def _escaped(description: str) -> str:
    rows = description.split("\n")
    return "\n".join(f"\\{row}" if _LIKE_A_TITLE.fullmatch(row) else row for row in rows)


def split_drafts(original: TaskDraft, parts: Iterable[Part]) -> tuple[TaskDraft, ...]:
    """A draft for each part, in order; all but title and description is the original's."""
    return tuple(replace(original, title=title, description=description) for title, description in parts)


def split_faults(drafts: Sequence[TaskDraft], roles: tuple[str, ...]) -> tuple[str, ...]:
    """Why an original may not be split into these, each fault with the number of its part; empty where it may."""
    faults = [
        f"part {number}: {fault}"
        for number, draft in enumerate(drafts, 1)
        for fault in draft_faults(draft, roles).values()
    ]
    if len(drafts) < FEWEST:
        faults.append(f"{FEWEST} parts at least: begin each with a line '# title'")
    elif len(drafts) > MOST:
        faults.append(f"{len(drafts)} parts, {MOST} at most")
    return tuple(faults)
