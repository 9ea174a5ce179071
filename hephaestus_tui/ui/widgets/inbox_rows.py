"""How an item of the inbox reads: what it is, for which task, since when, who asks, and what it holds up."""

from __future__ import annotations

from rich.cells import cell_len

from hephaestus_tui.domain.attention import Attention, AttentionKind, holds
from hephaestus_tui.domain.decision import Query
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import GlyphSet, Mark
from hephaestus_tui.ui.marks import mark_of
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.row_list import Piece, spread
from hephaestus_tui.ui.words import ago

KINDS: dict[AttentionKind, tuple[str, Mark]] = {
    AttentionKind.PERMISSION: ("permission", Mark.NEEDS_YOU),
    AttentionKind.QUESTION: ("question", Mark.NEEDS_YOU),
    AttentionKind.CRITERION: ("not met", Mark.NEEDS_YOU),
    AttentionKind.STALLED: ("stalled", Mark.NEEDS_YOU),
    AttentionKind.INTERRUPTED: ("interrupted", Mark.NEEDS_YOU),
    AttentionKind.PROPOSAL: ("proposal", Mark.PROPOSED),
    AttentionKind.FAILED: ("failed", Mark.FAILED),
    AttentionKind.BLOCKER_GONE: ("blocker gone", Mark.DEAD),
    AttentionKind.BOUND: ("spawn bound", Mark.BLOCKED),
    AttentionKind.BUDGET: ("limit", Mark.PAUSED),
    AttentionKind.REPORT: ("in the way", Mark.NEEDS_YOU),
    AttentionKind.REVIEW: ("review", Mark.TO_MERGE),
}
ASKED = "asked back"
HEIGHT = 2
_STYLES = {
    Mark.NEEDS_YOU: "secondary",
    Mark.TO_MERGE: "secondary",
    Mark.FAILED: "bad",
    Mark.DEAD: "bad",
    Mark.BLOCKED: "careful",
}
_KIND_CELLS = 15  # mark and kind
_TEXT = 300
_LISTED = 12
_OF_MANY = (AttentionKind.BOUND, AttentionKind.BUDGET)


def title_of(state: RunState, task_id: TaskId) -> str:
    draft = state.draft(task_id)
    return line(draft.title, _TEXT) if draft else ""


def item_words(state: RunState, item: Attention) -> str:
    """What a search in the inbox looks through."""
    who = _who(state, item)
    return f"{KINDS[item.kind][0]} {item.task_id} {title_of(state, item.task_id)} {who} {line(item.text, _TEXT)}"


def item_rows(state: RunState, item: Attention, now: float, width: int, glyphs: GlyphSet) -> list[list[Piece]]:
    """Two rows of `width` cells: what it is, for which task, what it holds up; and since when, who asks, and what."""
    name, mark = KINDS[item.kind]
    if item.kind is AttentionKind.PROPOSAL:
        mark = mark_of(state, item.task_id)
    kind = Piece(f"{glyphs.marks[mark]} {name}", _STYLES.get(mark, "text"))
    since, held = ago(now - item.since), _held(state, item)
    if item.kind in _OF_MANY:
        return _two(
            kind, since, "", line(item.text, _TEXT), " ".join((item.task_id, *item.concerned)), held, width, glyphs
        )
    says = "" if item.kind is AttentionKind.PROPOSAL else line(item.text, _TEXT)
    told = ": ".join(part for part in (_who(state, item), says) if part)
    return _two(kind, since, item.task_id, title_of(state, item.task_id), told, held, width, glyphs)


def asked_words(state: RunState, query: Query) -> str:
    return f"{ASKED} {query.task_id} {title_of(state, query.task_id)} {line(query.text, _TEXT)}"


def asked_rows(state: RunState, query: Query, now: float, width: int, glyphs: GlyphSet) -> list[list[Piece]]:
    """The same for a proposal about which its agent owes an answer: nobody needs to do anything about it."""
    kind = Piece(f"{glyphs.marks[Mark.QUERIED]} {ASKED}")
    proposal = state.proposals.get(query.task_id)
    agent = f"{proposal.origin.task_id}'s agent" if proposal and proposal.origin.task_id else "its agent"
    told = f"asked; {agent} answers: {line(query.text, _TEXT)}"
    title = title_of(state, query.task_id)
    rows = _two(kind, ago(now - query.asked_at), query.task_id, title, told, "", width, glyphs)
    return [[Piece(piece.text, "muted") for piece in row] for row in rows]


def _two(
    kind: Piece, since: str, task_id: TaskId, title: str, told: str, held: str, width: int, glyphs: GlyphSet
) -> list[list[Piece]]:
    ellipsis = glyphs.ellipsis
    lead = f"{task_id} " if task_id else ""
    held = line(held, width // 3, ellipsis=ellipsis)
    room = max(width - _KIND_CELLS - len(lead) - cell_len(held) - 3, 0)
    first = [
        Piece(kind.text.ljust(_KIND_CELLS), kind.style), Piece(lead, "strong"),
        Piece(line(title, room, ellipsis=ellipsis)),
    ]  # fmt: skip
    second = [
        Piece(f"  {since}".ljust(_KIND_CELLS), "muted"),
        Piece(line(told, max(width - _KIND_CELLS - 1, 0), ellipsis=ellipsis), "muted"),
    ]
    return [spread(first, [Piece(f"{held} ", "accent")], width), second]


def _who(state: RunState, item: Attention) -> str:
    proposal = state.proposals.get(item.task_id)
    if item.kind is AttentionKind.PROPOSAL and proposal:
        spawner = proposal.origin.task_id
        if spawner is None:
            return "a person proposes it"
        return f"{spawner}'s {_role(state, spawner)} {'waits for it' if item.stands else 'proposes it'}"
    if item.kind is AttentionKind.BLOCKER_GONE:
        return ""
    return _role(state, item.task_id)


def _role(state: RunState, task_id: TaskId) -> str:
    agent, draft = state.agents.get(task_id), state.draft(task_id)
    role = agent.role if agent else draft.role if draft else ""
    return line(role.replace("_", " "), 40) or "agent"


def _held(state: RunState, item: Attention) -> str:
    """ "its agent and 3: T4 T5 T6"; "" where nothing waits for it."""
    stands = item.stands and item.kind is not AttentionKind.BUDGET
    count = item.holds_up - stands
    listed = f"{count:,}: {' '.join(holds(state, item, _LISTED))}" if count else ""
    return " and ".join(part for part in ("its agent" if stands else "", listed) if part)
