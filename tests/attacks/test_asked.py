"""No command is let by leave for another one: whatever begins like it, or means it, asks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.leave import Extent, Grant, Wish, extents
from hephaestus_tui.domain.policy import Containment, Effect, Leave, Policy, leave
from hephaestus_tui.tools.argv import simple_argv

# what a person may well have allowed
ALLOWED = (
    "cat README.md", "find .", "sed -n p file", "sort file", "git log", "git status", "git diff", "env", "awk 1 file",
    "tar tf a.tar", "date", "file a", "wc -l file", "python3 -m pytest", "npm test", "ls", "grep x file", "echo hello", "make test",
)  # fmt: skip

# what passes a checker that looks at the beginning of a text, or for signs of a shell; each of them did something
VECTORS = (
    "ls; id", "ls && id", "ls || id", "ls | sh", "ls & id", "ls > ~/.bashrc", "ls >> x", "cat < x", "ls $(id)", "ls `id`",
    "ls\nid", "ls\rid", "ls <(id)", "cat <<X\nX", "echo ${X}", "echo $HOME", "echo $'\\x41'", "echo {a,b}", "echo *", "echo ~root",
    "A=b ls", "PATH=. ls", "LD_PRELOAD=x.so ls", "(ls)", "{ ls; }", "! ls", "ls #", "\\ls", "'ls'", '"ls"', "l''s", "if ls; then id; fi",
    "find . -fprintf x y", "find . -delete", "find . -exec id +", "sed -n 'w x' file", "sed -n 1e file", "sort -o x file",
    "sort --compress-program=x file", "git log --output=x", "git diff --ext-diff", "git -c core.pager=x log", "git status --x",
    "env id", "env -S id", "awk system file", "awk -f x file", "tar xf a.tar --checkpoint-action=exec=id", "tar tf a.tar -I id",
    "date -f x", "file -f x", "wc --files0-from=x", "python3 -m pytest -p evil", "python3 -m pytest --rootdir=/", "npm test -- x",
    "cat README.md /etc/passwd", "grep x file -f y", "echo hello world", "make test SHELL=x", "make -f x test", "ls -la",
    "lѕ", "ls\u00a0", "cat READМE.md", "ls\u200b", "make\u2028test", "ls\x00", "echo hello\t", " ls", "ls ", "sudo ls", "command ls",
)  # fmt: skip


def granted(text: str) -> Grant:
    argv = simple_argv(text)
    assert argv is not None
    return Grant(
        id="L1", tool="run_command", effect=Effect.RUN, argv=argv, task_id=None, actor=Actor(ActorKind.HUMAN, "ada"), given_at=0.0
    )  # fmt: skip


GRANTS = tuple(granted(text) for text in ALLOWED)


def wish(text: str) -> Wish:
    return Wish(tool="run_command", effect=Effect.RUN, argv=simple_argv(text))


@pytest.mark.parametrize("vector", VECTORS)
def test_what_only_looks_like_an_allowed_command_asks(vector: str) -> None:
    assert not [grant for grant in GRANTS if grant.covers(wish(vector), "T1")]


@pytest.mark.parametrize("text", ALLOWED)
def test_what_was_allowed_does_not(text: str) -> None:
    assert [grant.argv for grant in GRANTS if grant.covers(wish(text), "T1")] == [tuple(text.split())]


@given(st.sampled_from(ALLOWED), st.text(max_size=6), st.integers(0, 20))
def test_no_change_of_a_text_is_covered(text: str, put: str, at: int) -> None:
    changed = text[:at] + put + text[at:]
    if changed != text:
        assert not granted(text).covers(wish(changed), "T1")


def test_an_edit_is_never_leave_for_a_command_nor_the_other_way_round() -> None:
    edit = Wish(tool="edit_file", effect=Effect.WRITE)
    assert not [grant for grant in GRANTS if grant.covers(edit, "T1")]
    edits = Grant(
        id="L1", tool="edit_file", effect=Effect.WRITE, argv=None, task_id=None, actor=Actor(ActorKind.HUMAN, "ada"), given_at=0.0
    )  # fmt: skip
    assert edits.covers(edit, "T1")
    assert not edits.covers(wish("ls"), "T1")
    assert not edits.covers(Wish(tool="write_file", effect=Effect.WRITE), "T1")
    # a command that could not be read is not covered by leave that has no words either
    assert not Grant(
        id="L1", tool="run_command", effect=Effect.RUN, argv=None, task_id=None, actor=edits.actor, given_at=0.0
    ).covers(wish("ls; id"), "T1")  # fmt: skip


@pytest.mark.parametrize("policy", Policy)
def test_where_nothing_holds_it_no_policy_lets_a_command_and_no_leave_lasts(policy: Policy) -> None:
    assert leave(policy, Effect.RUN, Containment.NONE) is not Leave.ALLOWED
    assert extents(wish("ls"), Containment.NONE) == (Extent.ONCE,)
