"""Appends tasks from several coroutines at once and prints, after each answer of the store, what was promised."""

from __future__ import annotations

import asyncio
import itertools
import sys
from pathlib import Path

from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Proposal, Verdict
from hephaestus_tui.domain.events import Fact, ProposalDecided, RunStarted, TaskProposed, TaskStarted
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.task import Origin, Phase, Task, TaskDraft
from hephaestus_tui.store.store import Store


def task(number: int) -> list[Fact]:
    task_id = f"T{number}"
    draft = TaskDraft(title="t", description="d", rationale="r", phase=Phase.BUILDING, role="tech_lead")
    decision = Decision(
        id=number, task_id=task_id, version=1, verdict=Verdict.ACCEPT, actor=Actor(ActorKind.HUMAN, "Ada"),
        decided_at=1.0, waited=0.0, final=draft,
    )  # fmt: skip
    row = Task(id=task_id, draft=draft, origin=Origin(), decision_id=number, created_at=1.0)
    proposal = Proposal(task_id=task_id, version=1, draft=draft, origin=Origin(), waits=False, proposed_at=1.0)
    return [TaskProposed(proposal=proposal), ProposalDecided(decision=decision, task=row)]


async def main(path: Path) -> None:
    store = await Store.open(path)
    await store.append(
        "r", [RunStarted(run_id="r", goal="g", project="/p", model="m", policy=Policy.ASK, roles=("tech_lead",))]
    )
    await store.append(
        "r", [*task(1), TaskStarted(task_id="T1", agent_id="A1", role="tech_lead", model="m", attempt=1)]
    )
    sys.stdout.write("ACK T1\n")
    store.keep_partial("r", "T1", 0, "half a sent")
    numbers = itertools.count(2)

    async def append() -> None:
        while (number := next(numbers)) <= 400:
            await store.append("r", task(number))
            sys.stdout.write(f"ACK T{number}\n")
            sys.stdout.flush()

    await asyncio.gather(append(), append(), append())


asyncio.run(main(Path(sys.argv[1])))
