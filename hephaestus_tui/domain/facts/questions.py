"""What an agent cannot go on without, asked and answered: without it nobody would know who let it run what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeAlias

from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.leave import Grant, Wish
from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.domain.task import TaskId


class QuestionKind(StrEnum):
    QUESTION = "question"
    PERMISSION = "permission"
    CRITERION = "criterion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something an agent cannot go on without: words from a human, or leave to run `text`.

    `turn` and `index` name the tool call that asks. A permission is answered with `ALLOW` or with the words of a refusal;
    `effect` is what it would have on the world outside, `tool` what would have it, and `argv` the words of a command that
    no shell need read. A criterion that was not met is answered with `check.ruling_text`.
    """

    id: str
    kind: QuestionKind
    task_id: TaskId
    text: str
    options: tuple[str, ...]
    turn: int
    index: int
    asked_at: float
    effect: Effect | None = None
    tool: str = ""
    argv: tuple[str, ...] | None = None


def wish_of(question: Question) -> Wish | None:
    """What it asks leave for; None where it asks for words, or was asked before a wish had a name."""
    if question.kind is not QuestionKind.PERMISSION or question.effect is None or not question.tool:
        return None
    return Wish(tool=question.tool, effect=question.effect, argv=question.argv)


ALLOW = "allow"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked:
    KIND: ClassVar[str] = "question.asked"
    question: Question


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswered:
    """`command` is what a human allowed instead of the command that was asked about, None where it was that itself."""

    KIND: ClassVar[str] = "question.answered"
    question_id: str
    answer: str
    actor: Actor
    command: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveGranted:
    """A human's leave for more than one call. What it covers asks no more."""

    KIND: ClassVar[str] = "leave.granted"
    grant: Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveTakenBack:
    KIND: ClassVar[str] = "leave.taken_back"
    grant_id: str
    actor: Actor


QuestionFact: TypeAlias = QuestionAsked | QuestionAnswered | LeaveGranted | LeaveTakenBack
