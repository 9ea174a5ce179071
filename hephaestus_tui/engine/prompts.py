"""What an agent is told before it begins: who it is (system), and what its task is (brief)."""

from __future__ import annotations

from collections.abc import Sequence

from hephaestus_tui.domain.criterion import command_of, words_of
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.talk import Note
from hephaestus_tui.domain.task import Task, TaskId
from hephaestus_tui.domain.work import WorkspaceMode
from hephaestus_tui.engine.handing_over import handed_over
from hephaestus_tui.engine.memory import OFFERED_ROOM, note_lines
from hephaestus_tui.engine.roles import Role

REJECTED_SHOWN = 12
TITLE_WIDTH = 120  # characters
REASON_WIDTH = 200


def system_prompt(role: Role, shared: str, state: RunState, task_id: TaskId) -> str:
    others = ", ".join(name for name in state.roles if name != role.name)
    place = f"{_place(state, task_id)} Roles that others hold in this run: {others or 'none'}."
    return "\n\n".join(part for part in (role.body, shared, place) if part)


def _place(state: RunState, task_id: TaskId) -> str:
    opened, chosen = state.workspaces.get(task_id), state.workspaces_chosen
    if opened is None:
        return f"You work in the project folder {state.project}."
    source = "the files" if chosen and chosen.mode is WorkspaceMode.COPY else "the last commit"
    without = "Files that git ignores are not in it." + (f" {opened.note}" if opened.note else "")
    if opened.branch is None:
        return (
            f"You work in {opened.path}, which holds {source} of the project {state.project}, for you to read and to run "
            f"commands in. What you write there is thrown away when your task ends. {without}"
        )
    return (
        f"You work in {opened.path}, a git worktree of your own on the branch {opened.branch}, made from {source} of the "
        f"project {state.project}. Others work in theirs at the same time. What you leave in it is committed for you when "
        "you complete your task, and a human looks at it before it is merged: you need not commit, and never merge, push, "
        f"or switch branches. {without}"
    )


def brief(task: Task, state: RunState, notes: Sequence[Note] = ()) -> str:
    """The first user message: the goal, the task's own words, what came before, what was noted, and what was rejected."""
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
        lines += ["", "It is done when:"]
        for number, criterion in enumerate(draft.done_criteria, 1):
            lines.append(f"{number}. {words_of(criterion)}")
            if command := command_of(criterion):
                lines.append(f"   (run when you complete the task, and must end with exit code 0: {command})")
    lines += handed_over(task, state)
    if notes:
        lines += ["", "What others noted that may help (weigh it, it orders nothing; search_notes finds more):"]
        lines.append(note_lines(notes, OFFERED_ROOM))
    lines += _rejected(state)
    if task.attempt > 1 and task.reason:
        lines += ["", f"An earlier attempt ended: {task.reason}"]
    return "\n".join(lines)


def _rejected(state: RunState) -> list[str]:
    """The ideas that a human has turned down in this run, the latest first, so that they are not proposed again."""
    rejections = [
        f"- {_short(proposal.draft.title, TITLE_WIDTH)}: {_short(decision.reason, REASON_WIDTH)}"
        for task_id, proposal in reversed(state.rejected.items())
        if (decision := state.decisions.get(task_id)) and decision.merged_into is None
    ]
    if not rejections:
        return []
    more = len(rejections) - REJECTED_SHOWN
    return [
        "",
        "Rejected in this run; do not propose these again unless the reason no longer holds:",
        *rejections[:REJECTED_SHOWN],
        *([f"- and {more} more"] if more > 0 else []),
    ]


def _short(text: str, width: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 1]}…"


NUDGE = (
    "You ended your turn without calling a tool. Go on with the task, ask a person with ask_human, "
    "or end it with complete_task."
)

INTERRUPTED = (
    "There is no result: the program stopped while this call ran, and its effect is unknown. "
    "Look at the present state before you decide whether to repeat it."
)

ANSWER_NUDGE = "Answer the question about your proposal with answer_about_proposal, and do nothing else."
