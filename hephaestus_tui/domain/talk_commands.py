"""What a human may say to a report and do to the run's notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hephaestus_tui.domain.decision import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReport:
    """Words for the agent that reported what is in its way; none take note of it."""

    KIND: ClassVar[str] = "answer_report"
    report_id: str
    words: str
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote:
    KIND: ClassVar[str] = "add_note"
    text: str
    tags: tuple[str, ...]
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeNote:
    KIND: ClassVar[str] = "change_note"
    note_id: str
    text: str
    tags: tuple[str, ...]
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeNote:
    """No agent is given it any more; the record keeps it."""

    KIND: ClassVar[str] = "strike_note"
    note_id: str
    actor: Actor
