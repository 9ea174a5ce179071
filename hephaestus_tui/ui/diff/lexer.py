"""Colours for the words of a programming language, a piece at a time: the whole of a large file would hold up its first rows.

Lexers are not written for hostile text: only well-known ones are used, on lines of usual length, and one that takes
its time is not asked again.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import import_module
from pathlib import PurePosixPath
from typing import Any, TypeAlias

Colour: TypeAlias = tuple[int, int, str]  # from, to, and the name of a style

COLOURS = ("keyword", "string", "number", "remark", "name", "builtin")
PIECE = 64  # lines that are coloured together
_QUOTES = ('"""', "'''")
_STATEMENT = re.compile(
    r"\s*(def |class |return\b|if .*:|elif .*:|else:|for .*:|import |from .* import |raise |@\w|\w+ = |self\.)"
)
_LONGEST, _MOST_SECONDS = 400, 0.15
_BY_SUFFIX = {
    **dict.fromkeys((".py", ".pyi", ".pyw"), "python"), **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx"), "javascript"),
    **dict.fromkeys((".ts", ".tsx", ".mts"), "typescript"), **dict.fromkeys((".c", ".h"), "c"),
    **dict.fromkeys((".cc", ".cpp", ".cxx", ".hpp", ".hh"), "cpp"), **dict.fromkeys((".sh", ".bash", ".zsh"), "bash"),
    **dict.fromkeys((".yml", ".yaml"), "yaml"), **dict.fromkeys((".css", ".tcss"), "css"),
    **dict.fromkeys((".html", ".htm", ".xml", ".svg"), "html"), **dict.fromkeys((".md", ".markdown"), "markdown"),
    **dict.fromkeys((".ini", ".cfg"), "ini"), **dict.fromkeys((".kt", ".kts"), "kotlin"), ".scss": "scss",
    ".rs": "rust", ".go": "go", ".java": "java", ".rb": "ruby", ".php": "php", ".sql": "sql", ".json": "json",
    ".toml": "toml", ".cs": "csharp", ".swift": "swift", ".lua": "lua", ".pl": "perl", ".r": "r", ".scala": "scala",
    ".hs": "haskell", ".ex": "elixir", ".exs": "elixir", ".diff": "diff", ".patch": "diff", ".proto": "protobuf",
}  # fmt: skip
_BY_NAME = {"makefile": "make", "dockerfile": "docker", "gemfile": "ruby", "rakefile": "ruby", ".bashrc": "bash"}


class Lexing:
    """The colours of one text, such as the new side of a hunk; `clean` gives what is shown of each of its lines."""

    def __init__(self, path: str, lines: Sequence[str], clean: Callable[[str], str]) -> None:
        self._lexer = lexer_of(path)
        self._lines, self._clean = lines, clean
        self._pieces: dict[int, list[list[Colour]]] = {}

    def of(self, number: int) -> list[Colour]:
        """The colours of one line, by its place in `lines`."""
        if self._lexer is None or not 0 <= number < len(self._lines):
            return []
        piece, place = divmod(number, PIECE)
        if piece not in self._pieces:
            lines = [self._clean(line) for line in self._lines[piece * PIECE : (piece + 1) * PIECE]]
            began = time.monotonic()
            self._pieces[piece] = _coloured(self._lexer, lines)
            if time.monotonic() - began > _MOST_SECONDS:
                self._lexer = None
        return self._pieces[piece][place]


def language_of(path: str) -> str | None:
    """The language of a file, by its name alone; None where it is none of the well-known."""
    name = PurePosixPath(path)
    return _BY_NAME.get(name.name.lower()) or _BY_SUFFIX.get(name.suffix.lower())


def lexer_of(path: str) -> Any:
    language = language_of(path)
    return _lexer(language) if language else None


@lru_cache(16)
def _lexer(language: str) -> Any:
    # loaded with the first diff that is shown: it takes as long as two frames
    return import_module("pygments.lexers").get_lexer_by_name(language, stripnl=False, ensurenl=False)


def _coloured(lexer: Any, lines: Sequence[str]) -> list[list[Colour]]:
    """The colours of each line. What begins in the midst of a long string is known by its statements being none."""
    if any(len(line) > _LONGEST for line in lines):
        return [[] for _ in lines]
    found = _lexed(lexer, lines)
    if lexer.name != "Python" or not _lost(found, lines):
        return found
    guesses = [found, *(_lexed(lexer, [quotes, *lines])[1:] for quotes in _QUOTES)]
    return min(guesses, key=lambda guess: _lost(guess, lines))


def _lost(found: list[list[Colour]], lines: Sequence[str]) -> int:
    """How many lines read as statements, and are coloured as a part of a string."""
    return sum(
        _STATEMENT.match(line) is not None
        and bool(colours)
        and colours[0][2] in ("string", "remark")
        and colours[0][0] == 0
        for line, colours in zip(lines, found, strict=True)
    )


def _lexed(lexer: Any, lines: Sequence[str]) -> list[list[Colour]]:
    found: list[list[Colour]] = [[] for _ in lines]
    row = column = 0
    for kind, text in lexer.get_tokens("\n".join(lines)):
        colour = _colour(kind)
        for number, part in enumerate(text.split("\n")):
            if number:
                row, column = row + 1, 0
            if part and row < len(found):
                if colour:
                    found[row].append((column, column + len(part), colour))
                column += len(part)
    return found


@lru_cache(512)
def _colour(kind: Any) -> str:
    """The style of a token, by its name: "Token.Name.Function.Magic"."""
    names = str(kind).split(".")[1:]
    if not names:
        return ""
    match names:
        case ["Comment", *_]:
            return "remark"
        case ["Literal", "String", "Doc", *_]:
            return "remark"
        case ["Literal", "Number", *_]:
            return "number"
        case ["Literal", *_]:
            return "string"
        case ["Keyword", *_] | ["Operator", "Word", *_]:
            return "keyword"
        case ["Name", "Builtin" | "Exception" | "Decorator", *_]:
            return "builtin"
        case ["Name", "Function" | "Class" | "Tag" | "Attribute" | "Property", *_]:
            return "name"
    return ""
