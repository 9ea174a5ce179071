"""What agents report to be in their way: told to the project manager and to the human, who answers or takes note."""

from __future__ import annotations

from hephaestus_tui.config import TalkBounds
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.errors import AlreadyDecided, CommandRefused
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.talk import Answered, Report
from hephaestus_tui.domain.talk_commands import AnswerReport
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.engine.mail import at_work_as
from hephaestus_tui.engine.plan import Plan

MANAGER = "project_manager"
_QUOTED = 200  # characters of a report in the answer to it


def managers(state: RunState, sender: TaskId) -> tuple[TaskId, ...]:
    """Tasks at work as project manager that have not written the report themselves."""
    return tuple(task_id for task_id in at_work_as(state, MANAGER) if task_id != sender)


def report_fault(state: RunState, bounds: TalkBounds, task_id: TaskId) -> str:
    """What an agent is told that reports too often; "" where there is room."""
    if sum(report.task_id == task_id for report in state.reports.values()) < bounds.reports:
        return ""
    return f"{bounds.reports} reports by one task is the limit: ask_human, or end the task and say in the summary what is open"


def answer_report(state: RunState, command: AnswerReport, now: float) -> Plan:
    """The answer, and the words on their way to an agent that did not wait for them. Raises CommandRefused."""
    report = state.reports.get(command.report_id)
    if report is None:
        raise CommandRefused(f"There is no report {command.report_id!r} in this run.")
    if known := state.report_answers.get(report.id):
        raise AlreadyDecided(f"The report of {report.task_id} was already answered by {known.actor}.")
    words = command.words.strip()
    facts: list[e.Fact] = [e.ReportAnswered(report_id=report.id, words=words, actor=command.actor)]
    ended = state.tasks[report.task_id].status.ended
    if words and not report.waits and not ended:
        text = f"About what you reported ({_quoted(report.text)}): {words}"
        facts.append(e.AgentSteered(task_id=report.task_id, text=text, actor=command.actor))
        agent = state.agents.get(report.task_id)
        if agent and agent.status is AgentStatus.STALLED:  # it stands still for want of a word, and this is one
            facts.append(e.AgentResumed(task_id=report.task_id, actor=command.actor))
    return Plan(tuple(facts), _note(report, words, ended), report.task_id)


def answer_words(answer: Answered) -> str:
    """What an agent is told that waited."""
    if not answer.words:
        return f"{answer.actor} has taken note of it, and says no more. Go on as well as you can."
    return f"{answer.actor} says: {answer.words}"


def _note(report: Report, words: str, ended: bool) -> str:
    task_id = report.task_id
    if report.waits and not ended:
        return f"{task_id} goes on"
    if not words:
        return f"the report of {task_id} is noted"
    return f"{task_id} has ended: its agent does not read it" if ended else f"{task_id} reads it before its next turn"


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _QUOTED else f"{line[: _QUOTED - 1]}…"
