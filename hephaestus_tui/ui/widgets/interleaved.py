"""What many agents say, in the order of the run: some pages of it around where one reads, and what is added as it happens."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.message import Speaker
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.session import Page
from hephaestus_tui.ui.widgets.blocks import Block, Head
from hephaestus_tui.ui.widgets.entries import Entry, changed_by, entry_of
from hephaestus_tui.ui.widgets.speaking import Speaking
from hephaestus_tui.ui.widgets.stamps import Stamp

# messages that are kept as blocks: some pages before and after what is read
KEPT = 500


@dataclass(frozen=True, slots=True)
class Many:
    """Of whom the words are, as the run stands when it is asked: `wants` chooses tasks, `questions` are all open ones."""

    wants: Callable[[TaskId], bool]
    head: Callable[[TaskId], Head]
    at_work: Callable[[TaskId], bool]
    questions: Callable[[], Sequence[e.Question]]


class Interleaved:
    """A window on what was said; all of `begin <= seq < end` is there. `blocks` may be read at any time.

    It is `live` while new words are added below; else they are only counted, until the pages between are added.
    """

    def __init__(self, page: Page, many: Many, *, kept: int = KEPT) -> None:
        """At most `kept` messages are there after a page was added, and twice as many while new ones come."""
        self._kept = kept
        self.blocks: list[Block] = []
        self.stamps: dict[int, Stamp] = {}
        self.begin, self.end, self.live = page.begin, page.end, page.end > page.seq
        self.arrived = 0  # blocks that came since it was opened, shown or not
        self.later: list[Entry] = []  # the last of what came after the window
        self.held = False  # somebody reads above, so that nothing goes from there
        self._many = many
        self._seq = page.seq
        self._shift = 0
        self._entries: list[Entry] = []
        self._speaking = Speaking(many.at_work)
        self._settled = 0
        self._fresh: set[TaskId] = set()
        self.add(page)

    def add(self, page: Page) -> None:
        """Take another page: one that borders on what is there is joined to it, any other replaces it. A far end goes."""
        before, above = self._entries, page.end == self.begin
        if above or page.begin == self.end:
            known, self.begin, self.end = self._entries, min(page.begin, self.begin), max(page.end, self.end)
        else:
            known, self.begin, self.end = [], page.begin, page.end
        self.live = self.end > max(self._seq, page.seq)
        entries = [*self._read(page), *known] if above else [*known, *self._read(page)]
        if len(entries) > self._kept and above:
            self.end, self.live = entries[self._kept].seq, False
            del entries[self._kept :]
        self.later = [entry for entry in (*before, *self.later) if entry.seq >= self.end][-self._kept :]
        self._show(self._last(entries) if not above else entries)

    def feed(self, facts: Sequence[e.Recorded], flickers: Sequence[e.Flicker]) -> None:
        """Take one frame's events, of any task; facts count before flickers, which may be older than they."""
        del self.blocks[self._settled :]
        for recorded in facts:
            if recorded.seq > self._seq:
                self._seq = recorded.seq
                self._fact(recorded)
        for flicker in flickers:
            if self._many.wants(flicker.task_id) and not self._is_over(flicker):
                self._speaking.take(flicker)
        if len(self._entries) >= 2 * self._kept:
            self.live = self.live and not self.held
            if not self.held:
                self._show(self._last(self._entries))
                return
        self._show_tail()

    @property
    def entries(self) -> Sequence[Entry]:
        return self._entries

    def take_shift(self) -> int:
        """By how much the number of each block has grown since this was asked last; negative where some above went."""
        shift, self._shift = self._shift, 0
        return shift

    def entry_at(self, block: int) -> Entry | None:
        """The message to which a block belongs, or which its head announces."""
        if not self._entries or not 0 <= block < self._settled:
            return None
        if isinstance(self.blocks[block], Head):
            block += 1
        return self._entries[max(bisect_right(self._entries, block, key=lambda entry: entry.start) - 1, 0)]

    def block_of(self, seq: int) -> int | None:
        """The first block of the message at this place of the journal, or of the first after it."""
        return next((entry.start for entry in self._entries if entry.seq >= seq), None)

    def last_block_of(self, block: int) -> int:
        """The last block of the message to which a block belongs."""
        entry = self.entry_at(block)
        return entry.start + len(entry.blocks) - 1 if entry else block

    # -- what is there

    def _read(self, page: Page) -> list[Entry]:
        entries: list[Entry] = []
        fresh: set[TaskId] = set()
        for recorded in page.facts:
            if entry := entry_of(recorded, fresh):
                entries.append(entry)
            else:
                list(changed_by(recorded, entries, self._many.at_work))
        for question in self._many.questions():
            list(changed_by(e.Recorded(0, 0.0, e.QuestionAsked(question=question)), entries, self._many.at_work))
        return [entry for entry in entries if page.begin <= entry.seq < page.end and entry.blocks]

    def _last(self, entries: list[Entry]) -> list[Entry]:
        kept = entries[-self._kept :]
        if len(kept) < len(entries):
            self.begin = kept[0].seq
        return kept

    def _show(self, entries: list[Entry]) -> None:
        """Lay out all blocks anew, with a head wherever another agent goes on."""
        was = {entry: entry.start for entry in self._entries}
        self._entries = entries
        self.blocks.clear()
        self.stamps.clear()
        before: Entry | None = None
        for entry in entries:
            self._place(entry, before)
            before = entry
        anchor = next((entry for entry in entries if entry in was), None)
        self._shift += anchor.start - was[anchor] if anchor else 0
        self._show_tail()

    def _place(self, entry: Entry, before: Entry | None) -> None:
        if before is None or before.task_id != entry.task_id:
            self.blocks.append(self._many.head(entry.task_id))
        entry.start = len(self.blocks)
        self.blocks += entry.blocks
        self._stamp(entry)

    def _stamp(self, entry: Entry) -> None:
        if entry.stamp:
            self.stamps[entry.start] = entry.stamp

    def _show_tail(self) -> None:
        self._settled = len(self.blocks)
        if self.live:
            self.blocks += self._speaking.lines()

    # -- what happens

    def _is_over(self, flicker: e.Flicker) -> bool:
        """Whether it is output of a command that has ended: flickers may be older than facts."""
        if not isinstance(flicker, e.ToolOutput):
            return False
        said = (n for n in reversed(self._entries) if n.task_id == flicker.task_id and n.turn == flicker.turn)
        return not any(entry.calls.waits_at(flicker.turn, flicker.index) for entry in said)

    def _fact(self, recorded: e.Recorded) -> None:
        fact = recorded.fact
        entry = entry_of(recorded, self._fresh) if self._many.wants(getattr(fact, "task_id", "")) else None
        if isinstance(fact, e.MessageAdded) and fact.message.speaker is Speaker.ASSISTANT:
            self._speaking.end(fact.task_id, fact.message.ordinal)
        elif isinstance(fact, e.MessageAdded) and fact.message.speaker is Speaker.TOOL:
            self._speaking.ran(fact.task_id)
        elif isinstance(fact, e.TurnCut):
            self._speaking.end(fact.task_id, fact.turn - 1)
        if entry and entry.blocks and recorded.seq >= self.end:
            self.arrived += len(entry.blocks)
            if self.live:
                self._place(entry, self._entries[-1] if self._entries else None)
                self._entries.append(entry)
            else:
                self.later.append(entry)
                if len(self.later) >= 2 * self._kept:
                    del self.later[: self._kept]
        elif entry is None:
            list(changed_by(recorded, self.later, self._many.at_work))
            for changed in changed_by(recorded, self._entries, self._many.at_work):
                self.blocks[changed.start : changed.start + len(changed.blocks)] = changed.blocks
                self._stamp(changed)
        if self.live:
            self.end = max(self.end, recorded.seq + 1)
