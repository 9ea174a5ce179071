"""Takes what can be understood of a Markdown file that is not in order, so that what a person wrote gets into a form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hephaestus_tui.domain.draft_file import DONE, ITEM, RATIONALE, is_title, read_rows
from hephaestus_tui.domain.draft_front import FENCE, read_front
from hephaestus_tui.domain.draft_words import Row, is_heading, kept_criteria, kept_text, kept_title, unblocked
from hephaestus_tui.domain.errors import DraftFileError
from hephaestus_tui.domain.task import TaskDraft

LEFT = "This could not be read:"


def salvage(text: str, shown: TaskDraft) -> TaskDraft:
    """The draft that a file says, as far as it can be told; a field that is not in it is that of `shown`.

    What cannot be told stands under `LEFT` at the end of the description: no line is lost, and nothing is refused.
    """
    front, body = _halves(read_rows(text))
    fields, left = _fields(front, shown)
    return _with_body(replace(shown, **fields), body, left, shown)


def _halves(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    fences = [place for place, (_, row) in enumerate(rows) if row.strip() == FENCE]
    title = next((place for place, (_, row) in enumerate(rows) if is_title(row)), None)
    if len(fences) > 1 and (title is None or fences[0] < title):
        cut = fences[1]
    elif title is not None:
        cut = title
    else:
        cut = fences[0] + 1 if fences else 0
    front = [row for row in rows[:cut] if row[1].strip() not in ("", FENCE)]
    return front, rows[cut + 1 :] if len(fences) > 1 and cut == fences[1] else rows[cut:]


def _fields(front: Sequence[Row], shown: TaskDraft) -> tuple[dict[str, Any], list[str]]:
    try:
        return read_front(front, shown), []
    except DraftFileError:
        pass  # then row by row
    fields: dict[str, Any] = {}
    left: list[str] = []
    for number, row in front:
        try:
            fields |= read_front([(number, row)], shown)
        except DraftFileError:
            left.append(row)
    return fields, left


def _with_body(draft: TaskDraft, body: list[Row], left: list[str], shown: TaskDraft) -> TaskDraft:
    parts: dict[str, list[Row]] = {"": [], RATIONALE: [], DONE: []}
    part = ""
    for row in body:
        heading = next((words for words in (RATIONALE, DONE) if is_heading(row[1], words)), None)
        if heading and not parts[heading]:
            part = heading
        parts[part].append(row)  # with its heading, so that the same heading, found again, is a line of the text
    head = parts[""]
    while head and not head[0][1].strip():
        del head[0]
    if head and is_title(head[0][1]):
        draft = replace(draft, title=kept_title(head.pop(0)[1][1:].strip(), shown.title))
    if parts[RATIONALE]:
        draft = replace(draft, rationale=kept_text(unblocked(parts[RATIONALE][1:]), shown.rationale))
    if parts[DONE]:
        items = [(m[1] or "") if (m := ITEM.fullmatch(row)) else row for _, row in parts[DONE][1:]]
        criteria = kept_criteria([item.strip() for item in items if item.strip()], shown.done_criteria)
        draft = replace(draft, done_criteria=criteria)
    rest = "\n\n" + "\n".join([LEFT, *left]) if left else ""
    return replace(draft, description=kept_text(unblocked(head), shown.description) + rest)
