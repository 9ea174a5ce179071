"""What only looks: going to a pane or a task, and what is opened to be read; none of it changes the run."""

from __future__ import annotations

from hephaestus_tui.ui.actions.action import Action, Group
from hephaestus_tui.ui.applies import always, files_overlap, has_tasks, is_open, was_spawned

ACTIONS: tuple[Action, ...] = (
    Action(
        id="pane.dag", key="1", label="tasks", group=Group.PANES, applies=always,
        tooltip="Go to the tasks",
    ),
    Action(
        id="pane.transcript", key="2", label="transcript", group=Group.PANES, applies=always,
        tooltip="Go to the transcript",
    ),
    Action(
        id="pane.detail", key="3", label="detail", group=Group.PANES, applies=always,
        tooltip="Go to the detail",
    ),
    Action(
        id="pane.next", key="tab", label="next pane", group=Group.PANES, applies=always,
        tooltip="Go to the next pane",
    ),
    Action(
        id="pane.previous", key="shift+tab", label="previous pane", group=Group.PANES, applies=always,
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
        id="pane.zoom", key="z", label="zoom", group=Group.PANES, applies=always, rank=12,
        tooltip="Give one pane the whole screen, and back",
    ),
    Action(
        id="pane.wider", key=")", label="wider", group=Group.PANES, applies=always,
        tooltip="Make the pane in use wider, now and from now on; the mouse drags the line between two panes",
    ),
    Action(
        id="pane.narrower", key="(", label="narrower", group=Group.PANES, applies=always,
        tooltip="Make the pane in use narrower",
    ),
    Action(
        id="pane.reset", key="0", label="first widths", group=Group.PANES, applies=always,
        tooltip="Make the panes as wide as they were at first",
    ),
    Action(
        id="transcript.whose", key="J", label="whose words", group=Group.LOOK, applies=has_tasks,
        tooltip="Show in the transcript one task, all tasks of its role, or the whole run",
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
)  # fmt: skip
