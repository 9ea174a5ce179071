"""What becomes of those who wait in vain; and how the gate itself is set: rules, bounds, the measure of a duplicate."""

from __future__ import annotations

from dataclasses import fields

from hephaestus_tui.config import SpawnBounds
from hephaestus_tui.domain.commands import (
    Ruling,
    SetBlockerDefault,
    SetDuplicateScore,
    SettleBlocker,
    SettleBound,
    StopRules,
    SwitchRule,
)
from hephaestus_tui.domain.decision import Actor, ActorKind, Choice, Verdict
from hephaestus_tui.domain.errors import CommandRefused, UnknownTask
from hephaestus_tui.domain.events import (
    BlockerDefaultSet,
    BlockersDropped,
    BlockerSettled,
    BoundSettled,
    DuplicateScoreSet,
    Fact,
    RulesStopped,
    RuleSwitched,
    TaskCancelled,
)
from hephaestus_tui.domain.graph import dependents, reached
from hephaestus_tui.domain.merging import followers
from hephaestus_tui.domain.rule import rule_faults
from hephaestus_tui.domain.state import RunState, number
from hephaestus_tui.domain.task import TaskId, TaskStatus
from hephaestus_tui.engine.deciding import ruled
from hephaestus_tui.engine.plan import Plan, reblocked

BOUND_LIMIT = 100_000
BOUNDS = tuple(field.name for field in fields(SpawnBounds))


def settle_blocker(state: RunState, command: SettleBlocker, now: float) -> Plan:
    """Raises UnknownTask, and CommandRefused where nothing waits for the blocker in vain."""
    blocker, actor = command.blocker, command.actor
    if blocker not in state.blockers:
        raise UnknownTask(f"There is no {blocker} in this run: `hephaestus tasks {state.run_id}` lists its tasks.")
    task = state.tasks.get(blocker)
    failed = task is not None and task.status is TaskStatus.FAILED
    given_up = state.is_discarded(blocker)
    stranded = state.gone().get(blocker, ())
    anew = actor.kind is ActorKind.HUMAN and command.choice is not Choice.KEEP
    if anew and (failed or blocker in state.rejected or _is_cancelled(state, blocker) or given_up):
        stranded = followers(state, blocker)  # also those that were left waiting
    if not stranded and not (failed and command.choice is Choice.KEEP and blocker not in state.kept):
        raise CommandRefused(f"Nothing waits in vain for {blocker}: there is nothing to choose.")
    settled = BlockerSettled(blocker=blocker, choice=command.choice, dependents=stranded, actor=actor)
    why = f"the work of {blocker} was given up" if given_up else f"{blocker} will not complete"
    match command.choice:
        case Choice.DROP:
            facts = _dropped(state, blocker, stranded, actor, why, now)
            note = f"{', '.join(stranded)} no longer {_s(stranded, 'wait')} for {blocker}"
        case Choice.CANCEL:
            facts = _cancelled(state, blocker, stranded, actor, f"it waits for {blocker}: {why}", now)
            note = f"{len(facts)} that waited for {blocker} {'is' if len(facts) == 1 else 'are'} off"
        case Choice.KEEP:
            facts = []
            note = (
                f"{', '.join(stranded)} {_s(stranded, 'keep')} waiting for {blocker}"
                if stranded
                else f"{blocker} stays as it is"
            )
    return Plan((*facts, settled), note, blocker)


def _is_cancelled(state: RunState, task_id: TaskId) -> bool:
    task = state.tasks.get(task_id)
    return task is not None and (task.status is TaskStatus.CANCELLED or task.found_faults)


def _s(ids: tuple[TaskId, ...], verb: str) -> str:
    return f"{verb}s" if len(ids) == 1 else verb


def _dropped(
    state: RunState, blocker: TaskId, stranded: tuple[TaskId, ...], actor: Actor, why: str, now: float
) -> list[Fact]:
    tasks: list[Fact] = [
        BlockersDropped(task_id=t, dropped=(blocker,), actor=actor) for t in stranded if t in state.tasks
    ]
    without = {t: tuple(b for b in state.blockers[t] if b != blocker) for t in stranded if t in state.proposals}
    return [*tasks, *reblocked(state, without, actor, f"no longer waits for {blocker}: {why}", now)]


def _cancelled(
    state: RunState, blocker: TaskId, stranded: tuple[TaskId, ...], actor: Actor, reason: str, now: float
) -> list[Fact]:
    below = {*stranded, *reached(dependents(state.blockers), *stranded)}
    facts: list[Fact] = []
    decided = 0
    for task_id in sorted(below, key=number):
        if proposal := state.proposals.get(task_id):
            ruling = Ruling(task_id=task_id, verdict=Verdict.REJECT, version=proposal.version, reason=reason)
            facts.append(ruled(state, proposal, ruling, actor, now, nth=decided))
            decided += 1
        elif (task := state.tasks.get(task_id)) and task.status in (TaskStatus.PENDING, TaskStatus.BLOCKED):
            facts.append(TaskCancelled(task_id=task_id, reason=reason, actor=actor))
    return facts


def settle_by_default(state: RunState, now: float) -> Plan | None:
    """What the run's default chooses for the first blocker that is gone; None where there is none, or no default."""
    if state.blocker_default is None:
        return None
    actor = Actor(ActorKind.RULE, f"blocker-gone: {state.blocker_default}")
    for blocker in state.gone():
        return settle_blocker(state, SettleBlocker(blocker=blocker, choice=state.blocker_default, actor=actor), now)
    return None


def set_blocker_default(state: RunState, command: SetBlockerDefault, now: float) -> Plan:
    fact = BlockerDefaultSet(choice=command.choice, actor=command.actor)
    words = f"from now on: {command.choice} what waits in vain" if command.choice else "asked each time from now on"
    return Plan((fact,), words)


def switch_rule(state: RunState, command: SwitchRule, now: float) -> Plan:
    """Raises CommandRefused for a rule that will not do."""
    rule = command.rule
    if command.on and (faults := rule_faults(rule)):
        field, fault = next(iter(faults.items()))
        raise CommandRefused(f"The rule {rule.id} cannot be switched on: {field}: {fault}.")
    if not command.on and rule.id not in state.rules:
        raise CommandRefused(f"The rule {rule.id} is not on.")
    fact = RuleSwitched(rule=rule, on=command.on, actor=command.actor)
    return Plan((fact,), f"the rule {rule.id} is {'on' if command.on else 'off'}")


def stop_rules(state: RunState, command: StopRules, now: float) -> Plan:
    if not state.rules:
        raise CommandRefused("No rule is on.")
    return Plan((RulesStopped(actor=command.actor),), f"all rules are off: {', '.join(state.rules)}")


def settle_bound(state: RunState, command: SettleBound, now: float) -> Plan:
    """Raises CommandRefused for a bound that does not exist, or a limit that does not raise it."""
    if command.bound not in BOUNDS:
        raise CommandRefused(f"There is no bound {command.bound!r}: name one of {', '.join(BOUNDS)}.")
    if command.limit is not None and not 1 <= command.limit <= BOUND_LIMIT:
        raise CommandRefused(
            f"{command.limit} will not do as {command.bound}: name a number from 1 to {BOUND_LIMIT:,}."
        )
    fact = BoundSettled(bound=command.bound, limit=command.limit, actor=command.actor)
    words = f"{command.bound} stays as it is" if command.limit is None else f"{command.bound} is {command.limit} now"
    return Plan((fact,), words)


def set_duplicate_score(state: RunState, command: SetDuplicateScore, now: float) -> Plan:
    if not 50 <= command.score <= 100:
        raise CommandRefused(f"{command.score} will not do: a similarity from 50 to 100.")
    fact = DuplicateScoreSet(score=command.score, actor=command.actor)
    return Plan((fact,), f"likely duplicates are those from {command.score} % on")
