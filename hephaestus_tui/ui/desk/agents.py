"""What is done to tasks and their agents: pause, resume, step, stop, and begin anew."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.commands import Pause, Restart, Resume, Step, Stop
from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.reach import only
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.desk.wider import wider
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.notices import say
from hephaestus_tui.ui.screens.pick import Choice, PickScreen
from hephaestus_tui.ui.screens.restart import NewAttempt, RestartScreen
from hephaestus_tui.ui.screens.stop import StopScreen


async def pause(desk: Desk, state: RunState, shown: Target) -> None:
    if shown.task_id:
        await desk.submit(Pause(reach=only(shown.task_id), actor=desk.actor))


async def resume(desk: Desk, state: RunState, shown: Target) -> None:
    if shown.task_id:
        await desk.submit(Resume(reach=only(shown.task_id), actor=desk.actor))


async def retry(desk: Desk, state: RunState, shown: Target) -> None:
    if shown.task_id:
        await desk.submit(Restart(reach=only(shown.task_id), actor=desk.actor))


async def step(desk: Desk, state: RunState, shown: Target) -> None:
    if shown.task_id:
        await desk.submit(Step(reach=only(shown.task_id), actor=desk.actor))


async def stop(desk: Desk, state: RunState, shown: Target) -> None:
    if (task_id := shown.task_id) is None:
        return
    if reach := await desk.ask(StopScreen(task_id, state, clock=desk.clock)):
        await desk.submit(Stop(reach=reach, actor=desk.actor))


async def restart(desk: Desk, state: RunState, shown: Target) -> None:
    if (task_id := shown.task_id) is None:
        return None
    given: NewAttempt | None = None
    fault = ""
    while True:
        dialog = RestartScreen(task_id, state, given=given, fault=fault, clock=desk.clock)
        given = await desk.ask(dialog, again=given is not None)
        if given is None:
            return None
        try:
            return await desk.submit(Restart(reach=given.reach, note=given.note, fresh=given.fresh, actor=desk.actor))
        except HephaestusError as error:  # what was typed is not lost: the form opens again
            fault, state = str(error), desk.session.state()


async def many(desk: Desk, state: RunState, shown: Target) -> None:
    """Choose what to do to more than one at once; what would do nothing is not offered."""
    orders = {order.KIND + str(order.reach): (order, words) for order, words in wider(state, shown.task_id, desk.actor)}
    if not orders:
        say(desk.app, "nothing here can be held, let go or stepped together")
        return
    choices = [Choice(name, words) for name, (_, words) in orders.items()]
    chosen = await desk.ask(PickScreen(choices, "hold, let go or step together"))
    if chosen:
        await desk.submit(orders[chosen][0])


HANDLERS: Mapping[str, Handler] = {
    "agent.pause": pause, "agent.resume": resume, "agent.step": step, "agents.many": many,
    "task.resume": resume, "task.retry": retry, "task.restart": restart, "task.stop": stop,
}  # fmt: skip
