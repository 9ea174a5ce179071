"""Picking many proposals, and deciding on them together."""

from __future__ import annotations

from hephaestus_tui.ui.actions.action import Action, Group
from hephaestus_tui.ui.applies import has_proposals, has_tasks, is_proposal

ACTIONS: tuple[Action, ...] = (
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
)  # fmt: skip
