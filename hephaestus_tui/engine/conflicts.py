"""The task that resolves a conflict, and what a review may hold; plans alone, which touch no git."""

from __future__ import annotations

from collections.abc import Sequence

from hephaestus_tui.domain.commands import AddTask
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.events import ConflictAssigned
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TEXT_LIMIT, TITLE_LIMIT, Phase, TaskDraft
from hephaestus_tui.domain.work import LineComment, MergePreview
from hephaestus_tui.domain.work_commands import ResolveConflict
from hephaestus_tui.engine.deciding import add
from hephaestus_tui.engine.plan import Plan
from hephaestus_tui.tools.clip import plain

COMMENTS_LIMIT = 200
_NAMED = 30  # files that are named in the task; git knows them all


def check_review(text: str, comments: Sequence[LineComment]) -> None:
    """Raises CommandRefused for a review that says nothing, or more than an agent can be sent."""
    if not text.strip() and not comments:
        raise CommandRefused("There is nothing to say: write what is to change, or comment on a line.")
    if any(not comment.text.strip() for comment in comments):
        raise CommandRefused("A comment is empty: write it, or take it away.")
    size = len(text) + sum(len(comment.text) + len(comment.quoted) for comment in comments)
    if size > TEXT_LIMIT or len(comments) > COMMENTS_LIMIT:
        raise CommandRefused(
            f"A review has at most {TEXT_LIMIT:,} characters and {COMMENTS_LIMIT} comments, this one {size:,} and "
            f"{len(comments)}: say the most important first."
        )


def resolution(state: RunState, command: ResolveConflict, preview: MergePreview, now: float) -> Plan:
    """A task accepted by whoever asked for it, and what it resolves. Raises CommandRefused where nothing conflicts."""
    task = state.tasks[command.task_id]
    if not preview.conflicts:
        raise CommandRefused(
            f"The work of {task.id} does not conflict with {preview.branch or 'the project'}: merge it."
        )
    branch, paths = preview.branch or "the project", tuple(dict.fromkeys(c.path for c in preview.conflicts))
    told = [f"- {plain(c.path)}: {plain(c.text or c.kind)}" for c in preview.conflicts[:_NAMED]]
    more = len(preview.conflicts) - len(told)
    draft = TaskDraft(
        title=f"Resolve the conflict of {task.id} with {branch}: {task.draft.title}"[:TITLE_LIMIT],
        description="\n".join(
            (
                f"The work of {task.id} ({task.draft.title}) and what was merged into {branch} meanwhile changed the same "
                "places. Your workspace holds the merge of both, with the marks of the conflict in:",
                *told,
                *([f"- and {more} more"] if more > 0 else []),
                f"Find out what each side is for (`git log` and `git diff` tell), and write what does both. Where they "
                f"cannot both be had, ask the human. {task.id} was asked to do this:",
                "",
                task.draft.description,
            )
        )[:TEXT_LIMIT],
        rationale=f"{command.actor.name} wants the work of {task.id} merged, and neither side taken blindly.",
        phase=Phase.BUILDING,
        role=task.draft.role,
        done_criteria=(
            "No mark of the conflict is left",
            "What either side was for works as before",
        ),
        priority=task.draft.priority,
    )
    plan = add(state, AddTask(draft=draft, actor=command.actor), now)
    assert plan.task_id is not None
    assigned = ConflictAssigned(task_id=plan.task_id, resolves=task.id, paths=paths)
    return Plan((*plan.facts, assigned), f"{plan.task_id} is to resolve the conflict of {task.id}", plan.task_id)
