"""Over a real pseudo-terminal that takes little a second: it is found to be slow, said, and keys are answered all the same."""

from __future__ import annotations

import os
import re
import select
import time

import pytest

SCRIPT = """
rate = 400
[[agent]]
name = "root"
[[agent.turn]]
text = '''
{words}
'''
"""
RATE = 24_000  # bytes a second that are taken


@pytest.fixture
def streaming(hephaestus, in_terminal):
    def start(*options: str):
        script = hephaestus.config / "script.toml"
        text = "\n\n".join(" ".join(f"word{n}-{m}" for m in range(30)) for n in range(400))
        script.write_text(SCRIPT.format(words=text))
        return in_terminal(*options, "say a lot", "--model", f"scripted:{script}", size=(120, 40))

    return start


def taken(terminal, seconds: float, rate: float = 0) -> int:
    """How much comes in so many seconds, where no more than `rate` bytes are taken in one."""
    began, size = time.monotonic(), 0
    while (now := time.monotonic() - began) < seconds:
        if (rate and size > now * rate) or not select.select([terminal.master], [], [], 0.02)[0]:
            select.select([], [], [], 0.01)
            continue
        data = os.read(terminal.master, 2_048)
        terminal.screen.feed(data)
        size += len(data)
    return size


def test_a_line_that_was_called_slow_is_sent_a_budget(streaming) -> None:
    slow = streaming("--slow")
    slow.wait(lambda text: re.search(r"word\d+-", text) is not None)
    assert taken(slow, 2) < 2 * 16_000  # the budget, and the frame that was under way
    slow.process.kill()
    slow.process.wait()
    quick = streaming()
    quick.wait(lambda text: re.search(r"word\d+-", text) is not None)
    assert taken(quick, 1) > 20_000


def test_a_line_that_is_slow_is_found_out_and_still_answers(streaming) -> None:
    terminal = streaming()
    deadline = time.monotonic() + 25
    while "This line is slow" not in terminal.screen.text:
        assert time.monotonic() < deadline, terminal.screen.text
        taken(terminal, 0.3, RATE)
    terminal.press("?")
    began = time.monotonic()
    while "Decide on what waits" not in terminal.screen.text:
        assert time.monotonic() - began < 8, terminal.screen.text
        taken(terminal, 0.1, RATE)
