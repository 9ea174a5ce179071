"""Folds the parts of a review, and goes from what was said in an earlier round to where it was said."""

from __future__ import annotations

from hephaestus_tui.ui.diff.items import Code, Head, HunkHead, Remark, Words
from hephaestus_tui.ui.notices import say
from hephaestus_tui.ui.screens.work_reading import WorkReading


class WorkFolding(WorkReading):
    """What enter does depends on what is under the cursor."""

    def action_fold(self) -> None:
        here, part = self.view.here, self.view.cursor.part
        if isinstance(here, Words) and here.goal:
            self._go(*here.goal)
        elif isinstance(here, Head | Words):
            self.view.change(lambda: self.view.document.fold(part), keep=lambda item: isinstance(item, Head))
        elif isinstance(here, HunkHead | Code):
            hunk = here.hunk
            self.view.change(
                lambda: self.view.document.fold_hunk(part, hunk),
                keep=lambda item: isinstance(item, HunkHead) and item.hunk == hunk,
            )
        elif isinstance(here, Remark) and not here.sent:
            self.action_comment()
        self.look()

    def action_fold_file(self) -> None:
        part = self.view.cursor.part
        self.view.change(lambda: self.view.document.fold(part), keep=lambda item: isinstance(item, Head))
        self.look()

    def action_fold_all(self) -> None:
        """All files to one row each, or all of them unfolded."""
        document = self.view.document
        files = [n for n, part in enumerate(document.parts) if part.change]
        fold = any(not document.parts[n].folded for n in files)

        def turn() -> None:
            for number in files:
                document.fold(number, fold)

        self.view.change(turn, keep=lambda item: isinstance(item, Head))
        self.look()

    def _go(self, path: str, quoted: str) -> None:
        """To a line of a file, or the file where there is no such line."""
        document = self.view.document
        if (part := document.file(path)) is None:
            say(self.app, "That file is not changed any more.")
            return
        if document.parts[part].folded:
            document.fold(part, False)
        place = document.find(
            part, lambda i: isinstance(i, Code) and any(x and x.text == quoted for x in (i.new, i.old))
        )
        self.view.change(lambda: None)
        self.view.go(place or document.clamp(self.view.cursor._replace(part=part, item=0)))

    def action_comment(self) -> object:
        """Write a comment on the line under the cursor."""
        raise NotImplementedError
