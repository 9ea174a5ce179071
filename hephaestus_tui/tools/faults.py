"""The one error a tool may end in; without it a bad call would stop the agent and not correct it."""

from __future__ import annotations

import errno

from hephaestus_tui.domain.errors import HephaestusError

_ADVICE = {
    errno.ENOENT: "does not exist. Use list_files or find_files to see what is there",
    errno.ENOTDIR: "is not a folder, or lies below a file. Use list_files to see what is there",
    errno.EISDIR: "is a folder. Name a file",
    errno.EACCES: "may not be opened by this user. Go on without it, or ask the human",
    errno.EPERM: "may not be changed by this user. Go on without it, or ask the human",
    errno.ENAMETOOLONG: "is too long a name. Choose a shorter one",
    errno.ENXIO: "is a socket or a pipe, not a regular file. Go on without it",
    errno.ENOSPC: "was not written: the disk is full. Ask the human",
    errno.EROFS: "was not written: the file system is read-only. Ask the human",
}


class ToolFault(HephaestusError):
    """A call that cannot be carried out; the message goes back to the model and says what to do instead."""


def file_fault(error: OSError, path: str, link: str = "") -> ToolFault:
    """What went wrong with a path; `link` says which part of it is a link, empty for none."""
    if link and error.errno in (errno.ELOOP, errno.ENOTDIR):
        return ToolFault(f"{link}, and links are not followed. Name the file itself, if it is in the workspace.")
    advice = _ADVICE.get(error.errno or 0, f"failed: {error.strerror}. Try another path, or ask the human")
    return ToolFault(f"{path} {advice}.")
