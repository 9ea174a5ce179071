"""The words of notes: found by FTS5 or without it, whatever is asked for, and never a note that was struck."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.talk import Note
from hephaestus_tui.store import note_words
from hephaestus_tui.store.database import owned
from hephaestus_tui.store.journal import record
from hephaestus_tui.store.reader import Reader

ADA = Actor(ActorKind.HUMAN, "Ada")
Begun = Callable[[str], list[e.Fact]]
TEXTS = {
    "N1": "The token cache keeps answers of a session that was signed out.",
    "N2": "Tests need the database in memory: set ROLLCALL_DB to an empty word.",
    "N3": "Migrations run at the start of the server.",
    "N4": "Caches of every kind live in rollcall/token_cache.py.",
}


def note(note_id: str, text: str, *tags: str) -> e.NoteAdded:
    return e.NoteAdded(note=Note(id=note_id, text=text, tags=tags, at=1.0, by=ADA))


@pytest.fixture
def noted(db_path: Path, begun: Begun) -> Iterator[Database]:
    """A database in which the notes of TEXTS were written in run "r", and one of the same words in another."""
    with owned(db_path) as db:
        db.execute("BEGIN IMMEDIATE")
        record(db, "r", 1.0, [*begun("r"), *(note(note_id, text) for note_id, text in TEXTS.items())])
        record(db, "other", 1.0, [*begun("other"), note("N1", TEXTS["N1"])])
        db.commit()
        yield db


def write(db: Database, *facts: e.Fact) -> None:
    db.execute("BEGIN IMMEDIATE")
    record(db, "r", 2.0, facts)
    db.commit()


@pytest.fixture(params=["fts5", "without"])
def either(noted: Database, request: pytest.FixtureRequest) -> Database:
    if request.param == "without":  # as a database looks that was made where FTS5 is missing
        noted.execute("DROP TABLE notes_words")
    return noted


def find(db: Database, query: str, most: int = 8) -> list[str]:
    return note_words.search(db.conn, "r", query, most)


def test_what_shares_more_words_comes_first_and_common_words_count_for_nothing(either: Database) -> None:
    assert find(either, "token cache of the session")[0] == "N1"
    assert find(either, "the start of the server") == ["N3"]
    assert find(either, "of the and is") == []
    assert set(find(either, "token cache")) == {"N1", "N4"}
    assert len(find(either, "token cache", most=1)) == 1


def test_the_index_finds_another_form_of_a_word(noted: Database) -> None:
    assert set(find(noted, "caching")) == {"N1", "N4"}


def test_a_tag_is_found_and_counts_for_more_than_a_word(either: Database) -> None:
    write(either, note("N5", "Look at the server first.", "migration", "deploy"))
    assert find(either, "deploy") == ["N5"]


def test_what_was_changed_is_found_by_its_new_words_and_what_was_struck_by_none(either: Database) -> None:
    write(
        either,
        e.NoteChanged(note_id="N3", text="Migrations run by hand.", tags=("schema",), actor=ADA),
        e.NoteStruck(note_id="N2", actor=ADA),
    )
    assert find(either, "server") == []
    assert find(either, "schema") == ["N3"]
    assert find(either, "database memory") == []


def test_notes_written_without_fts5_are_taken_in_when_it_is_there(noted: Database) -> None:
    noted.execute("DROP TABLE notes_words")
    write(noted, note("N5", "Sessions end at midnight."))
    note_words.make_index(noted.conn)
    assert find(noted, "midnights") == ["N5"]  # an ending is not found without the index
    assert noted.execute("SELECT count(*) FROM notes WHERE NOT indexed").fetchone() == (0,)


def test_a_reader_finds_them_too(noted: Database, db_path: Path) -> None:
    with Reader(db_path) as reader:
        assert reader.search_notes("r", "migrations", 8) == ["N3"]


@given(query=st.text(max_size=60) | st.text(alphabet="\"*(){}:^-+ANDORNTE.'; \0\n", max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
def test_whatever_is_asked_for_is_words_and_no_language(either: Database, query: str) -> None:
    assert set(find(either, query)) <= TEXTS.keys()
    assert "N3" in find(either, query + " migrations")


@given(
    query=st.lists(
        st.sampled_from(['"', "NEAR(", "text:", "NOT", "cache*", "^cache", "cache)", "'; DROP TABLE notes; --"])
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_the_words_of_fts5s_language_are_words_like_others(noted: Database, query: list[str]) -> None:
    assert "N3" in find(noted, " ".join([*query, "migrations"]))
