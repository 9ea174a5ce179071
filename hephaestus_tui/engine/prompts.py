"""What an agent is told before it begins: who it is (system), and what its task is (brief)."""

from __future__ import annotations

from collections.abc import Iterable

from hephaestus_tui.domain.decision import Decision, Verdict
from hephaestus_tui.domain.events import AgentSteered
from hephaestus_tui.domain.message import DecisionPart, Part, TextPart
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Task
from hephaestus_tui.engine.roles import Role


def system_prompt(role: Role, shared: str, state: RunState) -> str:
    others = ", ".join(name for name in state.roles if name != role.name)
    place = f"You work in the project folder {state.project}. Roles that others hold in this run: {others or 'none'}."
    return "\n\n".join(part for part in (role.body, shared, place) if part)


def brief(task: Task, state: RunState) -> str:
    """The first user message: the run's goal, the task's own words, and what its blockers brought."""
    draft = task.draft
    lines = [
        f"The goal of the run: {state.goal}",
        "",
        f"Your task is {task.id}, in the {draft.phase} phase: {draft.title}",
        "",
        draft.description,
        "",
        f"Why it is done: {draft.rationale}",
    ]
    if draft.done_criteria:
        lines += ["", "It is done when:", *(f"{n}. {c}" for n, c in enumerate(draft.done_criteria, 1))]
    for blocker in draft.blocked_by:
        if (done := state.tasks.get(blocker)) and done.summary:
            lines += ["", f"What {blocker} ({done.draft.title}) brought:", done.summary]
    if task.attempt > 1 and task.reason:
        lines += ["", f"An earlier attempt ended: {task.reason}"]
    return "\n".join(lines)


def news(decisions: Iterable[Decision], steering: Iterable[AgentSteered]) -> tuple[Part, ...]:
    """What has happened since the agent's last turn, as the parts of one user message."""
    parts: list[Part] = [DecisionPart(decision) for decision in decisions]
    parts += [TextPart(f"A message from {words.actor}, who supervises this run: {words.text}") for words in steering]
    return tuple(parts)


NUDGE = (
    "You ended your turn without calling a tool. Go on with the task, ask a person with ask_human, "
    "or end it with complete_task."
)

INTERRUPTED = (
    "There is no result: the program stopped while this call ran, and its effect is unknown. "
    "Look at the present state before you decide whether to repeat it."
)

VERDICT_WORDS = {Verdict.ACCEPT: "accepted", Verdict.EDIT: "edited", Verdict.REJECT: "rejected"}
