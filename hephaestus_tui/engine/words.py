"""Words to agents, worked out from the state alone: who reads them and when, and who does not and why."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.commands import Revoke, Steer
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.events import AgentCutOff, AgentResumed, AgentSteered, Fact, WordsRevoked
from hephaestus_tui.domain.reach import agent_at, only, within
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TEXT_LIMIT, TaskId
from hephaestus_tui.domain.words import When
from hephaestus_tui.engine.holding import ENDED, HELD, HELD_RUN, is_over, tally_of
from hephaestus_tui.engine.tally import Tally

SAID_LIMIT = 2_000  # characters of what was cut off that the agent is reminded of

_READS = {
    When.NOW: "reads it before its next turn:",
    When.QUEUED: "reads it when it is done with what it is at:",
    When.INTERRUPTING: "interrupted, and reads it next:",
}


def check_words(text: str) -> None:
    """Raises CommandRefused."""
    if not text.strip():
        raise CommandRefused("There is nothing to say: write a message for the agent.")
    if len(text) > TEXT_LIMIT:
        raise CommandRefused(
            f"The message has {len(text):,} characters, {TEXT_LIMIT:,} at most: put the rest into a file and name it."
        )


def steer(state: RunState, order: Steer, said: Mapping[TaskId, str] | None = None) -> Tally:
    """`said` is what was cut off, of each that was. Raises UnknownTask, CommandRefused."""
    check_words(order.text)
    tally = tally_of(state, order.reach)
    for task_id in within(state, order.reach):
        status = agent_at(state, task_id)
        if status is None:
            tally.missed(task_id, _why_deaf(state, task_id))
            continue
        # who stands still may do so in a call that waits for a word: that is left too
        cut = order.when is When.INTERRUPTING
        facts: list[Fact] = [AgentCutOff(task_id=task_id, actor=order.actor)] if cut else []
        # one that has stalled stands still for want of a word, and this is one
        idle = status is AgentStatus.STALLED
        facts.append(
            AgentSteered(
                task_id=task_id, text=order.text, actor=order.actor,
                when=When.NOW if idle and order.when is When.QUEUED else order.when,
                said=(said or {}).get(task_id, "").strip()[-SAID_LIMIT:],
            )
        )  # fmt: skip
        if idle:
            facts.append(AgentResumed(task_id=task_id, actor=order.actor))
        later = status in HELD and not idle and order.when is not When.QUEUED
        tally.reached("reads it when it goes on:" if later else _READS[order.when], task_id, *facts)
    tally.check("steer")
    if state.paused:
        tally.also(HELD_RUN)
    return tally


def _why_deaf(state: RunState, task_id: TaskId) -> str:
    if task_id in state.proposals:
        return "still proposed"
    return ENDED if is_over(state, task_id) else "has not started"


def revoke(state: RunState, order: Revoke) -> Tally:
    """Raises CommandRefused where they were read already."""
    tally = Tally(only(order.task_id))
    if all(word.number != order.number for word in state.steering.get(order.task_id, ())):
        raise CommandRefused(f"The agent of {order.task_id} has read these words already, or they were taken back.")
    fact = WordsRevoked(task_id=order.task_id, number=order.number, actor=order.actor)
    tally.reached("does not read it any more:", order.task_id, fact)
    return tally
