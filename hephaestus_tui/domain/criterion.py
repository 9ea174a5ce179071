"""Done criteria: words, and where a command decides it, that command; without the second half an agent's word would do.

In a text they stand one a line, and the command on a line of its own below its words: `$ python -m unittest`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from hephaestus_tui.domain.plain import clean

CRITERIA_LIMIT = 30
CRITERION_LIMIT = 500
COMMAND_LIMIT = 1_000
PROMPT = "$ "


@dataclass(frozen=True, slots=True)
class CommandCriterion:
    """A criterion that the engine checks: it is met when `command`, run in the task's workspace, ends with 0."""

    text: str
    command: str


Criterion: TypeAlias = str | CommandCriterion
"""Words alone, for which an agent gives evidence, or words with the command that decides."""


def words_of(criterion: Criterion) -> str:
    return criterion if isinstance(criterion, str) else criterion.text


def command_of(criterion: Criterion) -> str | None:
    return None if isinstance(criterion, str) else criterion.command


def commands_in(criteria: Iterable[Criterion]) -> tuple[str, ...]:
    """Each command once, in the order of the criteria."""
    return tuple(dict.fromkeys(c.command for c in criteria if isinstance(c, CommandCriterion)))


def said(criterion: Criterion) -> str:
    """All of a criterion on one line, where nobody has to read it back."""
    return criterion if isinstance(criterion, str) else f"{criterion.text}  {PROMPT}{criterion.command}"


def criteria_fault(criteria: tuple[Criterion, ...]) -> str | None:
    """What is wrong with the first of them that will not do, told with its number; None where all will."""
    if len(criteria) > CRITERIA_LIMIT:
        return f"{len(criteria)} criteria, {CRITERIA_LIMIT} at most"
    for number, criterion in enumerate(criteria, 1):
        if fault := _fault(words_of(criterion), command_of(criterion)):
            return f"number {number} {fault}"
    return None


def joined(criteria: Iterable[Criterion], more: Iterable[Criterion]) -> tuple[Criterion, ...]:
    """Both, each once; where one has the same words with a command and the other without, the command stays."""
    both = tuple(dict.fromkeys((*criteria, *more)))
    decided = {normal(c.text) for c in both if isinstance(c, CommandCriterion)}
    return tuple(c for c in both if isinstance(c, CommandCriterion) or normal(c) not in decided)


def normal(words: str) -> str:
    """Words as they are compared: without case, and however they are spaced."""
    return " ".join(words.split()).casefold()


def _fault(words: str, command: str | None) -> str | None:
    if not words.strip():
        return "is a command without words: say above it what it shows" if command else "is empty: write one"
    if len(words) > CRITERION_LIMIT:
        return f"has {len(words)} characters, {CRITERION_LIMIT} at most"
    if command is None:
        return None
    if not command.strip():
        return "has an empty command: write one after the $, or take the line out"
    if len(command) > COMMAND_LIMIT:
        return f"has a command of {len(command)} characters, {COMMAND_LIMIT} at most"
    if "\n" in command or "\r" in command:
        return "has a command of several lines: write it on one, or put it in a file of the project"
    if clean(command) != command:
        # what is shown must be what is run
        return "has a command with a character that cannot be shown as it is: take it out"
    return None


def written_criteria(criteria: Iterable[Criterion], row_of: Callable[[str], str]) -> list[tuple[str, str | None]]:
    """For each criterion that says something the row of its words, and the row of its command; `row_of` makes a row."""
    return [
        (_quoted(row_of(words_of(c))), None if (command := command_of(c)) is None else f"{PROMPT}{row_of(command)}")
        for c in criteria
        if row_of(words_of(c)) or command_of(c)
    ]


def read_criteria(
    rows: Iterable[str], shown: tuple[Criterion, ...], row_of: Callable[[str], str]
) -> tuple[Criterion, ...]:
    """The criteria that such rows say. Words and commands that are in `shown` are kept raw, wherever they stand now.

    A command without words above it has none, which is a fault of the draft and not of the text.
    """
    words = {row_of(words_of(c)): words_of(c) for c in reversed(shown)}
    commands = {row_of(c): c for c in commands_in(shown)}
    found: list[Criterion] = []
    for row in (row.strip() for row in rows):
        if not row:
            continue
        if is_command(row):
            command = row[len(PROMPT) :].strip()
            text = found.pop() if found and isinstance(found[-1], str) else ""
            found.append(CommandCriterion(words_of(text), commands.get(command, command)))
        else:
            plain = _unquoted(row)
            found.append(words.get(plain, plain))
    return tuple(found)


def is_command(row: str) -> bool:
    """Whether a row of a text is the command of the criterion above it."""
    return row == PROMPT.strip() or row.startswith(PROMPT)


def _quoted(row: str) -> str:
    return f"\\{row}" if is_command(row.lstrip("\\")) else row


def _unquoted(row: str) -> str:
    return row[1:] if row.startswith("\\") and is_command(row.lstrip("\\")) else row
