"""A run is found by its id, by the beginning of it or as the last one, from wherever one stands."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

RUN = ("run", "mend the cache", "--headless", "--json")


@pytest.fixture
def start(command, script):
    """Start a run with the given options; its id."""

    def _start(*words: str) -> str:
        said = command(*RUN, "--model", script, *words)
        assert said.code == 0, said.err
        return str(said.rows()[0]["run_id"])

    return _start


def ids(said) -> list[str]:
    assert said.code == 0, said.err
    return [row["run"] for row in said.rows()][:1]


def test_an_id_a_prefix_and_last_name_the_same_run(command, start) -> None:
    start()
    second = start()
    for word in (second, second[:6], "last"):
        assert ids(command("proposals", word, "--json")) == [second]


def test_an_ambiguous_and_an_unknown_word_are_told_with_the_choices(command, start) -> None:
    first, second = start(), start()
    for word in ("", "nope"):
        said = command("proposals", word)
        assert said.code == 2
        assert first in said.err
        assert second in said.err
    known = {row["run_id"] for row in command("runs", "--json").rows()}
    while not (common := {run_id[0] for run_id in known if sum(other[0] == run_id[0] for other in known) > 1}):
        known.add(start())
    said = command("proposals", common.pop())
    assert said.code == 2
    assert "add a letter or two" in said.err


def test_from_another_folder_the_run_is_found_in_all_projects(command, start, tmp_path, monkeypatch) -> None:
    run_id = start()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    for word in (run_id, run_id[:5], "last"):
        assert ids(command("proposals", word, "--json")) == [run_id]
    assert command("runs", "--json").out == ""
    assert [row["run_id"] for row in command("runs", "--all", "--json").rows()] == [run_id]


def test_last_is_the_last_of_this_project_else_of_all(command, start, tmp_path, monkeypatch) -> None:
    here = start()
    other = tmp_path / "other"
    (other / ".git").mkdir(parents=True)
    there = start("--project", str(other))
    assert ids(command("proposals", "last", "--json")) == [here]
    assert ids(command("proposals", "last", "--project", str(other), "--json")) == [there]
    monkeypatch.chdir(tmp_path)
    assert ids(command("proposals", "last", "--json")) == [there]
    assert command("reject", here, "T4", "--reason", "no").code == 0
    assert ids(command("proposals", "last", "--json")) == [here]


def test_a_named_database_or_project_is_the_only_place_to_look(command, start, tmp_path) -> None:
    run_id = start()
    aside = tmp_path / "aside" / "my.db"
    mine = start("--db", str(aside))
    assert ids(command("proposals", "last", "--db", str(aside), "--json")) == [mine]
    said = command("proposals", run_id, "--db", str(aside))
    assert said.code == 2
    assert mine in said.err
    said = command("proposals", "last", "--db", str(tmp_path / "none.db"))
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "There is no run yet in" in said.err
    assert not (tmp_path / "none.db").exists()
    said = command("proposals", "last", "--project", str(tmp_path))
    assert said.code == 2


def test_options_may_stand_before_the_command(command, start) -> None:
    run_id = start()
    assert ids(command("--project", ".", "proposals", "last", "--json")) == [run_id]


def test_a_database_that_cannot_be_read_hides_no_other(command, start, tmp_path, monkeypatch) -> None:
    run_id = start()
    (row,) = command("runs", "--json").rows()
    other = Path(row["store"]).parent.parent / "old-000000000000"
    other.mkdir(mode=0o700)
    (other / "hephaestus.db").write_bytes(b"no database at all" * 100)
    monkeypatch.chdir(tmp_path)
    said = command("runs", "--all", "--json")
    assert [row["run_id"] for row in said.rows()] == [run_id]
    assert "Passed over: " in said.err
    assert "old-000000000000" in said.err
    assert ids(command("proposals", run_id, "--json")) == [run_id]


def test_a_link_to_the_project_is_the_project(command, start, tmp_path) -> None:
    run_id = start()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "project")
    assert ids(command("proposals", "last", "--project", str(link), "--json")) == [run_id]


def test_listings_leave_the_database_as_it_was(command, start, tmp_path) -> None:
    start()
    (row,) = command("runs", "--json").rows()
    before = Path(row["store"]).read_bytes()
    for words in (["runs"], ["tasks", "last"], ["proposals", "last"], ["show", "last", "T1"], ["doctor"]):
        command(*words)
    assert Path(row["store"]).read_bytes() == before
    with sqlite3.connect(row["store"]) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
