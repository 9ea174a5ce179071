"""A human's question to the agent of a proposal, and what the agent makes of it."""

from __future__ import annotations

from dataclasses import replace

from hephaestus_tui.domain.commands import AskBack
from hephaestus_tui.domain.decision import Near, Proposal, Query
from hephaestus_tui.domain.errors import BadDraft, CommandRefused
from hephaestus_tui.domain.events import Fact, ProposalQueried, QueryAnswered, TaskProposed
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TEXT_LIMIT, TaskDraft, TaskId
from hephaestus_tui.engine.plan import Plan, check_draft, open_proposal


def ask_back(state: RunState, command: AskBack, now: float) -> Plan:
    """Raises UnknownTask, AlreadyDecided, StaleVersion, BadDraft, and CommandRefused where nobody could answer."""
    proposal, task_id = open_proposal(state, command.task_id, command.version), command.task_id
    spawner = proposal.origin.task_id
    if spawner is None:
        raise CommandRefused(f"{task_id} was written by a person: there is no agent to ask.")
    if task_id in state.queries:
        raise CommandRefused(f"The agent of {spawner} owes an answer about {task_id} already.")
    text = command.question.strip()
    if not text or len(text) > TEXT_LIMIT:
        raise BadDraft({"question": f"a question has 1 to {TEXT_LIMIT:,} characters, this one {len(text):,}"})
    query = Query(
        id=f"{task_id}.{len(state.replies.get(task_id, ())) + 1}", task_id=task_id, version=proposal.version, text=text,
        actor=command.actor, asked_at=now,
    )  # fmt: skip
    return Plan((ProposalQueried(query=query),), f"the agent of {spawner} is asked about {task_id}", task_id)


def answered(
    state: RunState, query: Query, text: str, draft: TaskDraft | None, *, near: tuple[Near, ...] = (),
    failed: bool = False,
) -> tuple[Fact, ...]:  # fmt: skip
    """The answer, and where `draft` differs from what stands, the proposal in a new version. Raises BadDraft.

    `near` are the likely duplicates of `draft`.
    """
    answer = QueryAnswered(query_id=query.id, task_id=query.task_id, text=text, failed=failed)
    proposal = state.proposals[query.task_id]
    if draft is None or draft == proposal.draft:
        return (answer,)
    check_draft(state, query.task_id, draft)
    return answer, TaskProposed(proposal=_next(proposal, draft, query, near))


def _next(proposal: Proposal, draft: TaskDraft, query: Query, near: tuple[Near, ...]) -> Proposal:
    note = f"amended to answer {query.actor}"
    return replace(proposal, version=proposal.version + 1, draft=draft, by=None, note=note, near=near)


def owed_by(state: RunState, spawner: TaskId) -> list[Query]:
    """The questions that the agent of a task has not answered yet, the oldest first."""
    mine = [q for t in state.children(spawner) if (q := state.queries.get(t))]
    return sorted(mine, key=lambda query: query.asked_at)
