"""What each fact does to the tables: without them nobody could read a run with SQL, nor the schema guard the gate.

Every statement has fixed columns; nothing from outside names a table or a column. A fact about something that the tables do
not hold is refused, since the journal would say what the tables cannot.
"""

from __future__ import annotations

from typing import assert_never

from sqlite_utils import Database

from hephaestus_tui import codec
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.errors import StoreError
from hephaestus_tui.domain.message import Message, Speaker, ToolResultPart
from hephaestus_tui.domain.task import RunId, TaskId
from hephaestus_tui.store.gate_rows import (
    BLOCKED_OR_PENDING,
    decided,
    draft_columns,
    proposed,
    put_blockers,
    query_row,
    unblock,
    undone,
)
from hephaestus_tui.store.rows import insert as _insert
from hephaestus_tui.store.rows import one as _one
from hephaestus_tui.store.talk_rows import project_talk
from hephaestus_tui.store.work_rows import project_work, round_begun_again, round_lost, touched


def project(db: Database, run_id: RunId, recorded: e.Recorded) -> None:
    """Write what `recorded` means into the tables. Raises StoreError, or sqlite3.IntegrityError from the schema."""
    fact = recorded.fact
    if isinstance(fact, e.RunStarted):
        _run_started(db, run_id, recorded, fact)
        return
    _one(db, run_id, recorded, "UPDATE runs SET last_seq = ?, last_at = ? WHERE run_id = ?",
         recorded.seq, recorded.at, run_id)  # fmt: skip
    match fact:
        case e.RunResumed() | e.RunPaused() | e.RunUnpaused() | e.PolicyChanged():
            _run(db, run_id, fact)
        case e.TaskProposed(proposal=proposal):
            proposed(db, run_id, recorded.seq, proposal)
        case e.ProposalDecided(decision=decision, task=task):
            decided(db, run_id, recorded, decision, task)
        case e.DecisionUndone():
            undone(db, run_id, recorded, fact)
        case e.ProposalQueried() | e.QueryAnswered():
            query_row(db, run_id, recorded, fact)
        case e.QuestionAsked() | e.QuestionAnswered():
            _question(db, run_id, recorded, fact)
        case e.LeaveGranted() | e.LeaveTakenBack():
            pass  # what was let by it has rows of its own
        case e.MessageAdded(task_id=task_id, message=message):
            _message(db, run_id, recorded, task_id, message)
        case e.ToolStarted():
            _insert(db, "tool_calls", seq=recorded.seq, run_id=run_id, task_id=fact.task_id, turn=fact.turn,
                    call_index=fact.index, call_id=fact.call_id, name=fact.name, started_at=recorded.at)  # fmt: skip
        case e.TurnCut():
            _forget_partials(db, run_id, fact.task_id)
        case e.UsageRecorded(usage=used):
            _insert(db, "usage", seq=recorded.seq, run_id=run_id, task_id=fact.task_id, at=recorded.at, model=fact.model,
                    input=used.input, output=used.output, cache_read=used.cache_read, cache_write=used.cache_write,
                    cost=used.cost, estimated=fact.estimated)  # fmt: skip
        case e.ContextCompacted():
            _insert(db, "compactions", seq=recorded.seq, run_id=run_id, task_id=fact.task_id, turn=fact.turn, upto=fact.upto,
                    messages=fact.messages, summary=fact.summary, tokens_before=fact.before, tokens_after=fact.after,
                    cause=fact.cause, written_by=fact.by or None)  # fmt: skip
        case e.ContextMeasured() | e.CompactionAsked():
            pass  # of the moment
        case e.AgentCutOff():
            _void_questions(db, run_id, fact.task_id)
            db.execute("UPDATE proposals SET waits = 0 WHERE run_id = ? AND origin_task = ? AND status = 'waiting'",
                       (run_id, fact.task_id))  # fmt: skip
        case (
            e.AgentPaused() | e.AgentResumed() | e.AgentSteered() | e.AgentInterrupted() | e.AgentStalled()
            | e.AgentStepped() | e.StepTaken() | e.WordsRevoked()
        ):  # fmt: skip
            pass  # who is at work is a matter of the moment: the journal has it, no table does
        case (
            e.BlockerSettled() | e.BlockerDefaultSet() | e.RuleSwitched() | e.RulesStopped() | e.BoundReached()
            | e.BoundSettled() | e.DuplicateScoreSet()
        ):  # fmt: skip
            pass  # how the gate is set; what was decided by it has rows of its own
        case e.ModelSwitched():
            _one(db, run_id, recorded, "UPDATE tasks SET model = ? WHERE run_id = ? AND id = ?",
                 fact.model, run_id, fact.task_id)  # fmt: skip
        case e.ModelChosen():
            pass  # who answered has a column in each message
        case e.CheckStarted() | e.CriteriaUnmet():
            pass  # the evidence of a completed task has what was seen; what went before it, the journal
        case e.BudgetWarned() | e.BudgetReached() | e.BudgetSet() | e.UnpricedAllowed():
            pass  # what was spent has rows of its own
        case (
            e.LetterSent() | e.ReportMade() | e.ReportAnswered() | e.NoteAdded() | e.NoteChanged() | e.NoteStruck()
            | e.FilesTouched()
        ):  # fmt: skip
            project_talk(db, run_id, recorded, fact)
        case e.WorkspacesChosen() | e.WorkspaceOpened() | e.ConflictAssigned():
            pass  # where agents work is a matter of this machine
        case e.WorkDone() | e.WorkMerged() | e.WorkSentBack() | e.WorkDiscarded():
            project_work(db, run_id, recorded.seq, recorded.at, fact)
            for task_id in touched(db, run_id, fact.task_id):
                unblock(db, run_id, task_id)
            if isinstance(fact, e.WorkSentBack):
                _one(db, run_id, recorded, f"UPDATE tasks SET status = {BLOCKED_OR_PENDING}, ended_at = NULL, reason = NULL "
                     "WHERE run_id = ? AND id = ?", run_id, fact.task_id)  # fmt: skip
        case _:
            _task(db, run_id, recorded, fact)


def _run_started(db: Database, run_id: RunId, recorded: e.Recorded, fact: e.RunStarted) -> None:
    if fact.run_id != run_id:
        raise StoreError(f"the start of run {fact.run_id} was written to run {run_id}")
    _insert(db, "runs", run_id=run_id, goal=fact.goal, project=fact.project, model=fact.model, policy=fact.policy,
            roles=codec.to_json(fact.roles), started_at=recorded.at, last_at=recorded.at,
            last_seq=recorded.seq)  # fmt: skip


def _run(db: Database, run_id: RunId, fact: e.RunResumed | e.RunPaused | e.RunUnpaused | e.PolicyChanged) -> None:
    match fact:
        case e.RunResumed():
            db.execute("UPDATE runs SET model = ?, policy = ?, roles = ? WHERE run_id = ?",
                       (fact.model, fact.policy, codec.to_json(fact.roles), run_id))  # fmt: skip
        case e.PolicyChanged():
            db.execute("UPDATE runs SET policy = ? WHERE run_id = ?", (fact.policy, run_id))
        case e.RunPaused() | e.RunUnpaused():
            db.execute("UPDATE runs SET paused = ? WHERE run_id = ?", (isinstance(fact, e.RunPaused), run_id))
        case _:
            assert_never(fact)


def _task(
    db: Database, run_id: RunId, recorded: e.Recorded,
    fact: e.TaskStarted | e.TaskCompleted | e.TaskFailed | e.TaskCancelled | e.TaskRetried | e.BlockersDropped
    | e.TaskAmended,
) -> None:  # fmt: skip
    def change(columns: str, *values: object) -> None:
        _one(db, run_id, recorded, f"UPDATE tasks SET {columns} WHERE run_id = ? AND id = ?",
             *values, run_id, fact.task_id)  # fmt: skip

    match fact:
        case e.TaskStarted():
            change("status = 'in_progress', attempt = ?, agent = ?, model = ?, ended_at = NULL, reason = NULL, "
                   "finding = NULL, waived = NULL, "
                   "started_at = coalesce(started_at, ?)",
                   fact.attempt, fact.agent_id, fact.model, recorded.at)  # fmt: skip
        case e.TaskCompleted():
            change("status = 'completed', ended_at = ?, reason = NULL, summary = ?, evidence = ?, finding = ?, waived = ?",
                   recorded.at, fact.summary, codec.to_json(fact.evidence), fact.finding,
                   codec.to_json(fact.waived) if fact.waived else None)  # fmt: skip
            unblock(db, run_id, fact.task_id)
        case e.TaskFailed():
            round_lost(db, run_id, fact.task_id)
            change("status = 'failed', ended_at = ?, reason = ?, failed_limit = ?",
                   recorded.at, fact.reason, fact.limit)  # fmt: skip
        case e.TaskCancelled():
            round_lost(db, run_id, fact.task_id)
            change("status = 'cancelled', ended_at = ?, reason = ?", recorded.at, fact.reason)
        case e.TaskRetried():
            round_begun_again(db, run_id, fact.task_id)
            change(f"status = {BLOCKED_OR_PENDING}, ended_at = NULL, reason = NULL, failed_limit = NULL")
        case e.TaskAmended():
            columns = draft_columns(fact.draft)
            change(", ".join(f"{name} = ?" for name in columns), *columns.values())
            put_blockers(db, run_id, fact.task_id, fact.draft.blocked_by)
            change(f"status = {BLOCKED_OR_PENDING}")
        case e.BlockersDropped():
            for blocker in fact.dropped:
                db.execute("DELETE FROM dependencies WHERE run_id = ? AND task_id = ? AND blocker_id = ?",
                           (run_id, fact.task_id, blocker))  # fmt: skip
            change(f"status = {BLOCKED_OR_PENDING}")
        case _:
            assert_never(fact)
    if isinstance(fact, e.TaskCompleted | e.TaskFailed | e.TaskCancelled):
        _void_questions(db, run_id, fact.task_id)


def _message(db: Database, run_id: RunId, recorded: e.Recorded, task_id: TaskId, message: Message) -> None:
    _insert(db, "messages", run_id=run_id, task_id=task_id, ordinal=message.ordinal, seq=recorded.seq,
            speaker=message.speaker, at=message.at, model=message.model, reply_id=message.reply_id,
            parts=codec.to_json(message.parts))  # fmt: skip
    # an agent whose task has ended speaks only to answer, and has left the call in which it waited
    db.execute("UPDATE proposals SET waits = 0 WHERE run_id = ? AND origin_task = ? AND status = 'waiting' AND waits "
               "AND NOT EXISTS (SELECT 1 FROM tasks WHERE run_id = ? AND id = ? AND status = 'in_progress')",
               (run_id, task_id, run_id, task_id))  # fmt: skip
    if message.speaker is Speaker.ASSISTANT:  # a human's message may come while a turn is streaming
        _forget_partials(db, run_id, task_id)
    if message.speaker is not Speaker.TOOL:
        return
    for part in message.parts:
        if isinstance(part, ToolResultPart):
            db.execute(
                "UPDATE tool_calls SET answered_at = ?, is_error = ? "
                "WHERE run_id = ? AND task_id = ? AND call_id = ? AND answered_at IS NULL",
                (recorded.at, part.is_error, run_id, task_id, part.call_id),
            )


def _void_questions(db: Database, run_id: RunId, task_id: TaskId) -> None:
    db.execute("UPDATE questions SET status = 'void' WHERE run_id = ? AND task_id = ? AND status = 'open'",
               (run_id, task_id))  # fmt: skip


def _question(db: Database, run_id: RunId, recorded: e.Recorded, fact: e.QuestionAsked | e.QuestionAnswered) -> None:
    match fact:
        case e.QuestionAsked(question=q):
            _insert(db, "questions", run_id=run_id, id=q.id, task_id=q.task_id, kind=q.kind, text=q.text,
                    options=codec.to_json(q.options), turn=q.turn, call_index=q.index,
                    asked_at=q.asked_at)  # fmt: skip
        case e.QuestionAnswered():
            _one(db, run_id, recorded,
                 "UPDATE questions SET status = 'answered', answer = ?, actor_kind = ?, actor = ?, answered_at = ? "
                 "WHERE run_id = ? AND id = ? AND status = 'open'",
                 fact.answer, fact.actor.kind, fact.actor.name, recorded.at, run_id, fact.question_id)  # fmt: skip
        case _:
            assert_never(fact)


def _forget_partials(db: Database, run_id: RunId, task_id: TaskId) -> None:
    db.execute("DELETE FROM partials WHERE run_id = ? AND task_id = ?", (run_id, task_id))
