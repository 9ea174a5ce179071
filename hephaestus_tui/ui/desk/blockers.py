"""Choosing for those who wait for something that will never complete."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.commands import SetBlockerDefault, SettleBlocker
from hephaestus_tui.domain.decision import Choice
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.glyphs import ASCII, UNICODE
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.screens import pick
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.stranded import StrandedScreen
from hephaestus_tui.ui.screens.stranded_lines import stranded_by
from hephaestus_tui.ui.widgets.task_words import Reading, few, title_of
from hephaestus_tui.ui.words import count


async def settle(desk: Desk, state: RunState, shown: Target) -> None:
    blocker = await _blocker(desk, state, shown.task_id)
    if blocker is None and state.blocker_default is None:
        return
    while True:
        settled = await desk.ask(StrandedScreen(blocker, state, clock=desk.clock))
        if settled is None:
            return
        if settled.choice is not Choice.CANCEL or blocker is None or await _sure(desk, state, blocker):
            break
    if blocker is not None and settled.choice is not None:
        await desk.submit(SettleBlocker(blocker=blocker, choice=settled.choice, actor=desk.actor))
    if settled.always or settled.ask_again:
        await desk.submit(SetBlockerDefault(choice=settled.choice if settled.always else None, actor=desk.actor))


async def _blocker(desk: Desk, state: RunState, task_id: TaskId | None) -> TaskId | None:
    """What is to be settled: the selected one, or what it waits for in vain; asked where that is several."""
    reading = Reading(state, ASCII if desk.app.has_class("-ascii") else UNICODE)
    if task_id is None:
        return None
    if reading.is_gone(task_id):
        return task_id
    causes = reading.culprits(task_id)
    if len(causes) < 2:
        return causes[0] if causes else None
    choices = [
        pick.Choice(t, title_of(state, t), aside=f"{reading.mark(t).text} {t}", note=reading.status(t)) for t in causes
    ]
    return await desk.ask(pick.PickScreen(choices, f"{task_id} waits in vain for {len(causes)}: which one first?"))


async def _sure(desk: Desk, state: RunState, blocker: TaskId) -> bool:
    """One may be cancelled by a key; many by two."""
    ids = [each.task_id for each in stranded_by(state, blocker)]
    if len(ids) < 2:
        return True
    proposals = sum(t in state.proposals for t in ids)
    parts = [f"{count(proposals, 'proposal is', 'proposals are')} rejected"] if proposals else []
    if tasks := len(ids) - proposals:
        parts.append(f"{count(tasks, 'task is', 'tasks are')} cancelled")
    question = (
        f"Reject or cancel {len(ids):,}?\n{few(ids)}\n\n{' and '.join(parts)}, since {blocker} will not complete."
    )
    ask = ConfirmScreen(question, yes=f"all {len(ids):,}", no="go back", clock=desk.clock)
    sure = await desk.ask(ask)
    # what has come to wait since was not asked about: it is shown first
    return sure is True and ids == [each.task_id for each in stranded_by(state, blocker)]


HANDLERS: Mapping[str, Handler] = {"blocker.settle": settle}
