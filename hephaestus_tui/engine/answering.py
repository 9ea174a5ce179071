"""What a human's answer to an agent records: words, or leave, for one call or for all that are equal to it."""

from __future__ import annotations

from hephaestus_tui.domain.check import read_ruling
from hephaestus_tui.domain.commands import Answer, TakeBackLeave
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.events import (
    ALLOW,
    Fact,
    LeaveGranted,
    LeaveTakenBack,
    Question,
    QuestionAnswered,
    QuestionKind,
    wish_of,
)
from hephaestus_tui.domain.leave import COMMAND_LIMIT, Extent, Grant, Wish, extents, what_words, where_words
from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.engine.plan import Plan


def answer(state: RunState, command: Answer, now: float) -> Plan:
    """Raises CommandRefused where it no longer waits, or where leave cannot reach so far."""
    question = state.questions.get(command.question_id)
    if question is None:
        raise CommandRefused("That question no longer waits: it was answered, or its task has ended.")
    if question.kind is QuestionKind.CRITERION and read_ruling(command.answer) is None:
        raise CommandRefused(
            f"The criteria of {question.task_id} are not met: answer `accept: REASON`, "
            "`back: A WORD TO ITS AGENT` or `fail: REASON`."
        )
    _check(state, question, command)
    answered = QuestionAnswered(
        question_id=question.id, answer=command.answer, actor=command.actor, command=command.command
    )
    if command.extent is Extent.ONCE or (wish := wish_of(question)) is None:
        return Plan((answered,), f"{question.task_id} has its answer", question.task_id)
    task_id = question.task_id if command.extent is Extent.TASK else None
    grant = Grant(
        id=f"L{state.grants_made + 1}", tool=wish.tool, effect=wish.effect, argv=wish.argv, task_id=task_id,
        actor=command.actor, given_at=now,
    )  # fmt: skip
    # whoever else waits for leave to do the very same has it now
    others = [q for q in state.questions.values() if q.id != question.id and _covered(grant, q)]
    also = [QuestionAnswered(question_id=q.id, answer=ALLOW, actor=command.actor) for q in others]
    facts: tuple[Fact, ...] = (LeaveGranted(grant=grant), answered, *also)
    note = f"{what_words(grant)} asks no more {where_words(grant)} ({grant.id})"
    return Plan(facts, note, question.task_id)


def take_back(state: RunState, command: TakeBackLeave, now: float) -> Plan:
    """Raises CommandRefused where there is no such leave."""
    grant = state.grants.get(command.grant_id)
    if grant is None:
        known = ", ".join(state.grants) or "nothing is allowed for more than once"
        raise CommandRefused(f"There is no leave {command.grant_id!r} in this run; these stand: {known}.")
    fact = LeaveTakenBack(grant_id=grant.id, actor=command.actor)
    return Plan((fact,), f"{what_words(grant)} asks again", grant.task_id)


def _covered(grant: Grant, question: Question) -> bool:
    wish = wish_of(question)
    return wish is not None and grant.covers(wish, question.task_id)


def _check(state: RunState, question: Question, command: Answer) -> None:
    if command.command is None and command.extent is Extent.ONCE:
        return
    wish = wish_of(question)
    if command.answer != ALLOW or wish is None:
        raise CommandRefused("Only leave can be given for another command, or for more than once.")
    if command.command is not None:
        _check_command(wish, command.command)
        if command.extent is not Extent.ONCE:
            raise CommandRefused("A command that you changed is allowed once: what the agent asks for next is its own.")
    elif command.extent not in extents(wish, state.containment):
        raise CommandRefused(
            "That can be allowed once only: more than once may run what is one plain command, and in a sandbox."
        )


def _check_command(wish: Wish, command: str) -> None:
    if wish.effect is not Effect.RUN:
        raise CommandRefused("Only a command can be changed before it is allowed: refuse an edit, and say why.")
    if not command.strip() or len(command) > COMMAND_LIMIT or "\0" in command:
        raise CommandRefused(f"The command must have 1 to {COMMAND_LIMIT:,} characters, and none of them NUL.")
