"""The keys that the detail pane names, as a person has bound them: a pane that names a dead key is worse than one without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.lines import Line, Span


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys as they are bound now; the defaults are those of the registry of actions."""

    accept: str = "a"
    edit: str = "e"
    reject: str = "r"
    ask: str = "c"
    undo: str = "u"
    editor: str = "E"
    merge: str = "M"
    split: str = "S"
    settle: str = "d"
    spawn_bound: str = "b"
    answer: str = "y"
    retry: str = "R"
    stop: str = "x"
    origin: str = "o"
    resume_run: str = "P"
    budget: str = "$"
    retry_now: str = "t"
    review: str = "w"
    unsay: str = "U"
    pause: str = "p"
    step: str = "."

    @classmethod
    def bound(cls, keys: Mapping[str, str]) -> Keys:
        """With the rebindings of a person; `keys` is action id → key."""
        return cls(**{ACTIONS[action_id]: line(key) for action_id, key in keys.items() if action_id in ACTIONS})


ACTIONS: Mapping[str, str] = {
    "proposal.accept": "accept", "proposal.edit": "edit", "proposal.reject": "reject", "proposal.ask": "ask",
    "decision.undo": "undo", "proposal.editor": "editor", "proposal.merge": "merge", "proposal.split": "split",
    "blocker.settle": "settle", "bound.settle": "spawn_bound", "question.answer": "answer", "task.retry": "retry",
    "task.stop": "stop", "task.origin": "origin", "run.resume": "resume_run",
    "budget.settle": "budget", "provider.retry": "retry_now",
    "work.review": "review",
    "agent.unsay": "unsay", "agent.pause": "pause", "agent.step": "step",
}  # fmt: skip


def key_row(*entries: tuple[str, str]) -> Line:
    """The keys with what they do, on one row."""
    spans: list[Span] = []
    for key, label in entries:
        spans += [Span(key, "key"), Span(f" {label}  ")]
    return Line(tuple(spans))
