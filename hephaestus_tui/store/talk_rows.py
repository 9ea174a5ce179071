"""What facts of agents that work together do to the tables."""

from __future__ import annotations

from typing import assert_never

from sqlite_utils import Database

from hephaestus_tui import codec
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.task import RunId
from hephaestus_tui.store import note_words
from hephaestus_tui.store.rows import insert, one


def project_talk(db: Database, run_id: RunId, recorded: e.Recorded, fact: e.TalkFact) -> None:
    """Raises StoreError, or sqlite3.IntegrityError from the schema."""
    match fact:
        case e.LetterSent(letter=letter):
            insert(db, "letters", seq=recorded.seq, run_id=run_id, id=letter.id, sender=letter.sender,
                   readers=codec.to_json(letter.to), text=letter.text, at=letter.at)  # fmt: skip
        case e.ReportMade(report=report):
            insert(db, "reports", seq=recorded.seq, run_id=run_id, id=report.id, task_id=report.task_id,
                   text=report.text, waits=report.waits, at=report.at)  # fmt: skip
        case e.ReportAnswered():
            one(db, run_id, recorded,
                "UPDATE reports SET words = ?, actor_kind = ?, actor = ?, answered_at = ? "
                "WHERE run_id = ? AND id = ? AND answered_at IS NULL",
                fact.words, fact.actor.kind, fact.actor.name, recorded.at, run_id, fact.report_id)  # fmt: skip
        case e.FilesTouched():
            for path in fact.paths:
                # a history may tell of a file twice, which is no contradiction
                db.execute("INSERT OR IGNORE INTO touched_files (run_id, task_id, path, seq) VALUES (?, ?, ?, ?)",
                           (run_id, fact.task_id, path, recorded.seq))  # fmt: skip
        case e.NoteAdded() | e.NoteChanged() | e.NoteStruck():
            _note(db, run_id, recorded, fact)
        case _:
            assert_never(fact)


def _note(db: Database, run_id: RunId, recorded: e.Recorded, fact: e.NoteAdded | e.NoteChanged | e.NoteStruck) -> None:
    match fact:
        case e.NoteAdded(note=note):
            note_id = note.id
            insert(db, "notes", seq=recorded.seq, run_id=run_id, id=note.id, text=note.text,
                   tags=codec.to_json(note.tags), task_id=note.task_id,
                   author=str(note.by) if note.by else None, at=note.at)  # fmt: skip
        case e.NoteChanged(note_id=note_id):
            one(db, run_id, recorded,
                "UPDATE notes SET text = ?, tags = ?, author = ?, indexed = 0 WHERE run_id = ? AND id = ?",
                fact.text, codec.to_json(fact.tags), str(fact.actor), run_id, note_id)  # fmt: skip
        case e.NoteStruck(note_id=note_id):
            one(db, run_id, recorded, "UPDATE notes SET struck = ?, indexed = 0 WHERE run_id = ? AND id = ?",
                str(fact.actor), run_id, note_id)  # fmt: skip
        case _:
            assert_never(fact)
    note_words.take_in(db.conn)
