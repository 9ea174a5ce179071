"""The signs for states, in one place: each is one cell wide in every terminal, and none is told apart by colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """What the picture says of a task: its status, refined by what a person wants to know first."""

    PENDING = "pending"
    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    BLOCKED = "blocked"
    DEAD = "dead"
    NEEDS_YOU = "needs you"
    PROPOSED = "proposed"
    AMENDED = "new version"
    QUERIED = "asked back"
    REJECTED = "rejected"
    JOINED = "merged into another"
    TO_MERGE = "to be merged"
    DONE = "done"
    DISCARDED = "discarded"
    FAILED = "failed"
    CANCELLED = "cancelled"


# the theme variable that colours each mark ($-names of Textual's themes)
COLOURS: dict[Mark, str] = {
    Mark.PENDING: "text-muted",
    Mark.READY: "accent",
    Mark.RUNNING: "primary",
    Mark.PAUSED: "warning",
    Mark.BLOCKED: "warning",
    Mark.DEAD: "error",
    Mark.NEEDS_YOU: "secondary",
    Mark.PROPOSED: "secondary",
    Mark.AMENDED: "secondary",
    Mark.QUERIED: "text-muted",
    Mark.REJECTED: "text-muted",
    Mark.JOINED: "text-muted",
    Mark.TO_MERGE: "secondary",
    Mark.DONE: "success",
    Mark.DISCARDED: "text-muted",
    Mark.FAILED: "error",
    Mark.CANCELLED: "text-muted",
}


@dataclass(frozen=True, slots=True)
class GlyphSet:
    """`marks` has the sign of each state; `picked` and `changed` mark what is selected, and what changed since it was.

    `found` marks what holds the words that are looked for.
    """

    name: str
    marks: dict[Mark, str]
    ellipsis: str
    bullet: str
    pointer: str
    arrow: str
    fold: str
    unfold: str
    picked: str
    changed: str
    found: str


UNICODE = GlyphSet(
    name="unicode",
    marks={
        Mark.PENDING: "·", Mark.READY: "○", Mark.RUNNING: "●", Mark.PAUSED: "◎", Mark.BLOCKED: "■", Mark.DEAD: "□",
        Mark.NEEDS_YOU: "◆", Mark.PROPOSED: "◇", Mark.AMENDED: "◈", Mark.QUERIED: "?", Mark.REJECTED: "⊘", Mark.DONE: "✓", Mark.FAILED: "✗",
        Mark.CANCELLED: "−", Mark.TO_MERGE: "±", Mark.DISCARDED: "⊖", Mark.JOINED: "⊞",
    },
    ellipsis="…", bullet="•", pointer="›", arrow="→", fold="▸", unfold="▾", picked="*", changed="~",
    found="»",
)  # fmt: skip

ASCII = GlyphSet(
    name="ascii",
    marks={
        Mark.PENDING: "o", Mark.READY: "O", Mark.RUNNING: ">", Mark.PAUSED: "H", Mark.BLOCKED: "#", Mark.DEAD: "%",
        Mark.NEEDS_YOU: "!", Mark.PROPOSED: "?", Mark.AMENDED: "&", Mark.QUERIED: "q", Mark.REJECTED: "/", Mark.DONE: "v", Mark.FAILED: "X",
        Mark.CANCELLED: "=", Mark.TO_MERGE: "m", Mark.DISCARDED: "d", Mark.JOINED: "u",
    },
    ellipsis="~", bullet="*", pointer=">", arrow="->", fold="+", unfold="-", picked="*", changed="~",
    found='"',
)  # fmt: skip
