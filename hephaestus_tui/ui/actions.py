"""The one list of what a person can do: bindings, palette, help, footer and rebinding are all read from it.

An action that is not listed here cannot be reached; one that is listed is shown only where `applies` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from textual.binding import Binding

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.applies import (
    Applies,
    agent_lives,
    agent_works,
    always,
    bound_reached,
    budget_reached,
    can_let_go,
    can_pause,
    can_restart,
    can_step,
    files_overlap,
    has_context,
    has_proposals,
    has_tasks,
    has_to_hold,
    has_unread,
    has_work,
    is_askable,
    is_asked,
    is_held,
    is_not_held,
    is_open,
    is_proposal,
    is_reported,
    is_resumable,
    is_retryable,
    is_settleable,
    is_undoable,
    is_unended,
    rules_are_on,
    something_waits,
    was_spawned,
)


class Group(StrEnum):
    """The headings of the help screen, in its order."""

    DECIDE = "Decide"
    MANY = "Many at once"
    RULES = "Rules and record"
    AGENTS = "Agents and tasks"
    LOOK = "Look around"
    APP = "The app"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """`rank` orders the footer (low is kept when it is narrow), None keeps it out of it; `decides` guards the key."""

    id: str
    key: str
    label: str
    tooltip: str
    group: Group
    applies: Applies
    rank: int | None = None
    decides: bool = False

    @property
    def acts_on_selected(self) -> bool:
        """Whether it does something to the task under the cursor, which must then be the one that is shown."""
        return self.decides or self.id.startswith("agent.") or self.id in _ON_TASK


# undoing decides too, but what it asks first is guarded: one's own last decision can be taken back at once
_ON_TASK = ("decision.undo", "task.stop", "task.retry", "task.resume", "work.review")

ACTIONS: tuple[Action, ...] = (
    Action(
        id="proposal.accept", key="a", label="accept", group=Group.DECIDE, applies=is_proposal, rank=0, decides=True,
        tooltip="Accept the selected proposal: it becomes a task",
    ),
    Action(
        id="proposal.edit", key="e", label="edit", group=Group.DECIDE, applies=is_proposal, rank=1, decides=True,
        tooltip="Edit the selected proposal's fields, then accept it",
    ),
    Action(
        id="proposal.reject", key="r", label="reject", group=Group.DECIDE, applies=is_proposal, rank=2, decides=True,
        tooltip="Reject the selected proposal, with a reason for its agent",
    ),
    Action(
        id="proposal.ask", key="c", label="ask back", group=Group.DECIDE, applies=is_askable, rank=3, decides=True,
        tooltip="Ask the agent that proposed it; its answer, and maybe a new version, come back",
    ),
    Action(
        id="decision.undo", key="u", label="undo", group=Group.DECIDE, applies=is_undoable, rank=3,
        tooltip="Take back the decision on it, as long as its task has not started",
    ),
    Action(
        id="proposal.editor", key="E", label="edit in $EDITOR", group=Group.DECIDE, applies=is_proposal, decides=True,
        tooltip="Edit the selected proposal as a Markdown file in your own editor",
    ),
    Action(
        id="proposal.merge", key="M", label="merge", group=Group.DECIDE, applies=is_proposal, rank=9, decides=True,
        tooltip="Make the selected proposal part of another task or proposal",
    ),
    Action(
        id="proposal.split", key="S", label="split", group=Group.DECIDE, applies=is_proposal, decides=True,
        tooltip="Make several proposals of the selected one",
    ),
    Action(
        id="blocker.settle", key="d", label="blocker gone", group=Group.DECIDE, applies=is_settleable, rank=3, decides=True,
        tooltip="Choose for all that wait for something that will never complete",
    ),
    Action(
        id="bound.settle", key="b", label="spawn bound", group=Group.DECIDE, applies=bound_reached, rank=4,
        tooltip="See which bound of proposing was reached, and leave or raise it",
    ),
    Action(
        id="budget.settle", key="$", label="budget", group=Group.DECIDE, applies=budget_reached, rank=3,
        tooltip="See which budget was used up and who waits for it, and raise it, go on without, or stop them",
    ),
    Action(
        id="work.review", key="w", label="review", group=Group.DECIDE, applies=has_work, rank=2,
        tooltip="See what the task has changed, and merge it, send it back or discard it",
    ),
    Action(
        id="question.answer", key="y", label="answer", group=Group.DECIDE, applies=is_asked, rank=3, decides=True,
        tooltip="Answer the agent's question, or give leave to what it wants to do",
    ),
    Action(
        id="report.answer", key="y", label="answer", group=Group.DECIDE, applies=is_reported, rank=3, decides=True,
        tooltip="Say something to what the agent reported to be in its way, or take note of it",
    ),
    Action(
        id="leave", key="Y", label="leave given", group=Group.DECIDE, applies=is_open,
        tooltip="What you have allowed for a task or the whole run; take it back",
    ),
    Action(
        id="next.attention", key="n", label="next waiting", group=Group.DECIDE, applies=something_waits, rank=5,
        tooltip="Go to the next thing that waits for you",
    ),
    Action(
        id="inbox", key="i", label="inbox", group=Group.DECIDE, applies=is_open, rank=5,
        tooltip="Everything that waits for you, with what it holds up",
    ),
    Action(
        id="select.toggle", key="space", label="select", group=Group.MANY, applies=is_proposal, rank=6,
        tooltip="Select the proposal under the cursor, or no longer",
    ),
    Action(
        id="select.range", key="v", label="select a range", group=Group.MANY, applies=has_proposals,
        tooltip="Select every proposal from the last one that was selected to the cursor",
    ),
    Action(
        id="select.subtree", key="V", label="select a subtree", group=Group.MANY, applies=has_tasks,
        tooltip="Select every proposal that was spawned below the task under the cursor",
    ),
    Action(
        id="select.search", key="f", label="select by search", group=Group.MANY, applies=has_proposals,
        tooltip="Select every proposal whose fields hold some words",
    ),
    Action(
        id="select.none", key="escape", label="select none", group=Group.MANY, applies=has_proposals,
        tooltip="Select nothing any more",
    ),
    Action(
        id="decide.selected", key="A", label="decide together", group=Group.MANY, applies=has_proposals, rank=6,
        tooltip="Accept, reject or re-phase all that is selected, or a proposal with the proposals that block it",
    ),
    Action(
        id="rules", key="L", label="rules", group=Group.RULES, applies=is_open,
        tooltip="Rules that may decide for you: what each would have done, and which are on",
    ),
    Action(
        id="rules.stop", key="!", label="stop all rules", group=Group.RULES, applies=rules_are_on, rank=4,
        tooltip="Switch every rule off at once",
    ),
    Action(
        id="decisions", key="D", label="decisions", group=Group.RULES, applies=is_open,
        tooltip="Every decision of the run, with who made it, what was changed and how long it waited",
    ),
    Action(
        id="duplicates.score", key="%", label="duplicate threshold", group=Group.RULES, applies=is_open,
        tooltip="From which similarity on a proposal says that it is a likely duplicate",
    ),
    Action(
        id="agent.pause", key="p", label="pause", group=Group.AGENTS, applies=can_pause, rank=7,
        tooltip="Hold the selected agent at its next step, or keep the task from starting",
    ),
    Action(
        id="agent.resume", key="p", label="resume", group=Group.AGENTS, applies=can_let_go, rank=6,
        tooltip="Let the paused agent go on, or the task start",
    ),
    Action(
        id="agent.step", key=".", label="step", group=Group.AGENTS, applies=can_step, rank=6,
        tooltip="Let the held agent take one turn with its calls, and hold it again",
    ),
    Action(
        id="task.retry", key="R", label="retry", group=Group.AGENTS, applies=is_retryable, rank=4,
        tooltip="Put a task that failed or was stopped, or whose work was discarded, back into the queue",
    ),
    Action(
        id="task.resume", key="R", label="resume", group=Group.AGENTS, applies=is_resumable, rank=4,
        tooltip="Let an interrupted or stalled agent go on with its task",
    ),
    Action(
        id="provider.retry", key="t", label="try now", group=Group.AGENTS, applies=agent_works,
        tooltip="Ask a provider that is being waited for again at once",
    ),
    Action(
        id="agent.compact", key="K", label="compact", group=Group.AGENTS, applies=has_context,
        tooltip="Have the agent's conversation summed up before its next turn; all of it stays stored and shown",
    ),
    Action(
        id="model.choose", key="h", label="model", group=Group.AGENTS, applies=is_open,
        tooltip="Hand over to another model from the next turn on: for the selected task, or for the run",
    ),
    Action(
        id="agent.steer", key="s", label="steer", group=Group.AGENTS, applies=agent_lives, rank=8,
        tooltip="Say something to the agent, to all below it or to all: now, when it is done, or interrupting",
    ),
    Action(
        id="agent.unsay", key="U", label="take back", group=Group.AGENTS, applies=has_unread, rank=8,
        tooltip="Take back a message that the agent has not read",
    ),
    Action(
        id="task.stop", key="x", label="stop", group=Group.AGENTS, applies=is_unended, rank=9,
        tooltip="End the selected task now, all below it or all of the run; what was said and done is kept",
    ),
    Action(
        id="task.restart", key="X", label="restart", group=Group.AGENTS, applies=can_restart,
        tooltip="Begin a new attempt with a note, in the old conversation or a fresh one",
    ),
    Action(
        id="agents.many", key="H", label="hold together", group=Group.AGENTS, applies=has_to_hold,
        tooltip="Pause, resume or step a task with all that is below it, or step all of the run",
    ),
    Action(
        id="task.add", key="+", label="add task", group=Group.AGENTS, applies=is_open, rank=14,
        tooltip="Write a task of your own",
    ),
    Action(
        id="run.pause", key="P", label="pause all", group=Group.AGENTS, rank=13,
        applies=is_not_held,
        tooltip="Hold every agent of the run at its next step",
    ),
    Action(
        id="run.resume", key="P", label="resume all", group=Group.AGENTS, applies=is_held, rank=4,
        tooltip="Let the paused run go on, and with it every interrupted or stalled agent",
    ),
    Action(
        id="policy.next", key="m", label="policy", group=Group.AGENTS, applies=is_open,
        tooltip="Change what agents may do without asking: auto, auto-edit, ask, read-only, and round",
    ),
    Action(
        id="pane.dag", key="1", label="tasks", group=Group.LOOK, applies=always,
        tooltip="Go to the tasks",
    ),
    Action(
        id="pane.transcript", key="2", label="transcript", group=Group.LOOK, applies=always,
        tooltip="Go to the transcript",
    ),
    Action(
        id="pane.detail", key="3", label="detail", group=Group.LOOK, applies=always,
        tooltip="Go to the detail",
    ),
    Action(
        id="pane.next", key="tab", label="next pane", group=Group.LOOK, applies=always,
        tooltip="Go to the next pane",
    ),
    Action(
        id="pane.previous", key="shift+tab", label="previous pane", group=Group.LOOK, applies=always,
        tooltip="Go to the previous pane",
    ),
    Action(
        id="task.below", key="j", label="down", group=Group.LOOK, applies=has_tasks,
        tooltip="Select the task below",
    ),
    Action(
        id="task.above", key="k", label="up", group=Group.LOOK, applies=has_tasks,
        tooltip="Select the task above",
    ),
    Action(
        id="pane.zoom", key="z", label="zoom", group=Group.LOOK, applies=always, rank=12,
        tooltip="Give one pane the whole screen, and back",
    ),
    Action(
        id="task.origin", key="o", label="where it was found", group=Group.LOOK, applies=was_spawned, rank=10,
        tooltip="Go to the passage of the transcript in which the selected task was discovered",
    ),
    Action(
        id="notes", key="N", label="notes", group=Group.LOOK, applies=is_open,
        tooltip="Notes that agents and you keep for each other: read, search, write",
    ),
    Action(
        id="plots", key="B", label="plots", group=Group.LOOK, applies=is_open,
        tooltip="See the run over its time: tokens, cost, tasks open and done, waiting, and each agent",
    ),
    Action(
        id="overlaps", key="O", label="overlaps", group=Group.LOOK, applies=files_overlap,
        tooltip="Go to the next task that changes a file which another one changes too",
    ),
    Action(
        id="search", key="/", label="search", group=Group.LOOK, applies=has_tasks, rank=11,
        tooltip="Find a task by its id or title",
    ),
    Action(
        id="palette", key="ctrl+p", label="palette", group=Group.APP, applies=always,
        tooltip="Choose from everything that can be done now",
    ),
    Action(
        id="help", key="?", label="help", group=Group.APP, applies=always,
        tooltip="All keys, and what the marks mean",
    ),
    Action(
        id="theme", key="ctrl+t", label="theme", group=Group.APP, applies=always,
        tooltip="Try the colours, and choose",
    ),
    Action(
        id="app.quit", key="q", label="quit", group=Group.APP, applies=always, rank=15,
        tooltip="Stop the agents and leave; the run can be resumed",
    ),
)  # fmt: skip

BY_ID: Mapping[str, Action] = {action.id: action for action in ACTIONS}


def bindings() -> list[Binding]:
    """The registry as Textual bindings, each under its id so that a keymap can move it."""
    return [Binding(a.key, f"act('{a.id}')", a.label, show=False, tooltip=a.tooltip, id=a.id) for a in ACTIONS]


def applicable(state: RunState, task_id: TaskId | None) -> list[Action]:
    """What can be done now, in the registry's order."""
    return [a for a in ACTIONS if a.applies(state, task_id)]
