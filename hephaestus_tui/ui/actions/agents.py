"""Holding, steering and ending agents and their tasks, and the whole run."""

from __future__ import annotations

from hephaestus_tui.ui.actions.action import Action, Group
from hephaestus_tui.ui.applies import (
    agent_lives,
    agent_works,
    can_let_go,
    can_pause,
    can_restart,
    can_step,
    has_context,
    has_to_hold,
    has_unread,
    is_held,
    is_not_held,
    is_open,
    is_resumable,
    is_retryable,
    is_unended,
)

ACTIONS: tuple[Action, ...] = (
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
        id="run.pause", key="P", label="pause all", group=Group.RUN, applies=is_not_held, rank=13,
        tooltip="Hold every agent of the run at its next step",
    ),
    Action(
        id="run.resume", key="P", label="resume all", group=Group.RUN, applies=is_held, rank=4,
        tooltip="Let the paused run go on, and with it every interrupted or stalled agent",
    ),
    Action(
        id="policy.next", key="m", label="policy", group=Group.RUN, applies=is_open,
        tooltip="Change what agents may do without asking: auto, auto-edit, ask, read-only, and round",
    ),
)  # fmt: skip
