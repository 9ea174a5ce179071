"""What a review consists of, row by row: heads that fold, lines of code, remarks, words. Plain values, without a screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from hephaestus_tui.domain.work import FileChange, Hunk, Line, LineComment, Side
from hephaestus_tui.ui.widgets import lines


@dataclass(frozen=True, slots=True)
class Head:
    """The first row of a part; enter folds it."""


@dataclass(frozen=True, slots=True)
class HunkHead:
    """The first row of a hunk, by its number in the file."""

    hunk: int


@dataclass(frozen=True, slots=True)
class Code:
    """A line of a hunk: context on both sides, or what was taken away, what came, or both side by side."""

    hunk: int
    old: Line | None
    new: Line | None

    def line_on(self, side: Side) -> Line | None:
        """The line on the wanted side, or else the one that there is."""
        return (self.old or self.new) if side is Side.OLD else (self.new or self.old)


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment under its line. `sent` is the round in which it was sent, 0 where it was not yet."""

    comment: LineComment
    sent: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence of ours, or of an agent, in the document. `goal` is a place that enter goes to: a path, and a line of it."""

    line: lines.Line
    goal: tuple[str, str] | None = None


Item: TypeAlias = Head | HunkHead | Code | Remark | Words


@dataclass(slots=True)
class Part:
    """A piece of the document that folds: a file of the work (`change`), or words about it."""

    title: lines.Line
    words: tuple[Words, ...] = ()
    change: FileChange | None = None
    hunks: tuple[Hunk, ...] | None = None  # None while they are not read
    clipped: bool = False
    fault: str = ""
    folded: bool = False


def side_of(line: Line) -> Side:
    """On which side a comment on a line stands: context counts as new."""
    return Side.OLD if line.side is Side.OLD else Side.NEW


def number_of(line: Line) -> int:
    """The number of a line on the side that a comment on it stands on."""
    number = line.old if line.side is Side.OLD else line.new
    return number or 0


def said_by(item: Item) -> str:
    """What an item says, for a search; heads say what is in the items below them."""
    match item:
        case Code(old=old, new=new):
            return "\n".join(line.text for line in (old, new) if line)
        case Remark(comment=comment):
            return comment.text
        case Words(line=line):
            return line.plain
        case _:
            return ""
