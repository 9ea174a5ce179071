"""The app in a real terminal: a person decides with keys, others from outside, and nothing hostile reaches the terminal."""

from __future__ import annotations

import signal
import time

import pytest

CACHE = "Can the token cache"
BIDI, OSC, CLEAR, C1, DCS = (
    "\u202egnp.exe\u2066",
    "\x1b]52;c;aGk=\x07",
    "\x1b[2J\x1b[H",
    "\x9b2J\x9d0;t\x9c",
    "\x1bP+q\x1b\\",
)
HOSTILE = f"{OSC}{CLEAR}{C1}{DCS}{BIDI}\x1b]0;t\x07\x08\x7f[bold red]not markup[/]"

SMALL = """
rate = 0
[[agent]]
name = "root"
for = { role = "project_manager" }
[[agent.turn]]
text = "I begin."
[[agent.turn.call]]
id = "one"
tool = "spawn_building_task"
arguments = { title = "Mend the cache", description = "d", rationale = "r", role = "qa_tester" }
[[agent.turn.call]]
id = "two"
tool = "spawn_validation_task"
arguments = { title = "Test the cache", description = "d", rationale = "r", role = "qa_tester" }
[[agent.turn]]
delay = DELAY
text = "Done."
[[agent.turn.call]]
id = "end"
tool = "complete_task"
arguments = { summary = "I proposed two." }
[[agent]]
name = "other"
[[agent.turn]]
[[agent.turn.call]]
id = "end"
tool = "complete_task"
arguments = { summary = "It is mended." }
"""


def shows(*words: str):
    return lambda text: all(word in text for word in words)


def press_until(terminal, key: str, shown, patience: float = 0.8) -> None:
    """A key pressed while the screen is not yet ready for it is not taken: a person would press it again, later where it
    would be a letter of what it opens."""
    deadline = time.monotonic() + 20
    while not shown(terminal.screen.text):
        assert time.monotonic() < deadline, terminal.screen.text
        terminal.press(key)
        again = time.monotonic() + patience
        while not shown(terminal.screen.text) and time.monotonic() < again:
            terminal.read(0.05)


def statuses(hephaestus) -> dict[str, str]:
    return {row["id"]: row["status"] for row in hephaestus("tasks", "last", "--json").rows()}


def drafts(hephaestus) -> dict[str, dict[str, str]]:
    return {row["task_id"]: row["draft"] for row in hephaestus("proposals", "last", "--json").rows()}


@pytest.fixture
def small(hephaestus, in_terminal):
    """Starts a run in the app that proposes two tasks, and whose first task takes so many seconds after that."""

    def start(delay: float = 0, **options):
        path = hephaestus.config / "small.toml"
        path.write_text(SMALL.replace("DELAY", str(delay)))
        return in_terminal("mend the cache", "--model", f"scripted:{path}", **options)

    return start


def test_the_demo_is_decided_with_keys_and_from_outside(hephaestus, in_terminal) -> None:
    demo = in_terminal("demo", "--speed", "50", "--project", str(hephaestus.project.parent / "demo"))
    demo.wait(shows("◆ 8 wait for you", "no agent at work", CACHE))  # seven proposals, and work to be merged
    press_until(demo, "n", shows("PROPOSAL waits for you"))
    press_until(demo, "a", shows("T2 accepted"))
    demo.wait(shows("✓ 1/2"))

    press_until(demo, "n", shows("◇ T3  proposed"))
    press_until(demo, "r", shows("Reject T3"))
    demo.press("not now")
    demo.wait(shows("▌not now"))
    press_until(demo, "\r", shows("T3 rejected"))
    demo.wait(shows("rejected by ada: not now"))

    # from another terminal, also while this one is open; within a second it is seen here
    assert "◇       B T5" in demo.screen.text
    said = hephaestus("reject", "last", "T5", "--reason", "elsewhere")
    began = time.monotonic()
    assert said.code == 0, said.err
    demo.wait(shows("⊘       B T5"))
    assert time.monotonic() - began < 1.0
    said = hephaestus("accept", "last", "T3")
    assert said.code == 1
    assert "T3 was already rejected by ada at " in said.err

    demo.press("q")
    assert demo.end() == 0
    assert demo.given_back
    assert demo.screen.strange == []
    # wherever the line was broken
    assert "Goonwithit:hephaestusdemo--resume" in "".join(demo.screen.text.split())
    assert statuses(hephaestus) == {"T1": "completed", "T2": "completed"}
    assert set(drafts(hephaestus)) == {"T4", "T6", "T7", "T8", "T9"}


def test_an_edit_in_the_form_is_what_is_accepted(hephaestus, small) -> None:
    terminal = small()
    terminal.wait(shows("◆ 2 wait for you", "no agent at work"))
    press_until(terminal, "n", shows("PROPOSAL waits for you"))
    press_until(terminal, "e", shows("Edit T2, then accept it"), patience=3)
    terminal.press(" anew")
    terminal.wait(shows("Mend the cache anew"))
    press_until(terminal, "\x13", shows("What was proposed, and what it becomes"))
    press_until(terminal, "a", shows("T2 accepted"))
    (shown,) = hephaestus("show", "last", "T2", "--json").rows()
    assert shown["task"]["draft"]["title"] == "Mend the cache anew"
    assert shown["decision"]["verdict"] == "edit"
    assert terminal.screen.strange == []


def test_every_size_is_drawn_within_its_borders(small) -> None:
    terminal = small()
    terminal.wait(shows("◆ 2 wait for you", "1 tasks", "2 transcript", "3 detail"))
    for columns, rows, words in (
        (80, 24, ("T2", "? help")),
        (40, 10, ("T1",)),
        (200, 60, ("1 tasks", "3 detail", "T3")),
    ):
        terminal.resize(columns, rows)
        terminal.wait(shows("◆ 2 wait", *words), seconds=5)
        terminal.read(0.3)
        assert len(terminal.screen.lines[-1].strip()) > 0  # the footer is on the last row
    for n in range(20):  # as someone who drags the corner of the window, through sizes at which nothing fits
        terminal.resize(*((12, 4), (40, 10), (200, 50), (61, 17), (119, 24))[n % 5])
    terminal.resize(100, 30)
    terminal.wait(shows("◆ 2 wait", "1 tasks", "T3", "? help"), seconds=10)
    terminal.read(0.3)
    assert "? help" in terminal.screen.lines[-1]
    assert "Traceback" not in terminal.screen.text
    assert terminal.screen.strange == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_gives_the_terminal_back_and_keeps_the_run(hephaestus, small, number, code) -> None:
    terminal = small(delay=1000)
    terminal.wait(shows("1/4 at work", "I begin."))
    terminal.process.send_signal(number)
    assert terminal.end() == code
    assert terminal.given_back
    assert terminal.screen.strange == []
    assert statuses(hephaestus) == {"T1": "in_progress"}
    assert set(drafts(hephaestus)) == {"T2", "T3"}


def test_after_a_death_the_run_comes_back_and_says_who_was_interrupted(hephaestus, small, in_terminal) -> None:
    terminal = small(delay=1.5)
    terminal.wait(shows("1/4 at work", "◆ 2 wait for you"))
    terminal.process.kill()
    terminal.process.wait()
    before = drafts(hephaestus)
    assert [draft["title"] for draft in before.values()] == ["Mend the cache", "Test the cache"]

    terminal = in_terminal("--resume", "last")
    terminal.wait(shows("interrupted", "Mend the cache", "Test the cache"))
    assert drafts(hephaestus) == before
    assert statuses(hephaestus) == {"T1": "in_progress"}
    press_until(terminal, "R", shows("1/4 at work"))
    terminal.wait(shows("✓ 1/1", "no agent at work"))
    terminal.press("q")
    assert terminal.end() == 0
    assert terminal.given_back
    assert drafts(hephaestus) == before


def test_a_run_that_cannot_be_opened_is_told_once_the_terminal_is_given_back(in_terminal, hephaestus, small) -> None:
    terminal = small()
    terminal.wait(shows("✓ 1/1", "no agent at work"))
    terminal.press("q")
    assert terminal.end() == 0
    terminal = in_terminal("--resume", f"{CLEAR}none")
    assert terminal.end() == 2
    assert terminal.given_back
    assert terminal.screen.strange == []
    assert "hephaestus: there is no run" in terminal.screen.text
    (hephaestus.config / "config.toml").write_text("modle = 'x'")
    terminal = small()
    assert terminal.end() == 2
    assert terminal.given_back
    assert "unknownsetting'modle'" in "".join(terminal.screen.text.split())  # wherever the path let the line break


def test_a_terminal_that_can_show_nothing_is_told_so(in_terminal) -> None:
    terminal = in_terminal("fix it all", TERM="dumb")
    assert terminal.end() == 2
    assert "This terminal (TERM=dumb) cannot show the app. Set TERM" in terminal.screen.text.replace("\n", "")
    assert terminal.screen.modes == {}


def quoted(text: str) -> str:
    """As a TOML string."""
    return '"' + "".join(f"\\u{ord(c):04x}" if not c.isprintable() or c in '"\\' else c for c in text) + '"'


def test_nothing_that_comes_from_outside_is_obeyed(hephaestus, in_terminal) -> None:
    """From a model, a file, a command that asks, a proposal, a question, an error and another process, everywhere."""
    (hephaestus.project / "evil.txt").write_text(f"line one {HOSTILE}\nline two\n")
    bad = quoted(f"x {HOSTILE} y")
    command = quoted(r"printf 'out \033]52;c;aGFj\007\033[2J\302\2330m\n'; cat evil.txt; exit 3")
    script = hephaestus.config / "script.toml"
    script.write_text(
        f"""
rate = 0
[[agent]]
name = "root"
for = {{ title = "look" }}
[[agent.turn]]
reasoning = {bad}
text = {bad}
[[agent.turn.call]]
id = "read"
tool = "read_file"
arguments = {{ path = "evil.txt" }}
[[agent.turn.call]]
id = "run"
tool = "run_command"
arguments = {{ command = {command} }}
[[agent.turn.call]]
id = "lost"
tool = "read_file"
arguments = {{ path = {bad} }}
[[agent.turn.call]]
id = "propose"
tool = "spawn_building_task"
arguments = {{ title = {bad}, description = {bad}, rationale = {bad}, role = "qa_tester", done_criteria = [{bad}] }}
[[agent.turn]]
text = "Now I ask."
[[agent.turn.call]]
id = "ask"
tool = "ask_human"
arguments = {{ question = {bad}, options = [{bad}, "plain"] }}
[[agent.turn]]
text = {bad}
[[agent.turn.call]]
id = "end"
tool = "complete_task"
arguments = {{ summary = {bad} }}
"""
    )
    terminal = in_terminal(
        f"look at {HOSTILE}", "--role", "backend_developer", "--policy", "ask", "--model", f"scripted:{script}",
        size=(200, 60),
    )  # fmt: skip
    terminal.wait(shows("◆ 1 waits for you"))
    press_until(terminal, "n", shows("PERMISSION waits for you"))
    press_until(terminal, "y", shows("May T1 do this?", "a allow"))
    press_until(terminal, "a", shows("Now I ask."))
    terminal.wait(shows("Now I ask.", "◆ 2 wait for you"))
    escape = "\x1b"
    for key in "1j32z\r z" + f"ne{escape}nr{escape}ny{escape}/Title{escape}?{escape}+{escape}":
        terminal.press(key)
        terminal.read(0.06)
    # an error: the proposal's agent finds no part in the script, and stands still with the reason
    said = hephaestus("accept", "last", "T2", HEPHAESTUS_ACTOR=f"eve {BIDI}{C1}")
    assert said.code == 0, said.err
    terminal.wait(shows("stalled"))
    for key in "njj321":
        terminal.press(key)
        terminal.read(0.06)
    assert "[bold red]not markup[/]" in terminal.screen.text
    assert terminal.screen.strange == []
    assert terminal.screen.modes[1049]
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.end() == 143
    assert terminal.given_back
    assert terminal.screen.strange == []


def test_a_command_is_changed_allowed_and_leave_taken_back_by_keys_alone(hephaestus, in_terminal) -> None:
    def turn(number: int, tool: str, arguments: str) -> str:
        return (
            f'[[agent.turn]]\n[[agent.turn.call]]\nid = "c{number}"\ntool = "{tool}"\narguments = {{ {arguments} }}\n'
        )

    script = hephaestus.config / "leave.toml"
    script.write_text(
        'rate = 0\n[[agent]]\nname = "a"\n'
        + turn(0, "run_command", 'command = "touch first"')
        + "".join(turn(n, "write_file", f'path = "f{n}.txt", content = "x"') for n in (1, 2))
        + turn(3, "complete_task", 'summary = "done"')
    )
    terminal = in_terminal("do it", "--role", "backend_developer", "--model", f"scripted:{script}", size=(160, 40))
    terminal.wait(shows("◆ 1 waits for you"))
    press_until(terminal, "y", shows("May T1 do this?", "touch first"))
    press_until(terminal, "e", shows("shall run instead"), patience=3)
    terminal.press("-and-last")
    terminal.wait(shows("touch first-and-last"))
    press_until(terminal, "\r", shows("changed by you"))
    press_until(terminal, "a", shows("✓ run_command", "write f1.txt"))
    press_until(terminal, "y", shows("May T1 do this?", "f1.txt"))
    press_until(terminal, "t", shows("✓ 1/1"))  # the second writes unasked
    press_until(terminal, "Y", shows("What you have allowed", "every write_file"))
    press_until(terminal, "x", shows("Nothing is allowed for more than once"))
    (record,) = hephaestus("show", "last", "T1", "--json").rows()
    assert record["task"]["status"] == "completed"
    assert "What ran instead: touch first-and-last]" in hephaestus("show", "last", "T1", "--transcript", "--json").out
    assert terminal.screen.strange == []


@pytest.mark.parametrize(
    "text", [OSC, CLEAR, C1, DCS, BIDI, "\x1b]0;t\x07", "\x07", "\x7f", "\x1b[6n", "\x1bc", "a\x1b"]
)
def test_the_oracle_would_have_seen_it(screen, text) -> None:
    data = f"\x1b[1;1H\x1b[1mplain {text} text".encode()
    for n in range(0, len(data), 3):
        screen.feed(data[n : n + 3])
    assert screen.strange


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7])
def test_the_oracle_reads_characters_that_come_in_parts(screen, size) -> None:
    data = "\x1b[2;3Ha ▏ long row of ╰─╯ and 日本\x1b[3;1Hnext".encode()
    for n in range(0, len(data), size):
        screen.feed(data[n : n + size])
    assert screen.text.rstrip() == "\n  a ▏ long row of ╰─╯ and 日本\nnext"
