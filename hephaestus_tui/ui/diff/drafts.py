"""What a person has written about the work of tasks and not sent yet: leaving a review must not lose it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.work import LineComment, Side

Spot: TypeAlias = tuple[str, Side, int]


@dataclass(slots=True)
class Draft:
    """About one task: `comments` by where they stand, `words` for sending it back, and the `reason` for giving it up."""

    comments: dict[Spot, LineComment] = field(default_factory=dict)
    words: str = ""
    reason: str = ""

    def __bool__(self) -> bool:
        return bool(self.comments or self.words.strip() or self.reason.strip())

    def put(self, comment: LineComment) -> None:
        """Keep a comment in place of the one on its line; without a text it takes that one away."""
        spot = (comment.path, comment.side, comment.line)
        if comment.text.strip():
            self.comments[spot] = comment
        else:
            self.comments.pop(spot, None)

    def on(self, path: str) -> list[LineComment]:
        return [comment for comment in self.comments.values() if comment.path == path]

    def in_order(self) -> tuple[LineComment, ...]:
        """By file and line."""
        return tuple(sorted(self.comments.values(), key=lambda c: (c.path, c.line, c.side is Side.NEW)))


class Drafts:
    """Those of a run, for as long as the app is open."""

    def __init__(self) -> None:
        self._of: dict[TaskId, Draft] = {}

    def of(self, task_id: TaskId) -> Draft:
        return self._of.setdefault(task_id, Draft())

    def drop(self, task_id: TaskId) -> None:
        """It was sent, or nobody needs it any more."""
        self._of.pop(task_id, None)

    def written(self) -> str:
        """What would be lost by closing the app, in words; empty where nothing would."""
        ids = [task_id for task_id, draft in self._of.items() if draft]
        return f"what you wrote about the work of {', '.join(ids)}" if ids else ""
