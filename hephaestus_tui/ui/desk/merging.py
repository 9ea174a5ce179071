"""Making a proposal part of another task or proposal."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.commands import Merge
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.glyphs import ASCII, UNICODE
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.screens.merge_choices import merge_choices
from hephaestus_tui.ui.screens.merge_preview import MergePreview
from hephaestus_tui.ui.screens.pick import PickScreen


async def merge(desk: Desk, state: RunState, shown: Target) -> None:
    glyphs = ASCII if desk.app.has_class("-ascii") else UNICODE
    while (task_id := shown.task_id) in state.proposals and task_id is not None:
        choices = merge_choices(state, task_id, glyphs)
        into = await desk.ask(PickScreen(choices, f"merge {task_id} into which task or proposal?"))
        if into is None:
            return None
        version = await desk.ask(MergePreview(task_id, into, state, clock=desk.clock))
        if version is not None:
            # the cursor stays: on the target the next key would decide what nobody has read
            return await desk.submit(Merge(task_id=task_id, version=version, into=into, actor=desk.actor))
    return None


HANDLERS: Mapping[str, Handler] = {"proposal.merge": merge}
