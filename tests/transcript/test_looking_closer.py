"""Copying a block, when things were said, and the way from a call to what it proposed."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest

from hephaestus_tui.domain.errors import EditorFailed
from hephaestus_tui.domain.events import Fact, MessageAdded, Recorded, UsageRecorded
from hephaestus_tui.domain.message import Message, ReasoningPart, Speaker, TextPart, ToolCallPart, Usage
from hephaestus_tui.session import Transcript
from hephaestus_tui.ui.copying import Copying
from hephaestus_tui.ui.widgets.block_rows import BlockRows
from hephaestus_tui.ui.widgets.block_text import copied
from hephaestus_tui.ui.widgets.call_words import proposed_by
from hephaestus_tui.ui.widgets.conversation import Conversation
from hephaestus_tui.ui.widgets.drawing import Canvas
from hephaestus_tui.ui.widgets.stamps import Stamp
from hephaestus_tui.ui.widgets.viewport import Viewport


class Terminal:
    """Takes what is written to it; keeps files where it is let."""

    def __init__(self, *, full: bool = False) -> None:
        self.written: list[str] = []
        self.files: list[str] = []
        self.full = full

    async def keep(self, text: str, name: str) -> str:
        if self.full:
            raise EditorFailed("The disk is full: make room.")
        self.files.append(text)
        return f"/kept/{name}"

    @property
    def clipboard(self) -> str:
        match = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", self.written[-1])
        assert match
        return base64.b64decode(match[1]).decode()


async def test_a_text_goes_to_the_clipboard_and_by_the_same_key_again_to_a_file() -> None:
    terminal = Terminal()
    copying = Copying(terminal.written.append, terminal.keep)
    said = await copying.copy("one\ntwo", "T1", "^y")
    assert (terminal.clipboard, terminal.files) == ("one\ntwo", [])
    assert "2 lines" in said
    assert "^y again" in said
    assert "/kept/T1" in await copying.copy("one\ntwo", "T1", "^y")
    assert (len(terminal.written), terminal.files) == (1, ["one\ntwo"])


@pytest.mark.parametrize("text", ["\x1b]52;c;aGk=\x07", "\x1b[201~rm -rf ~\n", "\u202etxt", "\x9b2J"])
async def test_what_is_copied_holds_nothing_that_a_terminal_obeys_when_it_is_pasted(text: str) -> None:
    terminal = Terminal()
    await Copying(terminal.written.append, terminal.keep).copy(text, "T1", "^y")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", terminal.clipboard)


async def test_what_is_too_much_for_a_terminal_goes_to_a_file_at_once_and_a_failure_is_told() -> None:
    terminal = Terminal()
    await Copying(terminal.written.append, terminal.keep).copy("x" * 200_000, "T1", "^y")
    assert (terminal.written, terminal.files) == ([], ["x" * 200_000])
    full = Terminal(full=True)
    assert "The disk is full" in await Copying(full.written.append, full.keep).copy("x" * 200_000, "T1", "^y")


@pytest.fixture
def view(story: Any, canvas: Canvas) -> Viewport:
    story.say(
        Speaker.ASSISTANT, ReasoningPart("hm"), TextPart("One.\n\nTwo.\n\nThree."), ToolCallPart("c1", "look", "{}")
    )
    story.answer("c1", "seen")
    view = Viewport(BlockRows(canvas, lambda *_: None), 20)
    view.rows.blocks = Conversation(story.transcript()).blocks
    view.settle()
    return view


def test_all_of_what_was_said_last_is_copied_or_the_block_that_is_pointed_at(view: Viewport) -> None:
    assert copied(view) == "One.\n\nTwo.\n\nThree."
    view.choose(-1)
    assert copied(view) == "look\nseen"
    view.choose(-1)
    assert copied(view) == "hm"


def test_nothing_is_copied_where_nothing_is(canvas: Canvas) -> None:
    assert copied(Viewport(BlockRows(canvas, lambda *_: None), 20)) == ""


def test_stamps_stand_where_messages_part_and_leave_the_place(canvas: Canvas) -> None:
    messages = [
        Message(
            ordinal=n, speaker=Speaker.ASSISTANT, parts=(TextPart(f"Said {n}."),), at=1e9 + n, model="a:/x/y/m.toml"
        )
        for n in range(30)
    ]
    conversation = Conversation(Transcript(task_id="T1", seq=0, messages=tuple(messages)))
    view = Viewport(BlockRows(canvas, lambda *_: None), 10)
    view.rows.blocks, view.rows.stamps = conversation.blocks, conversation.stamps
    view.settle()
    view.move(-20)
    plain = [strip.text for _, strip in view.shown()]
    view.show_stamps(True)
    stamped = [strip.text for _, strip in view.shown()]
    assert len(stamped) == len(plain)
    assert [row for row in stamped if "Said" in row] == [row for row in plain if "Said" in row]
    assert any(re.search(r"2001-09-\d\d \d\d:\d\d:\d\d  a:m\.toml", row) for row in stamped)
    view.show_stamps(False)
    assert [strip.text for _, strip in view.shown()] == plain
    assert [place.row for place, _ in view.rows.window(view.rows.up(view.rows.end(), 99), 2)] == [0, 0]


@pytest.mark.parametrize(
    ("name", "result", "made"),
    [
        ("spawn_building_task", '{"task_id": "T7", "standing": "proposed"}', "T7"),
        ("spawn_building_task", "refused", ""),
        ("spawn_building_task", '{"task_id": 7}', ""),
        ("read_file", '{"task_id": "T7"}', ""),
    ],
)
def test_a_call_leads_to_what_it_proposed(name: str, result: str, made: str) -> None:
    assert proposed_by(name, result) == made


def test_a_stamp_says_what_a_message_took_and_lets_the_day_go_first() -> None:
    usage = Usage(input=1_400, cache_read=11_000, output=340, cost=0.0123)
    stamp = Stamp(1e9, "anthropic:opus", usage)
    assert re.fullmatch(
        r"2001-09-\d\d \d\d:\d\d:\d\d  \S*opus  12.4k in \(11.0k cached\), 340 out  \$0.0123", stamp.told(80)
    )
    assert re.match(r"\d\d:\d\d:\d\d  \S*opus", stamp.told(40))
    assert stamp.told(80).endswith(stamp.told(40))
    assert "cost unknown" in Stamp(1e9, "a:m", Usage(output=5, cost=None)).told(80)
    assert "in" not in Stamp(1e9).told(80)


def test_what_a_message_took_is_the_same_watched_and_read() -> None:
    said = Message(ordinal=0, speaker=Speaker.ASSISTANT, parts=(TextPart("Said."),), at=1e9, model="a:m")
    told = Message(ordinal=1, speaker=Speaker.USER, parts=(TextPart("Words."),), at=1e9 + 1)
    took, summed = Usage(input=7, output=3), Usage(input=90, output=9)
    facts: tuple[Fact, ...] = (
        MessageAdded(task_id="T1", message=said),
        UsageRecorded(task_id="T1", model="a:m", usage=took),
        UsageRecorded(task_id="T2", model="a:m", usage=summed),
        UsageRecorded(task_id="T1", model="a:m", usage=summed),  # of a summary
        MessageAdded(task_id="T1", message=told),
    )
    watched = Conversation(Transcript(task_id="T1", seq=0, messages=()))
    watched.feed([Recorded(n, 1.0, fact) for n, fact in enumerate(facts, 1)], ())
    read = Conversation(Transcript(task_id="T1", seq=5, messages=(said, told), spent=((0, took),)))
    assert watched.stamps == read.stamps == {0: Stamp(1e9, "a:m", took), 1: Stamp(1e9 + 1)}
