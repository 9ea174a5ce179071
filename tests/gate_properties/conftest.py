"""One run over the real gate, ledger and store, in which anything may happen that agents and deciders can do to it."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias, TypeVar

import pytest
from hypothesis import strategies as st

from hephaestus_tui.config import SpawnBounds
from hephaestus_tui.domain import commands as c
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind, Choice, Verdict
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Origin, Phase, Priority, TaskDraft, TaskId, TaskStatus
from hephaestus_tui.engine.gate import Gate
from hephaestus_tui.engine.ledger import Ledger
from hephaestus_tui.store.store import Store

DECIDERS = tuple(Actor(ActorKind.HUMAN, name) for name in ("ada", "bob", "eve"))
ROLES = ("backend_developer", "qa_tester")
NOBODYS = "T99"
WAITING = (TaskStatus.PENDING, TaskStatus.BLOCKED)

T = TypeVar("T")
Move: TypeAlias = Callable[[], Awaitable[object]]


class Room:
    """Draws what happens next from what is there, the impossible included, and lets it happen.

    `made` are the commands that were carried out: each must be refused when it comes again.
    """

    deciders = DECIDERS
    plain = TaskDraft(title="Read", description="d", rationale="r", phase=Phase.BUILDING, role=ROLES[0])

    def __init__(self, data: st.DataObject, ledger: Ledger, gate: Gate) -> None:
        self.data = data
        self.ledger = ledger
        self.gate = gate
        self.made: list[c.Decide] = []
        self._turns = itertools.count(1)

    @property
    def state(self) -> RunState:
        return self.ledger.state

    @property
    def moves(self) -> list[Callable[[], Move | None]]:
        """What can be drawn, the more often the more there is to go wrong."""
        return [
            *[self._decide, self._undo] * 5, *[self.propose, self._decide_many, self._merge] * 3, self._add, self._add,
            *[ self._split, self._settle, self._start, self._end, self._stop] * 2,
            self._ask, self._answer, self._default, self._rule, self._bound, self._retry, self._repeat,
        ]  # fmt: skip

    def of(self, choices: Sequence[T]) -> T:
        chosen: T = self.data.draw(st.sampled_from(choices))
        return chosen

    def some(self, choices: Sequence[T], most: int) -> list[T]:
        return self.data.draw(st.lists(st.sampled_from(choices), max_size=most)) if choices else []

    def anyone(self) -> Actor:
        return self.of(DECIDERS)

    def _known(self) -> list[TaskId]:
        return list(self.state.blockers)

    def _blockers(self) -> tuple[TaskId, ...]:
        known = self._known()
        return tuple(self.of([*known, *known, *known, NOBODYS]) for _ in range(self.of((1, 0, 1, 2))))

    def _draft(self) -> TaskDraft:
        title = f"{self.of(('Read', 'Write', 'Try'))} {self.of(('teams', 'users', 'tokens'))}"
        return TaskDraft(
            title=title, description=f"{title}, whole.", rationale="seen", phase=self.of(list(Phase)),
            role=self.of((*ROLES * 8, "nobody")), priority=self.of(list(Priority)),
            blocked_by=self._blockers(), done_criteria=tuple(self.some(("a", "b"), 2)),
        )  # fmt: skip

    def _version(self, task_id: TaskId) -> int:
        now = self.state.versions[task_id][-1].version if task_id in self.state.versions else 1
        return now if self.of((True, True, True, False)) else now - 1

    def origin(self, spawner: TaskId = "T1") -> Origin:
        """Where the next call of an agent proposes."""
        return Origin(task_id=spawner, agent_id="a", turn=next(self._turns), index=0, depth=1)

    def propose(self) -> Move | None:
        spawners = [t for t, task in self.state.tasks.items() if task.status is TaskStatus.IN_PROGRESS]
        if not spawners:
            return None
        origin, draft = self.origin(self.of(spawners)), self._draft()

        async def twice() -> None:
            first = await self.gate.propose(draft, origin, waits=False)
            assert await self.gate.propose(draft, origin, waits=False) == first, "the same call is the same proposal"

        return twice

    def _add(self) -> Move:
        return self._command(c.AddTask(draft=self._draft(), actor=self.anyone()))

    def _decide(self) -> Move:
        proposals = list(self.state.proposals)
        task_id = self.of([*proposals, *proposals, *proposals, *self._known(), NOBODYS])
        verdict = self.of((Verdict.ACCEPT, Verdict.EDIT, Verdict.EDIT, Verdict.REJECT))
        final = self._edited(task_id) if verdict is Verdict.EDIT else None
        reason = self.of(("no", "no", "")) if verdict is Verdict.REJECT else ""
        command = c.Decide(
            task_id=task_id, verdict=verdict, actor=self.anyone(), version=self._version(task_id), final=final,
            reason=reason,
        )  # fmt: skip

        async def once() -> None:
            await self.gate.carry_out(command)
            self.made.append(command)

        return once

    def _edited(self, task_id: TaskId) -> TaskDraft:
        draft = self.state.draft(task_id) or self._draft()
        # freed, turned round, or anything: who once waited for it is the likeliest to close a circle
        turned = self.state.waiters.get(task_id, ())[:1]
        return replace(draft, blocked_by=self.of(((), turned, turned, self._blockers())))

    def _decide_many(self) -> Move:
        rulings = []
        for task_id in self.some([*self.state.proposals, *self.state.proposals, *self._known()], 4):
            verdict = self.of(list(Verdict))
            final = self._edited(task_id) if verdict is Verdict.EDIT else None
            rulings.append(
                c.Ruling(
                    task_id=task_id, verdict=verdict, version=self._version(task_id), final=final, reason="together"
                )
            )
        return self._command(c.DecideMany(rulings=tuple(rulings), actor=self.anyone()))

    def _undo(self) -> Move | None:
        ids = [t for t in self.state.decisions if self.state.undoable(t)]
        return self._command(c.Undo(task_id=self.of([*ids, *ids, "T1"]), actor=self.anyone()))

    def _ask(self) -> Move | None:
        ids = list(self.state.proposals)
        if not ids:
            return None
        task_id = self.of(ids)
        return self._command(
            c.AskBack(task_id=task_id, version=self._version(task_id), question="Why?", actor=self.anyone())
        )

    def _answer(self) -> Move | None:
        queries = list(self.state.queries.values())
        if not queries:
            return None
        query, how = self.of(queries), self.of(("words", "amended", "failed"))
        if how == "failed":
            return lambda: self.gate.leave_unanswered(query, "its agent is gone")
        changes = {"blocked_by": self._edited(query.task_id).blocked_by} if how == "amended" else {}
        return lambda: self.gate.answer(query, "So.", changes)

    def _merge(self) -> Move | None:
        if not self.state.proposals:
            return None
        task_id = self.of(list(self.state.proposals))
        into = self.of([*self._known(), NOBODYS])
        return self._command(
            c.Merge(task_id=task_id, version=self._version(task_id), into=into, actor=self.anyone())
        )  # fmt: skip

    def _split(self) -> Move | None:
        if not self.state.proposals:
            return None
        task_id = self.of(list(self.state.proposals))
        parts = tuple(self._draft() for _ in range(self.of((1, 2, 3))))
        return self._command(
            c.Split(
                task_id=task_id, version=self._version(task_id), parts=parts, chained=self.of((True, False)),
                actor=self.anyone(),
            )
        )  # fmt: skip

    def _settle(self) -> Move:
        gone = list(self.state.gone())
        blocker = self.of([*gone, *gone, *gone, self.of(self._known())])
        return self._command(c.SettleBlocker(blocker=blocker, choice=self.of(list(Choice)), actor=self.anyone()))

    def _default(self) -> Move:
        command = c.SetBlockerDefault(choice=self.of((None, *Choice)), actor=self.anyone())

        async def set_and_use() -> None:
            await self.gate.carry_out(command)
            await self.gate.settle_by_default()

        return set_and_use

    def _rule(self) -> Move:
        rule = Rule(
            id=self.of(("one", "two")), verdict=self.of((Verdict.ACCEPT, Verdict.REJECT)), reason="by rule",
            phases=(self.of(list(Phase)),), per_hour=self.of((1, 20)),
        )  # fmt: skip
        stops = (True, False) if self.state.rules else (False,)
        if self.of(stops):
            return self._command(c.StopRules(actor=self.anyone()))
        return self._command(c.SwitchRule(rule=rule, on=self.of((True, True, False)), actor=self.anyone()))

    def _bound(self) -> Move:
        return self._command(
            c.SettleBound(bound=self.of(("pending", "children")), limit=self.of((None, 2, 40)), actor=self.anyone())
        )  # fmt: skip

    def _start(self) -> Move | None:
        ready = self.state.ready()
        return self._fact(self.of(ready), self._started) if ready else None

    def _started(self, task_id: TaskId) -> e.Fact | None:
        task = self.state.tasks.get(task_id)
        if task is None or task.status is not TaskStatus.PENDING:
            return None
        attempt = task.attempt + 1
        return e.TaskStarted(
            task_id=task_id, agent_id=f"{task_id}.{attempt}", role=task.draft.role, model="m", attempt=attempt
        )

    def _end(self) -> Move | None:
        ids = [t for t, task in self.state.tasks.items() if task.status is TaskStatus.IN_PROGRESS and t != "T1"]
        how = self.of((True, False))

        def ended(task_id: TaskId) -> e.Fact | None:
            if self.state.tasks[task_id].status is not TaskStatus.IN_PROGRESS:
                return None
            done = e.TaskCompleted(task_id=task_id, summary="done", evidence=())
            return done if how else e.TaskFailed(task_id=task_id, reason="it broke")

        return self._fact(self.of(ids), ended) if ids else None

    def _stop(self) -> Move | None:
        ids = [t for t, task in self.state.tasks.items() if not task.status.ended and t != "T1"]
        actor = self.anyone()

        def stopped(task_id: TaskId) -> e.Fact | None:
            task = self.state.tasks.get(task_id)
            gone = task is None or task.status.ended
            return None if gone else e.TaskCancelled(task_id=task_id, reason="stopped", actor=actor)

        return self._fact(self.of(ids), stopped) if ids else None

    def _retry(self) -> Move | None:
        over = (TaskStatus.FAILED, TaskStatus.CANCELLED)
        ids = [t for t, task in self.state.tasks.items() if task.status in over]
        actor = self.anyone()

        def again(task_id: TaskId) -> e.Fact | None:
            return e.TaskRetried(task_id=task_id, actor=actor) if self.state.tasks[task_id].status in over else None

        return self._fact(self.of(ids), again) if ids else None

    def _repeat(self) -> Move | None:
        if not self.made:
            return None
        command = self.of(self.made)

        async def refused() -> None:
            with pytest.raises(CommandRefused):
                await self.gate.carry_out(command)

        return refused

    def _command(self, command: c.Command) -> Move:
        return lambda: self.gate.carry_out(command)

    def _fact(self, task_id: TaskId, fact_for: Callable[[TaskId], e.Fact | None]) -> Move:
        """What scheduler, agents and session record by themselves: looked at and stored under the lock."""

        async def record() -> None:
            async with self.ledger.lock:
                if fact := fact_for(task_id):
                    await self.ledger.record(fact)

        return record


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "hephaestus.db")
    yield opened
    await opened.close()


@pytest.fixture
def room_of(store: Store) -> Callable[[st.DataObject, str], Awaitable[Room]]:
    async def make(data: st.DataObject, run_id: str) -> Room:
        """A run whose first task is at work and may propose."""
        ledger = await Ledger.open(store, run_id)
        clock = itertools.count(1_000)
        gate = Gate(ledger, SpawnBounds(per_minute=1_000), lambda: float(next(clock)))
        started = e.RunStarted(run_id=run_id, goal="g", project="/p", model="m", policy=Policy.AUTO, roles=ROLES)
        await gate.carry_out(c.AddTask(draft=Room.plain, actor=DECIDERS[0]), started)
        await ledger.record(
            e.TaskStarted(task_id="T1", agent_id="T1.1", role=ROLES[0], model="m", attempt=1),
        )
        return Room(data, ledger, gate)

    return make
