"""Letters between agents: whom one reaches, and how many an agent may write before it is told to stop."""

from __future__ import annotations

import re

from hephaestus_tui.config import TalkBounds
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.talk import Letter
from hephaestus_tui.domain.task import TaskId, TaskStatus
from hephaestus_tui.tools.base import ToolFault

_TASK = re.compile(r"[tT][0-9]{1,9}")
_WAITING = (TaskStatus.PENDING, TaskStatus.BLOCKED)
_NAMED = 5


def readers(state: RunState, sender: TaskId, to: str) -> tuple[TaskId, ...]:
    """The tasks that a word for a role or a task reaches, without the sender's. Raises ToolFault that says why it is none."""
    word = to.strip()
    if _TASK.fullmatch(word):
        return (_one(state, sender, word.upper()),)
    at_work = at_work_as(state, word)
    if found := tuple(task_id for task_id in at_work if task_id != sender):
        return found
    if word not in state.roles:
        raise ToolFault(f"There is no role or task {word!r}. Roles: {', '.join(state.roles)}; tasks are named like T3.")
    alone = " but you" if at_work else ""
    raise ToolFault(f"Not sent: nobody{alone} is at work as {word} now. {_others(state, word)}")


def at_work_as(state: RunState, role: str) -> list[TaskId]:
    """Tasks whose agents hold a role now."""
    return [a.task_id for a in state.agents.values() if a.role == role and a.status is not AgentStatus.ENDED]


def mail_fault(state: RunState, bounds: TalkBounds, sender: TaskId, turn: int, to: tuple[TaskId, ...]) -> str:
    """What an agent is told that would write too much; "" where there is room."""
    mine = [letter for letter in state.letters.values() if letter.sender == sender]
    if sum(letter.turn == turn for letter in mine) >= bounds.messages_per_turn:
        return f"{bounds.messages_per_turn} messages in one turn is the limit: go on with your task and write later"
    if len(mine) >= bounds.messages:
        return (
            f"{bounds.messages} messages by one task is the limit: write no more; what others must know, note with note"
        )
    full = [task_id for task_id in to if len(state.mail.get(task_id, ())) >= bounds.unread]
    if full:
        return f"{', '.join(full)} has {bounds.unread} messages that it has not read: wait until it has"
    return ""


def sent_words(state: RunState, letter: Letter) -> str:
    """What the sender is told of it."""
    return "Sent. " + " ".join(_when(state, task_id) for task_id in letter.to)


def _one(state: RunState, sender: TaskId, task_id: TaskId) -> TaskId:
    if task_id == sender:
        raise ToolFault(f"{task_id} is your own task: write to another.")
    task = state.tasks.get(task_id)
    if task is None and task_id in state.blockers:
        stands = "was rejected" if task_id in state.rejected else "is a proposal that nobody has decided on"
        raise ToolFault(f"Not sent: {task_id} {stands}, so nobody is there to read it.")
    if task is None:
        raise ToolFault(f"There is no task {task_id} in this run.")
    if task.status.ended:
        raise ToolFault(
            f"Not sent: {task_id} has ended ({task.status}), and its agent reads nothing any more. "
            "read_task gives what it brought; for those who come later, write a note."
        )
    return task_id


def _others(state: RunState, role: str) -> str:
    later = [t for t in state.tasks.values() if t.draft.role == role and t.status in _WAITING]
    if not later:
        return "For whoever comes later, write a note."
    named = ", ".join(f"{t.id} ({t.draft.title})" for t in later[:_NAMED])
    return f"Not begun yet: {named}. Address one by its id, or write a note."


def _when(state: RunState, task_id: TaskId) -> str:
    agent, task = state.agents.get(task_id), state.tasks[task_id]
    if agent is None or task.status in _WAITING:
        return f"{task_id} has not begun: it gets it with its brief."
    when = (
        "before its next step" if agent.status is AgentStatus.WORKING else f"when it goes on (it is {agent.status} now)"
    )
    return f"{task_id} ({agent.role}) reads it {when}."
