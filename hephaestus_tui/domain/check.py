"""What shows that a criterion is met: a command that the engine ran, or a person who let it be; never a claim alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

OUTPUT_LIMIT = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A command of a criterion as the engine ran it. `code` None: it was not run, or could not be ended, as `note` says.

    `output` is the end of what it wrote, at most `OUTPUT_LIMIT` characters.
    """

    command: str
    code: int | None
    seconds: float
    output: str = ""
    note: str = ""

    @property
    def passed(self) -> bool:
        return self.code == 0


@dataclass(frozen=True, slots=True)
class Waiver:
    """A person let a task be completed though a criterion was not met. `by` is who."""

    by: str
    reason: str


class Ruling(StrEnum):
    """What a person may say to criteria that an agent did not meet."""

    ACCEPT = "accept"
    BACK = "back"
    FAIL = "fail"


def ruling_text(ruling: Ruling, words: str) -> str:
    """The answer to a question of kind `criterion`, as it is stored."""
    return f"{ruling}: {words.strip()}"


def read_ruling(answer: str) -> tuple[Ruling, str] | None:
    """The same read back; None for anything else, and where accepting has no reason or sending back no word."""
    word, colon, rest = answer.partition(":")
    if not colon or word.strip().lower() not in tuple(Ruling):
        return None
    ruling, words = Ruling(word.strip().lower()), rest.strip()
    return (ruling, words) if words or ruling is Ruling.FAIL else None
