"""A context is seen in the detail pane, and compacted by a key."""

from __future__ import annotations

from typing import Any

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.context_commands import Compact
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.ui.actions.registry import BY_ID
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.why_not import why_not
from hephaestus_tui.ui.widgets.detail_text import detail

ADA = Actor(ActorKind.HUMAN, "Ada")
MEASURED = e.ContextMeasured(task_id="T1", model="m", tokens=24_000, estimate=20_000, window=32_000, assumed=True)


async def test_a_key_has_it_compacted(tale: Any, at_desk: Any) -> None:
    tale.record(MEASURED)

    async def does(desk: Any) -> None:
        await desk.press("K")
        assert await desk.submitted(1) == [Compact(task_id="T1", actor=ADA)]

    await at_desk(does)


def test_the_detail_says_how_full_it_is_and_the_key_why_it_does_nothing(tale: Any) -> None:
    compact = BY_ID["agent.compact"]
    assert not compact.applies(tale.state(), "T1")
    assert why_not(compact, tale.state(), "T1") == "compact: the agent of T1 has said nothing yet"
    tale.record(MEASURED)
    tale.record(e.CompactionAsked(task_id="T1", actor=ADA))
    assert compact.applies(tale.state(), "T1")
    text = "\n".join(row.plain for row in detail(tale.state(), "T1", 0.0, UNICODE))
    assert 'context 24,000 of 32,000 tokens (75 %), which is assumed: windows."m" in the settings would say it' in text
    assert "is compacted before its next turn, as Ada asked" in text
