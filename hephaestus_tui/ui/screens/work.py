"""The review of what a task has made: its diff, comments on lines, and the keys that merge, send back or give up.

It decides nothing itself: each of those keys opens a dialog that says what will happen.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.work import LineComment, Side, WorkStatus
from hephaestus_tui.session import Session
from hephaestus_tui.ui.diff.drafts import Draft
from hephaestus_tui.ui.diff.items import Code, HunkHead, Remark, number_of, side_of
from hephaestus_tui.ui.diff.view import DiffView
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.keymap import action_by, rebound_entries
from hephaestus_tui.ui.named_keys import rebindings, with_names
from hephaestus_tui.ui.notices import say
from hephaestus_tui.ui.panes import too_small
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.dialog import show
from hephaestus_tui.ui.screens.find import FindScreen
from hephaestus_tui.ui.screens.line_comment import CommentScreen
from hephaestus_tui.ui.screens.page import PageScreen
from hephaestus_tui.ui.screens.work_folding import WorkFolding
from hephaestus_tui.ui.screens.work_words import footer_of, key_page, warning_of
from hephaestus_tui.ui.text import content
from hephaestus_tui.ui.widgets.footer import KeyFooter
from hephaestus_tui.ui.widgets.work_header import WorkHeader

SPLIT_FROM, FILES_FROM, BOTH_FROM = 140, 110, 180  # cells


class Wish(StrEnum):
    MERGE = "merge"
    SEND_BACK = "send back"
    DISCARD = "discard"


class WorkScreen(WorkFolding):
    """Gives back True when the work was settled. `acts` carries out a wish, and says whether it is settled now.

    `at` is the path of the file to begin with.

    It follows the state: what another person does with the work meanwhile is said, and shown.
    """

    CSS_PATH = "work.tcss"
    AUTO_FOCUS = "DiffView"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "wish('merge')", "Merge it: shows first what would happen", show=False),
        Binding("r", "wish('send back')", "Send it back with your comments, or words", show=False),
        Binding("D", "wish('discard')", "Give it up; its branch stays", show=False),
        Binding("c", "comment", "Comment on the line, or change your comment", show=False),
        Binding("x", "uncomment", "Take your comment away", show=False),
        Binding("enter", "fold", "Fold or unfold; go to the line of an earlier comment", show=False),
        Binding("f", "fold_file", "Fold or unfold the file", show=False),
        Binding("F", "fold_all", "Fold all files to a list, or unfold them", show=False),
        Binding("v", "split", "Side by side, or one under the other", show=False),
        Binding("s", "since", "Only what came after the last round, or all", show=False),
        Binding("slash", "find", "Find words", show=False),
        Binding("right_curly_bracket", "find_on(1)", "To the next place of the words that were looked for", show=False),
        Binding("left_curly_bracket", "find_on(-1)", "To the place before", show=False),
        Binding("question_mark", "keys", "These keys", show=False),
        Binding("escape,q", "leave", "Leave; your comments are kept", show=False),
    ]
    BINDINGS = with_names("review", BINDINGS)

    def __init__(
        self, task_id: TaskId, state: RunState, session: Session, draft: Draft, glyphs: GlyphSet,
        acts: Callable[[WorkScreen, Wish], Awaitable[bool]], *,
        now: Callable[[], float] = time.time, clock: Callable[[], float] = time.monotonic, at: str = "",
    ) -> None:  # fmt: skip
        super().__init__(task_id, state, session, draft, glyphs, now, at)
        self._acts, self._clock = acts, clock
        self._head, self._footer = WorkHeader(glyphs), KeyFooter()
        self._notice = Static(id="notice")
        self._split: bool | None = None  # None: as there is room for
        self._acting = False
        self._found = ""

    def compose(self) -> ComposeResult:
        yield self._head
        yield self._notice
        with Horizontal():
            yield self._files
            yield self.view
        yield self._footer

    def on_mount(self) -> None:
        self.load()

    def on_resize(self, event: events.Resize) -> None:
        self._arrange(event.size.width)
        self.call_after_refresh(self.look)

    # -- looking

    @on(DiffView.Moved)
    def look(self) -> None:
        place, total = self.view.cursor, len(self.work_shown.changes) if self.work_shown else 0
        before = len(self._reviewed.document.parts) - total
        at = place.part - before + 1
        told = f"file {at} of {total}" if 0 < at <= total and total > 1 else ""
        if self._reviewed.since:
            told = f"since round {self._since}  {told}".rstrip()
        self._head.show(self.state, self.task_id, self.work_shown, len(self.draft.comments), told)
        self._files.point(place.part)
        warning = warning_of(self.state, self.task_id, self.work_shown)
        show(self._notice, content("\n".join(part for part in (self._fault, self._told, warning) if part)))
        bound, keys = REVIEW_KEYS[1], rebindings(self.app)
        self._footer.show(
            rebound_entries(footer_of(self.state, self.task_id, self.view.here, self.draft), bound, keys),
            rebound_entries((("?", "keys"), ("esc", "close")), bound, keys),
        )

    def _arrange(self, width: int) -> None:
        split = width >= SPLIT_FROM if self._split is None else self._split
        self._files.display = width >= (BOTH_FROM if split else FILES_FROM)
        if split is not self.view.document.split:
            self.view.set_split(split)

    @on(KeyFooter.Pressed)
    def _key_clicked(self, event: KeyFooter.Pressed) -> None:
        keys = rebindings(self.app)
        if own := action_by(event.key, self.BINDINGS, keys):
            self.call_later(self.app.run_action, own, self)
        elif of_the_diff := action_by(event.key, DiffView.BINDINGS, keys):
            self.call_later(self.app.run_action, of_the_diff, self.view)

    def action_split(self) -> None:
        self._split = not self.view.document.split
        self._arrange(self.size.width)

    def action_since(self) -> None:
        """Show what was changed after the last review alone, or all of it again."""
        view = self.state.works.get(self.task_id)
        if view is None or not view.reviews:
            say(self.app, "It was not sent back before: there is no earlier round.")
            return
        self._since = None if self._since else len(view.reviews)
        self.load()

    @work(group="find")
    async def action_find(self) -> None:
        words = await self.app.push_screen_wait(FindScreen(self._found))
        if words:
            self._found = words
            self.action_find_on(1)

    def action_find_on(self, step: int) -> None:
        if not self._found:
            say(self.app, "Nothing was looked for yet: / does")
        elif not self.view.find(self._found, step):
            say(self.app, f"{self._found} is in none of the files that are unfolded and read")

    def action_keys(self) -> None:
        self.app.push_screen(PageScreen(key_page(rebindings(self.app), self.BINDINGS, DiffView.BINDINGS)))

    def action_leave(self) -> None:
        self.dismiss(False)

    # -- comments

    def _target(self) -> LineComment | None:
        """The comment under the cursor, or an empty one for the line under it."""
        here, part = self.view.here, self.view.document.parts[self.view.cursor.part]
        if isinstance(here, Remark) and not here.sent:
            return here.comment
        if not isinstance(here, Code) or part.change is None:
            return None
        line = here.line_on(self.view.side if self.view.document.split else Side.NEW)
        if line is None:
            return None
        side, number, path = side_of(line), number_of(line), part.change.path
        if self._reviewed.since and side is Side.OLD:
            return None  # its number is that of another commit
        known = self._reviewed.on_line(path, side, number)
        return known or LineComment(path=path, side=side, line=number, quoted=line.text, text="")

    @work(group="comment")
    async def action_comment(self) -> None:
        if isinstance(here := self.view.here, HunkHead):
            self.view.to_change(here.hunk)
        target = self._target()
        if target is None:
            say(self.app, "Put the cursor on a line of the diff to comment on it.")
            return
        text = await self.app.push_screen_wait(CommentScreen(target, clock=self._clock))
        if text is not None:
            self._put(target, text)

    @work(group="comment")
    async def action_uncomment(self) -> None:
        target = self._target()
        if target is None or not target.text:
            return
        ask = ConfirmScreen(
            f"Take this comment away?\n{target.text}", yes="take it away", no="keep it", clock=self._clock
        )
        if await self.app.push_screen_wait(ask):
            self._put(target, "")

    def _put(self, target: LineComment, text: str) -> None:
        comment = LineComment(path=target.path, side=target.side, line=target.line, quoted=target.quoted, text=text)
        self.view.change(lambda: self._reviewed.comment(comment))
        self._files.show_parts(self._reviewed.document.parts)
        self.look()

    # -- settling

    @work(group="wish")
    async def action_wish(self, wish: str) -> None:
        if self._acting or self.work_shown is None:
            return
        if too_small(self.size):
            say(self.app, "the terminal is too small to decide in")
            return
        view = self.state.works.get(self.task_id)
        if view is None or view.status is not WorkStatus.READY:
            say(self.app, f"{wish}: {warning_of(self.state, self.task_id, self.work_shown)}")
            return
        if view.unfinished and wish == "send back":
            say(self.app, f"{self.task_id} has ended: restart it, and tell it what is to change")
            return
        self._acting = True
        try:
            if await self._acts(self, Wish(wish)):
                self.dismiss(True)
            else:
                self.look()
        finally:
            self._acting = False


# as the help lists them
REVIEW_KEYS: tuple[str, list[BindingType]] = ("review of work", [*WorkScreen.BINDINGS, *DiffView.BINDINGS])
