"""What checks of criteria change in the state of a run."""

from __future__ import annotations

from typing import assert_never

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.state import RunState


def fold_criteria(state: RunState, fact: e.CriteriaFact, at: float) -> None:
    match fact:
        case e.CheckStarted():
            state.checking[fact.task_id] = fact
        case e.CriteriaUnmet():
            state.checking.pop(fact.task_id, None)
            state.unmet[fact.task_id] = fact
        case _:
            assert_never(fact)
