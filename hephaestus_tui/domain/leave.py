"""How far a person's leave reaches: this call alone, or equal ones of the task or the run, until it is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hephaestus_tui.domain.actor import Actor
from hephaestus_tui.domain.policy import Containment, Effect
from hephaestus_tui.domain.task import TaskId

COMMAND_LIMIT = 10_000
# around the command that a person put in the place of the agent's, before what it said
CHANGED, CHANGE_ENDS = "[A human changed the command. What ran instead: ", "]\n"


class Extent(StrEnum):
    ONCE = "once"
    TASK = "task"
    RUN = "run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a call needs leave for. `argv` are the words of a command that no shell need read, None for any other."""

    tool: str
    effect: Effect
    argv: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Leave that was given for more than one call: to the same tool and, where it runs commands, for the same words.

    `task_id` is the one task that it is for, None for the whole run.
    """

    id: str
    tool: str
    effect: Effect
    argv: tuple[str, ...] | None
    task_id: TaskId | None
    actor: Actor
    given_at: float

    def covers(self, wish: Wish, task_id: TaskId) -> bool:
        """A command that no words are known of is covered by nothing: everything compound asks."""
        if self.task_id not in (None, task_id) or (self.tool, self.effect) != (wish.tool, wish.effect):
            return False
        return wish.effect is Effect.WRITE or (wish.argv is not None and wish.argv == self.argv)


def extents(wish: Wish, containment: Containment) -> tuple[Extent, ...]:
    """How far leave for this may reach. A command that nothing holds, or that is no plain list of words, asks each time."""
    if wish.effect is Effect.RUN and (wish.argv is None or containment is not Containment.SANDBOX):
        return (Extent.ONCE,)
    return tuple(Extent)


def what_words(wish: Wish | Grant) -> str:
    """What is allowed, in a line: the words of the command, or the tool that changes files."""
    return " ".join(_word(word) for word in wish.argv) if wish.argv is not None else f"every {wish.tool}"


def _word(word: str) -> str:
    plain = word.isascii() and all(char.isalnum() or char in "@%+=:,./-_" for char in word)
    return word if word and plain else repr(word)


def where_words(grant: Grant) -> str:
    return f"for {grant.task_id}" if grant.task_id else "for the run"
