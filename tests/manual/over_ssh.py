"""The demo over a real sshd: in terminals of several kinds, in a tmux of the far side, and after a line that was cut.

    python -m tests.manual.over_ssh [FOLDER]

It needs sshd, ssh and tmux, and takes a minute; started by root, also the folder /run/sshd, which sshd's service makes. An sshd with keys of its own listens on a port of this machine alone, until the
end. In FOLDER (a temporary one) is a picture for each kind of terminal (SVG), and what was sent to it (ANSI). What it says
should be: `ok` for each, and that the run was there again after its line had been cut. Look at the pictures.
"""

from __future__ import annotations

import getpass
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.text import Text

TERMS = ("xterm", "xterm-256color", "linux", "screen")
SIZE = (80, 24)
SECONDS = 20.0
CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/person_key.pub
PidFile {folder}/sshd.pid
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
"""


@contextmanager
def sshd(folder: Path) -> Iterator[list[str]]:
    """The words that log in, while it listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for key in ("host_key", "person_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True)
    (folder / "sshd_config").write_text(CONFIG.format(port=port, folder=folder))
    program = shutil.which("sshd") or "/usr/sbin/sshd"
    with (folder / "sshd.log").open("wb") as log:
        process = subprocess.Popen([program, "-D", "-e", "-f", folder / "sshd_config"], stderr=log)
    try:
        deadline = time.monotonic() + SECONDS
        while b"Server listening" not in (folder / "sshd.log").read_bytes():
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"sshd does not listen: {(folder / 'sshd.log').read_text()}")
            time.sleep(0.1)
        yield [
            "ssh", "-tt", "-p", str(port), "-i", str(folder / "person_key"), "-F", "/dev/null", "-o", "LogLevel=ERROR",
            "-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={folder / 'known'}",
            f"{getpass.getuser()}@127.0.0.1",
        ]  # fmt: skip
    finally:
        process.terminate()
        process.wait()


class Pane:
    """A terminal of such a kind, in a tmux server of its own, in which ssh runs such a command on the far side."""

    def __init__(self, folder: Path, name: str, term: str, login: list[str], command: str) -> None:
        self.folder, self.name = folder, name
        self.tmux = ["tmux", "-u", "-S", str(folder / f"{name}.socket"), "-f", "/dev/null"]
        words = ["env", "-u", "TMUX", f"TERM={term}", *login, command]
        self._run("new-session", "-d", "-x", str(SIZE[0]), "-y", str(SIZE[1]), shlex.join(words))

    def _run(self, *words: str) -> str:
        done = subprocess.run([*self.tmux, *words], capture_output=True, text=True, check=False)
        return done.stdout

    @property
    def text(self) -> str:
        return self._run("capture-pane", "-p")

    def press(self, *keys: str) -> None:
        for key in keys:
            self._run("send-keys", key)
            time.sleep(0.3)

    def wait(self, words: str) -> bool:
        deadline = time.monotonic() + SECONDS
        while words not in self.text:
            if time.monotonic() > deadline:
                print(f"{self.name}: {words!r} never came:\n{self.text}")
                return False
            time.sleep(0.2)
        return True

    def keep(self, what: str) -> None:
        sent = (
            self._run("capture-pane", "-e", "-p").replace("\x0e", "").replace("\x0f", "")
        )  # shifts between sets of signs
        (self.folder / f"{self.name}-{what}.ansi").write_text(sent)
        console = Console(record=True, width=SIZE[0], file=(self.folder / "drawn").open("w"), force_terminal=True)
        console.print(Text.from_ansi(sent))
        console.save_svg(str(self.folder / f"{self.name}-{what}.svg"), title=self.name)

    def cut(self) -> None:
        """Kill ssh, as a line that goes away does, and close the pane."""
        pid = self._run("display-message", "-p", "#{pane_pid}").strip()
        if pid:
            subprocess.run(["kill", "-KILL", pid], check=False)
        self._run("kill-server")


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="over-ssh-")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    fine = True
    with sshd(folder) as login:
        for name, term in (*((term, term) for term in TERMS), ("tmux", "xterm-256color")):
            fine &= looked_at(folder, name, term, login)
    print(f"The pictures are in {folder}")
    return 0 if fine else 1


def looked_at(folder: Path, name: str, term: str, login: list[str]) -> bool:
    """Whether the demo was seen, moved in, cut off and found again."""
    state = f"HEPHAESTUS_HOME={folder / name} HEPHAESTUS_CONFIG={folder / 'config'} LANG=C.UTF-8"
    program = f"env {state} {shlex.quote(sys.executable)} -m hephaestus_tui demo"
    inner = f"tmux -u -S {folder / 'inner.socket'} -f /dev/null" if name == "tmux" else ""
    pane = Pane(
        folder, name, term, login, f"{inner} new-session {shlex.quote(program)}" if inner else f"{program} --speed 4"
    )
    seen = pane.wait("T3")
    pane.press("n", "3")
    pane.keep("run")
    pane.press("?")
    seen &= pane.wait("keys and marks") if seen else False
    pane.keep("help")
    pane.press("Escape")
    seen &= pane.wait("T3")  # a tmux waits a moment for what may follow an escape
    pane.cut()
    # in a tmux of the far side it is still there; else it was closed in order when its terminal went away
    again = Pane(folder, name, term, login, f"{inner} attach" if inner else f"{program} --resume")
    back = again.wait("T3")
    again.keep("again")
    again.cut()
    if inner:
        subprocess.run([*inner.split(), "kill-server"], check=False)
    print(f"{name}: {'ok' if seen and back else 'NOT as it should be'}")
    return seen and back


if __name__ == "__main__":
    sys.exit(main())
