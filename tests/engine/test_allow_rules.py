"""A rule of the person's settings allows exactly one argument vector, without a shell, in a sandbox; all else asks."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hephaestus_tui.config import AllowRule
from hephaestus_tui.domain.policy import Containment, Policy
from hephaestus_tui.tools.argv import simple_argv
from hephaestus_tui.tools.sandbox import NoSandbox, find_sandbox

RULE = AllowRule(argv=("touch", "ran"))

# what the rule says, and something besides
COMPOUND = (
    "touch ran; id", "touch ran && id", "touch ran | id", "touch ran > x", "touch ran $HOME", "touch ran `id`", "touch  ran",
    "touch 'ran'", 'touch "ran"', "touch r\\an", "touch ran\nid", " touch ran", "touch ran ", "touch ran *", "touch ~/ran",
    "touch ran &", "A=b touch ran", "(touch ran)", "touch ran # no", "touch\tran", "tоuch ran", "touch ran {a,b}", "! touch ran",
)  # fmt: skip


@pytest.fixture
def ruled(forge):
    found = find_sandbox((), os.environ, forge.project)
    if isinstance(found, NoSandbox):
        pytest.skip(f"no sandbox works on this machine: {found.reason}")
    forge.sandbox, forge.containment, forge.policy = found, Containment.SANDBOX, Policy.ASK
    forge.settings = replace(forge.settings, allow=(RULE,))
    return forge


def script(say, command: str = "touch ran"):
    run = say.turn("I run it.", say.call("run_command", "run", f"{{ command = '''{command}''' }}"))
    return say.script(say.entry("root", 'role = "backend_developer"', run, say.done()))


async def test_what_it_says_runs_unasked(ruled, say) -> None:
    session = await ruled.start(script(say))
    await session.settled()
    assert (ruled.project / "ran").exists()
    assert not session.state().answers
    assert not session.state().questions


@pytest.mark.parametrize(
    "rule",
    [
        AllowRule(argv=("touch",)),
        AllowRule(argv=("touch", "ran", "x")),
        AllowRule(argv=("touch", "ran"), role="tech_lead"),
    ],
)
async def test_another_vector_or_another_role_asks(ruled, say, until, rule: AllowRule) -> None:
    ruled.settings = replace(ruled.settings, allow=(rule,))
    session = await ruled.start(script(say))
    await until(session, lambda s: s.questions)
    assert not (ruled.project / "ran").exists()


async def test_it_is_not_stronger_than_a_policy_that_refuses(ruled, say) -> None:
    ruled.policy = Policy.READ_ONLY
    session = await ruled.start(script(say))
    await session.settled()
    assert not (ruled.project / "ran").exists()


async def test_without_a_sandbox_it_allows_nothing(forge, say, until) -> None:
    forge.settings = replace(forge.settings, allow=(RULE,))
    forge.policy, forge.containment = Policy.ASK, Containment.NONE
    session = await forge.start(script(say))
    await until(session, lambda s: s.questions)
    assert not (forge.project / "ran").exists()


async def test_what_a_shell_would_read_otherwise_asks(ruled, say, until) -> None:
    session = await ruled.start(script(say, "touch ran; touch more"))
    await until(session, lambda s: s.questions)
    assert not (ruled.project / "ran").exists()


@pytest.mark.parametrize("command", COMPOUND)
def test_a_compound_command_is_no_vector(command: str) -> None:
    assert simple_argv(command) is None


@given(st.text(max_size=40))
def test_a_vector_is_the_text_word_by_word(command: str) -> None:
    argv = simple_argv(command)
    if argv is not None:
        assert " ".join(argv) == command
        assert command.isascii()
        assert not set(command) & set("\n\t\\'\"`$&;|<>(){}[]*?!~#")
        assert "=" not in argv[0]
