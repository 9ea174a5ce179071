"""Runs our own git; without it a repository's config, hooks or attributes could make us execute what an agent wrote.

Config is code: fifteen of nineteen known settings run a program on `status`, `diff`, `commit` or `worktree add`. What is
switched off here by options are those that have one. Filters, merge drivers and diff drivers have none: commands that
could meet them run in a view (`view.py`), whose config is ours.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hephaestus_tui.tools.clip import Clip, plain
from hephaestus_tui.tools.environment import clean_environment, program
from hephaestus_tui.tools.faults import ToolFault
from hephaestus_tui.tools.process import Spawn, run
from hephaestus_tui.tools.strays import MARKER
from hephaestus_tui.workspaces.faults import NoGit, WorkspaceFault

OUTPUT_LIMIT = 32_000_000  # bytes; the paths of some 400,000 files
SECONDS = 120.0
OLDEST = (2, 38)
NAME = "hephaestus"
EMAIL = "hephaestus@localhost"

_VERSION = re.compile(rb"git version (\d+)\.(\d+)")

_OPTIONS = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.editor=false",
    "core.sshCommand=false",
    "core.gitProxy=false",
    "core.askPass=",
    "core.alternateRefsCommand=false",
    "core.attributesFile=/dev/null",
    "core.untrackedCache=false",
    "core.splitIndex=false",
    "core.safecrlf=false",
    "core.protectHFS=true",
    "core.protectNTFS=true",
    "credential.helper=",
    "diff.external=",
    "diff.ignoreSubmodules=all",
    "gpg.program=false",
    "commit.gpgSign=false",
    "protocol.allow=never",
    "protocol.ext.allow=never",
    "protocol.file.allow=never",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "log.showSignature=false",
)

_VARIABLES = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "false",
    "GIT_EDITOR": "false",
    "GIT_AUTHOR_NAME": NAME,
    "GIT_AUTHOR_EMAIL": EMAIL,
    "GIT_COMMITTER_NAME": NAME,
    "GIT_COMMITTER_EMAIL": EMAIL,
    "LC_ALL": "C",
}


@dataclass(frozen=True, slots=True)
class Said:
    """How a git command ended. `clipped` says that `out` lacks its end."""

    code: int
    out: bytes
    err: str
    clipped: bool = False

    def line(self) -> str:
        """The one line that a command wrote."""
        return os.fsdecode(self.out.removesuffix(b"\n"))

    def lines(self) -> list[str]:
        return [os.fsdecode(line) for line in self.out.split(b"\n") if line]

    def names(self) -> list[str]:
        """What a command with `-z` wrote."""
        return [os.fsdecode(name) for name in self.out.split(b"\0") if name]


class Git:
    """`environ` is where names of places and the language come from; nothing named GIT_… in it reaches a command."""

    def __init__(self, environ: Mapping[str, str], seconds: float = SECONDS) -> None:
        found = program("git", environ)
        if found is None:
            raise NoGit("There is no git on this machine's PATH: install git 2.38 or later.")
        self._program = found
        kept = {name: value for name, value in clean_environment(environ).items() if not name.startswith("GIT_")}
        self._environment = kept | _VARIABLES
        self._seconds = seconds

    async def require_version(self) -> None:
        """Raises NoGit where git is too old to merge without touching files (`merge-tree --write-tree`)."""
        said = await self.run("version", folder=Path("/"))
        found = _VERSION.match(said.out)
        if found is None or (int(found[1]), int(found[2])) < OLDEST:
            raise NoGit(f"Workspaces need git {OLDEST[0]}.{OLDEST[1]} or later, and this is {said.line()}.")

    async def run(
        self,
        *arguments: str,
        folder: Path,
        variables: Mapping[str, str | None] | None = None,
        stdin: bytes = b"",
        codes: Sequence[int] = (0,),
        limit: int = OUTPUT_LIMIT,
        cut: bool = False,
    ) -> Said:
        """Run one command to its end. A variable that is None is not set, not even to our own value.

        `cut` allows output beyond `limit` bytes, of which the rest is then left out.

        Raises WorkspaceFault where it cannot be run, takes too long, says too much, or ends in none of `codes`.
        """
        mark = secrets.token_hex(12)
        output = Clip(head=limit, tail=0)
        environment = {**self._environment, MARKER: mark, **(variables or {})}
        options = [word for option in _OPTIONS for word in ("-c", option)]
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as errors:
            given.write(stdin)
            given.seek(0)
            spawn = Spawn(
                argv=(self._program, "--no-pager", *options, *arguments),
                folder=str(folder),
                environment={name: value for name, value in environment.items() if value is not None},
                mark=mark,
                seconds=self._seconds,
                stdin=given.fileno(),
                stderr=errors.fileno(),
            )
            try:
                ended = await run(spawn, output, _unseen, until_full=True)
            except ToolFault as fault:
                raise WorkspaceFault(f"git cannot be run in {folder}: {fault}") from fault
            errors.seek(0)
            err = plain(errors.read(2_000).decode("utf-8", "replace").strip())
        said = Said(ended.code if ended.code is not None else -1, output.head(), err, output.left_out > 0)
        if ended.timed_out:
            raise WorkspaceFault(f"git {arguments[0]} took more than {self._seconds:g} s in {folder}: try again.")
        if said.clipped:
            if cut:
                return said
            raise WorkspaceFault(f"git {arguments[0]} says more than {limit:,} bytes in {folder}: look there yourself.")
        if said.code not in codes:
            raise WorkspaceFault(
                f"git {arguments[0]} failed in {folder} (code {said.code}): {err or 'it says nothing'}"
            )
        return said


def _unseen(text: str) -> None:
    """Nobody watches our own git."""
