"""What a person decides: proposals, questions, reports, bounds, budgets and finished work."""

from __future__ import annotations

from hephaestus_tui.ui.actions.action import Action, Group
from hephaestus_tui.ui.applies import (
    bound_reached,
    budget_reached,
    has_work,
    is_askable,
    is_asked,
    is_open,
    is_proposal,
    is_reported,
    is_settleable,
    is_undoable,
    something_waits,
)

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
)  # fmt: skip
