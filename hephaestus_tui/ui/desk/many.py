"""What is done to many proposals at once: selecting them by words, and deciding on all of them together."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.commands import DecideMany
from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.notices import say, warn
from hephaestus_tui.ui.screens.select import SelectScreen
from hephaestus_tui.ui.screens.together import TogetherScreen
from hephaestus_tui.ui.selection import chain
from hephaestus_tui.ui.words import count


async def search(desk: Desk, state: RunState, shown: Target) -> None:
    found = await desk.ask(SelectScreen(state))
    if found:
        desk.selection.pick(state, found)


async def together(desk: Desk, state: RunState, shown: Target) -> None:
    """The selected proposals; where none is, the one that is shown with those that block it."""
    picked = desk.selection.versions
    if picked:
        title = f"Decide together on {count(len(picked), 'selected proposal')}"
    elif shown.task_id and shown.task_id in state.proposals:
        title, picked = _chain(state, shown.task_id)
    else:
        say(desk.app, "select proposals first, or go to one: it is decided on with those that block it")
        return None
    reason = ""
    while True:
        dialog = TogetherScreen(title, picked, state, reason=reason, clock=desk.clock)
        rulings = await desk.ask(dialog, again=bool(reason))
        if not rulings:
            return None
        try:
            return await desk.submit(DecideMany(rulings=rulings, actor=desk.actor))
        except HephaestusError as error:
            desk.selection.follow(state)
            left = len(desk.selection.versions)
            still = f" {left:,} of them {'is' if left == 1 else 'are'} still selected." if left else ""
            warn(desk.app, f"{error} Nothing was decided: it is all of them or none.{still}")
            if not (reason := rulings[0].reason):
                return None  # or else the list opens again, with the reason that was typed


def _chain(state: RunState, task_id: TaskId) -> tuple[str, dict[TaskId, int]]:
    found = chain(state, task_id)
    others = len(found) - 1
    title = f"Decide on {task_id} and {count(others, 'proposal that blocks', 'proposals that block')} it"
    return title if others else f"Decide on {task_id}: no other proposal blocks it", {
        t: state.proposals[t].version for t in found
    }


HANDLERS: Mapping[str, Handler] = {"select.search": search, "decide.selected": together}
