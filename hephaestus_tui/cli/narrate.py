"""A headless run in a few words a fact, on stderr."""

from __future__ import annotations

from collections.abc import Iterator

from hephaestus_tui.cli import output
from hephaestus_tui.cli.wording import count, standing
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.answering import chosen_words, switched_words
from hephaestus_tui.domain.attention import unsettled_bounds
from hephaestus_tui.domain.budget import amount
from hephaestus_tui.domain.context_words import compacted_words
from hephaestus_tui.domain.leave import what_words, where_words
from hephaestus_tui.domain.model_name import short_model
from hephaestus_tui.domain.order_words import order_words
from hephaestus_tui.domain.plain import one_line
from hephaestus_tui.domain.policy import Containment
from hephaestus_tui.domain.reporting import open_reports
from hephaestus_tui.domain.spending import budget_words, warned_words
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskStatus
from hephaestus_tui.domain.work import WorkStatus
from hephaestus_tui.domain.work_words import fact_words

_UNHELD = {
    Containment.NONE: " (no sandbox: each command asks, whatever the policy; hephaestus doctor says why)",
    Containment.SANDBOX: "",
    Containment.TRUSTED: " (no sandbox: the demo's own commands run without asking, in its own folder)",
}


def narrate(recorded: e.Recorded) -> None:
    if words := _words(recorded.fact):
        output.say(one_line(words))


def ending(state: RunState) -> Iterator[str]:
    """How a run stands when its process ends: what went wrong, then what waits for whom."""
    for task in state.tasks.values():
        agent = state.agents.get(task.id)
        if task.status is TaskStatus.FAILED:
            yield one_line(f"{task.id} failed: {task.reason}")
        elif agent and agent.status is AgentStatus.STALLED:
            yield one_line(f"{task.id} stands still: {agent.note}")
    completed = sum(task.status is TaskStatus.COMPLETED for task in state.tasks.values())
    words = [f"{completed} of {count(len(state.tasks), 'task')} completed"]
    if waiting := len(state.proposals):
        words.append(f"{count(waiting, 'proposal')} waiting (hephaestus proposals {state.run_id})")
    if owed := len(state.queries):
        words.append(f"{count(owed, 'question')} about proposals not answered yet")
    if asked := len(state.questions):
        words.append(f"{count(asked, 'question')} waiting (hephaestus answer {state.run_id} TASK)")
    if reports := len(open_reports(state)):
        words.append(f"{count(reports, 'report')} waiting (hephaestus answer {state.run_id} TASK)")
    if works := sum(work.status is WorkStatus.READY for work in state.works.values()):
        words.append(f"the work of {count(works, 'task')} to be merged (hephaestus work {state.run_id})")
    if dead := [task_id for task_id in state.dead() if task_id in state.tasks]:
        words.append(f"{', '.join(dead)} can never start (hephaestus inbox {state.run_id})")
    if bounds := unsettled_bounds(state):
        words.append(f"agents proposed no more at a bound: {', '.join(bounds)} (hephaestus bound {state.run_id} BOUND)")
    for reached in state.budgets_reached.values():
        words.append(f"{budget_words(reached)} (hephaestus budget {state.run_id})")
    yield f"Run {state.run_id}: {'; '.join(words)}."


def _words(fact: e.Fact) -> str:
    match fact:
        case e.RunStarted():
            return f"run {fact.run_id}: {fact.goal}{_UNHELD[fact.containment]}"
        case e.RunResumed():
            return f"taken up again{_UNHELD[fact.containment]}"
        case e.TaskProposed(proposal=p) if p.version > 1:
            return f"{p.task_id} is version {p.version} now: {p.draft.title}" + (f" ({p.note})" if p.note else "")
        case e.TaskProposed(proposal=p):
            return f"{p.task_id} proposed ({p.draft.phase}): {p.draft.title}"
        case e.ProposalDecided(decision=d):
            return f"{d.task_id} {standing(d)}" + _why(d.reason)
        case e.TaskStarted():
            return f"{fact.task_id} started by {fact.role} with {short_model(fact.model)}"
        case e.TaskCompleted():
            return f"{fact.task_id} completed: {fact.summary}"
        case e.TaskFailed() | e.TaskCancelled():
            return f"{fact.task_id} {fact.KIND.partition('.')[2]}: {fact.reason}"
        case e.RunPaused(limit=str() as limit):
            return f"the run is held: it has reached {limit}; raise it in the settings and resume the run"
        case e.BudgetWarned() | e.BudgetReached() | e.BudgetSet() | e.UnpricedAllowed():
            return _of_budgets(fact)
        case e.ModelSwitched():
            return f"{fact.task_id}: {switched_words(fact)}"
        case e.ModelChosen():
            return chosen_words(fact)
        case e.ContextCompacted():
            return f"{fact.task_id}: {compacted_words(fact)} ({fact.cause})"
        case e.AgentStalled():
            return f"{fact.task_id} stands still: {fact.reason}"
        case e.AgentInterrupted():
            return f"{fact.task_id} was interrupted"
        case e.QuestionAsked(question=q):
            return f"{q.task_id} asks ({q.kind}): {q.text}"
        case e.QuestionAnswered(command=str() as command):
            return f"{fact.actor} changed the command: {command}"
        case e.LeaveGranted(grant=grant):
            return f"{what_words(grant)} asks no more {where_words(grant)} ({grant.id}), by {grant.actor}"
        case e.LeaveTakenBack():
            return f"what {fact.grant_id} allowed asks again, by {fact.actor}"
        case e.TurnCut():
            return f"{fact.task_id} turn cut: {fact.reason}"
        case e.LetterSent(letter=letter):
            return f"{letter.sender} writes to {_ids(letter.to)}: {letter.text}"
        case e.ReportMade(report=report):
            return f"{report.task_id} reports what is in its way{', and waits' if report.waits else ''}: {report.text}"
        case e.NoteAdded(note=note):
            return f"{note.task_id or note.by} notes ({note.id}): {note.text}"
        case (
            e.WorkspacesChosen() | e.WorkDone() | e.WorkMerged() | e.WorkSentBack() | e.WorkDiscarded()
            | e.ConflictAssigned()
        ):  # fmt: skip
            return fact_words(fact)
        case (
            e.AgentPaused() | e.AgentResumed() | e.AgentSteered() | e.AgentStepped() | e.StepTaken() | e.AgentCutOff()
            | e.WordsRevoked() | e.TaskRetried()
        ):  # fmt: skip
            return order_words(fact)
        case _:
            return _of_the_gate(fact)


def _of_budgets(fact: e.BudgetWarned | e.BudgetReached | e.BudgetSet | e.UnpricedAllowed) -> str:
    match fact:
        case e.BudgetWarned():
            return warned_words(fact)
        case e.BudgetReached():
            return f"{budget_words(fact)}; raise it with `hephaestus budget`"
        case e.BudgetSet(budget=budget, limit=limit):
            to = (
                "as the settings have it"
                if limit is None
                else amount(budget.unit, limit)
                if limit
                else "without a limit"
            )
            return f"{budget}: {to} now, by {fact.actor}"
        case e.UnpricedAllowed():
            return f"models without a known price go on, by {fact.actor}"


def _of_the_gate(fact: e.Fact) -> str:
    """What a human, a rule or an agent does to proposals, besides proposing and deciding."""
    match fact:
        case e.DecisionUndone():
            return f"{fact.task_id} waits again: {fact.actor} took the decision back" + _why(fact.reason)
        case e.ProposalQueried(query=query):
            return f"{query.task_id}: {query.actor} asks its agent: {query.text}"
        case e.QueryAnswered():
            return f"{fact.task_id}: {'no answer' if fact.failed else 'its agent answers'}: {fact.text}"
        case e.TaskAmended():
            return f"{fact.task_id} changed by {fact.actor}: {fact.note}"
        case e.BlockerSettled():
            return f"{fact.blocker} is gone: {fact.choice} what waits for it ({_ids(fact.dependents)}), by {fact.actor}"
        case e.BlockersDropped():
            return f"{fact.task_id} no longer waits for {_ids(fact.dropped)}, by {fact.actor}"
        case e.BlockerDefaultSet():
            what = f"{fact.choice} what waits for it" if fact.choice else "ask each time"
            return f"when a blocker is gone, from now on: {what}, by {fact.actor}"
        case e.RuleSwitched():
            return f"rule {fact.rule.id} switched {'on' if fact.on else 'off'} by {fact.actor}"
        case e.RulesStopped():
            return f"all rules stopped by {fact.actor}"
        case e.BoundReached():
            return f"{fact.task_id} is told to propose no more: {fact.bound} is {fact.limit}"
        case e.BoundSettled():
            return f"the bound {fact.bound} is {fact.limit or 'left as it is'}, by {fact.actor}"
        case e.DuplicateScoreSet():
            return f"likely duplicates are those from {fact.score} of 100 up, by {fact.actor}"
        case _:
            return ""


def _why(reason: str) -> str:
    return f": {reason}" if reason else ""


def _ids(tasks: tuple[str, ...]) -> str:
    return ", ".join(tasks) or "nothing"
