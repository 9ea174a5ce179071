"""What a task is called and what state it is in, in the words that the detail pane and the forms share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from hephaestus_tui.domain.merging import followers
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskId, TaskStatus
from hephaestus_tui.domain.work import WorkStatus
from hephaestus_tui.ui.glyphs import COLOURS, GlyphSet
from hephaestus_tui.ui.marks import mark_of
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.lines import Line, Span

FEW = 8  # tasks named in a sentence
MANY = 100  # tasks listed in a section
_WORK = {
    WorkStatus.READY: "to be merged",
    WorkStatus.EMPTY: "nothing changed",
    WorkStatus.SENT_BACK: "sent back",
    WorkStatus.MERGED: "merged",
    WorkStatus.DISCARDED: "discarded",
}
_STANDING = {
    AgentStatus.WAITING: "waits for you",
    AgentStatus.PAUSED: "paused",
    AgentStatus.INTERRUPTED: "interrupted",
    AgentStatus.STALLED: "stalled",
}


class Reading:
    """One look at a state: remembers, for as long as it is looked at, which tasks can still complete.

    Each look must have a reading of its own, for the state changes under it.
    """

    def __init__(self, state: RunState, glyphs: GlyphSet) -> None:
        self.state = state
        self.glyphs = glyphs
        self._hopeful: set[TaskId] = set()

    def culprits(self, task_id: TaskId) -> tuple[TaskId, ...]:
        """The ended tasks and rejected proposals for which `task_id` would wait in vain, the nearest first.

        Looks only upwards from the one task, so that it costs little in a run of thousands.
        """
        state = self.state
        found: list[TaskId] = []
        seen: set[TaskId] = {task_id}
        queue = list(state.blockers.get(task_id, ()))
        for blocker in queue:
            if blocker in seen or blocker in self._hopeful:
                continue
            seen.add(blocker)
            task = state.tasks.get(blocker)
            if self.is_gone(blocker):
                found.append(blocker)
            elif task is None or not task.status.ended:
                queue.extend(state.blockers.get(blocker, ()))
        if not found:
            self._hopeful |= seen
        return tuple(found)

    def is_gone(self, task_id: TaskId) -> bool:
        """Whether it ended without completing, was rejected, found faults, or its work was given up."""
        task = self.state.tasks.get(task_id)
        gone = task is not None and task.is_gone
        return gone or task_id in self.state.rejected or self.state.is_discarded(task_id)

    def followers(self, task_id: TaskId) -> tuple[TaskId, ...]:
        """Those that wait in vain for what is gone; none for what may still complete."""
        return followers(self.state, task_id) if self.is_gone(task_id) else ()

    def stranded(self, task_id: TaskId) -> tuple[TaskId, ...]:
        """Those of them for which a person has not chosen yet."""
        kept = self.state.kept.get(task_id, ())
        return tuple(t for t in self.followers(task_id) if t not in kept)

    def is_dead(self, task_id: TaskId) -> bool:
        """Whether it waits, as a proposal or a task, for something that will not complete."""
        task = self.state.tasks.get(task_id)
        waits = task.status in (TaskStatus.PENDING, TaskStatus.BLOCKED) if task else task_id in self.state.proposals
        return waits and bool(self.culprits(task_id))

    def status(self, task_id: TaskId) -> str:
        """The state in words, never by colour or sign alone."""
        if proposal := self.state.proposals.get(task_id):
            asked = ", asked back" if task_id in self.state.queries else ""
            return f"proposed{f', version {proposal.version}' if proposal.version > 1 else ''}{asked}"
        if task_id in self.state.rejected:
            decision = self.state.decisions.get(task_id)
            return f"merged into {decision.merged_into}" if decision and decision.merged_into else "rejected"
        task = self.state.tasks.get(task_id)
        if task is None:
            return "unknown"
        if self.is_dead(task_id):
            return "can never start"
        if task.status is TaskStatus.PENDING:
            return "held" if task_id in self.state.on_hold else "ready"
        if task.found_faults:
            return "completed, found faults"
        work = self.state.works.get(task_id)
        words = task.status.replace("_", " ")
        if work and task.status is TaskStatus.COMPLETED:
            resolver = self.state.resolver(task_id) if work.status is WorkStatus.READY else None
            return f"{words}, merged with {resolver}" if resolver else f"{words}, {_WORK[work.status]}"
        agent = self.state.agents.get(task_id)
        if task_id in self.state.stepping:
            return f"{words}, stepping"
        if task.status is TaskStatus.IN_PROGRESS and agent and (standing := _STANDING.get(agent.status)):
            return f"{words}, {standing}"
        return words

    def mark(self, task_id: TaskId) -> Span:
        dead = frozenset((task_id,)) if self.is_dead(task_id) else frozenset()
        mark = mark_of(self.state, task_id, dead)
        return Span(self.glyphs.marks[mark], COLOURS[mark])

    def named(self, ids: Iterable[TaskId]) -> str:
        """ "T2 (in progress), T3 (proposed)"."""
        return few(f"{line(t)} ({self.status(t)})" for t in ids)

    def named_spans(self, ids: Sequence[TaskId], *, states: bool = True) -> list[Span]:
        """The same, each of them leading there; without `states` the ids alone. Of many only the first."""
        spans: list[Span] = []
        for place, task_id in enumerate(ids[:FEW]):
            told = f" ({self.status(task_id)})" if states else ""
            spans += [*([Span(", ")] if place else []), Span(line(task_id), "key", link=task_id)]
            spans += [Span(told)] if told else []
        return [*spans, *([Span(" and others")] if len(ids) > FEW else [])]

    def task_lines(self, ids: Iterable[TaskId]) -> list[Line]:
        """A line for each related task, its mark, id, title and state; it leads there. Of very many only some."""
        ids = list(ids)
        lines = [self._task_line(task_id) for task_id in ids[:MANY]]
        if len(ids) > MANY:
            lines.append(Line((Span(f"and {len(ids) - MANY:,} more", "muted"),)))
        return lines

    def blocker_lines(self, ids: Iterable[TaskId]) -> list[Line]:
        """The same for blockers: one that will never complete says why."""
        ids = list(ids)
        lines = [row for task_id in ids[:MANY] for row in (self._task_line(task_id), *self._why_never(task_id))]
        return lines if len(ids) <= MANY else [*lines, Line((Span(f"and {len(ids) - MANY:,} more", "muted"),))]

    def _why_never(self, task_id: TaskId) -> list[Line]:
        if self.is_gone(task_id):
            task, decision = self.state.tasks.get(task_id), self.state.decisions.get(task_id)
            told = line(task.reason or "" if task else decision.reason if decision else "")
        else:
            culprits = self.culprits(task_id)
            told = f"because of {self.named(culprits)}" if culprits else ""
        return [Line((Span(told, "careful"),), indent=2)] if told else []

    def _task_line(self, task_id: TaskId) -> Line:
        if self.state.draft(task_id) is None:
            return Line((Span(f"{line(task_id)} is not in this run", "error"),))
        head = (self.mark(task_id), Span(" "), Span(f"{task_id} ", "key"))
        spans = (Span(f"{title_of(self.state, task_id)}  "), Span(self.status(task_id), "muted"))
        return Line(spans, head=head, link=task_id)


def title_of(state: RunState, task_id: TaskId) -> str:
    draft = state.draft(task_id)
    return line(draft.title) if draft else "unknown task"


def few(names: Iterable[str]) -> str:
    """ "T2, T3"; of many only the first."""
    first = list(islice(names, FEW + 1))
    return ", ".join(first) if len(first) <= FEW else f"{', '.join(first[:FEW])} and others"


def field_words(name: str) -> str:
    """ "done criteria" for "done_criteria"."""
    return name.replace("_", " ")
