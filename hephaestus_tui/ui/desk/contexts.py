"""What is done to an agent's context: have it compacted now, before a long piece of work."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.context_commands import Compact
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target


async def compact(desk: Desk, state: RunState, shown: Target) -> None:
    if shown.task_id:
        await desk.submit(Compact(task_id=shown.task_id, actor=desk.actor))


HANDLERS: Mapping[str, Handler] = {"agent.compact": compact}
