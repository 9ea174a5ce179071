"""The search for machines without ripgrep, a program of its own; without it they would have none that can be stopped.

`python -m hephaestus_tui.tools.scan QUERY` takes a JSON object and answers as rg does: `path:line:text` on stdout and
exit code 0, 1 when nothing was found, 2 and a sentence when it could not search.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hephaestus_tui.tools.clip import plain
from hephaestus_tui.tools.dirfd import Kind
from hephaestus_tui.tools.faults import ToolFault
from hephaestus_tui.tools.globs import matcher
from hephaestus_tui.tools.workspace import Workspace

MATCHES_LIMIT = 100
LINE_LIMIT = 400
FOUND, NOTHING, FAILED = 0, 1, 2


def main(arguments: list[str]) -> int:
    query = json.loads(arguments[0])
    found = NOTHING
    try:
        for line in _search(query):
            sys.stdout.write(line + "\n")
            found = FOUND
    except (ToolFault, re.error) as error:
        sys.stdout.write(f"{error}\n")
        return FAILED
    return found


def _search(query: dict[str, Any]) -> Iterator[str]:
    pattern = re.escape(query["pattern"]) if query["literal"] else query["pattern"]
    expression = re.compile(pattern, re.IGNORECASE if query["ignore_case"] else 0)
    workspace = Workspace(Path(query["root"]))
    matches = matcher(query["glob"]) if query["glob"] else _any
    single = workspace.kind(query["path"]) is not Kind.FOLDER
    top = "/".join(workspace.parts(query["path"]))
    for path in [top] if single else workspace.walk(query["path"]):
        below = path if single else path.removeprefix(top).lstrip("/")
        if single or matches(below):
            yield from _lines(workspace, path, "<stdin>" if single else below, expression, single)


def _lines(workspace: Workspace, path: str, named: str, expression: re.Pattern[str], required: bool) -> Iterator[str]:
    try:
        text = workspace.read_text(path, exact=False)
    except ToolFault:
        # one among many that is binary, too large or unreadable is passed over
        if required:
            raise
        return
    hits = 0
    for number, line in enumerate(text.split("\n"), 1):
        if expression.search(line.removesuffix("\r")):
            yield f"{plain(named)}:{number}:{line[:LINE_LIMIT]}"
            hits += 1
            if hits == MATCHES_LIMIT:
                return


def _any(_: str) -> bool:
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
