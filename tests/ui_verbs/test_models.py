"""Another model is chosen by keys alone, for a task or for the run; and who fell back on another is seen."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.commands import ChooseModel
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.screens.model import models_seen
from hephaestus_tui.ui.widgets.detail_text import detail

ADA = Actor(ActorKind.HUMAN, "Ada")
REFUSED = 'anthropic (api.anthropic.com) answered 401: "invalid x-api-key".'


def fell_back(tale: Any) -> None:
    first = tale.state().agents["T1"].model
    tale.record(
        e.ModelSwitched(task_id="T1", turn=2, before=first, model="openai:gpt", reason=REFUSED, fallback=True)
    )  # fmt: skip


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_it_is_chosen_for_the_selected_task(tale: Any, at_desk: Any, size: tuple[int, int]) -> None:
    fell_back(tale)

    async def does(desk: Any) -> None:
        await desk.sees("1 on another model")
        await desk.press("h")
        await desk.sees("Which model answers for T1", "T1 Look at the routes", "now openai:gpt", "in place of")
        await desk.press(*"anthropic:large", "enter")
        assert await desk.submitted(1) == [ChooseModel(model="anthropic:large", task_id="T1", actor=ADA)]

    await at_desk(does, size)


async def test_it_is_chosen_for_the_run_from_those_that_are_known(tale: Any, at_desk: Any) -> None:
    fell_back(tale)
    seen = models_seen(tale.state())
    assert seen[-1] == "openai:gpt"

    async def does(desk: Any) -> None:
        await desk.press("h")
        await desk.sees("for the run")
        await desk.press("ctrl+t")
        await desk.sees("Which model answers for the run", "new tasks begin with scripted:demo")
        await desk.press("up", "down", "up")
        await desk.sees("openai:gpt")
        await desk.press("enter")
        assert await desk.submitted(1) == [ChooseModel(model="openai:gpt", task_id=None, actor=ADA)]

    await at_desk(does)


async def test_an_empty_line_leaves_it_to_the_settings(tale: Any, at_desk: Any) -> None:
    async def does(desk: Any) -> None:
        await desk.press("h")
        await desk.sees("Which model answers for T1")
        await desk.press("enter")
        assert await desk.submitted(1) == [ChooseModel(model="", task_id="T1", actor=ADA)]

    await at_desk(does)


async def test_what_is_refused_stands_in_the_line_again_with_the_reason(tale: Any, at_desk: Any) -> None:
    async def does(desk: Any) -> None:
        desk.session.refusals.append(UsageError("There is no provider 'nope'."))
        await desk.press("h")
        await desk.sees("Which model answers for T1")
        await desk.press(*"nope", "enter")
        await desk.sees("write PROVIDER:MODEL")
        await desk.press(*":x", "enter")
        await desk.sees("There is no provider 'nope'.", "nope:x")
        await desk.press("escape")
        await desk.back()
        assert [command.model for command in desk.session.commands] == ["nope:x"]

    await at_desk(does)


async def test_the_first_moments_choose_nothing(tale: Any, at_desk: Any) -> None:
    async def does(desk: Any) -> None:
        desk.clock.hold()
        await desk.press("h")
        await desk.sees("Which model answers for T1")
        await desk.press("enter")
        await desk.pilot.pause()
        assert desk.session.commands == []
        desk.clock.let_go()
        await desk.press("enter")
        await desk.submitted(1)

    await at_desk(does)


def test_the_detail_says_who_answers_in_whose_place_and_why(tale: Any) -> None:
    fell_back(tale)
    state = tale.state()
    fell = state.agents["T1"].fell_back
    text = "\n".join(row.plain for row in detail(state, "T1", fell.since + 90, UNICODE))
    assert "on openai:gpt" in text
    assert f"in place of scripted:demo: {REFUSED}" in text
    tale.record(e.ModelChosen(task_id="T1", model="openai:gpt", actor=ADA))
    assert "in place of" not in "\n".join(row.plain for row in detail(tale.state(), "T1", 0.0, UNICODE))
