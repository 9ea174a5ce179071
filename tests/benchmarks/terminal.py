"""A real pseudo-terminal around a program: without it a frame that never reached the screen would count as drawn."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from fcntl import ioctl
from pathlib import Path
from struct import pack

ESCAPES = re.compile(rb"\x1b\[[0-9;:<>=?$]*[A-Za-z~]|\x1b\][^\x07]*\x07|\x1b[()=>78].?")
SYNC_QUERY, SYNC_ANSWER = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
TICKS = os.sysconf("SC_CLK_TCK")


class Gone(RuntimeError):
    """The program ended, or said nothing of what was waited for."""


class Terminal:
    """Drains what the program writes, and answers what it asks as a terminal of today does. Times are `perf_counter`."""

    def __init__(
        self, command: Sequence[str], environ: Mapping[str, str], folder: Path, size: tuple[int, int] = (160, 48)
    ) -> None:
        self.master, self._slave = pty.openpty()
        ioctl(self._slave, termios.TIOCSWINSZ, pack("HHHH", size[1], size[0], 0, 0))
        self.written = 0
        self.tail = b""
        self.began = time.perf_counter()
        self._process = subprocess.Popen(
            command, stdin=self._slave, stdout=self._slave, stderr=self._slave, env=dict(environ), cwd=folder,
            start_new_session=True,
        )  # fmt: skip

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        os.close(self.master)
        os.close(self._slave)

    def read(self, seconds: float) -> bytes:
        """The next bytes, or none where `seconds` passed in silence."""
        if not select.select([self.master], [], [], max(seconds, 0))[0]:
            return b""
        got = os.read(self.master, 262_144)
        self.written += len(got)
        if SYNC_QUERY in got:
            os.write(self.master, SYNC_ANSWER)
        self.tail = (self.tail + got)[-16_384:]
        return got

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def wait_for(self, text: str, seconds: float = 60.0) -> float:
        """When `text` was on its way to the screen; counts what is written from now on. Raises Gone."""
        wanted, seen, end = text.encode(), b"", time.perf_counter() + seconds
        while time.perf_counter() < end:
            seen += self.read(0.5)
            if wanted in ESCAPES.sub(b"", seen):
                return time.perf_counter()
            seen = seen[-65_536:]
            if self._process.poll() is not None:
                break
        raise Gone(f"{text!r} never came; the last was {ESCAPES.sub(b'', self.tail)[-600:]!r}")

    def echo(self, keys: str, text: str, seconds: float = 10.0) -> float:
        """Seconds from a key until `text` was on its way to the screen."""
        began = time.perf_counter()
        self.press(keys)
        return self.wait_for(text, seconds) - began

    def drain(self, seconds: float) -> None:
        """Take what comes for so long."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self.read(left)

    def quiet(self, seconds: float = 0.4, at_most: float = 30.0) -> None:
        """Until nothing came for `seconds`."""
        end = time.perf_counter() + at_most
        while time.perf_counter() < end and self.read(seconds):
            pass

    def takes_keys(self, seconds: float = 30.0) -> None:
        """Until the program has switched off the terminal's own echo, so that only its own counts."""
        end = time.perf_counter() + seconds
        while termios.tcgetattr(self.master)[3] & termios.ECHO:
            self.read(0.001)
            if time.perf_counter() > end or self._process.poll() is not None:
                raise Gone(f"it never took the terminal; it wrote {self.tail[-600:]!r}")

    def first_echo(self, letter: str) -> float:
        """Seconds from the start until a letter, typed as soon as there is someone to take it, was echoed."""
        self.takes_keys()
        seen, end, due = b"", self.began + 60, 0.0
        while time.perf_counter() < end:
            if time.perf_counter() > due:
                self.press(letter)  # what comes before there is a field is lost: as a person would, try again
                due = time.perf_counter() + 0.025
            seen += self.read(0.01)
            if letter.encode() in ESCAPES.sub(b"", seen):
                return time.perf_counter() - self.began
        raise Gone(f"{letter!r} was never echoed; the last was {self.tail[-600:]!r}")

    def cpu(self) -> float:
        """Seconds that the program has worked so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def rss(self) -> float:
        """Megabytes of memory that the program holds."""
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
