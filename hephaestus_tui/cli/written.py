"""`edit --file` and `edit --editor`: a proposal as a Markdown file, of which nothing that was written is lost."""

from __future__ import annotations

import asyncio
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hephaestus_tui.bootstrap.editor import TerminalEditor
from hephaestus_tui.cli import output
from hephaestus_tui.cli.stores import places
from hephaestus_tui.cli.text import named_file, read_text
from hephaestus_tui.domain.blocking import holding_fault
from hephaestus_tui.domain.decision import Proposal
from hephaestus_tui.domain.draft_file import Fault, read_draft, with_notes, write_draft
from hephaestus_tui.domain.errors import CommandRefused, DraftFileError, EditorFailed, UsageError
from hephaestus_tui.domain.graph import blocker_fault
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskDraft, draft_faults
from hephaestus_tui.first_look import key_variables, read_table

UNCHANGED = (
    "Nothing was changed, so nothing was decided. If your editor has a window of its own, its command needs an option "
    "to wait for it, as in `code --wait`."
)


def read_file(state: RunState, proposal: Proposal, word: str) -> TaskDraft:
    """What the file says of the proposal. Raises UsageError that names the line."""
    draft, faults = _read(state, proposal, read_text(word))
    if draft is None or faults:
        raise UsageError(f"{named_file(word)}: {_words(faults)}. Nothing was decided.")
    return draft


@dataclass(slots=True)
class Writing:
    """What a person has written so far in their editor; `first` is what they were given."""

    proposal: Proposal
    first: str
    text: str
    editor: TerminalEditor

    @classmethod
    def of(cls, state: RunState, proposal: Proposal) -> Writing:
        first = write_draft(proposal.draft, state.roles)
        keys = key_variables(read_table(places().config))
        return cls(proposal, first, first, TerminalEditor(os.environ, places().state / "drafts", keys))

    def edit(self, state: RunState) -> TaskDraft:
        """Open the editor and read what it left. Raises EditorFailed, and CommandRefused for what cannot be read."""
        try:
            self.text = asyncio.run(self.editor.edit(self.text, self.proposal.task_id))
        except EditorFailed as error:
            self.text = error.text or self.text
            raise
        if self.text == self.first:
            raise CommandRefused(UNCHANGED)
        draft, faults = _read(state, self.proposal, self.text)
        if draft is None or faults:
            self.text = with_notes(self.text, faults)
            raise CommandRefused(f"{_words(faults)}. Nothing was decided.")
        return draft

    @contextmanager
    def kept(self, again: str) -> Iterator[None]:
        """Whatever ends this before it is done: what was written is in a file, and `again` says what to do with it."""
        try:
            yield
        except BaseException:
            if self.text != self.first:
                self.keep(again)
            raise

    def keep(self, again: str) -> None:
        path = asyncio.run(self.editor.keep(self.text, self.proposal.task_id))
        output.say(f"What you wrote is kept in {path}. Go on with it: {again} --file {shlex.quote(path)}")


def _read(state: RunState, proposal: Proposal, text: str) -> tuple[TaskDraft | None, list[Fault]]:
    try:
        file = read_draft(text, proposal.draft)
    except DraftFileError as error:
        return None, [(error.line, error.what)]
    faults = draft_faults(file.draft, state.roles)
    if fault := blocker_fault(state.blockers, proposal.task_id, file.draft.blocked_by):
        faults["blocked_by"] = fault
    if fault := holding_fault(state, proposal.task_id, file.draft):
        faults["blocks"] = fault
    return file.draft, file.placed(faults)


def _words(faults: list[Fault]) -> str:
    return "; ".join(f"line {line}: {what}" for line, what in faults)
