"""What each kind of terminal is sent: no colour where none is wanted, sixteen where there are no more, ASCII where no more
can be shown. Keys and words are the same everywhere."""

from __future__ import annotations

import re

import pytest

SCRIPT = """
rate = 0
[[agent]]
name = "root"
[[agent.turn]]
text = "I *begin* with `code`."
[[agent.turn.call]]
id = "one"
tool = "spawn_building_task"
arguments = { title = "Mend the cache", description = "d", rationale = "r", role = "qa_tester" }
[[agent.turn.call]]
id = "two"
tool = "ask_human"
arguments = { question = "Which one?" }
"""
NO_COLOUR = {0, 1, 2, 3, 4, 5, 7, 8, 9, 22, 23, 24, 25, 27, 28, 29}
SIXTEEN = NO_COLOUR | {*range(30, 38), *range(40, 48), *range(90, 98), *range(100, 108), 39, 49}


@pytest.fixture
def written_in(hephaestus, in_terminal):
    """All that is written while a run is looked at from all sides, in a terminal with such variables."""

    def look(**environ: str) -> tuple[bytes, str]:
        script = hephaestus.config / "script.toml"
        script.write_text(SCRIPT)
        terminal = in_terminal("mend the cache", "--model", f"scripted:{script}", size=(80, 24), **environ)
        data, feed = bytearray(), terminal.screen.feed

        def keep(more: bytes) -> None:
            data.extend(more)
            feed(more)

        terminal.screen.feed = keep
        terminal.wait(lambda text: "2 wait for you" in text)
        for key in ("2", "j", "3", "k", "?", "\x1b", "\x10", "\x1b", "1"):
            terminal.press(key)
            terminal.read(0.3)  # what follows an escape at once would be taken for a part of it
        shown = terminal.screen.text
        assert terminal.screen.strange == []
        terminal.process.kill()
        return bytes(data), shown

    return look


def codes(data: bytes) -> set[int]:
    """Of all that sets how text looks; what has arguments of its own (38;5;N) is taken apart as well, and is seen by its 38."""
    return {int(code or 0) for sgr in re.findall(rb"\x1b\[([0-9;]*)m", data) for code in sgr.split(b";")}


def test_no_color_means_none_and_the_cursor_is_seen_all_the_same(written_in) -> None:
    data, _ = written_in(NO_COLOR="1")
    assert codes(data) <= NO_COLOUR
    assert 7 in codes(data)  # what a ground would tell is told in reverse


def test_sixteen_colours_are_sent_to_a_terminal_of_sixteen(written_in) -> None:
    data, _ = written_in(TERM="xterm", COLORTERM="")
    assert codes(data) <= SIXTEEN
    assert {30, 105} <= codes(data)  # the badge of what waits: black on magenta, as `sixteen` has it


def test_the_linux_console_is_sent_ascii_and_sixteen_colours(written_in) -> None:
    data, shown = written_in(TERM="linux", COLORTERM="")
    assert data.isascii(), re.findall(rb"[^\x00-\x7f]{1,20}", data)
    assert codes(data) <= SIXTEEN
    assert "? " in shown
    assert b"\x1b]2;" not in data


def test_a_locale_without_unicode_is_sent_ascii(written_in) -> None:
    data, _ = written_in(LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert data.isascii(), re.findall(rb"[^\x00-\x7f]{1,20}", data)
