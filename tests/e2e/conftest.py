"""Whole runs of the demo, and how they are looked at afterwards: by the listings, and by anyone's SQL."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fcntl import ioctl
from pathlib import Path
from struct import pack
from typing import Any

import pytest
from rich.cells import cell_len
from sqlite_utils import Database

from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.store.reader import Reader

Rows = list[dict[str, Any]]


class Stored:
    """One run's database, as anyone may read it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def opened(self) -> Iterator[Database]:
        db = Database(self.path)
        try:
            yield db
        finally:
            db.close()

    def query(self, sql: str) -> Rows:
        with self.opened() as db:
            return list(db.query(sql))

    def state(self) -> RunState:
        """The journal, folded anew."""
        with Reader(self.path) as reader:
            (run,) = reader.runs()
            return replay(reader.facts(run.run_id))

    def check(self) -> None:
        """SQLite finds it whole, and what the tables say is what the journal says when it is folded anew."""
        assert self.query("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
        assert self.query("PRAGMA foreign_key_check") == []
        state = self.state()
        tasks = {row["id"]: row for row in self.query("SELECT * FROM tasks")}
        assert {t.id: (t.status, t.draft.title, t.attempt, t.summary, t.reason) for t in state.tasks.values()} == {
            i: (t["status"], t["title"], t["attempt"], t["summary"], t["reason"]) for i, t in tasks.items()
        }
        proposals = self.query("SELECT task_id, status, title FROM proposals")
        folded = [(i, "waiting", p.draft.title) for i, p in state.proposals.items()]
        folded += [(i, "rejected", p.draft.title) for i, p in state.rejected.items()]
        assert {(p["task_id"], p["status"], p["title"]) for p in proposals if p["status"] != "accepted"} == set(folded)
        decisions = self.query("SELECT task_id, verdict, actor, reason FROM decisions")
        assert {(d["task_id"], d["verdict"], d["actor"], d["reason"]) for d in decisions} == {
            (d.task_id, d.verdict, d.actor.name, d.reason) for d in state.decisions.values()
        }
        blockers = self.query("SELECT task_id, blocker_id FROM dependencies")
        assert {(b["task_id"], b["blocker_id"]) for b in blockers} == {
            (task_id, blocker) for task_id, wanted in state.blockers.items() for blocker in wanted
        }
        unanswered = self.query("SELECT task_id, call_id FROM tool_calls WHERE answered_at IS NULL")
        assert {(u["task_id"], u["call_id"]) for u in unanswered} == {
            (task_id, call.call_id) for task_id, calls in state.unanswered.items() for call in calls
        }


@pytest.fixture(scope="session")
def stored_of() -> Callable[[Path], Stored]:
    """The one database below a state folder."""

    def find(home: Path) -> Stored:
        (path,) = home.glob("projects/*/hephaestus.db")
        return Stored(path)

    return find


def run_in(folder: Path, *words: str) -> str:
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="session")
def command_in() -> Callable[..., str]:
    """Run a program in a folder; its output. It must end well."""
    return run_in


@pytest.fixture(scope="session")
def facts_of() -> Callable[[str], Rows]:
    """The facts that were printed; every line is one JSON object."""

    def parse(out: str) -> Rows:
        rows = [json.loads(line) for line in out.splitlines()]
        assert all(isinstance(row, dict) for row in rows)
        return rows

    return parse


class Screen:
    """What a terminal would show of the bytes that a program writes.

    It understands no more than the program needs; anything else is kept in `strange`, each private mode in `modes` with
    whether it is on, and the terminal's title in `title`.
    """

    _ALLOWED = re.compile(
        rb"\x1b\[(?P<sgr>[0-9;:]*)m"
        rb"|\x1b\[(?P<row>[0-9]+);(?P<column>[0-9]+)H"
        rb"|\x1b\[\?(?P<mode>[0-9;]+)(?P<on>[hl])"
        rb"|\x1b\[\?[0-9]+\$p|\x1b\[[<>=?]?[0-9]*u|\x1b\]22;[a-z-]+\x07"  # questions, the keyboard, the pointer
        rb"|\x1b\[2[23];2t|\x1b\]2;(?P<title>[^\x00-\x1f\x7f]*)\x07"  # the title that was there, kept; and ours
    )
    _TEXT = re.compile(rb"[^\x00-\x1f\x7f]+")
    _UNFINISHED = re.compile(rb"\x1b(\[[0-?]*|\][^\x07\x1b]*)?\Z")

    def __init__(self) -> None:
        self.columns, self.rows = 80, 24
        self.cells: dict[tuple[int, int], str] = {}
        self.modes: dict[int, bool] = {}
        self.strange: list[bytes] = []
        self.title = ""
        self._row = self._column = 1
        self._kept = (1, 1)
        self._rest = b""

    def feed(self, data: bytes) -> None:
        data, position = self._rest + data, 0
        while position < len(data):
            if found := self._ALLOWED.match(data, position):
                self._obey(found)
            elif found := self._TEXT.match(data, position):
                text = found.group()
                cut = _cut(text) if found.end() == len(data) else 0
                self._write(text[: len(text) - cut].decode("utf-8", "replace"))
                if cut:
                    position = len(data) - cut
                    break
            elif self._UNFINISHED.match(data, position) and len(data) - position < 512:
                break
            elif data[position : position + 1] in (b"\r", b"\n"):
                self._column = 1 if data[position] == 13 else self._column
                self._row += data[position] == 10
                position += 1
                continue
            else:
                self.strange.append(data[position : position + 24])
                position += 1
                continue
            position = found.end()
        self._rest = data[position:]

    def _obey(self, found: re.Match[bytes]) -> None:
        if found["title"] is not None:
            self.title = found["title"].decode()
            if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co") for char in self.title):
                self.strange.append(found["title"])
        if found["row"]:
            self._row, self._column = int(found["row"]), int(found["column"])
        if found["mode"]:
            self.modes |= {int(mode): found["on"] == b"h" for mode in found["mode"].split(b";")}
            if found["mode"] == b"1049":  # the other screen is empty, and the cursor of this one is kept for later
                self.cells.clear()
                self._row, self._column, self._kept = *self._kept, (self._row, self._column)

    def _write(self, text: str) -> None:
        for char in text:
            if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co"):
                self.strange.append(char.encode())
            width = cell_len(char)
            if width == 0:
                self.cells[self._row, self._column - 1] = self.cells.get((self._row, self._column - 1), "") + char
            if self._column + width > self.columns + 1 and self.modes.get(7, True):
                self._row, self._column = self._row + 1, 1
            for offset in range(width):
                # without wrapping, whatever does not fit lands in the last column
                place = min(self._row, self.rows), min(self._column + offset, self.columns)
                self.cells[place] = "" if offset else char
            self._column += width

    @property
    def lines(self) -> list[str]:
        return [
            "".join(self.cells.get((row, column), " ") for column in range(1, self.columns + 1)).rstrip()
            for row in range(1, self.rows + 1)
        ]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def _cut(data: bytes) -> int:
    """How many bytes at the end begin a character whose rest has not come yet."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return len(data) - error.start if error.reason == "unexpected end of data" else 0
    return 0


class Terminal:
    """A pseudo-terminal with a program in it, and the person before it."""

    def __init__(self, words: Sequence[str], environ: Mapping[str, str], folder: Path, size: tuple[int, int]) -> None:
        self.screen = Screen()
        self.master, self.slave = pty.openpty()
        self.resize(*size, tell=False)
        self.before = termios.tcgetattr(self.slave)
        self.process = subprocess.Popen(
            words, cwd=folder, env=dict(environ), stdin=self.slave, stdout=self.slave, stderr=self.slave,
            start_new_session=True,
        )  # fmt: skip

    def resize(self, columns: int, rows: int, tell: bool = True) -> None:
        """The window changed; what was on the screen is drawn anew by the program."""
        ioctl(self.master, termios.TIOCSWINSZ, pack("HHHH", rows, columns, 0, 0))
        self.screen.columns, self.screen.rows = columns, rows
        if tell:
            self.screen.cells = {
                (row, column): char
                for (row, column), char in self.screen.cells.items()
                if row <= rows and column <= columns
            }
            self.process.send_signal(signal.SIGWINCH)

    def read(self, silence: float = 0.05, at_most: float = 1.0) -> None:
        """What comes until there is silence for so long."""
        deadline = time.monotonic() + at_most
        while time.monotonic() < deadline and select.select([self.master], [], [], silence)[0]:
            try:
                self.screen.feed(os.read(self.master, 65_536))
            except OSError:  # on Linux: the other end was closed
                return

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def wait(self, shown: Callable[[str], bool], seconds: float = 30.0) -> str:
        """The screen's text as soon as it is so."""
        deadline = time.monotonic() + seconds
        while not shown(self.screen.text):
            assert self.process.poll() is None, f"it ended with {self.process.returncode}:\n{self.screen.text}"
            assert time.monotonic() < deadline, f"never shown:\n{self.screen.text}"
            self.read(0.02)
        return self.screen.text

    def end(self, seconds: float = 10.0) -> int:
        """The code with which it ends."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it did not end:\n{self.screen.text}"
            self.read(0.02)
        self.read(0.05)
        return self.process.returncode

    @property
    def given_back(self) -> bool:
        """Main screen, cursor, no mouse, no pasting mode, and the line settings as they were."""
        modes = self.screen.modes
        on = {mode for mode in (1049, 1000, 1003, 1006, 1015, 2004, 1004) if modes.get(mode)}
        return not on and modes.get(25, True) and termios.tcgetattr(self.slave) == self.before

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def in_terminal(hephaestus: Any) -> Iterator[Callable[..., Terminal]]:
    """`in_terminal("demo", size=(120, 40))`: the program in a terminal of its own, which is closed at the end."""
    opened: list[Terminal] = []

    def run(*words: str, size: tuple[int, int] = (120, 40), **environ: str) -> Terminal:
        settings = {"TERM": "xterm-256color", "COLORTERM": "truecolor", **hephaestus.environ, **environ}
        command = [sys.executable, "-m", "hephaestus_tui", *words]
        opened.append(Terminal(command, settings, hephaestus.project, size))
        return opened[-1]

    yield run
    for terminal in opened:
        terminal.close()


@pytest.fixture
def screen() -> Screen:
    return Screen()
