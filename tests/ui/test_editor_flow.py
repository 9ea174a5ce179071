"""`E` from key to command: the editor's file is read, reviewed and accepted, and whatever goes wrong loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from textual.widgets import Static

from hephaestus_tui.domain.decision import Actor, ActorKind, Verdict
from hephaestus_tui.domain.errors import AlreadyDecided, EditorFailed, StaleVersion, StoreError
from hephaestus_tui.ui.screens.edit import EditScreen
from hephaestus_tui.ui.screens.reject import RejectScreen
from hephaestus_tui.ui.screens.review import ReviewScreen
from hephaestus_tui.ui.screens.supervise import SuperviseScreen
from hephaestus_tui.ui.screens.written import WrittenScreen

ADA = Actor(ActorKind.HUMAN, "Ada")
Step = Callable[[str], str]


class Clock:
    """Each look at it is a second later: no key comes too soon."""

    now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


class FakeEditor:
    """Does one step each time it is opened; `seen` is what it was given, `kept` what had to be stored."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self.steps = list(steps)
        self.seen: list[str] = []
        self.kept: list[str] = []
        self.unstored = ""

    async def edit(self, text: str, name: str) -> str:
        self.seen.append(text)
        return self.steps.pop(0)(text)

    async def keep(self, text: str, name: str) -> str:
        if self.unstored:
            raise EditorFailed(self.unstored)
        self.kept.append(text)
        return f"/drafts/{name}.md"


def put(old: str, new: str) -> Step:
    def step(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return step


def fail(why: str, text: str | None = None) -> Step:
    def step(before: str) -> str:
        raise EditorFailed(why, text)

    return step


def same(text: str) -> str:
    return text


RENAME = put("# Share the cache", "# Share one cache")


@pytest.fixture
def opened(make_app: Any, script: Any, wait_for: Any) -> Any:
    """`opened(pilot_app)`: waits for the run and presses E on the proposal T2."""
    doing = script.task("Read the cache")
    script.start(doing)
    script.propose("Share the cache", by=doing)

    def make(*steps: Step) -> tuple[Any, FakeEditor]:
        editor = FakeEditor(steps)
        return make_app(clock=Clock(), editor=editor), editor

    return make


async def press_e(pilot: Any, app: Any, wait_for: Any) -> None:
    await wait_for(
        pilot, lambda: isinstance(app.screen, SuperviseScreen) and app.screen.selected == "T2", "it is shown"
    )
    await pilot.press("E")


async def on(pilot: Any, app: Any, wait_for: Any, screen: type, *words: str) -> None:
    def shown() -> bool:
        return isinstance(app.screen, screen) and all(word in text(app) for word in words)

    await wait_for(pilot, shown, f"{screen.__name__} says {words}")
    if hasattr(app.screen, "guarded"):
        await wait_for(pilot, lambda: app.screen.guarded, "its first moment is counted")


def text(app: Any) -> str:
    strips = app.screen._compositor.render_strips()
    rows = ("".join(segment.text for segment in strip).strip(" │") for strip in strips)
    return " ".join(" ".join(rows).split())


async def test_what_was_written_is_reviewed_and_then_accepted(
    opened: Any, session: Any, script: Any, wait_for: Any
) -> None:
    app, editor = opened(RENAME)
    async with app.run_test(size=(80, 24)) as pilot:
        await press_e(pilot, app, wait_for)
        await on(pilot, app, wait_for, ReviewScreen, "Accept T2: Share one cache", "+ Share one cache")
        await pilot.press("enter")
        assert session.commands == []
        await pilot.press("a")
        await wait_for(pilot, lambda: session.commands, "it is submitted")
    (command,) = session.commands
    assert (command.task_id, command.verdict, command.version) == ("T2", Verdict.EDIT, 1)
    assert command.final.title == "Share one cache"
    assert command.final.rationale == script.state().proposals["T2"].draft.rationale
    assert "# project_manager, backend_developer, qa_tester" in editor.seen[0]


async def test_what_does_not_parse_is_opened_again_with_the_reason(opened: Any, session: Any, wait_for: Any) -> None:
    app, editor = opened(put('"normal"', '"soon"'), put('"soon"', '"low"'))
    async with app.run_test(size=(80, 24)) as pilot:
        await press_e(pilot, app, wait_for)
        await on(pilot, app, wait_for, WrittenScreen, "line 4: there is no priority 'soon'; use one of: low")
        await pilot.press("enter", "o")
        await on(pilot, app, wait_for, ReviewScreen, "normal → low")
        await pilot.press("a")
        await wait_for(pilot, lambda: session.commands, "it is submitted")
    assert editor.seen[1].startswith("<!-- line 6: there is no priority 'soon'")


async def test_an_invalid_draft_is_told_by_its_lines(opened: Any, wait_for: Any) -> None:
    def spoil(written: str) -> str:
        return written.replace("# Share the cache\n", "#\n").replace('"T1"', "").replace("[]", '["T9", "T2"]')

    app, editor = opened(spoil, same)
    async with app.run_test(size=(80, 24)) as pilot:
        await press_e(pilot, app, wait_for)
        await on(
            pilot, app, wait_for, WrittenScreen, "line 6: there is no task T9 in this run", "line 9: title is empty"
        )
        await pilot.press("o")
        await wait_for(pilot, lambda: len(editor.seen) == 2, "it is opened again")
        await on(pilot, app, wait_for, WrittenScreen, "line 9: there is no task T9", "line 12: title is empty")


async def test_a_megabyte_of_description_is_refused_clearly(opened: Any, session: Any, wait_for: Any) -> None:
    app, editor = opened(put("## Rationale", "x" * 1_000_000 + "\n\n## Rationale"))
    async with app.run_test(size=(80, 24)) as pilot:
        await press_e(pilot, app, wait_for)
        await on(pilot, app, wait_for, WrittenScreen, "description has 10000", "characters, 20000 at most")
        await pilot.press("escape")
        await wait_for(pilot, lambda: editor.kept, "it is kept")
    assert len(editor.kept[0]) > 1_000_000
    assert session.commands == []


async def test_what_cannot_be_read_goes_to_the_form_all_the_same(opened: Any, session: Any, wait_for: Any) -> None:
    app, _ = opened(lambda t: RENAME(t).replace('"normal"', "soon"))
    async with app.run_test(size=(120, 40)) as pilot:
        await press_e(pilot, app, wait_for)
        await on(pilot, app, wait_for, WrittenScreen, "line 4: this is not TOML")
        await pilot.press("f")
        await on(pilot, app, wait_for, EditScreen, "Share one cache", "This could not be read:", "priority = soon")
        await pilot.press("ctrl+s")
        await on(pilot, app, wait_for, ReviewScreen)
        await pilot.press("a")
        await wait_for(pilot, lambda: session.commands, "it is submitted")
    assert session.commands[0].final.title == "Share one cache"


@pytest.mark.parametrize(
    ("step", "words", "kept"),
    [
        (fail("vi was killed (SIGKILL)", "half"), "vi was killed (SIGKILL)", ["half"]),
        (fail("vi ended with code 1", ""), "vi ended with code 1", [""]),
        (fail("No editor is set: put its command into VISUAL or EDITOR"), "No editor is set", []),
        (same, "The file came back as it was", []),
    ],
)
async def test_giving_up_keeps_what_was_written(
    step: Step, words: str, kept: list[str], opened: Any, session: Any, wait_for: Any
) -> None:
    app, editor = opened(step)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await press_e(pilot, app, wait_for)
        await on(pilot, app, wait_for, WrittenScreen, "T2 is not decided yet", words)
        await pilot.press("escape")
        await on(pilot, app, wait_for, SuperviseScreen)
        if kept:
            await on(pilot, app, wait_for, SuperviseScreen, "What you wrote for T2 is kept in")
    assert editor.kept == kept
    assert session.commands == []


async def test_the_app_without_an_editor_says_which_variable_to_set(make_app: Any, script: Any, wait_for: Any) -> None:
    script.start(script.task("Read"))
    script.propose("Share the cache", by="T1")
    app = make_app(clock=Clock())
    async with app.run_test(size=(80, 24)) as pilot:
        await press_e(pilot, app, wait_for)
        await on(pilot, app, wait_for, WrittenScreen, "put its command into VISUAL or EDITOR")
        assert "open the editor again" not in str(app.screen.query_one(".keys", Static).content)
        await pilot.press("f")
        await on(pilot, app, wait_for, EditScreen, "nothing changed")


async def test_back_from_the_review_one_may_write_on(opened: Any, wait_for: Any) -> None:
    app, editor = opened(RENAME, same)
    async with app.run_test(size=(80, 24)) as pilot:
        await press_e(pilot, app, wait_for)
        await on(pilot, app, wait_for, ReviewScreen)
        await pilot.press("escape")
        await on(pilot, app, wait_for, WrittenScreen, "is in order, and is not accepted yet")
        await pilot.press("o")
        await on(pilot, app, wait_for, ReviewScreen, "Share one cache")
    assert "# Share one cache" in editor.seen[1]


async def test_a_decision_elsewhere_while_one_writes_is_said_and_the_text_is_kept(
    opened: Any, session: Any, script: Any, wait_for: Any
) -> None:
    def meanwhile(written: str) -> str:
        script.decide("T2")
        session.refusal = AlreadyDecided("T2 was already accepted by Ada at 10:00.")
        return RENAME(written)

    app, editor = opened(meanwhile)
    async with app.run_test(size=(80, 24)) as pilot:
        await press_e(pilot, app, wait_for)
        await wait_for(pilot, lambda: isinstance(app.screen, ReviewScreen | WrittenScreen), "a dialog is shown")
        await wait_for(pilot, lambda: "T2 was accepted by Ada" in text(app), "it is said")
        await pilot.press("a", "o", "f")
        assert "T2 was accepted by Ada" in text(app)
        while not isinstance(app.screen, SuperviseScreen):
            await pilot.press("escape")
        await wait_for(pilot, lambda: editor.kept, "it is kept")
    assert "# Share one cache" in editor.kept[0]
    assert session.commands == []


async def test_a_new_version_while_one_writes_is_said_and_can_be_replaced(
    opened: Any, session: Any, script: Any, wait_for: Any
) -> None:
    def meanwhile(written: str) -> str:
        script.propose("Share the cache, safely", by="T1", version=2, task_id="T2")
        return RENAME(written)

    app, _ = opened(meanwhile, same)
    async with app.run_test(size=(80, 24)) as pilot:
        await press_e(pilot, app, wait_for)
        await wait_for(pilot, lambda: "T2 was changed meanwhile" in text(app), "it is said")
        if isinstance(app.screen, ReviewScreen):  # the news came after the file
            await pilot.press("escape")
        await on(pilot, app, wait_for, WrittenScreen)
        await pilot.press("o")
        await on(pilot, app, wait_for, ReviewScreen, "- Share the cache, safely", "+ Share one cache")
        await pilot.press("a")
        await wait_for(pilot, lambda: session.commands, "it is submitted")
    assert [c.version for c in session.commands] == [2]


async def test_a_refusal_brings_the_text_back(opened: Any, session: Any, wait_for: Any) -> None:
    app, _ = opened(RENAME, same)
    session.refusal = StoreError("The disk is full.")
    async with app.run_test(size=(80, 24)) as pilot:
        await press_e(pilot, app, wait_for)
        await on(pilot, app, wait_for, ReviewScreen)
        await pilot.press("a")
        await on(pilot, app, wait_for, WrittenScreen, "The disk is full.")
        session.refusal = None
        await pilot.press("o")
        await on(pilot, app, wait_for, ReviewScreen)
        await pilot.press("a")
        await wait_for(pilot, lambda: len(session.commands) == 2, "it is submitted again")


async def test_a_text_that_cannot_be_kept_is_asked_about_again(opened: Any, wait_for: Any) -> None:
    app, editor = opened(lambda _: "not in order", same)
    editor.unstored = "It cannot be stored in /drafts (No space left on device)."
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await press_e(pilot, app, wait_for)
        await on(pilot, app, wait_for, WrittenScreen, "the first such line is missing")
        await pilot.press("escape")
        await on(
            pilot, app, wait_for, WrittenScreen, "It cannot be stored in /drafts", "esc leave, and lose what you wrote"
        )
        await pilot.press("f")
        await on(pilot, app, wait_for, EditScreen, "not in order")


# -- the other two answers


async def test_a_rejection_that_is_refused_comes_back_with_its_reason(
    opened: Any, session: Any, script: Any, wait_for: Any
) -> None:
    app, _ = opened()
    session.refusal = StaleVersion("T2 has changed since it was shown.")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, SuperviseScreen) and app.screen.selected == "T2", "shown")
        await pilot.press("r")
        await on(pilot, app, wait_for, RejectScreen)
        await pilot.press(*"no need", "enter")
        await on(pilot, app, wait_for, RejectScreen, "T2 has changed since it was shown.", "no need")
        script.propose("Share the cache, safely", by="T1", version=2, task_id="T2")
        await on(pilot, app, wait_for, RejectScreen, "it is version 2 now", "ctrl+n rejects that version")
        session.refusal = None
        await pilot.press("ctrl+n", "enter")
        await wait_for(pilot, lambda: len(session.commands) == 2, "it is submitted again")
    again = session.commands[1]
    assert (again.verdict, again.reason, again.version) == (Verdict.REJECT, "no need", 2)


async def test_an_edit_is_reviewed_accepted_and_comes_back_when_refused(
    opened: Any, session: Any, wait_for: Any
) -> None:
    app, _ = opened()
    session.refusal = StoreError("The disk is full.")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, SuperviseScreen) and app.screen.selected == "T2", "shown")
        await pilot.press("e")
        await on(pilot, app, wait_for, EditScreen)
        await pilot.press(*" now", "ctrl+s")
        await on(pilot, app, wait_for, ReviewScreen, "+ Share the cache now")
        await pilot.press("a")
        await on(pilot, app, wait_for, EditScreen, "The disk is full.", "Share the cache now")
        session.refusal = None
        await pilot.press("ctrl+s")
        await on(pilot, app, wait_for, ReviewScreen)
        await pilot.press("a")
        await wait_for(pilot, lambda: len(session.commands) == 2, "it is submitted again")
    assert session.commands[1].final.title == "Share the cache now"
