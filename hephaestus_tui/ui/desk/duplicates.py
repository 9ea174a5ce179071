"""Setting how alike two proposals must be to be called likely duplicates."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.commands import SetDuplicateScore
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.screens.threshold import ThresholdScreen


async def set_score(desk: Desk, state: RunState, shown: Target) -> None:
    score = await desk.ask(ThresholdScreen(state, clock=desk.clock))
    if score is not None and score != state.duplicate_score:
        await desk.submit(SetDuplicateScore(score=score, actor=desk.actor))


HANDLERS: Mapping[str, Handler] = {"duplicates.score": set_score}
