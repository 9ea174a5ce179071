"""Decides on many proposals in one step, after one question that says exactly what and how many."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from hephaestus_tui.domain.commands import Ruling
from hephaestus_tui.domain.decision import Proposal
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Phase, TaskId
from hephaestus_tui.ui.bulk import accepting, counted, doubtful, doubts, rejecting, rephased, rephasing
from hephaestus_tui.ui.notices import say
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.dialog import DialogScreen, decided_words
from hephaestus_tui.ui.screens.pick import Choice, PickScreen
from hephaestus_tui.ui.screens.reason import ReasonScreen
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import key_row
from hephaestus_tui.ui.widgets.row_list import Piece, RowList, Rows, spread

_PHASE_CELLS = max(len(phase) for phase in Phase) + 1
_REASON_CELLS = 200
CHANGED = "changed since: look at it, select it again"


class TogetherScreen(DialogScreen[tuple[Ruling, ...] | None]):
    """Gives back the decisions that a person confirmed, or None. `picked` are the proposals in the versions that were seen.

    One that is decided or changed meanwhile stays in the list and says so, but is left out of what is decided.
    """

    CSS = """
    TogetherScreen RowList { height: auto; max-height: 60vh; background: $surface; }
    TogetherScreen #told { height: auto; margin: 1 0 0 0; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a,A", "accept", "Accept all", show=False),
        Binding("r", "reject", "Reject all", show=False),
        Binding("p", "rephase", "Re-phase all", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]

    def __init__(
        self,
        title: str,
        picked: Mapping[TaskId, int],
        state: RunState,
        *,
        reason: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock)
        self._open = False
        self._reason = reason  # what was typed and not sent
        self._title, self._picked, self._state, self._clock = title, dict(picked), state, clock
        self._ids = list(picked)
        self._dead = state.dead()
        self._told = Static(id="told")
        self.list = RowList(self._paint)

    def compose(self) -> ComposeResult:
        with DialogBox(classes="dialog"):
            yield Static(content(line(self._title)), classes="title")
            yield self.list
            yield self._told
            keys = ("a", "accept all"), ("r", "reject all"), ("p", "accept all in another phase"), ("esc", "close")
            yield Static(key_row(*keys), classes="keys")

    def on_mount(self) -> None:
        super().on_mount()
        self._open = True
        self.refresh_state(self._state)

    def refresh_state(self, state: RunState) -> None:
        """Say of each what has become of it."""
        self._state = state
        if self._open:
            self._dead = state.dead()
            self.list.show(self._ids)
            ready = self.ready()
            doubt = doubtful(state, ready)
            left = len(self._ids) - len(ready)
            out = f"{left:,} left out: changed or decided meanwhile." if left else ""
            words = " ".join(part for part in (f"{_capital(counted(ready))}.", doubt, out) if part)
            self._told.update(content(words))

    def ready(self) -> list[Proposal]:
        """What stands as it was seen."""
        found = (self._state.proposals.get(task_id) for task_id in self._ids)
        return [p for p in found if p and p.version == self._picked[p.task_id]]

    def _paint(self, number: int, width: int) -> Rows:
        task_id = self._ids[number]
        proposal, draft = self._state.proposals.get(task_id), self._state.draft(task_id)
        title = line(draft.title) if draft else ""
        phase = draft.phase if draft else ""
        left = [Piece(f"{task_id:<4} "), Piece(phase.ljust(_PHASE_CELLS)), Piece(title)]
        ellipsis = self.glyphs.ellipsis
        if proposal and proposal.version == self._picked[task_id]:
            found = ", ".join(doubts(self._state, proposal, self._dead))
            right = Piece(line(found, width // 2, ellipsis=ellipsis), "careful")
        else:
            told = CHANGED if proposal else decided_words(self._state, task_id)
            right = Piece(line(told, width // 2, ellipsis=ellipsis), "careful" if proposal else "muted")
            left = [Piece(piece.text, "muted") for piece in left]
        room = max(width - sum(len(piece.text) for piece in left[:2]) - len(right.text) - 2, 4)
        left[2] = Piece(line(title, room, ellipsis=ellipsis), left[2].style)
        return [spread(left, [right, Piece(" ")], width)]

    def action_accept(self) -> None:
        if ready := self._may_decide():
            self._confirm(f"Accept {counted(ready)}.", ready, accepting(ready), f"accept {len(ready):,}")

    def action_reject(self) -> None:
        if ready := self._may_decide():
            self._ask_reason(ready)

    def action_rephase(self) -> None:
        if ready := self._may_decide():
            choices = [Choice(phase.value, f"accept all as {phase}") for phase in Phase]
            then = _with(self._phase_chosen, ready)
            self.app.push_screen(PickScreen(choices, "which phase shall they have?"), then)

    def _ask_reason(self, ready: Sequence[Proposal]) -> None:
        title = f"Reject {counted(ready)}"
        prompt = "Why? It is the reason for each of them, and their agents read it."
        screen = ReasonScreen(title, prompt, required=True, text=self._reason)
        self.app.push_screen(screen, _with(self._reason_given, ready))

    def _reason_given(self, ready: Sequence[Proposal], reason: str) -> None:
        self._reason = reason
        question = f"Reject {counted(ready)}.\nReason: {line(reason, _REASON_CELLS)}"
        self._confirm(question, (), rejecting(ready, reason), f"reject {len(ready):,}")

    def _phase_chosen(self, ready: Sequence[Proposal], chosen: str) -> None:
        phase = Phase(chosen)
        self._confirm(f"Accept {rephased(ready, phase)}.", ready, rephasing(ready, phase), f"accept {len(ready):,}")

    def _may_decide(self) -> list[Proposal]:
        if not self.hold.over():
            return []
        ready = self.ready()
        if not ready:
            say(self.app, "nothing is left here to decide on")
        return ready

    def _confirm(self, question: str, accepted: Sequence[Proposal], rulings: tuple[Ruling, ...], yes: str) -> None:
        if doubt := doubtful(self._state, accepted):
            question += f"\n{doubt}"
        ask = ConfirmScreen(question, yes=yes, no="decide nothing", clock=self._clock)

        def answered(sure: bool | None) -> None:
            if sure:
                self.dismiss(rulings)

        self.app.push_screen(ask, answered)

    def action_move(self, by: int) -> None:
        self.list.move(by)

    def action_page(self, by: int) -> None:
        self.list.page(by)


def _with(then: Callable[[Sequence[Proposal], str], None], ready: Sequence[Proposal]) -> Callable[[str | None], None]:
    def given(words: str | None) -> None:
        if words:
            then(ready, words)

    return given


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
