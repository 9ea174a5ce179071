"""From the transcript of a run its words are found by keys alone, and the keys that decide stay what they were."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.message import Message, Speaker, TextPart, ToolCallPart, ToolResultPart
from hephaestus_tui.ui.screens.find import FindScreen
from hephaestus_tui.ui.screens.supervise import SuperviseScreen


def screen_text(app: Any) -> str:
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_words_are_found_by_keys_and_counted(
    size: tuple[int, int], make_app: Any, script: Any, wait_for: Any
) -> None:
    doing = script.task("Read the cache")
    script.start(doing)
    for ordinal in range(1, 60):
        said = f"Remark {ordinal}" + (", and a lighthouse." if ordinal in (7, 50) else ".")
        message = Message(ordinal=ordinal, speaker=Speaker.ASSISTANT, at=script.at, parts=(TextPart(said),))
        script.record(e.MessageAdded(task_id=doing, message=message))
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await wait_for(
            pilot, lambda: isinstance(app.screen, SuperviseScreen) and app.screen.selected, "the run is drawn"
        )
        await pilot.press("2")
        await wait_for(pilot, lambda: "Remark 59" in screen_text(app), "the transcript is drawn")
        await pilot.press("home", "ctrl+f")
        await wait_for(pilot, lambda: isinstance(app.screen, FindScreen), "it asks for words")
        await pilot.press(*"lighthouse", "enter")
        await wait_for(pilot, lambda: "1 of 2" in screen_text(app), "the first is shown")
        assert "Remark 7, and a lighthouse" in screen_text(app)
        await pilot.press("}")
        await wait_for(pilot, lambda: "2 of 2" in screen_text(app), "the second is shown")
        assert "Remark 50, and a lighthouse" in screen_text(app)
        await pilot.press("ctrl+f")
        await wait_for(pilot, lambda: isinstance(app.screen, FindScreen), "it asks again")
        await pilot.press("end", "s", "enter")
        await wait_for(pilot, lambda: any("nowhere" in note.message for note in app._notifications), "it says that")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_call_leads_to_its_proposal_and_back(
    size: tuple[int, int], make_app: Any, script: Any, wait_for: Any
) -> None:
    doing = script.task("Read the cache")
    script.start(doing)
    spawn = ToolCallPart("c1", "spawn_building_task", '{"title": "Share it"}')
    said = Message(ordinal=1, speaker=Speaker.ASSISTANT, at=script.at, parts=(TextPart("Nobody shares it."), spawn))
    script.record(e.MessageAdded(task_id=doing, message=said))
    made = script.propose("Share it", by=doing)
    result = ToolResultPart("c1", f'{{"task_id": "{made}", "standing": "proposed"}}')
    script.record(
        e.MessageAdded(task_id=doing, message=Message(ordinal=2, speaker=Speaker.TOOL, at=script.at, parts=(result,)))
    )
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await wait_for(
            pilot, lambda: isinstance(app.screen, SuperviseScreen) and app.screen.selected, "the run is drawn"
        )
        screen = app.screen
        screen.turn_to(doing)
        await pilot.press("2")
        await wait_for(pilot, lambda: "Nobody shares it." in screen_text(app), "the transcript is drawn")
        await pilot.press("g")
        await wait_for(pilot, lambda: screen.selected == made and "If you accept it" in screen_text(app), "it is shown")
        await pilot.press("o")
        await wait_for(pilot, lambda: "Nobody shares it." in screen_text(app), "the passage is shown again")
        assert screen.selected == made
