"""What we know of each worktree, in files of our own; without them an agent could say which branch its work is on.

Nothing here is asked of the worktree, whose `.git` file an agent may overwrite.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path

from hephaestus_tui.paths import make_folder
from hephaestus_tui.workspaces.faults import WorkspaceFault
from hephaestus_tui.workspaces.values import Record, Standing

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class Records:
    """One JSON file a task, replaced whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        make_folder(folder)

    def get(self, task: str) -> Record | None:
        """Raises WorkspaceFault for a record that cannot be read: to begin anew could lose work."""
        path = self._path(task)
        try:
            found = json.loads(path.read_bytes())
            return Record(
                task=task,
                branch=found["branch"],
                base=found["base"],
                start=found["start"],
                root=Path(found["root"]),
                path=Path(found["path"]),
                standing=Standing(found["standing"]),
                note=found["note"],
                marked=tuple(found["marked"]),
            )
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise WorkspaceFault(f"{path} cannot be read ({error}): look at the branch of {task} yourself.") from error

    def put(self, record: Record) -> Record:
        fields = {
            "branch": record.branch,
            "base": record.base,
            "start": record.start,
            "root": str(record.root),
            "path": str(record.path),
            "standing": record.standing,
            "note": record.note,
            "marked": record.marked,
        }
        path = self._path(record.task)
        draft = path.with_suffix(".new")
        with draft.open("w", encoding="ascii") as file:
            json.dump(fields, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        return record

    def stand(self, record: Record, standing: Standing) -> Record:
        return self.put(replace(record, standing=standing))

    def drop(self, task: str) -> None:
        self._path(task).unlink(missing_ok=True)

    def all(self) -> tuple[Record, ...]:
        tasks = sorted(path.stem for path in self._folder.glob("*.json"))
        return tuple(record for task in tasks if (record := self.get(task)) is not None)

    def index(self, task: str) -> Path:
        """Our own index of a worktree: the agent's may say anything."""
        return self._path(task).with_suffix(".index")

    def _path(self, task: str) -> Path:
        return self._folder / f"{checked(task)}.json"


def checked(name: str) -> str:
    """The same name, fit to be a folder and a part of a branch. Raises WorkspaceFault."""
    if not _NAME.fullmatch(name):
        raise WorkspaceFault(f"{name!r} cannot name a workspace: letters, digits, - and _ can.")
    return name
