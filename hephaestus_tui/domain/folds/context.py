"""What measuring and compacting an agent's context change in the state of a run."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.context import Cause, ContextUse
from hephaestus_tui.domain.folds.steps import add_work
from hephaestus_tui.domain.state import RunState


def fold_context(state: RunState, fact: e.ContextFact) -> None:
    before = state.context.get(fact.task_id)
    match fact:
        case e.ContextMeasured():
            refused = before.refused if before and before.model == fact.model else 0
            state.context[fact.task_id] = ContextUse(
                model=fact.model, tokens=fact.tokens, estimate=fact.estimate, window=fact.window, assumed=fact.assumed,
                refused=refused,
            )  # fmt: skip
        case e.CompactionAsked():
            state.compaction_asked[fact.task_id] = fact
        case e.ContextCompacted():
            state.compacted[fact.task_id] = fact
            state.compaction_asked.pop(fact.task_id, None)
            add_work(state, fact.task_id, fact.worked)
            if before:
                refused = fact.before if fact.cause is Cause.REFUSED else before.refused
                estimate = round(fact.after / before.scale)
                state.context[fact.task_id] = replace(
                    before, tokens=fact.after, estimate=estimate, since=0, refused=refused
                )  # fmt: skip
        case _:
            assert_never(fact)
