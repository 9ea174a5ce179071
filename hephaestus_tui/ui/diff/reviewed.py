"""The work of a task as it is being reviewed: its document, read file by file, with a person's comments and those sent before."""

from __future__ import annotations

from dataclasses import replace

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.work import FileDiff, LineComment, Review, Side, Work
from hephaestus_tui.ui.diff.anchors import found
from hephaestus_tui.ui.diff.document import Document
from hephaestus_tui.ui.diff.drafts import Draft
from hephaestus_tui.ui.diff.items import Part, Remark
from hephaestus_tui.ui.diff.parts import about_part, file_part, file_title, round_part, stray_part
from hephaestus_tui.ui.glyphs import GlyphSet


class Reviewed:
    """Fills `document`. `since` says that only what came after the last round is in it: old lines are another's then."""

    def __init__(self, document: Document, task_id: TaskId, draft: Draft, glyphs: GlyphSet, now: float) -> None:
        self.document, self.draft = document, draft
        self._task_id, self._glyphs, self._now = task_id, glyphs, now
        self.work: Work | None = None
        self.since = False
        self._rounds: tuple[Review, ...] = ()
        self._sent: dict[str, list[Remark]] = {}
        self._stands: dict[LineComment, bool] = {}
        self._strays: list[LineComment] = []
        document.remarks = self._remarks

    def show(self, state: RunState, work: Work, *, since: bool = False) -> None:
        """Another work, or the same task's as it stands now."""
        self.work, self.since = work, since
        view = state.works.get(self._task_id)
        self._rounds = view.reviews if view else ()
        self._sent, self._stands = {}, {}
        paths = {change.path for change in work.changes}
        self._strays = [] if since else [c for c in self.draft.in_order() if c.path not in paths]
        alone = len(work.changes) == 1
        files = [file_part(c, alone=alone, unresolved=c.path in work.unresolved) for c in work.changes]
        self.document.show([*self._before(state), *files])
        for path in paths:
            self._title(path)

    def _before(self, state: RunState) -> list[Part]:
        rounds = [self._round(number) for number in range(len(self._rounds))]
        return [
            about_part(state, self._task_id, self._glyphs),
            *rounds,
            *([stray_part(self._strays)] if self._strays else []),
        ]

    def _round(self, number: int) -> Part:
        last = number == len(self._rounds) - 1
        return round_part(number + 1, self._rounds[number], self._now, self._stands, folded=not last)

    # -- reading

    def read(self, here: Part, diff: FileDiff) -> None:
        """The lines of a file have come; nothing is done where it is not of this document."""
        if here.change is None or (number := self.document.number(here)) is None:
            return
        here.hunks, here.clipped = diff.hunks, diff.clipped
        path = here.change.path
        self._sent[path] = []
        for place, review in enumerate(self._rounds, 1):
            for comment in (c for c in review.comments if c.path == path):
                now = found(comment, diff.hunks)
                self._stands[comment] = now is not None
                if now:
                    self._sent[path].append(Remark(now, place))
        if not self.since:
            self._anchor(path, diff)
        self.document.touch(number)
        self._renew()
        self._title(path)

    def fail(self, here: Part, why: str) -> None:
        """The lines of a file cannot be had."""
        if (number := self.document.number(here)) is not None:
            here.fault = why
            self.document.touch(number)

    def _anchor(self, path: str, diff: FileDiff) -> None:
        """Comments that were written on an earlier state of the work go to where their lines are now."""
        for comment in self.draft.on(path):
            now = found(comment, diff.hunks)
            if now is None and not diff.clipped:
                self._strays.append(comment)
            elif now is not None and now != comment:
                self.draft.put(replace(comment, text=""))
                self.draft.put(now)

    def _renew(self) -> None:
        """What is known of the comments of earlier rounds, and of strays, is more than before."""
        first = 1 + len(self._rounds)
        for number in range(len(self._rounds)):
            part = self.document.parts[1 + number]
            part.words = self._round(number).words
            self.document.touch(1 + number)
        if self._strays and self.document.parts[first].change is None:
            self.document.parts[first].words = stray_part(self._strays).words
            self.document.touch(first)
        elif self._strays:
            self.document.insert(first, stray_part(self._strays))

    # -- comments

    def comment(self, comment: LineComment) -> None:
        """Write, change or (without a text) take away a comment of one's own."""
        self.draft.put(comment)
        if (part := self.document.file(comment.path)) is not None:
            self._title(comment.path)
            self.document.touch(part)

    def on_line(self, path: str, side: Side, line: int) -> LineComment | None:
        return self.draft.comments.get((path, side, line))

    def _remarks(self, path: str) -> list[Remark]:
        mine = [Remark(c) for c in self.draft.on(path) if not (self.since and c.side is Side.OLD)]
        return [*self._sent.get(path, ()), *mine]

    def _title(self, path: str) -> None:
        part = self.document.file(path)
        if part is None or self.work is None or (change := self.document.parts[part].change) is None:
            return
        self.document.parts[part].title = file_title(change, len(self.draft.on(path)), path in self.work.unresolved)
        self.document.touch(part)
