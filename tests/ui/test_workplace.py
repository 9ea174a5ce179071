"""A person who must not wait for a review that never comes is told so, for as long as it holds; and what tasks do not see."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.events import TaskRetried, WorkspacesChosen
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.work import WorkspaceMode
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.passing import passing_words
from hephaestus_tui.ui.widgets.workplace_banner import WorkplaceBanner


class One(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.banner = WorkplaceBanner(UNICODE.ellipsis)

    def compose(self) -> ComposeResult:
        yield self.banner


@pytest.mark.parametrize("width", [20, 80, 140])
@pytest.mark.parametrize("mode", [None, *WorkspaceMode])
async def test_the_banner_stands_where_agents_work_in_the_project_itself(width, mode) -> None:
    app = One()
    async with app.run_test(size=(width, 4)) as pilot:
        app.banner.show(RunState(workspaces_chosen=WorkspacesChosen(mode=mode) if mode else None))
        await pilot.pause()
        assert app.banner.display == (mode is WorkspaceMode.OFF)
        if app.banner.display:
            row = app.banner.render_line(0).text
            assert row.strip().startswith("NO WORKSPACES")
            assert len(row) <= width
            assert ("doctor` says why" in row) == (width == 140)


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        (WorkspacesChosen(mode=WorkspaceMode.GIT), ""),
        (WorkspacesChosen(mode=WorkspaceMode.COPY, why="/p is not under git."), "in copies of the project (/p is not"),
        (WorkspacesChosen(mode=WorkspaceMode.OFF, why="no git"), "in the project itself (no git): nothing is reviewed"),
        (WorkspacesChosen(mode=WorkspaceMode.GIT, uncommitted=("a",)), "do not see 1 file of yours not committed (a)"),
        (WorkspacesChosen(mode=WorkspaceMode.GIT, uncommitted=tuple("abcde")), "5 files of yours not committed (a, b, c and 2"),
    ],
)  # fmt: skip
def test_where_tasks_work_is_said_in_passing_where_it_is_not_as_one_expects(chosen, told) -> None:
    words = passing_words(chosen)
    assert told in words
    assert bool(words) == bool(told)


def test_most_facts_say_nothing_in_passing() -> None:
    assert passing_words(TaskRetried(task_id="T1", actor=Actor(ActorKind.HUMAN, "ada"))) == ""
