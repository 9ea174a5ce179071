"""How an item of the inbox reads: what it is, for which task, since when, who asks, and what it holds up."""

from __future__ import annotations

from rich.cells import cell_len

from hephaestus_tui.domain.attention import Attention, AttentionKind, holds
from hephaestus_tui.domain.decision import Query
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import GlyphSet, Mark, mark_of
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.row_list import Piece, spread
from hephaestus_tui.ui.words import ago

KINDS: dict[AttentionKind, tuple[str, Mark]] = {
    AttentionKind.PERMISSION: ("permission", Mark.NEEDS_YOU),
    AttentionKind.QUESTION: ("question", Mark.NEEDS_YOU),
    AttentionKind.STALLED: ("stalled", Mark.NEEDS_YOU),
    AttentionKind.INTERRUPTED: ("interrupted", Mark.NEEDS_YOU),
    AttentionKind.PROPOSAL: ("proposal", Mark.PROPOSED),
    AttentionKind.FAILED: ("failed", Mark.FAILED),
    AttentionKind.BLOCKER_GONE: ("blocker gone", Mark.DEAD),
    AttentionKind.BOUND: ("spawn bound", Mark.BLOCKED),
    AttentionKind.BUDGET: ("limit", Mark.PAUSED),
}
ASKED = "asked back"
HEIGHT = 2
_STYLES = {Mark.NEEDS_YOU: "secondary", Mark.FAILED: "bad", Mark.DEAD: "bad", Mark.BLOCKED: "careful"}
_KIND_CELLS = 15  # mark and kind
_TEXT = 300


def title_of(state: RunState, task_id: TaskId) -> str:
    draft = state.draft(task_id)
    return line(draft.title, _TEXT) if draft else ""


def item_words(state: RunState, item: Attention) -> str:
    """What a search in the inbox looks through."""
    return f"{KINDS[item.kind][0]} {item.task_id} {title_of(state, item.task_id)} {_who(state, item)} {line(item.text, _TEXT)}"


def item_rows(state: RunState, item: Attention, now: float, width: int, glyphs: GlyphSet) -> list[list[Piece]]:
    """Two rows of `width` cells."""
    name, mark = KINDS[item.kind]
    if item.kind is AttentionKind.PROPOSAL:
        mark = mark_of(state, item.task_id)
    head = Piece(f"{glyphs.marks[mark]} {name}".ljust(_KIND_CELLS), _STYLES.get(mark, "text"))
    says = "" if item.kind is AttentionKind.PROPOSAL else line(item.text, _TEXT)
    who = _who(state, item)
    told = f"{who}: {says}" if who and says else who or says
    return _two(head, item.task_id, title_of(state, item.task_id), ago(now - item.since), told, _held(state, item), width,
                glyphs.ellipsis)  # fmt: skip


def asked_words(state: RunState, query: Query) -> str:
    return f"{ASKED} {query.task_id} {title_of(state, query.task_id)} {line(query.text, _TEXT)}"


def asked_rows(state: RunState, query: Query, now: float, width: int, glyphs: GlyphSet) -> list[list[Piece]]:
    """The same for a proposal about which its agent owes an answer: nobody needs to do anything about it."""
    head = Piece(f"{glyphs.marks[Mark.QUERIED]} {ASKED}".ljust(_KIND_CELLS))
    proposal = state.proposals.get(query.task_id)
    agent = f"{proposal.origin.task_id}'s agent" if proposal and proposal.origin.task_id else "its agent"
    told = f"asked; {agent} answers: {line(query.text, _TEXT)}"
    title = title_of(state, query.task_id)
    rows = _two(head, query.task_id, title, ago(now - query.asked_at), told, "", width, glyphs.ellipsis)
    return [[Piece(piece.text, "muted") for piece in row] for row in rows]


def _two(
    head: Piece, task_id: TaskId, title: str, since: str, told: str, held: str, width: int, ellipsis: str
) -> list[list[Piece]]:
    room = max(width - cell_len(head.text) - len(task_id) - len(since) - 3, 0)
    first = [head, Piece(f"{task_id} ", "strong"), Piece(line(title, room, ellipsis=ellipsis))]
    held = line(held, max(width // 2, 20), ellipsis=ellipsis)
    room = max(width - _KIND_CELLS - cell_len(held) - 2, 0)
    second = [Piece(" " * _KIND_CELLS), Piece(line(told, room, ellipsis=ellipsis), "muted")]
    return [spread(first, [Piece(f"{since} ", "muted")], width), spread(second, [Piece(f"{held} ")], width)]


def _who(state: RunState, item: Attention) -> str:
    proposal = state.proposals.get(item.task_id)
    if item.kind is AttentionKind.PROPOSAL and proposal:
        spawner = proposal.origin.task_id
        if spawner is None:
            return "a person proposes it"
        return f"{spawner}'s {_role(state, spawner)} {'waits for it' if item.stands else 'proposes it'}"
    if item.kind in (AttentionKind.BOUND, AttentionKind.BLOCKER_GONE, AttentionKind.BUDGET):
        return ""
    return _role(state, item.task_id)


def _role(state: RunState, task_id: TaskId) -> str:
    agent, draft = state.agents.get(task_id), state.draft(task_id)
    role = agent.role if agent else draft.role if draft else ""
    return line(role.replace("_", " "), 40) or "agent"


def _held(state: RunState, item: Attention) -> str:
    """ "holds up its agent and 3: T4 T5 T6"; "" where nothing waits for it."""
    held = holds(state, item)
    agent = "its agent" if item.stands and item.kind is not AttentionKind.BUDGET else ""
    listed = f"{len(held):,}: {' '.join(held[:50])}" if held else ""
    parts = " and ".join(part for part in (agent, listed) if part)
    return f"holds up {parts}" if parts else ""
