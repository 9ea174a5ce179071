"""Says at a glance what the run is, what it costs, and above all what waits for the person in front of it."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from hephaestus_tui.domain.answering import fallen_back
from hephaestus_tui.domain.model_name import short_model
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.glyphs import GlyphSet, Mark
from hephaestus_tui.ui.held import other_policies, policy_words
from hephaestus_tui.ui.standing import Standing
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.dag_gutter import lines_for
from hephaestus_tui.ui.words import cost, count, first_line, thousands


class RunHeader(Widget):
    """Two rows, one where the screen is low. `agents` is the most that may work at once."""

    DEFAULT_CSS = """
    RunHeader { height: 2; padding: 0 1; background: $panel; color: $foreground; }
    RunHeader.-low { height: 1; }
    """

    class InboxAsked(Message):
        """A person clicked on how much waits for them."""

    def __init__(self, glyphs: GlyphSet, agents: int, note: str) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._agents = agents
        self._note = note
        self._state = RunState()
        self._standing = Standing()
        self._said: object = None
        self._opening = "opening"

    def show(self, state: RunState, stand: Standing) -> None:
        """Take the numbers of a frame; draws only when one of them is another than before."""
        self._state, self._standing, self._note = state, stand, ""
        said = (
            self._standing,
            state.goal,
            state.model_chosen or state.model,
            len(fallen_back(state)),
            state.policy,
            state.containment,
            state.role_policies,
            state.paused,
            state.usage.total,
            state.usage.cost,
        )
        if said != self._said:
            self._said = said
            self.refresh()

    def tell(self, opening: str) -> None:
        """Say how far the opening of a run has come."""
        self._opening = opening
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        last = self.content_size.height - 1
        if at is not None and at.y == last and at.x < self._waiting().cell_length and self._state.run_id:
            self.post_message(self.InboxAsked())

    def render(self) -> Content:
        width = self.content_size.width
        rows = [self._second(width)] if self.content_size.height < 2 else [self._first(width), self._second(width)]
        return Content("\n").join(rows)

    def _first(self, width: int) -> Content:
        ellipsis = self._glyphs.ellipsis
        chosen = short_model(self._state.model_chosen or self._state.model)
        model = Content.styled(line(chosen, max(width // 3, 12), ellipsis=ellipsis), "$text-muted")
        if others := len(fallen_back(self._state)):
            told = f"{others:,} on another model {self._glyphs.bullet} "
            model = Content.styled(told, "$warning") + model
        room = max(width - model.cell_length - 2, 8)
        goal = line(first_line(self._state.goal or self._note), room, ellipsis=ellipsis)
        return _spread(Content.styled(goal, "bold"), model, width)

    def _second(self, width: int) -> Content:
        if not self._state.run_id:
            note = f"{self._opening}: {self._note}" if self.content_size.height < 2 else self._opening
            return Content.styled(line(note, width, ellipsis=self._glyphs.ellipsis), "$text-muted")
        policy = self._policy(long=False)
        rights = (self._sums(long=True), self._sums(long=False), policy + self._cost(), policy)
        wordy, bare = (Content("   ").join(self._parts(words=words)) for words in (True, False))
        for left, right in (*((wordy, right) for right in rights[:3]), *((bare, right) for right in rights)):
            if left.cell_length + right.cell_length + 3 <= width:
                return _spread(left, right, width)
        # what agents may do unasked is the last to go, and how much waits never does
        return next((left for left in (wordy, bare) if left.cell_length <= width), self._waiting())

    def _parts(self, *, words: bool) -> list[Content]:
        """What stands at the left; without `words` some counts are bare signs."""
        return [self._waiting(), *self._work(words=words), *self._overlaps(words=words)]

    def _waiting(self) -> Content:
        waiting, glyph = self._standing.waiting, self._glyphs.marks[Mark.NEEDS_YOU]
        if waiting:
            verb = "waits" if waiting == 1 else "wait"
            return Content.styled(f" {glyph} {waiting:,} {verb} for you ", "bold $background on $secondary")
        return Content.styled("nothing waits for you", "$text-muted")

    def _work(self, *, words: bool) -> list[Content]:
        stand = self._standing
        if self._state.paused:
            told = f"run paused, {stand.stepping:,} stepping" if stand.stepping else "run paused"
            return [Content.styled(told, "bold $warning")]
        if stand.at_work:
            many = f"{stand.at_work}/{self._agents}" if self._agents else f"{stand.at_work}"
            # among others that are at work the rows say which one steps: here there is no room for both
            doing = "stepping" if stand.stepping >= stand.at_work else "at work"
            agents = f"{self._glyphs.marks[Mark.RUNNING]} {many} {doing}"
            return [Content.styled(agents, "$primary"), self._done(), *self._to_merge(words=words)]
        if stand.held:
            return [Content.styled(f"{stand.held:,} held at a budget", "bold $warning"), self._done()]
        if stand.finished:
            style = "bold $warning" if stand.failed or stand.cancelled else "bold $success"
            return [Content.styled("finished", style), self._done(), *self._undone(words=words)]
        idle = Content.styled("no agent at work", "$text-muted")
        if stand.interrupted:
            idle = Content.styled(f"{stand.interrupted:,} interrupted", "bold $warning")
        return [idle, self._done(), *self._to_merge(words=words)]

    def _overlaps(self, *, words: bool) -> list[Content]:
        if not (many := self._standing.overlaps):
            return []
        told = f"{lines_for(self._glyphs).shared} {count(many, 'overlap') if words else f'{many:,}'}"
        return [Content.styled(told, "$warning")]

    def _undone(self, *, words: bool) -> list[Content]:
        counted = (
            (Mark.FAILED, self._standing.failed, "failed", "$error"),
            (Mark.CANCELLED, self._standing.cancelled, "cancelled", "$text-muted"),
        )
        return [
            Content.styled(f"{self._glyphs.marks[m]} {n:,}" + (f" {word}" if words else ""), style)
            for m, n, word, style in counted
            if n
        ]

    def _to_merge(self, *, words: bool) -> list[Content]:
        if not (number := self._standing.to_merge):
            return []
        told = f"{self._glyphs.marks[Mark.TO_MERGE]} {number:,}" + (" to merge" if words else "")
        return [Content.styled(told, "$secondary")]

    def _done(self) -> Content:
        return Content.styled(
            f"{self._glyphs.marks[Mark.DONE]} {self._standing.done:,}/{self._standing.tasks:,}", "$success"
        )

    def _sums(self, *, long: bool) -> Content:
        usage = self._state.usage
        tokens = thousands(usage.total) + (" tokens" if long else " tok")
        sums = Content.styled(f" {self._glyphs.bullet} {tokens} {self._glyphs.bullet} {cost(usage)}", "$text-muted")
        return self._policy(long=long) + sums

    def _cost(self) -> Content:
        return Content.styled(f" {self._glyphs.bullet} {cost(self._state.usage)}", "$text-muted")

    def _policy(self, *, long: bool) -> Content:
        state = self._state
        return Content.styled(
            *policy_words(state.policy, state.containment, long=long, roles=len(other_policies(state)))
        )


def _spread(left: Content, right: Content, width: int) -> Content:
    gap = width - left.cell_length - right.cell_length
    return left + Content(" " * gap) + right if gap > 0 else left
