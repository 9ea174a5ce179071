"""A transcript of many agents in its pane: pages of it are asked for before they are needed, and lines keep their place."""

from __future__ import annotations

from textual.message import Message

from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.session import Page
from hephaestus_tui.ui.widgets.blocks import Head, Talking
from hephaestus_tui.ui.widgets.conversation import Conversation
from hephaestus_tui.ui.widgets.finding import Finding
from hephaestus_tui.ui.widgets.found_places import Arriving, Places, beside, next_place
from hephaestus_tui.ui.widgets.interleaved import Interleaved, Many
from hephaestus_tui.ui.widgets.paging import FIRST, LAST, Wanted, wanted_near
from hephaestus_tui.ui.widgets.transcript_keys import TranscriptKeys


class TranscriptPages(TranscriptKeys, can_focus=True):
    """A pane with a `_talk`, which is another from `_begin` on."""

    _talk: Conversation | Interleaved | None = None
    _title = ""
    _reason = ""
    _places: tuple[str, Places] = "", ()  # words that were looked for in all pages, and where they are
    _arriving: Arriving | None = None
    _wanted: Wanted | None = None  # the page that was asked for and has not come
    _standing: int | None = None  # a place in the journal to stand at, as soon as the pane is shown
    _step = 1

    class PageAsked(Message):
        """What is read comes near to what is not there."""

        def __init__(self, wanted: Wanted) -> None:
            self.wanted = wanted
            super().__init__()

    class PlacesAsked(Message):
        """Words are looked for in all pages."""

        def __init__(self, words: str) -> None:
            self.words = words
            super().__init__()

    def open_many(self, page: Page, title: str, many: Many, nothing: str, at: int | None = None) -> None:
        """Show what many say, at the newest line, or held at a place in the journal; `nothing` says why there is none."""
        self._title, self._reason = title, nothing
        self._begin(Interleaved(page, many))
        self._stand_at(at)

    def add_page(self, page: Page, wanted: Wanted) -> None:
        """Take a page that was asked for by `PageAsked`."""
        self._wanted = None
        if isinstance(self._talk, Interleaved):
            self._talk.add(page)
            if wanted == LAST:
                self._view.follow()
            self._stand_at(wanted.at, wanted.step)

    @property
    def place(self) -> int | None:
        """Where in the journal the first line in view of many's words was said; None while the newest is followed."""
        entry = None
        if isinstance(self._talk, Interleaved) and not self._view.following:
            entry = self._talk.entry_at(self._view.top.block)
        return entry.seq if entry else None

    def speaker_of(self, block: int) -> TaskId | None:
        if isinstance(self._talk, Conversation):
            return self._talk.task_id
        entry = self._talk.entry_at(block) if self._talk else None
        return entry.task_id if entry else None

    @property
    def partial(self) -> bool:
        """Whether there is more of what many say than the pages that have been read."""
        return isinstance(self._talk, Interleaved) and (self._talk.begin > 0 or not self._talk.live)

    def take_places(self, words: str, places: Places, until: int) -> None:
        """Where in all that was said before a place in the journal the words are that are looked for."""
        self._places, self._arriving = (words, places), Arriving(words, until)
        if self._finding is None and places and self.sought == words and isinstance(self._talk, Interleaved):
            self._finding = Finding(words)  # none in these pages: the nearest is in others
            self.action_match(-1)
        self.refresh_bindings()
        self._update()

    def matches(self) -> tuple[int, int, bool]:
        """Which of how many matches a person is at; and whether not all pages have been looked through."""
        if self._finding is None:
            return 0, 0, False
        here, at, talk = self._finding.look(self._view.rows.blocks), self._finding.ordinal, self._talk
        if not isinstance(talk, Interleaved) or not self.partial:
            return at, here, False
        if self._places[0] != self._finding.words:
            return at, here, True
        before, after = beside(self._all_places(talk), talk)
        return at + before if at else 0, before + here + after, False

    def _all_places(self, talk: Interleaved) -> Places:
        return [*self._places[1], *(self._arriving.places(talk.later) if self._arriving else ())]

    def action_match(self, step: int) -> None:
        talk, finding = self._talk, self._finding
        if isinstance(talk, Interleaved) and finding and self._places[0] == finding.words:
            here = finding.look(self._view.rows.blocks)
            last = finding.ordinal >= here if step > 0 else finding.ordinal <= 1
            seq = next_place(self._all_places(talk), talk, step) if last and (finding.at or not here) else None
            if seq is not None:
                self._want(Wanted(after=seq, at=seq, step=step))
                return
        super().action_match(step)

    def action_first(self) -> None:
        if isinstance(self._talk, Interleaved) and self._talk.begin:
            self._want(FIRST)
        else:
            super().action_first()

    def action_proposal(self) -> None:
        """To what the call proposed; of many's words, to the task of the one that is pointed at."""
        if isinstance(self._talk, Interleaved) and not self.proposal_in_view():
            block = self._view.pointed(lambda block: not isinstance(block, Head | Talking))
            entry = None if block is None else self._talk.entry_at(block)
            if entry:
                self.post_message(self.SourceAsked(entry.task_id, entry.turn))
        else:
            super().action_proposal()

    def _begin(self, talk: Conversation | Interleaved | None) -> None:
        raise NotImplementedError

    def _stand_at(self, seq: int | None, step: int = 1) -> None:
        self._standing, self._step = seq, step
        self._update()

    def _take_window(self) -> None:
        """Before the rows are drawn: the window may have moved, or be stood at another place."""
        view, talk = self._view, self._talk
        if not isinstance(talk, Interleaved):
            return
        by = talk.take_shift()
        view.shift(by)
        if self._finding:
            self._finding.shift(by)
        view.arrived, view.more, talk.held = talk.arrived, not talk.live, not view.following

    def _take_stand(self) -> None:
        seq, self._standing = self._standing, None
        if seq is not None and isinstance(self._talk, Interleaved) and (block := self._talk.block_of(seq)) is not None:
            self._view.stand(block)
            if self._finding:
                self._finding.look(self._view.rows.blocks)
                self._finding.step(self._view, self._step, block if self._step > 0 else self._talk.last_block_of(block))

    def _ask_for_more(self) -> None:
        """After the rows were drawn."""
        if isinstance(self._talk, Interleaved):
            more = LAST if self._view.following and not self._talk.live else wanted_near(self._talk, self._view)
            if more:
                self._want(more)

    def _want(self, wanted: Wanted) -> None:
        if self._wanted is None or ((wanted.at is not None or wanted == LAST) and self._wanted != wanted):
            self._wanted = wanted
            self.post_message(self.PageAsked(wanted))
