"""What is the app's own: its help, its palette, its colours, and leaving it."""

from __future__ import annotations

from hephaestus_tui.ui.actions.action import Action, Group
from hephaestus_tui.ui.applies import always

ACTIONS: tuple[Action, ...] = (
    Action(
        id="palette", key="ctrl+p", label="palette", group=Group.APP, applies=always,
        tooltip="Choose from everything that can be done now",
    ),
    Action(
        id="help", key="?", label="help", group=Group.APP, applies=always,
        tooltip="All keys, and what the marks mean",
    ),
    Action(
        id="messages", key='"', label="messages", group=Group.APP, applies=always,
        tooltip="The last notes and failures that were shown, with their times",
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
