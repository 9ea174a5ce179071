"""The transcript pane: what the chosen agent says and does, as it happens, without a layout or a long frame.

It draws its own rows and scrolls on its own: a growing size would lay the screen out at every row. While text
streams, a frame costs the rows that changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from hephaestus_tui.domain.events import Flicker, Question, Recorded
from hephaestus_tui.domain.talk import Letter
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.words import Word
from hephaestus_tui.session import Transcript
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.widgets import transcript_chrome as chrome
from hephaestus_tui.ui.widgets.block_rows import BlockRows, Place
from hephaestus_tui.ui.widgets.conversation import Conversation
from hephaestus_tui.ui.widgets.drawing import Canvas
from hephaestus_tui.ui.widgets.interleaved import Interleaved
from hephaestus_tui.ui.widgets.look import Look
from hephaestus_tui.ui.widgets.markdown import markdown
from hephaestus_tui.ui.widgets.transcript_look import COMPONENTS, CSS, look_of
from hephaestus_tui.ui.widgets.transcript_pages import TranscriptPages
from hephaestus_tui.ui.widgets.viewport import Viewport


class TranscriptView(TranscriptPages, can_focus=True):
    """Shows one task's transcript. Call `open`, then `feed` with every frame's events, of whichever task."""

    ALLOW_SELECT = False
    DEFAULT_CSS = f"""
    TranscriptView {{
        width: 1fr;
        height: 1fr;
        {CSS}
    }}
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = COMPONENTS

    def __init__(self, glyphs: GlyphSet, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._glyphs = glyphs
        self._look = Look(glyphs)
        self._look_is_stale = True
        self._canvas = Canvas(1, self._look)
        self._view = Viewport(BlockRows(self._canvas, markdown), 0)
        self._aim: tuple[int, int] | None = None  # the call to hold at, as soon as the pane is shown
        self._passage: tuple[int, int] | None = None  # its first block, and the one that is pointed at

    @property
    def following(self) -> bool:
        """Whether the newest line is kept in view."""
        return self._view.following

    @property
    def task_id(self) -> TaskId | None:
        return self._talk.task_id if isinstance(self._talk, Conversation) else None

    def open(
        self,
        transcript: Transcript,
        title: str,
        *,
        at_work: bool = False,
        questions: Sequence[Question] = (),
        unread: Sequence[Word | Letter] = (),
    ) -> None:
        """Show another transcript, at its newest line. `title` names the task, its role and its model.

        `at_work` says that an agent is on it now; `questions` are those it waits for, `unread` is what it was told
        and has not read.
        """
        self._title, self._reason = title, "nothing said yet"
        self._begin(Conversation(transcript, at_work=at_work, questions=questions, unread=unread))

    def clear(self, reason: str) -> None:
        """Show no transcript, and say why."""
        self._title, self._reason = "", reason
        self._begin(None)

    def feed(self, facts: Sequence[Recorded], flickers: Sequence[Flicker]) -> None:
        """Take one frame's events; those of other tasks, and facts that `open` had already, change nothing."""
        if self._talk:
            self._talk.feed(facts, flickers)
            self._update()

    def hold_at(self, turn: int, index: int) -> None:
        """Hold at one call, point at it and mark what leads to it; where there is no such call, nothing changes."""
        self._aim = (turn, index)
        self._update()

    def entitle(self, title: str) -> None:
        """Call what is shown something else."""
        self._title = title
        self._update()

    def follow(self) -> None:
        """Keep the newest line in view from now on."""
        self._aim = self._passage = None
        if self._finding is None:
            self.sought = ""  # what is found in other pages leads away no more
        self._view.follow()
        self._update()

    # -- what is seen

    def notify_style_update(self) -> None:
        super().notify_style_update()
        # the component styles are resolved only after this call
        self._look_is_stale = True
        if self.is_attached:
            self.call_later(self._update)

    def on_resize(self) -> None:
        self._update()

    def on_show(self) -> None:
        self._update()

    def on_focus(self) -> None:
        self._update()

    def on_blur(self) -> None:
        self._update()

    def _begin(self, talk: Conversation | Interleaved | None) -> None:
        self._talk, self._wanted, self._standing, self._places = talk, None, None, ("", ())
        self._aim = self._passage = self._finding = None
        self.sought = ""
        stamped = self._view.rows.stamped
        self._view = Viewport(BlockRows(self._canvas, markdown), 0)
        self._view.rows.stamped = stamped
        self._update()

    def _update(self) -> None:
        """Find out what the pane shows now and have the rows repainted that differ; nothing while it is hidden."""
        if not self.is_attached or not self.size or not self.display:
            return
        view = self._view
        view.height = max(self.size.height - 1, 0)
        view.rows.blocks = self._talk.blocks if self._talk else ()
        view.rows.stamps = self._talk.stamps if self._talk else {}
        self._take_window()
        self._renew_canvas()
        view.settle()
        self._take_aim()
        self._take_stand()
        self.take_rows(self._compose_rows())
        self._ask_for_more()

    def _take_aim(self) -> None:
        aim, self._aim = self._aim, None
        if aim and isinstance(self._talk, Conversation) and (passage := self._talk.passage(*aim)):
            self._passage = passage
            self._view.point(passage[1], since=passage[0])

    def _renew_canvas(self) -> None:
        if self._look_is_stale:
            self._look_is_stale = False
            self._look = look_of(self, self._glyphs)
        if self._canvas.width != self.size.width or self._canvas.look != self._look:
            self._canvas = Canvas(self.size.width, self._look)
            self._view.repaint(self._canvas)

    def _compose_rows(self) -> list[Strip]:
        canvas, view = self._canvas, self._view
        shown = view.shown()
        strips = [self._lit(strip) for _, strip in shown]
        if not shown:
            strips = [canvas.blank, *canvas.text(self._reason, self._look.muted)][: view.height]
        strips += [canvas.blank] * (view.height - len(strips))
        for y, (place, _) in enumerate(shown):
            if sign := self._pointer(place):
                strips[y] = Strip.join([Strip([Segment(sign, self._style("pointer"))]), strips[y].crop(1)])
        if not view.following and not view.at_end():
            strips[-1] = chrome.notice(view.news, canvas.width, self._glyphs, self._style("notice"))
        state = "" if not self._talk else "following" if view.following else "scrolled up"
        state = "backspace: back" if self.visited else state
        if self._finding:
            at, found, here = self.matches()
            state = chrome.found(self._finding.words, at, found, canvas.width, here=here)
        title = chrome.title(self._title, state, canvas.width, self._glyphs, self._style("title"), self._style("state"))
        return [title, *strips]

    def _pointer(self, place: Place) -> str:
        """What stands at the left of a row: it is pointed at, or is part of the passage that leads there."""
        view = self._view
        if self._finding and place == self._finding.place:
            return self._glyphs.pointer
        begin, end = self._passage or (0, -1)
        if view.chosen is not None and place == view.rows.head(view.chosen):
            return self._glyphs.pointer if self.has_focus or view.chosen == end else ""
        return self._look.bar if view.rows.head(begin) <= place < (end, 0) else ""

    def _lit(self, strip: Strip) -> Strip:
        return self._finding.lit(strip, self._style("found")) if self._finding else strip

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"transcript--{name}")
