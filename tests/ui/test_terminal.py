"""In a real pseudo-terminal: nothing is written while nothing happens, and it is given back whole."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from fcntl import ioctl
from pathlib import Path
from struct import pack

import pytest

APP = Path(__file__).with_name("in_a_terminal.py")
# what the driver may write: colours, the cursor, private modes, the keyboard protocol, the pointer, a question, the title
ALLOWED = re.compile(
    r"\x1b\[[0-9;:]*m|\x1b\[[0-9;]*H|\x1b\[\?[0-9;]*[hl]|\x1b\[[<>=?]?[0-9]*u|\x1b\[\?[0-9]+\$p|\x1b\]22;[a-z-]+\x07"
    r"|\x1b\[2[23];2t|\x1b\]2;[^\x00-\x1f\x7f-\x9f]*\x07"
)


class Terminal:
    def __init__(self, *arguments: str) -> None:
        self.master, self.slave = pty.openpty()
        ioctl(self.slave, termios.TIOCSWINSZ, pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(self.slave)
        self.written = b""
        self.gone = False
        environ = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.app = subprocess.Popen(
            [sys.executable, str(APP), *arguments], stdin=self.slave, stdout=self.slave, stderr=self.slave,
            env=environ, start_new_session=True,
        )  # fmt: skip

    def read(self, seconds: float) -> bytes:
        """What comes until there was silence for `seconds`."""
        got = b""
        while select.select([self.master], [], [], seconds)[0]:
            got += os.read(self.master, 65_536)
        self.written += got
        return got

    def wait_for(self, words: bytes) -> None:
        deadline = time.monotonic() + 20
        while words not in self.written:
            assert time.monotonic() < deadline, f"{words!r} never came; there was {self.written[-2000:]!r}"
            self.read(0.05)

    def wait_for_the_end(self, seconds: float) -> int:
        deadline = time.monotonic() + seconds
        while self.app.poll() is None:
            assert time.monotonic() < deadline, "it did not end in time"
            self.read(0.02)
        self.read(0.05)
        return self.app.returncode

    def go_away(self) -> None:
        """As a window that is closed: there is no one to read what is written any more."""
        for end in (self.slave, self.master):
            os.close(end)
        self.gone = True

    def close(self) -> None:
        if self.app.poll() is None:
            self.app.kill()
            self.app.wait()
        if not self.gone:
            os.close(self.master)
            os.close(self.slave)


@pytest.fixture
def terminal(request: pytest.FixtureRequest) -> Iterator[Terminal]:
    opened = Terminal(*getattr(request, "param", ()))
    yield opened
    opened.close()


def given_back(terminal: Terminal) -> bool:
    end = terminal.written.rpartition(b"\x1b[?1049l")
    modes = all(mode in terminal.written for mode in (b"\x1b[?1049l", b"\x1b[?1000l", b"\x1b[?2004l"))
    title = terminal.written.rfind(b"\x1b]2;\x07\x1b[23;2t") > terminal.written.find(b"\x1b[22;2t") >= 0
    as_before = termios.tcgetattr(terminal.slave) == terminal.before
    return bool(end[1]) and modes and title and b"\x1b[?25h" in end[2] and as_before


def test_an_idle_app_writes_nothing_and_gives_the_terminal_back_when_terminated(terminal: Terminal) -> None:
    terminal.wait_for(b"at work")
    terminal.wait_for("\x1b]2;hephaestus · Cache the auth lookups\x07".encode())
    terminal.read(1.0)
    assert terminal.read(1.0) == b""
    terminal.app.send_signal(signal.SIGTERM)
    assert terminal.wait_for_the_end(20.0) == 143
    assert given_back(terminal)


def test_an_app_whose_terminal_hung_up_ends_in_order(terminal: Terminal) -> None:
    terminal.wait_for(b"at work")
    terminal.app.send_signal(signal.SIGHUP)
    assert terminal.wait_for_the_end(20.0) == 129
    assert given_back(terminal)


def test_an_app_whose_terminal_has_gone_does_not_stay_behind(terminal: Terminal) -> None:
    terminal.wait_for(b"at work")
    terminal.go_away()
    terminal.app.send_signal(signal.SIGHUP)
    assert terminal.app.wait(timeout=20.0) == 129


@pytest.mark.parametrize("terminal", [("crash",)], indirect=True)
def test_a_crashed_app_gives_the_terminal_back_and_says_little(terminal: Terminal) -> None:
    terminal.wait_for(b"at work")
    assert terminal.wait_for_the_end(20.0) == 1
    assert given_back(terminal)
    said = terminal.written.rpartition(b"\x1b[?1049l")[2]
    assert b"hephaestus failed (ZeroDivisionError)" in said
    assert b"SECRET" not in terminal.written


@pytest.mark.parametrize("terminal", [("hostile",)], indirect=True)
def test_only_known_sequences_are_written(terminal: Terminal) -> None:
    """Whatever tools say: also where the words of all stand together, unfolded and while a command runs."""
    terminal.wait_for(b"at work")
    for key in (b"?", b"\x1b", b"3", b"2", b"J", b"J", b"z", b"/", b"\x1b", b"[", b"[", b"\r"):
        os.write(terminal.master, key)
        terminal.read(0.15)
    os.write(terminal.master, b"F")
    for words in (b"the whole run", b"is said", b"came of it", b"runs"):
        terminal.wait_for(words)
    os.write(terminal.master, b"q")
    terminal.wait_for(b"stop and quit")
    terminal.read(0.5)  # what comes sooner is no answer
    os.write(terminal.master, b"y")
    assert terminal.wait_for_the_end(20.0) == 0
    rest = ALLOWED.sub("", terminal.written.decode())
    strange = re.findall(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f].{0,12}", rest)
    assert strange == []
    assert re.findall("[\u202a-\u202e\u2066-\u2069]", rest) == []
    for obeyed in (b"\x1b[99;99H", b"\x1b]2;hostile", b"\x1b[2J"):
        assert obeyed not in terminal.written
    assert terminal.written.count(b"\x1b[?1049l") == 1, "the other screen is left at the end alone"
