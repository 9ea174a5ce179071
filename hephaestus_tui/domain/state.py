"""What a run looks like after its facts, for the screen, headless runs, resume and tests alike.

`RunState` is changed in place by `reducer.apply`, which is the only function that may; the values in it are frozen.
Transcripts are not kept here: they are read from the store, a task at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field, fields
from enum import StrEnum

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.attempt import Attempt
from hephaestus_tui.domain.budget import Budget, Place, Spent, places
from hephaestus_tui.domain.context import ContextUse
from hephaestus_tui.domain.course import Course, Series
from hephaestus_tui.domain.decision import Actor, Choice, Decision, Proposal, Query, Reply, Undoing, authored
from hephaestus_tui.domain.graph import dead_causes
from hephaestus_tui.domain.leave import Grant
from hephaestus_tui.domain.message import Usage
from hephaestus_tui.domain.noted import FOUND_FAULTS, Noted, Sorted, Tasks
from hephaestus_tui.domain.policy import Containment, Policy, RolePolicy, policy_for
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.talk import Answered, Letter, Note, Report
from hephaestus_tui.domain.task import AgentId, TaskDraft, TaskId, TaskStatus
from hephaestus_tui.domain.words import Word
from hephaestus_tui.domain.work import WorkStatus, WorkView

_IN_VAIN = (TaskStatus.FAILED, TaskStatus.CANCELLED)
DUPLICATE_SCORE = 80
MOOT = "decided before an answer came"


class AgentStatus(StrEnum):
    WORKING = "working"
    WAITING = "waiting"
    PAUSED = "paused"
    INTERRUPTED = "interrupted"
    STALLED = "stalled"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class FellBack:
    """Why an agent's first choice of a model was given up, and since when (Unix time in seconds) another one answers."""

    why: str
    since: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentView:
    """One role at work on one task. `turns` counts finished model turns of this attempt, `model` is who takes the next one."""

    id: AgentId
    task_id: TaskId
    role: str
    model: str
    status: AgentStatus
    turns: int = 0
    note: str = ""
    since: float = 0.0
    first_model: str = ""
    fell_back: FellBack | None = None

    @property
    def first(self) -> str:
        """The model that was chosen for it, whoever answers now."""
        return self.first_model or self.model


@dataclass(frozen=True, slots=True)
class Stepping:
    """Who lets an agent go on to its next boundary; `paused` says that it, and not only the run, is held again there."""

    actor: Actor
    paused: bool


@dataclass(slots=True)
class RunState:
    run_id: str = ""
    goal: str = ""
    project: str = ""
    model: str = ""
    model_chosen: str = ""  # by a human in this run, for all tasks, over the settings
    policy: Policy = Policy.ASK
    containment: Containment = Containment.NONE
    role_policies: tuple[RolePolicy, ...] = ()
    roles: tuple[str, ...] = ()
    started_at: float = 0.0
    paused: bool = False
    run_limit: str | None = None
    paused_at: float = 0.0
    seq: int = 0
    tasks: Tasks = field(default_factory=Tasks)
    proposals: Noted[Proposal] = field(default_factory=Noted)
    rejected: Noted[Proposal] = field(default_factory=Noted)
    versions: dict[TaskId, tuple[Proposal, ...]] = field(default_factory=dict)  # the present one is the last
    versions_at: dict[TaskId, tuple[float, ...]] = field(default_factory=dict)  # when each of them came
    decisions: dict[TaskId, Decision] = field(default_factory=dict)  # those that stand
    record: dict[int, Decision] = field(default_factory=dict)  # all that were ever made, by id
    made: dict[TaskId, tuple[Decision, ...]] = field(default_factory=dict)  # the same by task, the oldest first
    undone: dict[int, Undoing] = field(default_factory=dict)
    queries: Noted[Query] = field(default_factory=Noted)  # those without an answer
    replies: dict[TaskId, tuple[Reply, ...]] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)  # those that are on
    bounds_reached: dict[str, tuple[e.BoundReached, ...]] = field(default_factory=dict)
    bounds_since: dict[str, float] = field(default_factory=dict)
    bounds_left: dict[str, tuple[TaskId, ...]] = field(default_factory=dict)  # a human has seen them, and left it
    bounds: dict[str, int] = field(default_factory=dict)  # what a human set in this run, over the settings
    kept: dict[TaskId, tuple[TaskId, ...]] = field(default_factory=dict)  # blocker: who is left waiting for it
    blocker_default: Choice | None = None
    duplicate_score: int = DUPLICATE_SCORE
    agents: Sorted[AgentView] = field(default_factory=Sorted)
    models_chosen: dict[TaskId, str] = field(default_factory=dict)  # by a human, for one task
    questions: dict[str, e.Question] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    amended: dict[str, str] = field(default_factory=dict)  # by question: the command that was allowed instead
    grants: dict[str, Grant] = field(default_factory=dict)  # leave for more than one call that stands
    grants_made: int = 0
    answered_by: dict[str, Actor] = field(default_factory=dict)
    checking: dict[TaskId, e.CheckStarted] = field(default_factory=dict)  # the command that the engine runs now
    unmet: dict[TaskId, e.CriteriaUnmet] = field(default_factory=dict)  # the last try to complete a task that is not
    steering: dict[TaskId, tuple[Word, ...]] = field(default_factory=dict)  # what its agent has not read
    stepping: Noted[Stepping] = field(default_factory=Noted)
    on_hold: Noted[e.AgentPaused] = field(default_factory=Noted)  # not begun, and not to begin
    begins: dict[TaskId, int] = field(default_factory=dict)  # the first message of a conversation that began anew
    earlier: dict[TaskId, str] = field(default_factory=dict)  # how the attempt before ended
    failed_limits: dict[TaskId, str] = field(default_factory=dict)
    unanswered: dict[TaskId, tuple[e.ToolStarted, ...]] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    usage_by_task: dict[TaskId, Usage] = field(default_factory=dict)
    course: Course = field(default_factory=Course)
    task_tokens: dict[TaskId, Series] = field(default_factory=dict)  # output over the time of each
    spent: dict[Place, Spent] = field(default_factory=dict)
    attempts: dict[TaskId, tuple[Attempt, ...]] = field(default_factory=dict)  # the last one is the last
    stood: dict[TaskId, float] = field(default_factory=dict)  # seconds that its agent has waited for a human
    worked: dict[TaskId, float] = field(default_factory=dict)  # seconds, over all attempts
    budgets_reached: dict[Budget, e.BudgetReached] = field(default_factory=dict)
    budgets_since: dict[Budget, float] = field(default_factory=dict)
    budgets_warned: dict[Budget, float] = field(default_factory=dict)  # at which limit
    budgets: dict[Budget, float] = field(default_factory=dict)  # what a human set in this run, over the settings
    unpriced_allowed: bool = False
    letters: dict[str, Letter] = field(default_factory=dict)  # all that were ever sent, by id
    mail: dict[TaskId, tuple[Letter, ...]] = field(default_factory=dict)  # those that a task has not read
    reports: dict[str, Report] = field(default_factory=dict)
    report_answers: dict[str, Answered] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)
    touched: dict[TaskId, tuple[str, ...]] = field(default_factory=dict)  # files
    context: dict[TaskId, ContextUse] = field(default_factory=dict)
    compacted: dict[TaskId, e.ContextCompacted] = field(default_factory=dict)  # the last one holds
    compaction_asked: dict[TaskId, e.CompactionAsked] = field(default_factory=dict)
    blockers: Noted[tuple[TaskId, ...]] = field(default_factory=Noted)
    spawned: dict[TaskId, tuple[TaskId, ...]] = field(default_factory=dict)
    workspaces_chosen: e.WorkspacesChosen | None = None
    workspaces: dict[TaskId, e.WorkspaceOpened] = field(default_factory=dict)
    works: Sorted[WorkView] = field(default_factory=Sorted)  # what completed tasks have made
    resolving: Noted[e.ConflictAssigned] = field(default_factory=Noted)  # tasks that resolve another's conflict
    # whom a task is or was a blocker of: so that completing one of 10,000 need not ask all the others
    waiters: dict[TaskId, tuple[TaskId, ...]] = field(default_factory=dict)

    def snapshot(self) -> RunState:
        """A copy that later facts do not touch: the containers are copied, the frozen values shared."""
        twin = copy(self)
        for name in _CONTAINERS:
            setattr(twin, name, getattr(self, name).copy())
        return twin

    def draft(self, task_id: TaskId) -> TaskDraft | None:
        """The fields of a task, an open proposal or a rejected one."""
        if task := self.tasks.get(task_id):
            return task.draft
        proposal = self.proposals.get(task_id) or self.rejected.get(task_id)
        return proposal.draft if proposal else None

    def dead(self) -> dict[TaskId, tuple[TaskId, ...]]:
        """Waiting tasks and proposals that can never start, each with the direct blockers that are to blame."""
        causes = dead_causes(self.blockers, self._lost())
        return {t: c for t, c in causes.items() if t in self.proposals or self._waiting(t)}

    def gone(self) -> dict[TaskId, tuple[TaskId, ...]]:
        """Blockers that will never complete, or whose work was given up, each with those that wait for it directly and were not left waiting."""
        found: dict[TaskId, tuple[TaskId, ...]] = {}
        for blocker in self._lost():
            kept = self.kept.get(blocker, ())
            waiting = tuple(
                t for t in self.waiters.get(blocker, ())
                if blocker in self.blockers[t] and t not in kept and (t in self.proposals or self._waiting(t))
            )  # fmt: skip
            if waiting:
                found[blocker] = waiting
        return found

    def policy_of(self, role: str) -> Policy:
        """What agents of a role may do without asking."""
        return policy_for(self.policy, next((own for own in self.role_policies if own.role == role), None))

    def authored(self, task_id: TaskId) -> TaskDraft | None:
        """What the agent itself has proposed: the measure for what a human changed."""
        versions = self.versions.get(task_id, ())
        return authored(versions) if versions else None

    def undoable(self, task_id: TaskId) -> bool:
        """Whether the decision on it stands and can still be taken back: its task has never started."""
        task = self.tasks.get(task_id)
        untouched = task is None or (task.attempt == 0 and not task.status.ended)
        return task_id in self.decisions and untouched

    def ready(self) -> list[TaskId]:
        """Tasks that may start now, the most urgent first, then the oldest."""
        ready = [self.tasks[t] for t in self.tasks.of(TaskStatus.PENDING) if t not in self.on_hold]
        ready.sort(key=lambda t: (t.draft.priority.rank, number(t.id)))
        return [t.id for t in ready]

    def next_id(self) -> TaskId:
        """One sequence in a run, over proposals and tasks alike."""
        return f"T{len(self.blockers) + 1}"

    def depth(self, task_id: TaskId) -> int:
        task = self.tasks.get(task_id)
        return task.origin.depth if task else 0

    def ancestors(self, task_id: TaskId) -> Iterator[TaskId]:
        """Whose transcripts it was spawned in, the nearest first."""
        versions = self.versions.get(task_id, ())
        while versions and (above := versions[0].origin.task_id):
            yield above
            versions = self.versions.get(above, ())

    def places(self, task_id: TaskId) -> tuple[Place, ...]:
        """Everything that what a task costs is a part of."""
        draft = self.draft(task_id)
        return tuple(places(task_id, draft.phase if draft else None, self.ancestors(task_id)))

    def children(self, task_id: TaskId) -> tuple[TaskId, ...]:
        """What was spawned in the transcript of a task, decided or not."""
        return self.spawned.get(task_id, ())

    def is_discarded(self, task_id: TaskId) -> bool:
        """Whether a task is completed and what it made was given up: nobody can build on it."""
        task, work = self.tasks.get(task_id), self.works.get(task_id)
        discarded = work is not None and work.status is WorkStatus.DISCARDED
        return discarded and task is not None and task.status is TaskStatus.COMPLETED

    def resolver(self, task_id: TaskId) -> TaskId | None:
        """The task that is to resolve the conflict of another one's work, and has neither ended in vain nor been merged."""
        for resolver, assigned in reversed(self.resolving.items()):
            if assigned.resolves == task_id:
                task = self.tasks.get(resolver)
                in_vain = task is None or task.status in _IN_VAIN or self.is_discarded(resolver)
                return None if in_vain else resolver
        return None

    def _lost(self) -> list[TaskId]:
        """What nothing will come of: failed, cancelled, given up or rejected."""
        gone = self.tasks.of(*_IN_VAIN, FOUND_FAULTS)
        given_up = (t for t in self.works.of(WorkStatus.DISCARDED) if self.is_discarded(t))
        return [*sorted({*gone, *given_up}, key=number), *self.rejected]

    def _waiting(self, task_id: TaskId) -> bool:
        task = self.tasks.get(task_id)
        return task is not None and task.status in (TaskStatus.PENDING, TaskStatus.BLOCKED)


_CONTAINERS = tuple(f.name for f in fields(RunState) if f.default_factory in (dict, Noted, Sorted, Tasks))


def number(task_id: TaskId) -> int:
    """12 for "T12"."""
    return int(task_id[1:])
