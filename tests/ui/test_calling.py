"""What is written past the screen: the title with how much waits, and a call when something is new; never more."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hephaestus_tui.config import Notify, UiSettings
from hephaestus_tui.domain.attention import attention
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.first_look import ui_settings
from hephaestus_tui.ui.calling import CALL_SECONDS, Calling

TITLE = re.compile(r"\x1b\]2;([^\x00-\x1f\x7f-\x9f]*)\x07")


class Terminal:
    """What was written, a clock, and whether anybody looks."""

    def __init__(self, **settings: Any) -> None:
        self.written: list[str] = []
        self.looked_at, self.now = False, 100.0
        self.calling = Calling(
            UiSettings(**settings), self.written.append, lambda: self.looked_at, clock=lambda: self.now
        )

    def show(self, state: RunState) -> list[str]:
        """What a frame writes."""
        before = len(self.written)
        items = attention(state)
        self.calling.show(state.goal, len(items), lambda: items)
        return self.written[before:]


def test_the_title_says_how_much_waits_and_is_given_back(script: Any) -> None:
    terminal = Terminal()
    terminal.calling.begin()
    assert terminal.show(script.state()) == ["\x1b]2;hephaestus · Cache the auth lookups\x07"]
    script.propose("Guess")
    assert terminal.show(script.state()) == ["\x1b]2;(1) hephaestus · Cache the auth lookups\x07"]
    assert terminal.show(script.state()) == [], "the same is not written again"
    terminal.calling.suspend()
    assert terminal.written[0] == "\x1b[22;2t"
    assert terminal.written[-1] == "\x1b]2;\x07\x1b[23;2t"


@pytest.mark.parametrize(
    "goal",
    ["a\x07b\x1b]52;c;eA==\x07", "x\x9c\x9d0;owned\x9c", "one\ntwo\r\x1b[2J", "\u202egnp\u2066\x00", "g" * 10_000],
)
def test_no_goal_gets_out_of_the_title(goal: str, script: Any) -> None:
    terminal = Terminal()
    terminal.calling.begin()
    state = script.state()
    state.goal = goal
    (written,) = terminal.show(state)
    assert TITLE.fullmatch(written)
    assert len(written) < 200


def test_without_a_title_nothing_is_written(script: Any) -> None:
    terminal = Terminal(title=False)
    terminal.calling.begin()
    script.propose("Guess")
    assert terminal.show(script.state()) == []
    terminal.calling.suspend()
    assert terminal.written == []


def test_while_another_program_has_the_terminal_nothing_is_written(script: Any) -> None:
    terminal = Terminal(notify=Notify.BELL)
    terminal.calling.begin()
    terminal.show(script.state())
    terminal.calling.suspend()
    script.propose("Guess")
    assert terminal.show(script.state()) == []
    terminal.written.clear()
    terminal.calling.begin()
    assert terminal.written == ["\x1b[22;2t", "\x1b]2;(1) hephaestus · Cache the auth lookups\x07"]


@pytest.mark.parametrize(
    ("notify", "call"),
    [
        (Notify.BELL, "\x07"),
        (Notify.OSC9, "\x1b]9;hephaestus: 2 wait for you; T2 proposal: Other␇ ␛[2J\x07"),
        (Notify.OSC777, "\x1b]777;notify;hephaestus;2 wait for you; T2 proposal: Other␇ ␛[2J\x07"),
    ],
)
def test_what_is_new_calls_once_and_not_soon_again(notify: Notify, call: str, script: Any) -> None:
    terminal = Terminal(title=False, notify=notify)
    terminal.calling.begin()
    script.propose("What waited when the run was opened is not new")
    assert terminal.show(script.state()) == []
    script.propose("Other\x07 \x1b[2J")
    assert terminal.show(script.state()) == [call]
    assert terminal.show(script.state()) == []
    terminal.now += CALL_SECONDS - 0.1
    script.propose("Third")
    assert terminal.show(script.state()) == []
    terminal.now += 0.1
    script.propose("Fourth")
    assert len(terminal.show(script.state())) == 1


def test_who_looks_is_not_notified_but_a_bell_rings_for_everybody(script: Any) -> None:
    quiet, bell = Terminal(title=False, notify=Notify.OSC9), Terminal(title=False, notify=Notify.BELL)
    for terminal in (quiet, bell):
        terminal.calling.begin()
        terminal.looked_at = True
        terminal.show(script.state())
    script.propose("Guess")
    assert quiet.show(script.state()) == []
    assert bell.show(script.state()) == ["\x07"]


def test_what_a_person_does_away_with_is_not_new(script: Any) -> None:
    terminal = Terminal(title=False, notify=Notify.BELL)
    terminal.calling.begin()
    guess = script.propose("Guess")
    terminal.show(script.state())
    script.decide(guess)
    assert terminal.show(script.state()) == []


@pytest.mark.parametrize(
    ("table", "environ", "title", "notify"),
    [
        ({}, {}, True, Notify.OFF),
        ({"ui": {"title": False, "notify": "osc9"}}, {}, False, Notify.OSC9),
        ({"ui": {"notify": "loudly", "title": "no"}}, {}, True, Notify.OFF),
        ({"ui": {"notify": ["bell"]}}, {"TERM": "linux"}, False, Notify.OFF),
        ({}, {"TERM": "dumb"}, False, Notify.OFF),
    ],
)
def test_the_settings_are_known_before_the_first_screen(
    table: dict[str, Any], environ: dict[str, str], title: bool, notify: Notify
) -> None:
    settings = ui_settings(table, {"LANG": "C.UTF-8", **environ})
    assert (settings.title, settings.notify) == (title, notify)
