"""The one reducer: what a run looks like after its facts, for the screen, headless runs, resume and tests alike.

`RunState` is changed in place by `apply`, which is the only function that may; the values in it are frozen.
Transcripts are not kept here: they are read from the store, a task at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import assert_never

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.budget import Budget, Place, Spent, places
from hephaestus_tui.domain.decision import Choice, Decision, Proposal, Query, Reply, Undoing, authored
from hephaestus_tui.domain.graph import dead_causes
from hephaestus_tui.domain.message import Speaker, ToolResultPart, Usage
from hephaestus_tui.domain.policy import Containment, Policy
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.task import AgentId, Task, TaskDraft, TaskId, TaskStatus

DUPLICATE_SCORE = 80
MOOT = "decided before an answer came"


class AgentStatus(StrEnum):
    WORKING = "working"
    WAITING = "waiting"
    PAUSED = "paused"
    INTERRUPTED = "interrupted"
    STALLED = "stalled"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentView:
    """One role at work on one task. `turns` counts finished model turns of this attempt."""

    id: AgentId
    task_id: TaskId
    role: str
    model: str
    status: AgentStatus
    turns: int = 0
    note: str = ""
    since: float = 0.0


@dataclass(slots=True)
class RunState:
    run_id: str = ""
    goal: str = ""
    project: str = ""
    model: str = ""
    policy: Policy = Policy.ASK
    containment: Containment = Containment.NONE
    roles: tuple[str, ...] = ()
    started_at: float = 0.0
    paused: bool = False
    run_limit: str | None = None
    paused_at: float = 0.0
    seq: int = 0
    tasks: dict[TaskId, Task] = field(default_factory=dict)
    proposals: dict[TaskId, Proposal] = field(default_factory=dict)
    rejected: dict[TaskId, Proposal] = field(default_factory=dict)
    versions: dict[TaskId, tuple[Proposal, ...]] = field(default_factory=dict)  # the present one is the last
    versions_at: dict[TaskId, tuple[float, ...]] = field(default_factory=dict)  # when each of them came
    decisions: dict[TaskId, Decision] = field(default_factory=dict)  # those that stand
    record: dict[int, Decision] = field(default_factory=dict)  # all that were ever made, by id
    undone: dict[int, Undoing] = field(default_factory=dict)
    queries: dict[TaskId, Query] = field(default_factory=dict)  # those without an answer
    replies: dict[TaskId, tuple[Reply, ...]] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)  # those that are on
    bounds_reached: dict[str, tuple[e.BoundReached, ...]] = field(default_factory=dict)
    bounds_since: dict[str, float] = field(default_factory=dict)
    bounds_left: dict[str, tuple[TaskId, ...]] = field(default_factory=dict)  # a human has seen them, and left it
    bounds: dict[str, int] = field(default_factory=dict)  # what a human set in this run, over the settings
    kept: dict[TaskId, tuple[TaskId, ...]] = field(default_factory=dict)  # blocker: who is left waiting for it
    blocker_default: Choice | None = None
    duplicate_score: int = DUPLICATE_SCORE
    agents: dict[TaskId, AgentView] = field(default_factory=dict)
    questions: dict[str, e.Question] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    steering: dict[TaskId, tuple[e.AgentSteered, ...]] = field(default_factory=dict)
    failed_limits: dict[TaskId, str] = field(default_factory=dict)
    unanswered: dict[TaskId, tuple[e.ToolStarted, ...]] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    usage_by_task: dict[TaskId, Usage] = field(default_factory=dict)
    spent: dict[Place, Spent] = field(default_factory=dict)
    worked: dict[TaskId, float] = field(default_factory=dict)  # seconds, over all attempts
    budgets_reached: dict[Budget, e.BudgetReached] = field(default_factory=dict)
    budgets_since: dict[Budget, float] = field(default_factory=dict)
    budgets_warned: dict[Budget, float] = field(default_factory=dict)  # at which limit
    budgets: dict[Budget, float] = field(default_factory=dict)  # what a human set in this run, over the settings
    unpriced_allowed: bool = False
    blockers: dict[TaskId, tuple[TaskId, ...]] = field(default_factory=dict)
    spawned: dict[TaskId, tuple[TaskId, ...]] = field(default_factory=dict)
    # whom a task is or was a blocker of: so that completing one of 10,000 need not ask all the others
    waiters: dict[TaskId, tuple[TaskId, ...]] = field(default_factory=dict)

    def snapshot(self) -> RunState:
        """A copy that later facts do not touch: the containers are copied, the frozen values shared."""
        twin = copy(self)
        for name in _CONTAINERS:
            setattr(twin, name, dict(getattr(self, name)))
        return twin

    def draft(self, task_id: TaskId) -> TaskDraft | None:
        """The fields of a task, an open proposal or a rejected one."""
        if task := self.tasks.get(task_id):
            return task.draft
        proposal = self.proposals.get(task_id) or self.rejected.get(task_id)
        return proposal.draft if proposal else None

    def dead(self) -> dict[TaskId, tuple[TaskId, ...]]:
        """Waiting tasks and proposals that can never start, each with the direct blockers that are to blame."""
        gone = [t.id for t in self.tasks.values() if t.status in (TaskStatus.FAILED, TaskStatus.CANCELLED)]
        causes = dead_causes(self.blockers, [*gone, *self.rejected])
        return {t: c for t, c in causes.items() if t in self.proposals or self._waiting(t)}

    def gone(self) -> dict[TaskId, tuple[TaskId, ...]]:
        """Blockers that will never complete, each with those that wait for it directly and were not left waiting."""
        ended = [t.id for t in self.tasks.values() if t.status in (TaskStatus.FAILED, TaskStatus.CANCELLED)]
        found: dict[TaskId, tuple[TaskId, ...]] = {}
        for blocker in [*ended, *self.rejected]:
            kept = self.kept.get(blocker, ())
            waiting = tuple(
                t for t in self.waiters.get(blocker, ())
                if blocker in self.blockers[t] and t not in kept and (t in self.proposals or self._waiting(t))
            )  # fmt: skip
            if waiting:
                found[blocker] = waiting
        return found

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
        ready = [t for t in self.tasks.values() if t.status is TaskStatus.PENDING]
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

    def _waiting(self, task_id: TaskId) -> bool:
        task = self.tasks.get(task_id)
        return task is not None and task.status in (TaskStatus.PENDING, TaskStatus.BLOCKED)


_CONTAINERS = (
    "tasks", "proposals", "rejected", "versions", "versions_at", "decisions", "record", "undone", "queries", "replies",
    "rules", "bounds_reached", "bounds_since", "bounds_left", "bounds", "kept", "agents", "questions", "answers", "steering",
    "failed_limits", "unanswered", "usage_by_task", "spent", "worked", "budgets_reached", "budgets_since", "budgets_warned",
    "budgets", "blockers", "spawned", "waiters",
)  # fmt: skip


def number(task_id: TaskId) -> int:
    """12 for "T12"."""
    return int(task_id[1:])


def replay(facts: Iterable[e.Recorded]) -> RunState:
    state = RunState()
    for recorded in facts:
        apply(state, recorded)
    return state


def apply(state: RunState, recorded: e.Recorded) -> None:
    """Fold one fact into the state. Facts come in the order of `seq`; one that was folded before is ignored."""
    if recorded.seq <= state.seq:
        return
    state.seq = recorded.seq
    fact, at = recorded.fact, recorded.at
    match fact:
        case e.RunStarted():
            state.run_id, state.goal, state.project = fact.run_id, fact.goal, fact.project
            state.model, state.policy, state.roles = fact.model, fact.policy, fact.roles
            state.containment = fact.containment
            state.started_at = at
        case e.RunResumed():
            _change_model(state, fact.model)
            state.model, state.policy, state.roles = fact.model, fact.policy, fact.roles
            state.containment = fact.containment
        case e.RunPaused():
            state.paused, state.run_limit, state.paused_at = True, fact.limit, at
        case e.RunUnpaused():
            state.paused, state.run_limit = False, None
        case e.PolicyChanged():
            state.policy = fact.policy
        case e.TaskProposed(proposal=proposal):
            spawner = proposal.origin.task_id
            if spawner and proposal.task_id not in state.blockers:  # an amended proposal comes again
                state.spawned[spawner] = (*state.children(spawner), proposal.task_id)
            _propose(state, proposal, at)
            if proposal.waits and spawner:
                _go_on(state, spawner, at, AgentStatus.WORKING)
        case e.ProposalDecided():
            _decided(state, fact, at)
        case e.DecisionUndone():
            _undone(state, fact, at)
        case e.ProposalQueried(query=query):
            state.queries[query.task_id] = query
            _waiter_goes_on(state, query.task_id, at)
        case e.QueryAnswered():
            query = state.queries.pop(fact.task_id)
            reply = Reply(query=query, text=fact.text, failed=fact.failed, at=at)
            state.replies[fact.task_id] = (*state.replies.get(fact.task_id, ()), reply)
            _waiter_goes_on(state, fact.task_id, at)
        case e.TaskAmended():
            _task(state, fact.task_id, draft=fact.draft)
            _block(state, fact.task_id, fact.draft.blocked_by)
            _task(state, fact.task_id, status=_waiting_status(state, fact.task_id))
        case e.BlockerSettled():
            if fact.choice is Choice.KEEP:
                kept = (*state.kept.get(fact.blocker, ()), *fact.dependents)
                state.kept[fact.blocker] = tuple(dict.fromkeys(kept))
        case e.BlockerDefaultSet():
            state.blocker_default = fact.choice
        case e.RuleSwitched(rule=rule):
            state.rules.pop(rule.id, None)
            if fact.on:
                state.rules[rule.id] = rule
        case e.RulesStopped():
            state.rules.clear()
        case e.BoundReached():
            state.bounds_reached[fact.bound] = (*state.bounds_reached.get(fact.bound, ()), fact)
            state.bounds_since.setdefault(fact.bound, at)
        case e.BoundSettled():
            _bound_settled(state, fact)
        case e.DuplicateScoreSet():
            state.duplicate_score = fact.score
        case e.BudgetWarned():
            state.budgets_warned[fact.budget] = fact.limit
        case e.BudgetReached():
            state.budgets_reached[fact.budget] = fact
            state.budgets_since.setdefault(fact.budget, at)
        case e.BudgetSet():
            _budget_set(state, fact)
        case e.UnpricedAllowed():
            state.unpriced_allowed = True
            for budget in [b for b, reached in state.budgets_reached.items() if reached.unpriced]:
                _budget_open(state, budget)
        case e.TaskStarted():
            _task(state, fact.task_id, status=TaskStatus.IN_PROGRESS, attempt=fact.attempt,
                  started_at=state.tasks[fact.task_id].started_at or at, ended_at=None, reason=None)  # fmt: skip
            state.agents[fact.task_id] = AgentView(
                id=fact.agent_id, task_id=fact.task_id, role=fact.role, model=fact.model,
                status=AgentStatus.WORKING, since=at,
            )  # fmt: skip
            _go_on(state, fact.task_id, at, AgentStatus.WORKING)
        case e.TaskCompleted():
            _ended(state, fact.task_id, at, TaskStatus.COMPLETED)
            _task(state, fact.task_id, summary=fact.summary, evidence=fact.evidence)
            _unblock(state, fact.task_id)
        case e.TaskFailed():
            _ended(state, fact.task_id, at, TaskStatus.FAILED, reason=fact.reason)
            if fact.limit:
                state.failed_limits[fact.task_id] = fact.limit
        case e.TaskCancelled():
            _ended(state, fact.task_id, at, TaskStatus.CANCELLED, reason=fact.reason)
        case e.TaskRetried():
            state.failed_limits.pop(fact.task_id, None)
            state.kept.pop(fact.task_id, None)
            _task(state, fact.task_id, ended_at=None, reason=None, status=_waiting_status(state, fact.task_id))
        case e.BlockersDropped():
            _drop_blockers(state, fact)
        case e.AgentPaused():
            _agent(state, fact.task_id, AgentStatus.PAUSED, at, f"paused by {fact.actor}")
        case e.AgentResumed():
            _go_on(state, fact.task_id, at, *AgentStatus)
        case e.AgentSteered():
            state.steering[fact.task_id] = (*state.steering.get(fact.task_id, ()), fact)
        case e.AgentInterrupted():
            _agent(state, fact.task_id, AgentStatus.INTERRUPTED, at, "interrupted: the program ended while it worked")
        case e.AgentStalled():
            _agent(state, fact.task_id, AgentStatus.STALLED, at, fact.reason)
        case e.MessageAdded():
            _message(state, fact)
        case e.ToolStarted():
            state.unanswered[fact.task_id] = (*state.unanswered.get(fact.task_id, ()), fact)
        case e.TurnCut():
            _work(state, fact.task_id, fact.worked)
        case e.UsageRecorded():
            state.usage = state.usage + fact.usage
            state.usage_by_task[fact.task_id] = state.usage_by_task.get(fact.task_id, Usage()) + fact.usage
            for place in state.places(fact.task_id):
                state.spent[place] = state.spent.get(place, Spent()).plus(fact.usage)
        case e.QuestionAsked(question=question):
            state.questions[question.id] = question
            _go_on(state, question.task_id, at, AgentStatus.WORKING)
        case e.QuestionAnswered():
            _answered(state, fact, at)
        case _:
            assert_never(fact)


def _change_model(state: RunState, model: str) -> None:
    # who was at work with the run's own model goes on with the new one: the old one may be why it stood still
    for task_id, agent in state.agents.items():
        if agent.status is not AgentStatus.ENDED and agent.model == state.model:
            state.agents[task_id] = replace(agent, model=model)


def _propose(state: RunState, proposal: Proposal, at: float) -> None:
    state.proposals[proposal.task_id] = proposal
    state.versions_at[proposal.task_id] = (*state.versions_at.get(proposal.task_id, ()), at)
    state.versions[proposal.task_id] = (*state.versions.get(proposal.task_id, ()), proposal)
    _block(state, proposal.task_id, proposal.draft.blocked_by)


def _undone(state: RunState, fact: e.DecisionUndone, at: float) -> None:
    state.undone[fact.decision_id] = Undoing(fact.decision_id, fact.actor, at, fact.reason)
    del state.decisions[fact.task_id]
    for standing in (state.tasks, state.rejected, state.kept):
        standing.pop(fact.task_id, None)
    _propose(state, fact.proposal, at)


def _bound_settled(state: RunState, fact: e.BoundSettled) -> None:
    reached = state.bounds_reached.pop(fact.bound, ())
    state.bounds_since.pop(fact.bound, None)
    if fact.limit is None:
        tasks = (*state.bounds_left.get(fact.bound, ()), *(r.task_id for r in reached))
        state.bounds_left[fact.bound] = tuple(dict.fromkeys(tasks))
    else:
        state.bounds[fact.bound] = fact.limit
        state.bounds_left.pop(fact.bound, None)


def _budget_set(state: RunState, fact: e.BudgetSet) -> None:
    _budget_open(state, fact.budget)
    state.budgets_warned.pop(fact.budget, None)
    if fact.limit is None:
        state.budgets.pop(fact.budget, None)
    else:
        state.budgets[fact.budget] = fact.limit


def _budget_open(state: RunState, budget: Budget) -> None:
    state.budgets_reached.pop(budget, None)
    state.budgets_since.pop(budget, None)


def _work(state: RunState, task_id: TaskId, seconds: float) -> None:
    if seconds:
        state.worked[task_id] = state.worked.get(task_id, 0.0) + seconds


def _waiter_goes_on(state: RunState, task_id: TaskId, at: float) -> None:
    """An agent that stands still for a proposal of its own is at work while it owes an answer about it."""
    proposal = state.proposals.get(task_id)
    if proposal and proposal.waits and proposal.origin.task_id:
        _go_on(state, proposal.origin.task_id, at, AgentStatus.WAITING, AgentStatus.WORKING)


def _decided(state: RunState, fact: e.ProposalDecided, at: float) -> None:
    decision = fact.decision
    proposal = state.proposals.pop(decision.task_id)
    state.decisions[decision.task_id] = state.record[decision.id] = decision
    if query := state.queries.pop(decision.task_id, None):
        moot = Reply(query=query, text=MOOT, failed=True, at=at)
        state.replies[decision.task_id] = (*state.replies.get(decision.task_id, ()), moot)
    if proposal.waits and proposal.origin.task_id:
        _go_on(state, proposal.origin.task_id, at, AgentStatus.WAITING)
    if fact.task is None:
        state.rejected[decision.task_id] = proposal
        return
    state.tasks[fact.task.id] = fact.task
    _block(state, fact.task.id, fact.task.draft.blocked_by)
    _task(state, fact.task.id, status=_waiting_status(state, fact.task.id))


def _drop_blockers(state: RunState, fact: e.BlockersDropped) -> None:
    task = state.tasks[fact.task_id]
    kept = tuple(b for b in state.blockers[fact.task_id] if b not in fact.dropped)
    state.blockers[fact.task_id] = kept
    _task(state, fact.task_id, draft=replace(task.draft, blocked_by=kept))
    _task(state, fact.task_id, status=_waiting_status(state, fact.task_id))


def _message(state: RunState, fact: e.MessageAdded) -> None:
    _work(state, fact.task_id, fact.worked)
    from_tool = fact.message.speaker is Speaker.TOOL
    if from_tool and (open_calls := state.unanswered.get(fact.task_id)):
        answered = {p.call_id for p in fact.message.parts if isinstance(p, ToolResultPart)}
        state.unanswered[fact.task_id] = tuple(c for c in open_calls if c.call_id not in answered)
    if fact.message.speaker is Speaker.USER:
        state.steering.pop(fact.task_id, None)
    agent = state.agents.get(fact.task_id)
    if agent and fact.message.speaker is Speaker.ASSISTANT:
        state.agents[fact.task_id] = replace(agent, turns=agent.turns + 1)
    if agent and agent.status is AgentStatus.ENDED:
        _waits_no_more(state, fact.task_id)


def _waits_no_more(state: RunState, spawner: TaskId) -> None:
    """An agent that was woken to answer has left the call in which it waited: when it is tried again it goes on."""
    for task_id in state.children(spawner):
        if (proposal := state.proposals.get(task_id)) and proposal.waits:
            state.proposals[task_id] = freed = replace(proposal, waits=False)
            state.versions[task_id] = (*state.versions[task_id][:-1], freed)


def _answered(state: RunState, fact: e.QuestionAnswered, at: float) -> None:
    question = state.questions.pop(fact.question_id)
    state.answers[fact.question_id] = fact.answer
    _go_on(state, question.task_id, at, AgentStatus.WAITING)


def _go_on(state: RunState, task_id: TaskId, at: float, *out_of: AgentStatus) -> None:
    """An agent in one of these statuses waits where something of its own is open, and works where nothing is."""
    agent = state.agents.get(task_id)
    if agent and agent.status in out_of:
        note = _waits_for(state, task_id)
        _agent(state, task_id, AgentStatus.WAITING if note else AgentStatus.WORKING, at, note)


def _waits_for(state: RunState, task_id: TaskId) -> str:
    for question in state.questions.values():
        if question.task_id == task_id:
            return f"waits for an answer: {question.kind}"
    for proposal in state.proposals.values():
        if proposal.waits and proposal.origin.task_id == task_id and proposal.task_id not in state.queries:
            return f"waits for the decision on {proposal.task_id}"
    return ""


def _task(state: RunState, task_id: TaskId, **changes: object) -> None:
    state.tasks[task_id] = replace(state.tasks[task_id], **changes)  # type: ignore[arg-type]


def _agent(state: RunState, task_id: TaskId, status: AgentStatus, at: float, note: str = "") -> None:
    if agent := state.agents.get(task_id):
        state.agents[task_id] = replace(agent, status=status, since=at, note=note)


def _ended(state: RunState, task_id: TaskId, at: float, status: TaskStatus, reason: str | None = None) -> None:
    _task(state, task_id, status=status, ended_at=at, reason=reason)
    _agent(state, task_id, AgentStatus.ENDED, at)
    for question in [q for q in state.questions.values() if q.task_id == task_id]:
        del state.questions[question.id]


def _waiting_status(state: RunState, task_id: TaskId) -> TaskStatus:
    done = all(
        (b := state.tasks.get(blocker)) is not None and b.status is TaskStatus.COMPLETED
        for blocker in state.blockers[task_id]
    )
    return TaskStatus.PENDING if done else TaskStatus.BLOCKED


def _block(state: RunState, task_id: TaskId, blockers: tuple[TaskId, ...]) -> None:
    state.blockers[task_id] = blockers
    for blocker in blockers:
        if task_id not in (waiting := state.waiters.get(blocker, ())):
            state.waiters[blocker] = (*waiting, task_id)


def _unblock(state: RunState, completed: TaskId) -> None:
    for task_id in state.waiters.get(completed, ()):
        task = state.tasks.get(task_id)
        if completed in state.blockers[task_id] and task and task.status is TaskStatus.BLOCKED:
            _task(state, task_id, status=_waiting_status(state, task_id))
