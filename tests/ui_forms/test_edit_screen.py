from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual import events
from textual.app import App
from textual.widgets import Input, Select, TextArea

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Verdict
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import DRAFT_FIELDS, Phase, Priority, TaskDraft
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.draft_form import form_text, read_form
from hephaestus_tui.ui.screens.edit import EditScreen
from hephaestus_tui.ui.screens.review import ReviewScreen
from hephaestus_tui.ui.widgets.blocker_search import blocker_ids
from hephaestus_tui.ui.widgets.fields import Field, LineInput, TextBox

UNSET = "unset"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class FormApp(App[None]):
    def __init__(self, task_id: str | None, draft: TaskDraft, state: RunState) -> None:
        super().__init__()
        self.clock = Clock()
        self.form = EditScreen(task_id, draft, state, clock=self.clock)
        self.saved: TaskDraft | str | None = UNSET

    def on_mount(self) -> None:
        self.push_screen(self.form, self._left)

    def _left(self, draft: TaskDraft | None) -> None:
        self.saved = draft

    def fault(self, name: str) -> str:
        return self.form.query_one(f"#field-{name}", Field).fault

    def shown(self, selector: str) -> str:
        return "\n".join(str(w.render()) for w in self.screen.query(selector) if w.display)


def form_of(story: Any, task_id: str) -> FormApp:
    return FormApp(task_id, story.state.proposals[task_id].draft, story.state)


async def reviewed(pilot: Any, app: FormApp, wait_for: Any) -> None:
    """Save, and agree to what the review shows."""
    await pilot.press("ctrl+s")
    await wait_for(pilot, lambda: isinstance(app.screen, ReviewScreen) and app.screen.guarded, "the review is shown")
    app.clock.now += 1.0
    await pilot.press("a")
    await wait_for(pilot, lambda: app.saved != UNSET, "it is saved")


async def ready(pilot: Any, app: FormApp, wait_for: Any) -> None:
    await wait_for(pilot, lambda: app.form.is_current and app.form.focused is not None, "the form is shown")


async def test_every_field_can_be_changed_by_keys_alone(story: Any, wait_for: Any) -> None:
    blocker = story.completed()
    proposal = story.propose(description="", done_criteria=())
    later = story.propose(title="Rest on it")
    app = form_of(story, proposal)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        await pilot.press("home", *"1 ")
        await pilot.press("tab", "enter", "down", "enter")
        await pilot.press("tab", "enter", "end", "enter")
        await pilot.press("tab", "enter", "home", "enter")
        await pilot.press("tab", "enter", "end", "enter")
        await pilot.press("tab", *"do it")
        await pilot.press("tab", "ctrl+a", *"why: ")
        await pilot.press("tab", *"t1")
        await pilot.press("tab", *"t3")
        await pilot.press("tab", *"tests pass", "enter", "enter", *"docs ")
        await wait_for(pilot, lambda: "done criteria" in app.shown("#foot"), "the changes are named")
        assert "changed: title, description, rationale, phase, role" in app.shown("#foot")
        await reviewed(pilot, app, wait_for)
    saved = app.saved
    assert isinstance(saved, TaskDraft)
    before = story.state.proposals["T2"].draft
    assert saved.title == f"1 {before.title}"
    assert (saved.phase, saved.role, saved.priority) == (Phase.VALIDATION, "tech_lead", Priority.LOW)
    assert saved.discovery.value == "other"
    assert saved.description == "do it"
    assert saved.rationale == f"why: {before.rationale}"
    assert saved.blocked_by == (blocker,)
    assert saved.blocks == (later,)
    assert saved.done_criteria == ("tests pass", "docs")


async def test_shift_tab_goes_back_and_nothing_blinks(story: Any, wait_for: Any) -> None:
    app = form_of(story, story.propose())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        seen = []
        for _ in DRAFT_FIELDS:
            focused = app.form.focused
            seen.append(focused.id if focused else None)
            await pilot.press("tab")
        assert sorted(str(name) for name in seen) == sorted(DRAFT_FIELDS)
        await pilot.press("shift+tab")
        assert app.form.focused is not None
        assert app.form.focused.id == "done_criteria"
        assert not any(w.cursor_blink for w in [*app.form.query(Input), *app.form.query(TextArea)])


async def test_a_cycle_is_shown_beside_the_field_and_is_not_saved(story: Any, wait_for: Any) -> None:
    task_id = story.propose()
    later = story.propose(title="Validate it", blocked_by=(task_id,))
    app = form_of(story, task_id)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        app.form.query_one("#blocked_by").focus()
        await pilot.press(*later)
        await wait_for(
            pilot,
            lambda: app.fault("blocked_by") == "a cycle: T1 would wait for T2, which waits for T1. Take T2 out.",
            "the cycle is shown",
        )
        app.form.query_one("#title").focus()
        await wait_for(pilot, lambda: "T2 Validate it" in app.shown(".chosen"), "it is a row")
        assert "proposed, closes a cycle" in app.shown(".chosen")
        app.form.query_one("#title").focus()
        await pilot.press("ctrl+s")
        await wait_for(pilot, lambda: getattr(app.form.focused, "id", "") == "blocked_by", "the focus is on the fault")
        assert app.saved == UNSET
        await pilot.press("ctrl+x")
        await wait_for(pilot, lambda: not app.fault("blocked_by"), "the fault is gone")
        await reviewed(pilot, app, wait_for)
        assert app.saved == story.state.proposals[task_id].draft


@pytest.mark.parametrize(
    ("typed", "fault"),
    [("T99", "there is no task T99"), ("T2", "cannot block itself"), ("[/x]", "nothing is chosen for '[/x]'")],
)
async def test_other_faults_of_blockers(story: Any, wait_for: Any, typed: str, fault: str) -> None:
    story.completed()
    app = form_of(story, story.propose())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        app.form.query_one("#blocked_by").focus()
        await pilot.press(*typed, "tab")
        await wait_for(pilot, lambda: fault in app.fault("blocked_by"), "the fault is shown")
        await pilot.press("ctrl+s")
        await wait_for(pilot, lambda: "cannot be saved" in app.shown("#foot"), "it is not saved")


async def test_a_blocker_that_will_never_complete_is_named_as_such(story: Any, wait_for: Any) -> None:
    app = form_of(story, story.propose(blocked_by=(story.failed(title="Docs"),)))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        await wait_for(pilot, lambda: "failed, it would never start" in app.shown(".chosen"), "the warning is shown")


async def test_the_graph_may_move_while_the_form_is_open(story: Any, wait_for: Any) -> None:
    task_id, other = story.propose(), story.propose()
    app = form_of(story, task_id)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        app.form.query_one("#blocked_by").focus()
        await pilot.press(*other)
        assert not app.fault("blocked_by")
        story.decide(other, Verdict.EDIT, blocked_by=(task_id,))
        app.form.refresh_state(story.state)
        await wait_for(pilot, lambda: "cycle" in app.fault("blocked_by"), "the cycle is shown")


async def test_decided_by_someone_else_the_text_stays_and_nothing_is_saved(story: Any, wait_for: Any) -> None:
    task_id = story.propose()
    app = form_of(story, task_id)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        await pilot.press(*" mine")
        story.decide(task_id, Verdict.ACCEPT)
        app.form.refresh_state(story.state)
        await wait_for(pilot, lambda: "was accepted by ann meanwhile" in app.shown("#notice"), "the form says so")
        await pilot.press("ctrl+s")
        assert app.saved == UNSET
        assert app.form.draft.title.endswith(" mine")


async def test_escape_asks_only_when_something_was_changed(story: Any, wait_for: Any) -> None:
    app = form_of(story, story.propose())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        await pilot.press("x", "escape")
        await wait_for(pilot, lambda: isinstance(app.screen, ConfirmScreen), "it asks")
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.form.is_current, "the form is back")
        await pilot.press("backspace", "escape")
        await wait_for(pilot, lambda: app.saved is None, "it leaves without asking")


async def test_what_was_changed_is_thrown_away_when_confirmed(story: Any, wait_for: Any) -> None:
    app = form_of(story, story.propose())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        await pilot.press("x", "escape")
        await wait_for(pilot, lambda: isinstance(app.screen, ConfirmScreen) and app.screen.guarded, "it asks")
        app.clock.now += 1.0
        await pilot.press("y")
        await wait_for(pilot, lambda: app.saved is None, "it leaves")


async def test_a_form_that_comes_back_with_typed_text_asks_before_it_is_lost(story: Any, wait_for: Any) -> None:
    task_id = story.propose()
    app = FormApp(task_id, story.draft(title="typed before"), story.state)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        await wait_for(pilot, lambda: "changed: title" in app.shown("#foot"), "the change is named")
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(app.screen, ConfirmScreen), "it asks")


async def test_a_new_task_names_no_faults_before_there_is_reason_to(story: Any, wait_for: Any) -> None:
    app = FormApp(None, story.draft(title="", description="", rationale=""), story.state)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        assert app.form.draft.rationale == "asked for by the human"
        assert not any(app.fault(name) for name in DRAFT_FIELDS)
        await pilot.press("ctrl+s")
        await wait_for(pilot, lambda: "empty" in app.fault("title") and "empty" in app.fault("description"), "faults")
        assert app.shown("#foot") == "cannot be saved: see title, description"
        await pilot.press(*"Tidy up")
        await wait_for(pilot, lambda: app.shown("#foot") == "cannot be saved: see description", "the foot follows")
        app.form.query_one("#blocked_by").focus()
        await pilot.press(*story.state.next_id())
        await wait_for(pilot, lambda: "cannot block itself" in app.fault("blocked_by"), "its own id is refused")
        await pilot.press("backspace", "backspace")
        app.form.query_one("#description").focus()
        await pilot.press(*"all of it", "ctrl+s")
        await wait_for(pilot, lambda: isinstance(app.saved, TaskDraft), "it is saved")


async def test_a_role_that_is_gone_is_kept_and_faulted(story: Any, wait_for: Any) -> None:
    app = form_of(story, story.propose(role="[bold]poet[/"))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app, wait_for)
        assert app.form.query_one("#role", Select).value == "[bold]poet[/"
        assert "there is no role" in app.fault("role")


async def test_the_foot_stays_in_sight_on_a_small_screen(story: Any, wait_for: Any) -> None:
    app = form_of(story, story.propose(description="line\n" * 50))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        for selector in ("#foot", ".keys"):
            assert app.form.query_one(selector).region.bottom <= 23
        app.form.query_one("#done_criteria").focus()
        await pilot.pause()
        fields = app.form.query_one("#fields").region
        await wait_for(
            pilot, lambda: fields.contains_region(app.form.query_one("#done_criteria").region), "it is in sight"
        )


# -- any text

_ANY = st.text(max_size=60)


@given(title=_ANY, description=_ANY, criteria=st.lists(_ANY, max_size=3), blockers=st.lists(_ANY, max_size=3))
def test_what_nobody_touched_comes_back_as_it_was(
    new_story: Any, title: str, description: str, criteria: list[str], blockers: list[str]
) -> None:
    draft = new_story().draft(
        title=title, description=description, done_criteria=tuple(criteria), blocked_by=tuple(blockers), role=title
    )
    assert read_form(form_text(draft), draft) == draft


@given(_ANY)
def test_ids_are_read_from_any_text(text: str) -> None:
    ids = blocker_ids(text)
    assert all(ids)
    assert blocker_ids(" ".join(ids)) == ids


def test_ids_as_people_write_them() -> None:
    assert blocker_ids(" t2,3;T04  x ") == ("T2", "T3", "T4", "x")


class PasteApp(App[None]):
    def compose(self) -> Any:
        yield LineInput(id="title")
        yield TextBox(id="description")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pasted=st.lists(_ANY, min_size=1, max_size=8))
async def test_any_pasted_text_is_there_afterwards(pasted: list[str]) -> None:
    app = PasteApp()
    async with app.run_test(size=(40, 12)) as pilot:
        title, description = app.query_one(LineInput), app.query_one(TextBox)
        for text in pasted:
            title.value, description.text = "", ""
            for widget in (title, description):
                app.set_focus(widget)
                app.post_message(events.Paste(text))
                await pilot.pause()
            assert title.value == " ".join(text.splitlines())
            assert "\n".join(description.document.lines) == "\n".join(f"{text}x".splitlines())[:-1]


async def test_hostile_text_stands_in_the_form_inert_and_untouched(story: Any, wait_for: Any) -> None:
    hostile = "[@click=app.quit]x[/] [/ \x1b]52;c;aGk=\x07\u202e\u200b\r\x85 end\t" + "y" * 9_000
    task_id = story.propose(description=hostile, rationale=f"{hostile}\n\n", done_criteria=(hostile,), title=hostile)
    app = form_of(story, task_id)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        assert app.form.draft == story.state.proposals[task_id].draft
        for text in (app.form.query_one("#title", Input).value, app.form.query_one("#description", TextArea).text):
            assert not set(text) & {"\x1b", "\x07", "\u202e", "\u200b", "\r", "\x85"}
            assert text.endswith("y" * 9_000)


# -- what happens meanwhile


def amend(story: Any, task_id: str, **changes: Any) -> None:
    before = story.state.proposals[task_id]
    again = replace(before, version=before.version + 1, draft=replace(before.draft, **changes))
    story.tell(e.TaskProposed(proposal=again))


async def test_a_new_version_is_taken_over_and_what_was_changed_stays(story: Any, wait_for: Any) -> None:
    blocker = story.completed()
    task_id = story.propose()
    app = form_of(story, task_id)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        await pilot.press(*" mine")
        amend(story, task_id, title="Theirs", rationale="Because.", blocked_by=(blocker,), priority=Priority.LOW)
        app.form.refresh_state(story.state)
        words = "T2 was changed meanwhile (title, rationale, blocked by, priority): it is version 2 now"
        await wait_for(pilot, lambda: words in app.shown("#notice"), "it is said")
        await pilot.press("ctrl+s")
        assert app.form.is_current
        await pilot.press("ctrl+n")
        await wait_for(pilot, lambda: "This is version 2 now" in app.shown("#notice"), "it is taken over")
        draft = app.form.draft
        assert draft.title.endswith(" mine")
        assert (draft.rationale, draft.blocked_by, draft.priority) == ("Because.", (blocker,), Priority.LOW)
        assert app.shown("#foot") == "changed: title"
        await reviewed(pilot, app, wait_for)
        assert app.form.version == 2


async def test_back_from_the_review_everything_is_as_it_was(story: Any, wait_for: Any) -> None:
    app = form_of(story, story.propose(description="one\ntwo"))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        box = app.form.query_one("#description", TextArea)
        box.focus()
        await pilot.press("down", *"x", "ctrl+s")
        await wait_for(pilot, lambda: isinstance(app.screen, ReviewScreen), "the review is shown")
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.form.is_current, "the form is back")
        assert app.form.focused is box
        assert box.cursor_location == (1, 1)
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: app.shown("#foot") == "nothing changed", "what was typed can still be undone")
        assert app.saved == UNSET


async def test_a_key_that_is_pressed_twice_reviews_once_and_accepts_nothing(story: Any, wait_for: Any) -> None:
    app = form_of(story, story.propose())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        await pilot.press("x", "ctrl+s", "ctrl+s", "enter", "a")
        await wait_for(pilot, lambda: isinstance(app.screen, ReviewScreen), "the review is shown")
        assert app.saved == UNSET
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.form.is_current, "one escape is enough")


async def test_what_became_of_a_try_is_said_in_the_form(story: Any, wait_for: Any) -> None:
    task_id = story.propose()
    app = FormApp(task_id, story.draft(title="Mine"), story.state)
    app.form = EditScreen(task_id, story.draft(title="Mine"), story.state, told="The store is full.")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        assert app.shown("#notice") == "The store is full."


async def test_a_megabyte_is_refused_clearly_and_the_form_stays_usable(story: Any, wait_for: Any) -> None:
    app = FormApp(story.propose(), story.draft(description="x" * 1_000_000), story.state)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app, wait_for)
        assert app.fault("description") == "description has 1000000 characters, 20000 at most"
        await pilot.press("ctrl+s")
        await wait_for(pilot, lambda: app.shown("#foot") == "cannot be saved: see description", "it is not saved")
