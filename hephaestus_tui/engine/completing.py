"""Whether a task that its agent calls done is done: evidence for each criterion, and commands run, not believed.

What is not met goes back to the agent, a few times; then a human says what shall be.
"""

from __future__ import annotations

from dataclasses import replace

from hephaestus_tui.domain.check import OUTPUT_LIMIT, Check, Ruling, Waiver, read_ruling
from hephaestus_tui.domain.criterion import command_of, commands_in
from hephaestus_tui.domain.decision import ActorKind
from hephaestus_tui.domain.events import (
    CheckStarted,
    CriteriaUnmet,
    Fact,
    Question,
    QuestionAsked,
    QuestionKind,
    TaskCompleted,
    TaskFailed,
)
from hephaestus_tui.domain.evidence import matched
from hephaestus_tui.domain.policy import Containment
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Evidence, TaskId
from hephaestus_tui.engine.calls import carry_out_check
from hephaestus_tui.engine.check_words import checked_words, unmet_words
from hephaestus_tui.engine.desk import CallDesk
from hephaestus_tui.engine.verdicts import verdict_fault
from hephaestus_tui.tools.base import Completion, ToolOutcome

CHECK_TOOL = "run_command"
NO_TOOL = "not run: there is nothing here that runs commands"


async def completed(outcome: ToolOutcome, desk: CallDesk) -> tuple[ToolOutcome, tuple[Fact, ...]]:
    """What the agent is told of its call, and the facts that are stored with that: the end of the task, where it ends.

    A call that would not end the task comes back as it is. Never raises but for StoreError and cancellation.
    """
    completion = desk.completion
    if not outcome.ends_task or completion is None:
        return outcome, ()
    state = desk.ledger.state
    if fault := verdict_fault(state, desk.task_id, completion):
        return ToolOutcome(fault, is_error=True), ()
    if desk.asked(QuestionKind.CRITERION):
        return await _ruled(state.unmet[desk.task_id], completion, desk)
    evidence, missing = matched(state.tasks[desk.task_id].draft.done_criteria, completion.evidence)
    if not missing:
        evidence = await _checked(evidence, desk)
    if not missing and all(piece.holds for piece in evidence):
        text = "\n".join(("The task is completed.", *checked_words(evidence)))
        return replace(outcome, content=text), (_end(completion, evidence, desk),)
    unmet = _unmet(evidence, missing, desk)
    if unmet.asks:
        return await _ruled(unmet, completion, desk)
    text = unmet_words(unmet, desk.kit.settings.limits.criterion_rounds)
    return ToolOutcome(text, is_error=True), (unmet,)


def is_allowed(state: RunState, task_id: TaskId, command: str) -> bool:
    """Whether a human has accepted the task with exactly this command among its criteria, which was shown to them.

    What it runs its agent has written since: where nothing holds it, that is asked about each time, as all else is.
    """
    if state.containment is Containment.NONE:
        return False
    decision = state.decisions.get(task_id)
    if decision is None or decision.final is None or decision.actor.kind is not ActorKind.HUMAN:
        return False
    return command in commands_in(decision.final.done_criteria)


async def _checked(evidence: tuple[Evidence, ...], desk: CallDesk) -> tuple[Evidence, ...]:
    """The evidence, for each criterion that has a command with what the engine saw. Each is run, also after one failed."""
    criteria = desk.ledger.state.tasks[desk.task_id].draft.done_criteria
    found = []
    for number, piece in enumerate(evidence, 1):
        command = command_of(criteria[number - 1]) if number <= len(criteria) else None
        found.append(replace(piece, checked=await _check(command, number, desk)) if command else piece)
    return tuple(found)


async def _check(command: str, number: int, desk: CallDesk) -> Check:
    tool = desk.kit.tools.get(CHECK_TOOL)
    if tool is None:
        return Check(command=command, code=None, seconds=0.0, note=NO_TOOL)
    started = CheckStarted(
        task_id=desk.task_id, turn=desk.turn, index=desk.index, number=number, command=command
    )  # fmt: skip
    await desk.ledger.record(started)
    own = replace(desk, part=f".{number}", parked=0.0)
    allowed = is_allowed(desk.ledger.state, desk.task_id, command)
    outcome = await carry_out_check(tool, tool.arguments(command=command), own, allowed=allowed)
    desk.parked += own.parked
    command = own.command_instead or command
    ended, output = outcome.ended, outcome.content[-OUTPUT_LIMIT:]
    if ended is None:
        return Check(command=command, code=None, seconds=0.0, note=f"not run: {output}")
    note = "stopped at its time limit" if ended.timed_out else "could not be ended" if ended.code is None else ""
    code = None if ended.timed_out else ended.code
    return Check(command=command, code=code, seconds=round(ended.seconds, 3), output=output, note=note)


def _unmet(evidence: tuple[Evidence, ...], missing: tuple[str, ...], desk: CallDesk) -> CriteriaUnmet:
    before = desk.ledger.state.unmet.get(desk.task_id)
    tries = 1 if before is None or before.asks else before.round + 1
    most = desk.kit.settings.limits.criterion_rounds
    return CriteriaUnmet(
        task_id=desk.task_id, turn=desk.turn, index=desk.index, round=tries, evidence=evidence, missing=missing,
        asks=bool(most) and tries >= most,
    )  # fmt: skip


async def _ruled(
    unmet: CriteriaUnmet, completion: Completion, desk: CallDesk
) -> tuple[ToolOutcome, tuple[Fact, ...]]:  # fmt: skip
    """What a human says to it. It is asked once, however often the process is killed meanwhile."""
    question_id = desk.question_id(QuestionKind.CRITERION)
    most = desk.kit.settings.limits.criterion_rounds
    text = unmet_words(unmet, most)
    if not desk.asked(QuestionKind.CRITERION):
        question = Question(
            id=question_id, kind=QuestionKind.CRITERION, task_id=desk.task_id, text=text, options=(), turn=desk.turn,
            index=desk.index, asked_at=desk.kit.now(),
        )  # fmt: skip
        await desk.ledger.record(unmet, QuestionAsked(question=question))
    await desk.park(lambda state: question_id in state.answers)
    state = desk.ledger.state
    ruling, words = read_ruling(state.answers[question_id]) or (Ruling.BACK, state.answers[question_id])
    by = str(state.answered_by[question_id])
    match ruling:
        case Ruling.ACCEPT:
            told = f"The task is completed: {by} accepts it as it is. {words}"
            ended = _end(completion, unmet.evidence, desk, Waiver(by, words))
            return ToolOutcome(told, ends_task=True), (ended,)
        case Ruling.FAIL:
            reason = f"its criteria are not met, said {by}{f': {words}' if words else ''}"
            return ToolOutcome(f"The task has failed: {reason}", is_error=True, ends_task=True), (
                TaskFailed(task_id=desk.task_id, reason=reason),
            )
        case Ruling.BACK:
            return ToolOutcome(f"{by} sends it back to you: {words}\n\n{text}", is_error=True), ()


def _end(
    completion: Completion, evidence: tuple[Evidence, ...], desk: CallDesk, waived: Waiver | None = None
) -> TaskCompleted:
    return TaskCompleted(
        task_id=desk.task_id, summary=completion.summary, evidence=evidence, finding=completion.finding, waived=waived
    )  # fmt: skip
