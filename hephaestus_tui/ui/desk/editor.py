"""A proposal as a Markdown file in a person's own editor: read back, reviewed, accepted; or asked about, with nothing lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hephaestus_tui.domain.draft_file import Fault, read_draft, with_notes, write_draft
from hephaestus_tui.domain.draft_salvage import salvage
from hephaestus_tui.domain.errors import DraftFileError, EditorFailed, HephaestusError, NoEditor
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskDraft, TaskId
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.desk.proposals import accepting, edit_in_form, standing
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.notices import say
from hephaestus_tui.ui.screens.draft_form import amended_meanwhile, faults_of
from hephaestus_tui.ui.screens.review import ReviewScreen
from hephaestus_tui.ui.screens.written import Next, WrittenScreen

UNCHANGED = (
    "The file came back as it was. If your editor has a window of its own, its command needs an option to wait for it, "
    "as in `code --wait`."
)


@dataclass(slots=True)
class _Writing:
    """What a person has written so far. `first` is how the file was at the beginning, `version` what is decided on."""

    task_id: TaskId
    shown: TaskDraft
    version: int
    first: str
    text: str
    has_editor: bool = True


async def edit_in_editor(desk: Desk, state: RunState, shown: Target) -> None:
    if shown.task_id is None or shown.version is None or desk.editor.lent:
        return
    draft = standing(state, shown.task_id).draft
    text = write_draft(draft, state.roles)
    writing = _Writing(shown.task_id, draft, shown.version, text, text)
    while True:
        faults = await _written(desk, writing) or await _accepted(desk, state, writing)
        if not faults or not await _go_on(desk, state, writing, faults):
            return


async def _written(desk: Desk, writing: _Writing) -> list[Fault]:
    """Let the editor change the text. Gives back why it did not, each thing with no line (0)."""
    try:
        text = await desk.editor.edit(writing.text, writing.task_id)
    except EditorFailed as error:
        writing.has_editor = not isinstance(error, NoEditor)
        writing.text = writing.text if error.text is None else error.text
        return [(0, str(error))]
    writing.text = text
    return [(0, UNCHANGED)] if text == writing.first else []


async def _accepted(desk: Desk, state: RunState, writing: _Writing) -> list[Fault]:
    """Read what was written, review it and accept it. Nothing when that is done, or else why it is not."""
    if writing.task_id not in state.proposals:
        return [(0, "What you wrote came too late.")]
    if amended := amended_meanwhile(state, writing.task_id, writing.version):
        return [(0, f"{amended} What you wrote would take its place.")]
    try:
        file = read_draft(writing.text, writing.shown)
    except DraftFileError as error:
        return [(error.line, error.what)]
    if faults := file.placed(faults_of(file.draft, writing.task_id, state)):
        return faults
    review = ReviewScreen(writing.task_id, file.draft, state, writing.version, clock=desk.clock)
    if not await desk.ask(review):
        return [(0, "What you wrote is in order, and is not accepted yet.")]
    try:
        await desk.submit(accepting(state, writing.task_id, writing.version, file.draft, desk.actor))
    except HephaestusError as error:
        return [(0, str(error))]
    return []


async def _go_on(desk: Desk, state: RunState, writing: _Writing, faults: list[Fault]) -> bool:
    """Ask what shall become of it; whether the editor is to be opened again."""
    words = [f"line {line}: {what}" if line else what for line, what in faults]
    changed = writing.text != writing.first
    leave = "leave; what you wrote is kept in a file" if changed else "leave"
    again = writing.has_editor
    wanted = await desk.ask(WrittenScreen(writing.task_id, state, words, leave=leave, again=again, clock=desk.clock))
    if wanted is None and changed and (fault := await _kept(desk, writing)):
        lose = "leave, and lose what you wrote"
        wanted = await desk.ask(WrittenScreen(writing.task_id, state, [fault], leave=lose, clock=desk.clock))
    if wanted is None:
        return False
    proposal = standing(state, writing.task_id)
    writing.version = proposal.version
    if wanted is Next.FORM:
        told = "This is what you wrote in the editor." if changed else ""
        await edit_in_form(desk, state, writing.task_id, _for_form(writing), told)
        return False
    if changed:
        writing.text = with_notes(writing.text, [fault for fault in faults if fault[1] != UNCHANGED])
    return True


def _for_form(writing: _Writing) -> TaskDraft:
    try:
        return read_draft(writing.text, writing.shown).draft
    except DraftFileError:
        return salvage(writing.text, writing.shown)


async def _kept(desk: Desk, writing: _Writing) -> str:
    """Store what was written and say where. Gives back why that was not possible."""
    try:
        path = await desk.editor.keep(writing.text, writing.task_id)
    except EditorFailed as error:
        writing.has_editor = not isinstance(error, NoEditor)
        return str(error)
    say(desk.app, f"What you wrote for {writing.task_id} is kept in {path}", seconds=20)
    return ""


HANDLERS: Mapping[str, Handler] = {"proposal.editor": edit_in_editor}
