"""A squad at work on a real package, supervised by keys alone: worktrees, a conflict, a send-back, merges, a validation.

Not part of the test-suite: it wants tmux, and networkx 3.7 as its source distribution has it. From the top of the repository:

    python -m tests.manual.real_package networkx-3.7rc0.tar.gz            # the scripted provider
    python -m tests.manual.real_package networkx-3.7rc0.tar.gz --served   # the same squad as a model on loopback

It prints each screen on which it pressed a key that decides, and ends with what git says of the result.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

from tests.manual.loopback_model import LoopbackModel

SCRIPT = Path(__file__).with_name("real_package.toml")
GOAL = "Make small helpers of networkx easier to find"
CONFIG = '[providers.loopback]\ndialect = "openai"\nbase_url = "{url}"\n'
COMMENT = "Give it a docstring, like its neighbours"
SIZES = ("160x45", "80x24")
PATIENCE = 120.0  # seconds for one thing to come about
READING = 0.6  # seconds: no key decides on what has only just appeared


class Screen:
    """The app in a tmux of its own, and the keys that a person presses."""

    def __init__(self, folder: Path, size: str, words: list[str]) -> None:
        self._tmux = ["tmux", "-S", str(folder / "tmux"), "-f", "/dev/null"]
        columns, _, rows = size.partition("x")
        quoted = " ".join(f"'{word}'" for word in words)
        self._do("new-session", "-d", "-s", "run", "-x", columns, "-y", rows, quoted)

    def _do(self, *words: str) -> str:
        return subprocess.run([*self._tmux, *words], check=True, capture_output=True, text=True).stdout

    @property
    def text(self) -> str:
        return self._do("capture-pane", "-p", "-t", "run")

    async def shows(self, pattern: str, seconds: float = PATIENCE) -> str:
        """The screen as soon as it shows that; the time is up with an error that has the screen in it."""
        try:
            async with asyncio.timeout(seconds):
                while not re.search(pattern, self.text):  # noqa: ASYNC110  tmux tells nobody that its screen changed
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise SystemExit(f"{pattern!r} was never shown:\n{self.text}") from None
        return self.text

    async def press(self, *keys: str) -> None:
        for key in keys:
            await asyncio.sleep(READING)
            self._do("send-keys", "-t", "run", key)

    async def decide(self, key: str, question: str) -> None:
        """Press a key until what it answers is gone: one that comes too soon decides nothing."""
        deadline = time.monotonic() + PATIENCE
        while re.search(question, self.text):
            if time.monotonic() > deadline:
                raise SystemExit(f"{key!r} did nothing:\n{self.text}")
            await self.press(key)
            await asyncio.sleep(READING)

    async def write(self, text: str) -> None:
        await asyncio.sleep(READING)
        self._do("send-keys", "-t", "run", "-l", text)

    def close(self) -> None:
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True)


def unpack(archive: Path, folder: Path) -> Path:
    with tarfile.open(archive) as sources:
        sources.extractall(folder, filter="data")
    (project,) = (place for place in folder.iterdir() if place.is_dir())
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", project.name]):
        git(project, *words)
    return project


def git(project: Path, *words: str) -> str:
    who = ("-c", "user.name=ada", "-c", "user.email=ada@example.org")
    return subprocess.run(["git", *who, *words], cwd=project, check=True, capture_output=True, text=True).stdout


async def supervise(screen: Screen) -> None:
    """Press what a person would, until the run is finished."""
    await screen.shows(r"4 wait for you")
    sent_back = False
    while True:
        shown = await screen.shows(r"waits? for you|finished")
        if re.search(r"nothing waits for you.*finished", shown):
            return
        await screen.press("n")
        await asyncio.sleep(READING)
        footer = screen.text.rstrip().splitlines()[-1]
        if "a accept" in footer:
            say("a proposal is accepted", screen.text)
            await screen.press("a")
        elif "w review" in footer:
            await screen.press("w")
            sent_back = await review(screen, sent_back)
        elif "y answer" in footer:
            await screen.press("y")
            await screen.shows(r"May T\d+ do this")
            say("a command is allowed", screen.text)
            await screen.decide("a", r"May T\d+ do this")
        await asyncio.sleep(READING)


async def review(screen: Screen, sent_back: bool) -> bool:
    """Look at the work of one task; the one without a docstring goes back once, with a comment on its line."""
    shown = await screen.shows(r"m merge")
    if "Its conflict is resolved by" in shown:  # looked at, and nothing to decide
        await screen.press("Escape")
        return sent_back
    if "leaf_nodes" in shown and not sent_back:
        for _ in range(60):
            if re.search(r"›.*def leaf_nodes", screen.text):
                break
            await screen.press("j")
        await screen.press("c")
        await screen.shows("Your comment")
        await screen.write(COMMENT)
        await screen.press("Enter", "r")
        await screen.shows("Send T. back with 1 comment")
        say("work is sent back", screen.text)
        await screen.decide("Enter", "Send T. back with 1 comment")
        return True
    await screen.press("m")
    shown = await screen.shows(r"y merge it into|t make a task")
    if "1 conflict" in shown:
        say("a conflict becomes a task", shown)
        await screen.decide("t", "Merge the work of")
    else:
        say("work is merged", shown)
        await screen.decide("y", "Merge the work of")
    return sent_back


def say(what: str, shown: str) -> None:
    sys.stdout.write(f"\n== {what}\n{shown.rstrip()}\n")


async def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("archive", type=Path)
    asked.add_argument("--served", action="store_true", help="let a model on loopback play the squad")
    asked.add_argument("--size", default=SIZES[0], help=f"columns and rows, such as {' or '.join(SIZES)}")
    asked.add_argument("--folder", type=Path, help="where it is unpacked; a sandbox hides the temporary folder")
    chosen = asked.parse_args()
    folder = Path(tempfile.mkdtemp(dir=chosen.folder))
    project = unpack(chosen.archive, folder)
    config = folder / "config"
    config.mkdir()
    async with AsyncExitStack() as stack:
        model = f"scripted:{SCRIPT}"
        if chosen.served:
            server = await stack.enter_async_context(LoopbackModel(SCRIPT))
            (config / "config.toml").write_text(CONFIG.format(url=server.url), encoding="utf-8")
            model = "loopback:squad"
        here = [f"HEPHAESTUS_HOME={folder / 'home'}", f"HEPHAESTUS_CONFIG={config}", f"PATH={os.environ['PATH']}"]
        words = [sys.executable, "-m", "hephaestus_tui", "--project", str(project)]
        screen = Screen(folder, chosen.size, ["env", *here, *words, "--model", model, "--policy", "auto-edit", GOAL])
        stack.callback(screen.close)
        await supervise(screen)
        say("the end", screen.text)
        await screen.press("q")
    say("git", git(project, "log", "--oneline", "--graph") + git(project, "status", "--short"))
    files = git(project, "diff", "--stat", "HEAD", git(project, "rev-list", "--max-parents=0", "HEAD").strip(), "-R")
    say("what has changed", files)


if __name__ == "__main__":
    asyncio.run(main())
