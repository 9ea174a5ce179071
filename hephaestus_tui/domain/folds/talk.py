"""What letters, reports, notes and changed files change in the state of a run."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.folds.steps import go_on
from hephaestus_tui.domain.message import LetterPart, Message
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.talk import Answered
from hephaestus_tui.domain.task import TaskId


def fold_talk(state: RunState, fact: e.TalkFact, at: float) -> None:
    match fact:
        case e.LetterSent(letter=letter):
            state.letters[letter.id] = letter
            for reader in letter.to:
                state.mail[reader] = (*state.mail.get(reader, ()), letter)
        case e.ReportMade(report=report):
            state.reports[report.id] = report
            go_on(state, report.task_id, at, AgentStatus.WORKING)
        case e.ReportAnswered():
            state.report_answers[fact.report_id] = Answered(words=fact.words, actor=fact.actor)
            go_on(state, state.reports[fact.report_id].task_id, at, AgentStatus.WAITING)
        case e.NoteAdded(note=note):
            state.notes[note.id] = note
        case e.NoteChanged():
            note = state.notes[fact.note_id]
            state.notes[fact.note_id] = replace(note, text=fact.text, tags=fact.tags, by=fact.actor)
        case e.NoteStruck():
            state.notes[fact.note_id] = replace(state.notes[fact.note_id], struck=fact.actor)
        case e.FilesTouched():
            paths = (*state.touched.get(fact.task_id, ()), *fact.paths)
            state.touched[fact.task_id] = tuple(dict.fromkeys(paths))
        case _:
            assert_never(fact)


def take_letters(state: RunState, reader: TaskId, message: Message) -> None:
    """What a message hands to its reader waits for that reader no more."""
    if waiting := state.mail.get(reader):
        read = {part.letter.id for part in message.parts if isinstance(part, LetterPart)}
        left = tuple(letter for letter in waiting if letter.id not in read)
        if left:
            state.mail[reader] = left
        else:
            del state.mail[reader]


def waits_for_no_report(state: RunState, task_id: TaskId) -> None:
    """An agent that was woken to answer has left the call in which it waited for a word on its report."""
    for report in [r for r in state.reports.values() if r.task_id == task_id and r.waits]:
        state.reports[report.id] = replace(report, waits=False)
