"""Reviewing what a task has made: merge it, send it back, give it up, have its conflict resolved; then on to what waits."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from hephaestus_tui.domain.attention import attention
from hephaestus_tui.domain.commands import Command
from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.work import Work
from hephaestus_tui.domain.work_commands import DiscardWork, MergeWork, ResolveConflict, SendBack
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.glyphs import ASCII, UNICODE
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.notices import warn
from hephaestus_tui.ui.screens.discard_work import DiscardWorkScreen
from hephaestus_tui.ui.screens.merge_work import MergeWorkScreen, Merging
from hephaestus_tui.ui.screens.send_back import SendBackScreen
from hephaestus_tui.ui.screens.work import Wish, WorkScreen


async def review(desk: Desk, state: RunState, shown: Target) -> None:
    if shown.task_id is not None:
        await look_at(desk, state, shown.task_id)


async def look_at(desk: Desk, state: RunState, task_id: TaskId, path: str = "") -> None:
    """Review the work of a task, where it has made anything, from one of its files on."""
    if task_id not in state.works:
        return
    glyphs = ASCII if desk.app.has_class("-ascii") else UNICODE
    screen = WorkScreen(
        task_id,
        state,
        desk.session,
        desk.drafts.of(task_id),
        glyphs,
        partial(_act, desk),
        now=desk.now,
        clock=desk.clock,
        at=path,
    )
    if await desk.ask(screen):
        desk.drafts.drop(task_id)
        _go_on(desk, task_id)


def _go_on(desk: Desk, task_id: TaskId) -> None:
    """To what waits for the person next, if anything does."""
    waiting = [item for item in attention(desk.session.state()) if item.task_id != task_id]
    if waiting:
        desk.jump(waiting[0].task_id)


async def _act(desk: Desk, screen: WorkScreen, wish: Wish) -> bool:
    """Ask how, and do it; whether the work is settled then. What is refused is said, and the work is read again."""
    if (shown := screen.work_shown) is None:
        return False
    if wish is Wish.MERGE:
        return await _merge(desk, screen, shown)
    if wish is Wish.SEND_BACK:
        return await _send_back(desk, screen, shown)
    dialog = DiscardWorkScreen(screen.task_id, screen.state, shown, screen.draft, clock=desk.clock)
    reason = await desk.app.push_screen_wait(dialog)
    if reason is None:
        return False
    command = DiscardWork(task_id=screen.task_id, tip=shown.tip, reason=reason, actor=desk.actor)
    return not await _refused(desk, screen, command)


async def _merge(desk: Desk, screen: WorkScreen, shown: Work) -> bool:
    task_id = screen.task_id
    look = partial(desk.session.preview, task_id)
    dialog = MergeWorkScreen(task_id, screen.state, shown, look, len(screen.draft.comments), clock=desk.clock)
    match await desk.app.push_screen_wait(dialog):
        case Merging.MERGE:
            return not await _refused(desk, screen, MergeWork(task_id=task_id, tip=shown.tip, actor=desk.actor))
        case Merging.RESOLVE:
            return not await _refused(desk, screen, ResolveConflict(task_id=task_id, actor=desk.actor))
        case Merging.SEND_BACK:
            return await _send_back(desk, screen, shown)
        case _:
            return False


async def _send_back(desk: Desk, screen: WorkScreen, shown: Work) -> bool:
    told = ""
    while True:
        dialog = SendBackScreen(screen.task_id, screen.state, screen.draft, told=told, clock=desk.clock)
        text = await desk.app.push_screen_wait(dialog)
        if text is None:
            return False
        comments = screen.draft.in_order()
        command = SendBack(task_id=screen.task_id, tip=shown.tip, text=text, comments=comments, actor=desk.actor)
        if not (told := await _refused(desk, screen, command)):
            return True


async def _refused(desk: Desk, screen: WorkScreen, command: Command) -> str:
    """Why a command was not carried out; empty where it was."""
    try:
        await desk.submit(command)
    except HephaestusError as error:
        warn(desk.app, str(error))
        screen.load()
        return str(error)
    return ""


HANDLERS: Mapping[str, Handler] = {"work.review": review}
