"""Glob patterns over paths, in time bounded by the pattern's and the path's length.

Without it `**` would need a regular expression, and a pattern made to backtrack could hold the app up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from functools import cache

from hephaestus_tui.tools.faults import ToolFault

_ALTERNATIVES_LIMIT = 64
_BRACES = re.compile(r"\{([^{}]*)\}")


def matcher(pattern: str) -> Callable[[str], bool]:
    """Tells whether a relative path matches: `*`, `?`, `[abc]`, `{a,b}`, and `**` for any number of folders.

    A pattern without a slash is looked for at any depth. Raises ToolFault.
    """
    if pattern.startswith("!") or not pattern.strip("/"):
        raise ToolFault("The glob must say what to find, such as '*.py' or 'src/**/test_*.ts'; '!' is not known.")
    wanted = [tuple(part for part in one.split("/") if part not in ("", ".")) for one in _alternatives(pattern)]
    anywhere = [("**", *parts) if len(parts) == 1 and "/" not in pattern else parts for parts in wanted]
    return lambda path: any(_matches(path.split("/"), parts) for parts in anywhere)


def _alternatives(pattern: str) -> list[str]:
    waiting, done = [pattern], []
    while waiting:
        one = waiting.pop()
        braces = _BRACES.search(one)
        if braces is None:
            done.append(one)
        else:
            waiting += [one[: braces.start()] + word + one[braces.end() :] for word in braces[1].split(",")]
        if len(waiting) + len(done) > _ALTERNATIVES_LIMIT:
            raise ToolFault(
                f"The glob {pattern} stands for more than {_ALTERNATIVES_LIMIT} patterns. Use fewer braces."
            )
    return done


def _matches(path: Sequence[str], pattern: Sequence[str]) -> bool:
    @cache
    def at(here: int, step: int) -> bool:
        if step == len(pattern):
            return here == len(path)
        if pattern[step] == "**":
            return at(here, step + 1) or (here < len(path) and at(here + 1, step))
        return here < len(path) and fnmatchcase(path[here], pattern[step]) and at(here + 1, step + 1)

    return at(0, 0)
