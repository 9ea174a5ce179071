"""What is done to one task and its agent: pause, resume, steer, stop, retry, and going ahead without a blocker."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.commands import Pause, Restart, Resume, Steer, Stop
from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.reach import only
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.reason import ReasonScreen
from hephaestus_tui.ui.text import line


async def pause(desk: Desk, state: RunState, shown: Target) -> None:
    if shown.task_id:
        await desk.submit(Pause(reach=only(shown.task_id), actor=desk.actor))


async def resume(desk: Desk, state: RunState, shown: Target) -> None:
    if shown.task_id:
        await desk.submit(Resume(reach=only(shown.task_id), actor=desk.actor))


async def retry(desk: Desk, state: RunState, shown: Target) -> None:
    if shown.task_id:
        await desk.submit(Restart(reach=only(shown.task_id), actor=desk.actor))


async def steer(desk: Desk, state: RunState, shown: Target) -> None:
    if (task_id := shown.task_id) is None:
        return None
    draft = state.draft(task_id)
    title = f"Steer {task_id}: {line(draft.title, 60)}" if draft else f"Steer {task_id}"
    prompt = "What shall the agent know or do? It reads this before its next step."
    text = fault = ""
    while True:
        dialog = ReasonScreen(title, prompt, required=True, text=text, fault=fault)
        said = await desk.ask(dialog, again=bool(text))
        if said is None:
            return None
        try:
            return await desk.submit(Steer(reach=only(task_id), text=said, actor=desk.actor))
        except HephaestusError as error:  # what was typed is not lost: the box opens again
            text, fault = said, str(error)


async def stop(desk: Desk, state: RunState, shown: Target) -> None:
    if (task_id := shown.task_id) is None:
        return
    draft = state.draft(task_id)
    title = line(draft.title, 80) if draft else ""
    question = f"Stop {task_id} now?\n{title}\n\nIts command is killed, what it said is kept; it can be retried."
    if await desk.ask(ConfirmScreen(question, yes="stop it", no="let it go on", clock=desk.clock)):
        await desk.submit(Stop(reach=only(task_id), actor=desk.actor))


HANDLERS: Mapping[str, Handler] = {
    "agent.pause": pause, "agent.resume": resume, "agent.steer": steer,
    "task.resume": resume, "task.retry": retry, "task.stop": stop,
}  # fmt: skip
