"""Opening: a new file, an older one, and every kind of file that must be left as it is."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from hephaestus_tui.domain.errors import BrokenStore, NewerStore, StoreError
from hephaestus_tui.domain.events import Fact
from hephaestus_tui.store import files
from hephaestus_tui.store.database import owned
from hephaestus_tui.store.migrations import MIGRATIONS
from hephaestus_tui.store.reader import Reader
from hephaestus_tui.store.store import Store

HOLDS = Path(__file__).parent / "children" / "holds.py"


@pytest.fixture
async def existing(db_path: Path, begun: Callable[[str], list[Fact]]) -> Path:
    """A database with one run, closed properly."""
    store = await Store.open(db_path)
    await store.append("r", begun("r"))
    await store.close()
    return db_path


@pytest.fixture
def later() -> Migrations:
    """The migrations of a release after this one."""
    migrations = Migrations(MIGRATIONS.name)
    for known in MIGRATIONS.pending(Database(memory=True)):
        migrations(name=known.name)(known.fn)

    @migrations()
    def add_colours(db: Database) -> None:
        db.execute("ALTER TABLE tasks ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey'")

    return migrations


async def test_a_new_database_is_private_and_marked(existing: Path) -> None:
    assert stat.S_IMODE(existing.parent.stat().st_mode) == 0o700
    for file in existing.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert {f.name for f in existing.parent.iterdir()} == {"project.db", "project.db.lock"}
    with closing(sqlite3.connect(existing)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (files.APPLICATION_ID,)
        assert connection.execute("PRAGMA user_version").fetchone() == (files.SCHEMA_VERSION,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_files_beside_it_are_private_while_it_is_open(store: Store, db_path: Path) -> None:
    names = {f.name for f in db_path.parent.iterdir()}
    assert {"project.db-wal", "project.db-shm"} <= names
    for file in db_path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_the_version_that_readers_expect_is_that_of_the_migrations() -> None:
    assert len(MIGRATIONS.pending(Database(memory=True))) == files.SCHEMA_VERSION


async def test_an_unfinished_new_database_is_begun_again(db_path: Path) -> None:
    db_path.parent.mkdir()
    files.beside(db_path, ".new").write_bytes(b"half")
    files.beside(db_path, ".new-wal").write_bytes(b"half")
    await (await Store.open(db_path)).close()
    assert {f.name for f in db_path.parent.iterdir()} == {"project.db", "project.db.lock"}


def test_an_older_database_is_copied_and_brought_up_to_date(existing: Path, later: Migrations) -> None:
    with owned(existing, later) as db:
        assert [row["colour"] for row in db["tasks"].rows] == ["grey"]
    (backup,) = existing.parent.glob("project.db.backup-*")
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with Reader(backup) as reader:
        assert [run.run_id for run in reader.runs()] == ["r"]
    with owned(existing, later):
        pass
    assert len(list(existing.parent.glob("project.db.backup-*"))) == 1


def test_a_migration_that_fails_changes_nothing(existing: Path, later: Migrations) -> None:
    @later()
    def fail(db: Database) -> None:
        db.execute("DROP TABLE usage")
        raise sqlite3.OperationalError("no")

    with pytest.raises(sqlite3.OperationalError), owned(existing, later):
        pass
    with owned(existing) as db:
        assert "colour" not in db["tasks"].columns_dict
        assert db["usage"].exists()


def test_only_the_newest_copies_are_kept(existing: Path) -> None:
    with owned(existing) as db:
        copies = [files.back_up(db.conn, existing) for _ in range(files.BACKUPS_KEPT + 2)]
    assert sorted(existing.parent.glob("project.db.backup-*")) == copies[2:]


async def test_a_newer_database_is_refused_untouched(existing: Path, later: Migrations) -> None:
    with owned(existing, later):
        pass
    before = _content(existing)
    with pytest.raises(NewerStore, match=r"add_colours.*update"):
        await Store.open(existing)
    with pytest.raises(NewerStore, match=f"version {files.SCHEMA_VERSION + 1}"):
        Reader(existing)
    assert _content(existing) == before


def _content(path: Path) -> bytes:
    return path.read_bytes()


def _cut(path: Path, *, size: int) -> None:
    with path.open("r+b") as file:
        file.truncate(size)


def _overwrite(path: Path, offset: int) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(os.urandom(4096))


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"this is not a database at all, only some text " * 100),
        lambda path: _cut(path, size=50),
        lambda path: _cut(path, size=4096),
        lambda path: _cut(path, size=path.stat().st_size // 2),
        lambda path: _overwrite(path, 0),
        lambda path: _overwrite(path, 4096),
        lambda path: _overwrite(path, path.stat().st_size // 2 // 4096 * 4096),
    ],
    ids=["empty", "text", "cut header", "one page", "half", "header", "second page", "middle"],
)
async def test_a_damaged_database_is_refused_untouched(existing: Path, damage: Callable[[Path], None]) -> None:
    damage(existing)
    before = _content(existing)
    with pytest.raises(BrokenStore, match="Nothing in it was changed"):
        await Store.open(existing)
    assert _content(existing) == before


async def test_the_refusal_names_the_newest_copy(existing: Path) -> None:
    with owned(existing) as db:
        files.back_up(db.conn, existing)
        newest = files.back_up(db.conn, existing)
    _cut(existing, size=0)
    with pytest.raises(BrokenStore, match=newest.name):
        await Store.open(existing)


async def test_the_database_of_another_program_is_refused(db_path: Path) -> None:
    db_path.parent.mkdir()
    with closing(sqlite3.connect(db_path)) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    before = _content(db_path)
    with pytest.raises(BrokenStore, match="another program"):
        await Store.open(db_path)
    with pytest.raises(BrokenStore, match="another program"):
        Reader(db_path)
    assert _content(db_path) == before


async def test_a_log_whose_database_is_gone_is_not_buried(existing: Path) -> None:
    log = files.beside(existing, "-wal")
    os.rename(existing, log)
    with pytest.raises(BrokenStore, match="is gone"):
        await Store.open(existing)
    assert not os.path.exists(existing)
    assert _content(log)


async def test_a_link_is_refused(existing: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(existing)
    with pytest.raises(BrokenStore, match="symbolic link"):
        await Store.open(link)
    with pytest.raises(BrokenStore, match="symbolic link"):
        Reader(link)


async def test_a_folder_or_a_place_below_a_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(BrokenStore, match="not a file"):
        await Store.open(tmp_path / "folder")
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file"):
        await Store.open(tmp_path / "file" / "project.db")


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="a read-only file system is made with bubblewrap")
def test_a_read_only_place_is_named_with_the_way_out(existing: Path) -> None:
    for path in (existing, existing.parent / "other.db"):
        child = subprocess.run(
            ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", sys.executable, str(HOLDS), str(path)],
            input="", capture_output=True, text=True, check=False,
        )  # fmt: skip
        if child.returncode:
            pytest.skip(f"no sandbox here: {child.stderr}")
        assert child.stdout.startswith("StoreError: ")
        assert "--db" in child.stdout
        assert child.stderr == ""
