"""The transcript of one task, of a role over its tasks, or of the whole run: by one key, paged, and with the way there and back."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.message import Message, Speaker, ToolCallPart, ToolResultPart
from hephaestus_tui.ui.panes import Pane
from hephaestus_tui.ui.screens.supervise import SuperviseScreen
from hephaestus_tui.ui.widgets.interleaved import Interleaved
from hephaestus_tui.ui.widgets.links import CallAt
from tests.at_the_screen import text_of, until


async def opened(pilot: Pilot[Any], script: Any) -> SuperviseScreen:
    def drawn() -> bool:
        screen = pilot.app.screen
        return isinstance(screen, SuperviseScreen) and screen.state.seq == len(script.facts)

    await until(pilot, drawn, "the run is drawn")
    screen = pilot.app.screen
    assert isinstance(screen, SuperviseScreen)
    return screen


async def sees(pilot: Pilot[Any], *words: str) -> None:
    for word in words:
        await until(pilot, lambda word=word: word in text_of(pilot.app), f"{word!r} is seen")  # type: ignore[misc]


def two_at_work(script: Any) -> tuple[str, str]:
    tasks = script.task("Read the cache"), script.task("Write the docs")
    for task in tasks:
        script.start(task)
    return tasks


async def test_the_key_goes_from_one_task_to_its_role_to_the_run_and_back(make_app: Any, script: Any) -> None:
    first, second = two_at_work(script)
    script.say(first, "I read.")
    script.say(second, "I write.")
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, script)
        screen.turn_to(first)
        await sees(pilot, "I read.")
        assert "I write." not in text_of(app)
        await pilot.press("J")
        await sees(pilot, "backend_developer · 2 tasks", "I read.", "I write.")
        await pilot.press("J")
        await sees(pilot, "the whole run · 2 tasks", "I read.", "I write.")
        screen.turn_to(second)
        await pilot.pause()
        assert "the whole run · 2 tasks" in text_of(app), "the cursor moves nothing of it"
        await pilot.press("J")
        await until(pilot, lambda: screen.transcript.task_id == second, "the task's own is shown again")


async def test_it_is_live_and_nothing_moves_for_one_who_reads_above(make_app: Any, script: Any) -> None:
    first, second = two_at_work(script)
    for n in range(1, 40):
        script.say((first, second)[n % 2], f"Remark {n}.", n)
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, script)
        await pilot.press("J", "J", "2")
        await sees(pilot, "the whole run", "Remark 39.")
        script.flicker(e.TurnBegan(second, 41, 1))
        script.flicker(e.TextStreamed(second, 41, e.Channel.TEXT, "I think aloud"))
        await sees(pilot, "I think aloud")
        await pilot.press("pageup", "pageup")
        above = [row[42:82] for row in text_of(app).splitlines()[6:30]]
        for n in range(40, 52):
            script.say(first, f"Remark {n}.", n)
        await sees(pilot, "12 new")
        assert [row[42:82] for row in text_of(app).splitlines()[6:30]] == above
        await pilot.press("end")
        await sees(pilot, "Remark 51.")


async def test_a_long_run_is_read_by_pages_up_to_its_beginning_and_found_again(make_app: Any, script: Any) -> None:
    first, second = two_at_work(script)
    for n in range(1, 600):
        script.say((first, second)[n % 2], f"Remark {n}.", n)
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, script)
        await pilot.press("J", "J", "2")
        await sees(pilot, "Remark 599.")
        talk = screen.transcript._talk
        assert isinstance(talk, Interleaved)
        assert len(talk.blocks) < 300, "only the last page was read"
        for _ in range(20):
            await pilot.press("pageup")
        await until(pilot, lambda: talk.begin < 400, "a page before was asked for")
        await pilot.press("home")
        await sees(pilot, "Remark 1.")
        await until(pilot, lambda: screen.transcript.place is not None, "it is held there")
        await pilot.press("end")
        await sees(pilot, "Remark 599.")
        assert screen.transcript.following


async def test_from_a_message_to_its_task_and_back_to_where_one_read(make_app: Any, script: Any) -> None:
    first, second = two_at_work(script)
    for n in range(1, 300):
        script.say((first, second)[n % 2], f"Remark {n}.", n)
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, script)
        await pilot.press("J", "J", "2")
        await sees(pilot, "Remark 299.")
        await pilot.press("pageup", "pageup")
        await pilot.pause()
        place, shown = screen.transcript.place, text_of(app)
        await pilot.press("g")
        await until(pilot, lambda: screen.transcript.task_id is not None, "one task is shown")
        assert screen.selected == screen.transcript.task_id
        assert screen.transcript.visited
        await until(pilot, lambda: "›" in text_of(app), "the message is pointed at")
        pointed = next(row for row in text_of(app).splitlines() if "›" in row)
        assert pointed.split("›")[1].split(".")[0].strip() in shown
        await pilot.press("backspace")
        await sees(pilot, "the whole run")
        await until(pilot, lambda: screen.transcript.place == place, "one is where one was")
        assert screen.pane is Pane.TRANSCRIPT


async def test_who_follows_a_second_call_while_away_comes_back_to_where_they_read(make_app: Any, script: Any) -> None:
    first, second = two_at_work(script)
    for n in range(1, 300):
        script.say((first, second)[n % 2], f"Remark {n}.", n)
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, script)
        await pilot.press("J", "J", "2")
        await sees(pilot, "Remark 299.")
        await pilot.press("pageup", "pageup")
        await pilot.pause()
        place = screen.transcript.place
        assert place is not None
        for call in (CallAt(first, 20, 0), CallAt(second, 41, 0), CallAt(first, 60, 0)):
            await pilot.press("3")
            screen.read_at(call)
            await until(pilot, lambda call=call: screen.transcript.task_id == call.task_id, "its task is shown")  # type: ignore[misc]
        screen.read_at(CallAt(second, 81, 0))
        screen.read_at(CallAt(first, 80, 0))
        await pilot.press("backspace")
        await sees(pilot, "the whole run")
        await until(pilot, lambda: screen.transcript.place == place, "one is where one was")


async def test_the_way_back_leads_to_the_role_that_was_read(make_app: Any, script: Any) -> None:
    first, second = script.task("Read the cache"), script.task("Write the docs")
    script.start(first)
    script.record(e.TaskStarted(task_id=second, agent_id="q", role="qa_tester", model="scripted:demo", attempt=1))
    script.say(first, "I build.")
    script.say(second, "I test.")
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, script)
        screen.turn_to(first)
        await pilot.press("J")
        await sees(pilot, "backend_developer · 1 task", "I build.")
        screen.read_at(CallAt(second, 1, 0))
        await sees(pilot, "I test.")
        await pilot.press("backspace")
        await sees(pilot, "backend_developer · 1 task", "I build.")
        assert screen.selected == first


async def test_words_are_counted_in_all_pages_and_the_next_match_is_gone_to(make_app: Any, script: Any) -> None:
    first, second = two_at_work(script)
    for n in range(1, 600):
        script.say((first, second)[n % 2], f"Needle {n}." if n in (7, 300, 590) else f"Remark {n}.", n)
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, script)
        await pilot.press("J", "J", "2")
        await sees(pilot, "Remark 599.")
        await pilot.press("ctrl+f")
        await sees(pilot, "words to find")
        await pilot.press(*"needle", "enter")
        await sees(pilot, "needle: 3 of 3", "Needle 590.")
        await pilot.press("{")
        await sees(pilot, "needle: 2 of 3", "Needle 300.")
        await pilot.press("{")
        await sees(pilot, "needle: 1 of 3", "Needle 7.")
        await pilot.press("}")
        await sees(pilot, "needle: 2 of 3", "Needle 300.")


async def test_matches_that_arrive_while_one_reads_elsewhere_are_counted(make_app: Any, script: Any) -> None:
    first, second = two_at_work(script)
    for n in range(1, 600):
        script.say((first, second)[n % 2], f"Needle {n}." if n in (7, 300, 590) else f"Remark {n}.", n)
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, script)
        await pilot.press("J", "J", "2")
        await sees(pilot, "Remark 599.")
        await pilot.press("ctrl+f")
        await sees(pilot, "words to find")
        await pilot.press(*"needle", "enter")
        await sees(pilot, "needle: 3 of 3")
        script.say(first, "A needle that is seen.", 600)
        await sees(pilot, "needle: 3 of 4")
        await pilot.press("{", "{")
        await sees(pilot, "needle: 1 of 4", "Needle 7.")
        assert not screen.transcript._talk.live, "the newest page is not there"  # type: ignore[union-attr]
        script.say(first, "A needle more, and a needle.", 601)
        script.say(second, "Nothing.", 602)
        await sees(pilot, "needle: 1 of 6")
        call = ToolCallPart("c", "run_command", '{"command": "find"}')
        said = Message(ordinal=603, speaker=Speaker.ASSISTANT, parts=(call,), at=1e9)
        script.record(e.MessageAdded(task_id=first, message=said))
        result = Message(ordinal=604, speaker=Speaker.TOOL, parts=(ToolResultPart("c", "a needle", False),), at=1e9)
        script.record(e.MessageAdded(task_id=first, message=result))
        await sees(pilot, "needle: 1 of 7")
        await pilot.press("{")
        await sees(pilot, "needle: 1 of 7", "Needle 7.")
        await pilot.press("}", "}", "}", "}")
        await sees(pilot, "needle: 5 of 7", "A needle more")
