"""A task's fields as a Markdown file, for a person's own editor; without it long texts are edited in a small box.

TOML between two lines of `+++` (phase, role, priority, discovery, blocked_by), then `# title`, the description,
`## Rationale` and `## Done when` with a list. Reading is strict: what was meant is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from hephaestus_tui.domain.criterion import is_command
from hephaestus_tui.domain.draft_front import FENCE, KEYS, OPTIONAL, front_rows, key_lines, read_front
from hephaestus_tui.domain.draft_words import (
    END,
    Row,
    block,
    criteria_rows,
    is_heading,
    kept_criteria,
    kept_text,
    kept_title,
    one_row,
    unblocked,
)
from hephaestus_tui.domain.errors import DraftFileError
from hephaestus_tui.domain.task import TaskDraft

RATIONALE, DONE = "rationale", "done when"
_HELP = (
    "<!-- Save and close to go on: what you changed is shown to you before anything is decided. -->",
    '<!-- Between the lines of +++ stand the fields; blocked_by names tasks or proposals: ["T1", "T2"]. -->',
    "<!-- Then come the title after a #, the description, the rationale, and a list of what must be true when -->",
    "<!-- it is done, each after a dash. The headings Rationale and Done when must stay as they are. -->",
    "<!-- A line `$ COMMAND` below such a criterion is run to check it: it must end with exit code 0. -->",
    "<!-- A line of a text that is the same as one of these headings has a backslash before it. -->",
)
_NOTE = re.compile(r"<!--.*-->")
ITEM = re.compile(r" {0,3}(?:[-*+]|[0-9]{1,3}[.)])(?:\s+(.*))?")
Fault: TypeAlias = tuple[int, str]
"""The number of a line, from 1, and what is wrong there."""


@dataclass(frozen=True, slots=True)
class DraftFile:
    """What a file says. `lines` has the line on which each field begins."""

    draft: TaskDraft
    lines: Mapping[str, int]

    def placed(self, faults: Mapping[str, str]) -> list[Fault]:
        """The faults of fields, each with its line, in the order of the file."""
        return sorted((self.lines.get(name, 1), fault) for name, fault in faults.items())


def write_draft(draft: TaskDraft, roles: Sequence[str] = ()) -> str:
    """The file of a draft. What is invisible in its texts is made visible, so that no editor obeys it."""
    rows = criteria_rows(draft.done_criteria)
    criteria = "\n".join(f"  {row}" if is_command(row) else f"- {row}" for row in rows)
    body = [
        f"# {one_row(draft.title)}".rstrip(), block(draft.description),
        "## Rationale", block(draft.rationale),
        "## Done when", criteria,
    ]  # fmt: skip
    text = "\n\n".join(section for section in body if section)
    # the help is last on purpose: an editor may obey settings in the last lines of a file, and those of the text are
    # an agent's
    return "\n".join([FENCE, *front_rows(draft, roles), FENCE, "", text, "", END, *_HELP, ""])


def read_draft(text: str, shown: TaskDraft) -> DraftFile:
    """The draft that a file says. What is as `write_draft(shown)` wrote it keeps the value of `shown`, raw.

    Whether the draft is valid is another question. Raises DraftFileError.
    """
    rows = read_rows(text)
    end = _fence(rows)
    front, fence = rows[1:end], rows[end][0]
    fields = read_front(front, shown)
    lines = key_lines(front, rows[0][0])
    if missing := next((name for name in KEYS if name not in fields and name not in OPTIONAL), None):
        raise DraftFileError(rows[0][0], f"the field {missing} is missing")
    title, body = _title(rows[end + 1 :], fence)
    rationale, done = _heading(body, RATIONALE), _heading(body, DONE)
    if done < rationale:
        raise DraftFileError(body[done][0], "`## Done when` comes last: put it after `## Rationale`")
    lines |= {
        "title": title[0], "description": body[0][0], "rationale": body[rationale][0], "done_criteria": body[done][0],
    }  # fmt: skip
    draft = TaskDraft(
        title=kept_title(title[1], shown.title),
        description=kept_text(unblocked(body[:rationale]), shown.description),
        rationale=kept_text(unblocked(body[rationale + 1 : done]), shown.rationale),
        done_criteria=kept_criteria(_criteria(body[done + 1 :]), shown.done_criteria),
        phase=shown.phase,
        role=shown.role,
    )
    return DraftFile(replace(draft, **fields), lines)


def with_notes(text: str, faults: Iterable[Fault]) -> str:
    """The file with what is wrong with it as comments at its top, in place of those of the last time.

    Lines are named as they are numbered in the new file.
    """
    rows = _split(text)
    old = _notes(rows)
    faults = list(faults)
    moved = len(faults) + 1 - old
    notes = [_comment(f"line {max(line, old + 1) + moved}: {what}") for line, what in faults]
    notes.append(_comment("Correct it, save, and close. These comments at the top are not read."))
    return "\n".join([*notes, *rows[old:]])


def read_rows(text: str) -> list[Row]:
    """The lines that are read, numbered as they are in the file; without the comments around them."""
    rows = _split(text)
    begin = _notes(rows)
    end = next((place for place, row in enumerate(rows) if row.strip() == END), len(rows))
    return list(enumerate(rows[:end], 1))[begin:]


def _split(text: str) -> list[str]:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")


def _notes(rows: Sequence[str]) -> int:
    """How many lines at the top are comments, or empty."""
    count = 0
    while count < len(rows) and rows[count].strip() != END:
        if rows[count].strip() and not _NOTE.fullmatch(rows[count].strip()):
            break
        count += 1
    return count


def _comment(words: str) -> str:
    return f"<!-- {one_row(words).replace('--', '- -')} -->"


def _fence(rows: Sequence[Row]) -> int:
    if not rows or rows[0][1].strip() != FENCE:
        line = rows[0][0] if rows else 1
        raise DraftFileError(
            line, f"the fields come first, between two lines of {FENCE}: the first such line is missing"
        )
    for place, (_, row) in enumerate(rows[1:], 1):
        if row.strip() == FENCE:
            return place
    raise DraftFileError(rows[0][0], f"the line of {FENCE} that ends the fields is missing")


def _title(body: Sequence[Row], fence: int) -> tuple[Row, Sequence[Row]]:
    for place, (number, row) in enumerate(body):
        if is_title(row):
            return (number, row[1:].strip()), body[place + 1 :] or [(number, "")]
        if row.strip():
            raise DraftFileError(number, "the title comes first here, on a line that begins with `# `")
    raise DraftFileError(fence, "nothing follows the fields: a title is needed, on a line that begins with `# `")


def is_title(row: str) -> bool:
    return row.startswith("# ") or row.rstrip() == "#"


def _heading(body: Sequence[Row], words: str) -> int:
    shown = f"## {words.capitalize()}"
    found = [place for place, (_, row) in enumerate(body) if is_heading(row, words)]
    if not found:
        raise DraftFileError(body[-1][0], f"the line `{shown}` is missing; nothing need follow it")
    if len(found) > 1:
        line = body[found[1]][0]
        raise DraftFileError(line, f"`{shown}` is here twice: write `\\{shown}` where it belongs to a text")
    return found[0]


def _criteria(rows: Sequence[Row]) -> list[str]:
    items: list[str] = []
    for number, row in rows:
        if match := ITEM.fullmatch(row.rstrip()):
            items.append((match[1] or "").strip())
        elif items and row.startswith("  ") and is_command(row.strip()):
            items.append(row.strip())
        elif items and row.startswith("  ") and row.strip():
            items[-1] = f"{items[-1]} {row.strip()}".strip()
        elif row.strip():
            raise DraftFileError(number, "what must be true when it is done is a list: begin the line with `- `")
    return [item for item in items if item]
