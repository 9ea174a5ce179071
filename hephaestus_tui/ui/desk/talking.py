"""What a person says to agents, and takes back before it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hephaestus_tui.domain.commands import Revoke, Steer
from hephaestus_tui.domain.errors import EditorFailed, HephaestusError
from hephaestus_tui.domain.reach import only
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.screens.pick import Choice, PickScreen
from hephaestus_tui.ui.screens.steer import SteerScreen, Words
from hephaestus_tui.ui.text import line

_SHOWN = 60  # cells of a message in the list


async def steer(desk: Desk, state: RunState, shown: Target) -> None:
    """Until it is sent or given up: what was typed survives a refusal and a visit to the editor."""
    if (task_id := shown.task_id) is None:
        return None
    words: Words | None = None
    fault = ""
    while True:
        dialog = SteerScreen(task_id, state, words=words, fault=fault, clock=desk.clock)
        words, fault = await desk.ask(dialog, again=words is not None), ""
        if words is None:
            return None
        try:
            if words.in_editor:
                words = replace(words, text=await desk.editor.edit(words.text, task_id), in_editor=False)
                continue
            reach = words.reach or only(task_id)
            return await desk.submit(Steer(reach=reach, text=words.text, when=words.when, actor=desk.actor))
        except EditorFailed as error:
            fault = str(error)
            words = replace(words, text=words.text if error.text is None else error.text, in_editor=False)
        except HephaestusError as error:
            fault = str(error)
        state = desk.session.state()


async def take_back(desk: Desk, state: RunState, shown: Target) -> None:
    """The only one at once; of several, the one that is chosen."""
    if (task_id := shown.task_id) is None:
        return
    waiting = state.steering.get(task_id, ())
    number: int | None = waiting[0].number if len(waiting) == 1 else None
    if len(waiting) > 1:
        choices = [Choice(str(w.number), line(w.text, _SHOWN), aside=w.when, note=str(w.actor)) for w in waiting]
        chosen = await desk.ask(PickScreen(choices, "which message shall be taken back?"))
        number = int(chosen) if chosen else None
    if number is not None:
        await desk.submit(Revoke(task_id=task_id, number=number, actor=desk.actor))


HANDLERS: Mapping[str, Handler] = {"agent.steer": steer, "agent.unsay": take_back}
