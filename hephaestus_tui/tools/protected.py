"""Names that no tool may write; without it an agent could plant code that runs later as the person at the keyboard."""

from __future__ import annotations

import unicodedata

_ANYWHERE_IN_THE_PATH = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        ".jj",
        ".hephaestus",
        ".vscode",
        ".idea",
        ".husky",
        ".githooks",
        ".direnv",
        ".ssh",
        ".gnupg",
    }
)
_AS_A_FILE = frozenset(
    {
        ".envrc",
        ".gitconfig",
        ".gitmodules",
        ".mcp.json",
        ".netrc",
        ".ripgreprc",
        ".inputrc",
        ".profile",
        ".login",
        ".bashrc",
        ".bash_profile",
        ".bash_login",
        ".bash_logout",
        ".bash_aliases",
        ".zshrc",
        ".zshenv",
        ".zprofile",
        ".zlogin",
        ".zlogout",
        ".kshrc",
        ".cshrc",
        ".tcshrc",
    }
)
# the short names that Windows file systems give to .git
_ALIASES = frozenset({"git~1", "git~2", "git~3", "git~4"})


def protected_part(parts: tuple[str, ...]) -> str | None:
    """The component for which a path may not be written, None where it may.

    Compared as the most forgiving file system would: no case, compatibility forms folded, invisible characters,
    trailing dots, spaces and stream suffixes dropped.
    """
    for part in parts:
        name = folded(part)
        if name in _ANYWHERE_IN_THE_PATH or name in _AS_A_FILE or name in _ALIASES:
            return part
    return None


def folded(name: str) -> str:
    visible = "".join(char for char in unicodedata.normalize("NFKC", name) if not _invisible(char))
    return unicodedata.normalize("NFC", visible.casefold()).partition(":")[0].rstrip(". ")


def _invisible(char: str) -> bool:
    # format characters, variation selectors and the combining grapheme joiner draw nothing
    return unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f" or char in "\u034f\u180b\u180c\u180d"
