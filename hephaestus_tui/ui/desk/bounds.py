"""What a person says to the bounds of proposing that agents have reached."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.attention import unsettled_bounds
from hephaestus_tui.domain.commands import SettleBound
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.screens.bound import BoundScreen


async def settle(desk: Desk, state: RunState, shown: Target) -> None:
    bounds = unsettled_bounds(state)
    for number, bound in enumerate(bounds, 1):
        place = f"{number} of {len(bounds)}" if len(bounds) > 1 else ""
        answer = await desk.ask(BoundScreen(bound, state, place=place, clock=desk.clock))
        if answer is None:
            return
        await desk.submit(SettleBound(bound=bound, limit=answer.limit, actor=desk.actor))


HANDLERS: Mapping[str, Handler] = {"bound.settle": settle}
