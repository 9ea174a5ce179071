"""Makes sure that a file of a workspace is an image before a program outside is given it: an agent may have made it, and named it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path, PurePosixPath

from hephaestus_tui.domain.errors import CannotShow
from hephaestus_tui.tools.faults import ToolFault
from hephaestus_tui.tools.images import image_words
from hephaestus_tui.tools.workspace import Workspace

# by its name the system chooses the program: an image that is called x.command or x.desktop would be run
_ENDS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".gif": "GIF", ".webp": "WebP"}


def checked(folder: str, path: str) -> Path:
    """The file, if it is an image by its name and its bytes, and no link leads to it. Raises CannotShow."""
    try:
        with closing(Workspace(Path(folder))) as workspace:
            kind, parts = image_words(workspace.read_bytes(path)), workspace.parts(path)
            file = workspace.root.joinpath(*parts)
    except ToolFault as error:
        raise CannotShow(f"It cannot be opened: {error}") from error
    if not kind:
        raise CannotShow("It is no image any more.")
    if not kind.startswith(_ENDS.get(PurePosixPath(path).suffix.lower(), "\0")):
        raise CannotShow(
            "It is not named like the image that it is, so another program than one for images would open it."
        )
    return file
