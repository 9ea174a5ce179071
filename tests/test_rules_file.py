"""The rules file is read to the letter, and saving a rule loses nothing of what a person wrote there."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hephaestus_tui.domain.decision import Verdict
from hephaestus_tui.domain.errors import ConfigError
from hephaestus_tui.domain.rule import Rule, rule_faults
from hephaestus_tui.domain.task import Discovery, Phase, Priority
from hephaestus_tui.rules_file import FILE, own_rules, read_rules, save_rule

BUGS = Rule(id="bugs", verdict=Verdict.ACCEPT, discoveries=(Discovery.BUG,))
LATER = Rule(id="later", verdict=Verdict.REJECT, reason="later", phases=(Phase.VALIDATION,), per_hour=0)
WRITTEN = """\
# what I never want
[[rule]]  # the first
# said to me by the others
id = "later"   # as they call it
verdict = "reject"
phase = "validation"
reason = '''
not
[[rule]]
now'''

# and this I do want
[[rule]]
discovery = ["bug", "security"]
id = "bugs"
verdict = 'accept'
# the end
"""


def test_where_there_is_no_file_there_are_no_rules(tmp_path) -> None:
    assert own_rules(tmp_path) == ()
    assert own_rules(tmp_path / "nowhere") == ()
    with pytest.raises(ConfigError, match="nowhere: the rules cannot be read"):
        read_rules(tmp_path / "nowhere")


def test_one_of_a_kind_and_a_list_of_it_say_the_same(tmp_path) -> None:
    path = tmp_path / FILE
    path.write_text(
        "[[rule]]\nid = 'a'\nverdict = 'accept'\nphase = 'building'\nrole = ['x', 'y']\npriority = ['low']\n"
    )
    (rule,) = own_rules(tmp_path)
    assert rule == Rule(
        id="a", verdict=Verdict.ACCEPT, phases=(Phase.BUILDING,), roles=("x", "y"), priorities=(Priority.LOW,)
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[rule]]\nid = 'a'\nverdict = \n", "cannot be read: Invalid value (at line 3, column 11)"),
        ("id = 'a'", "write one or more [[rule]] tables and nothing else"),
        ("[rule]\nid = 'a'", "write one or more [[rule]] tables and nothing else"),
        ("[[rule]]\nid = 7\nverdict = 'accept'", "rule 1: id: 7 will not do: it must be a text"),
        ("[[rule]]\nid = 'A'\nverdict = 'accept'\ndepth = 1", "rule 1 (A): id: 'A' will not do: use 1 to 40 of a-z"),
        ("[[rule]]\nid = 'a'\nverdict = 'edit'\ndepth = 1", "rule 1 (a): verdict: 'edit' is none of: accept, reject"),
        ("[[rule]]\nid = 'a'\nverdict = 'accept'\nphase = ['bulding']", "rule 1 (a): phase: 'bulding' is none of"),
        ("[[rule]]\nid = 'a'\nverdict = 'accept'\nphase = 3", "rule 1 (a): phase: 3 will not do: it must be a text"),
        (
            "[[rule]]\nid = 'a'\nverdict = 'accept'\ndepth = true",
            "rule 1 (a): depth: True will not do: it must be a whole",
        ),
        ("[[rule]]\nid = 'a'\nverdict = 'accept'\ndepth = 1.5", "rule 1 (a): depth: 1.5 will not do"),
        (
            "[[rule]]\nid = 'a'\nverdict = 'accept'\ndepth = 0",
            "rule 1 (a): depth: 0 will not do: a number from 1 to 100",
        ),
        ("[[rule]]\nid = 'a'\nverdict = 'accept'\neverything = 1", "rule 1 (a): everything: 1 will not do"),
        (
            "[[rule]]\nid = 'a'\nverdict = 'accept'\nphases = []",
            "rule 1 (a): unknown field 'phases'; known: id, verdict",
        ),
        ("[[rule]]\nid = 'a'\nverdict = 'accept'\nspawned_by = 'x'", "rule 1 (a): spawned_by: 'x' is no task"),
        ("[[rule]]\nid = 'a'\nverdict = 'accept'\nsize = " + "9" * 5_000, "the rules cannot be read"),
        ("[[rule]]\nid = 'a'\nverdict = 'accept'\ndepth = 1\n" * 2, "rule 2 (a): id: another rule has it already"),
    ],
)
def test_what_is_wrong_is_named_with_file_rule_and_field(tmp_path, text, told) -> None:
    path = tmp_path / FILE
    path.write_text(text)
    with pytest.raises(ConfigError) as raised:
        own_rules(tmp_path)
    assert str(raised.value).startswith(f"{path}: ")
    assert told in str(raised.value)


def test_text_in_another_encoding_is_told(tmp_path) -> None:
    (tmp_path / FILE).write_bytes("[[rule]]\nid = 'ä'".encode("latin-1"))
    with pytest.raises(ConfigError, match="the rules cannot be read"):
        own_rules(tmp_path)


# -- saving


def test_the_first_rule_makes_a_file_that_only_its_owner_reads(tmp_path) -> None:
    folder = tmp_path / "config" / "hephaestus"
    save_rule(folder, BUGS)
    save_rule(folder, LATER)
    assert own_rules(folder) == (BUGS, LATER)
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert os.listdir(folder) == [FILE]


def test_a_new_rule_is_written_behind_what_is_there(tmp_path) -> None:
    path = tmp_path / FILE
    path.write_text(WRITTEN)
    save_rule(tmp_path, replace(BUGS, id="new"))
    assert path.read_text() == f'{WRITTEN}\n[[rule]]\nid = "new"\nverdict = "accept"\ndiscovery = "bug"\n'


def test_a_rule_that_is_saved_again_replaces_its_table_alone(tmp_path) -> None:
    path = tmp_path / FILE
    path.write_text(WRITTEN)
    save_rule(tmp_path, replace(BUGS, priorities=(Priority.HIGH,)))
    first, _, _ = WRITTEN.partition("discovery")
    assert path.read_text() == (
        f'{first}id = "bugs"\nverdict = "accept"\ndiscovery = "bug"\npriority = "high"\n# the end\n'
    )
    save_rule(tmp_path, LATER)
    assert path.read_text().startswith(
        '# what I never want\n[[rule]]  # the first\nid = "later"\nverdict = "reject"\nreason = "later"\n'
        'phase = "validation"\nper_hour = 0\n\n# and this I do want\n[[rule]]\n'
    )
    assert own_rules(tmp_path) == (LATER, replace(BUGS, priorities=(Priority.HIGH,)))


def test_comments_within_the_table_are_kept_and_so_are_the_ends_of_lines(tmp_path) -> None:
    path = tmp_path / FILE
    path.write_bytes(b"[[rule]]\r\n# why\r\nid = 'bugs'\r\nverdict = 'accept'\r\ndepth = 1")
    save_rule(tmp_path, BUGS)
    assert path.read_bytes() == (
        b'[[rule]]\r\n# why\r\nid = "bugs"\r\nverdict = "accept"\r\ndiscovery = "bug"\r\n'
    )  # fmt: skip


def test_a_last_line_without_an_end_is_given_one(tmp_path) -> None:
    path = tmp_path / FILE
    path.write_text("[[rule]]\nid = 'a'\nverdict = 'accept'\ndepth = 1")
    save_rule(tmp_path, BUGS)
    assert [rule.id for rule in own_rules(tmp_path)] == ["a", "bugs"]


@pytest.mark.parametrize(
    "text",
    [
        "[[rule]\nid = 'a'",
        "[[rule]]\nid = 'a'\nverdict = 'perhaps'",
        "rule = [{id = 'a', verdict = 'accept', depth = 1}]\n",
        "rule = [{id = 'bugs', verdict = 'accept', depth = 1}]\n",
    ],
)
def test_a_file_that_cannot_take_the_rule_is_left_as_it_is(tmp_path, text) -> None:
    path = tmp_path / FILE
    path.write_text(text)
    with pytest.raises(ConfigError, match=str(path)):
        save_rule(tmp_path, BUGS)
    assert path.read_text() == text
    assert os.listdir(tmp_path) == [FILE]


def test_a_rule_with_a_fault_is_not_saved(tmp_path) -> None:
    with pytest.raises(ConfigError, match="'later' was not saved: a rejection needs a reason"):
        save_rule(tmp_path, replace(LATER, reason=""))
    assert os.listdir(tmp_path) == []


def test_what_a_link_leads_to_is_written_and_the_link_stays(tmp_path) -> None:
    real = tmp_path / "dotfiles" / "mine.toml"
    real.parent.mkdir()
    real.write_text("# mine\n")
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / FILE).symlink_to(real)
    save_rule(folder, BUGS)
    assert (folder / FILE).is_symlink()
    assert real.read_text().startswith("# mine\n")
    assert own_rules(folder) == (BUGS,)


def test_a_folder_that_cannot_be_made_is_told(tmp_path) -> None:
    (tmp_path / "config").write_text("a file")
    with pytest.raises(ConfigError, match=r"rules\.toml: the rule 'bugs' was not saved"):
        save_rule(tmp_path / "config", BUGS)


_RULES = st.builds(
    Rule,
    id=st.text("abc-09", min_size=1, max_size=40),
    verdict=st.sampled_from([Verdict.ACCEPT, Verdict.REJECT]),
    reason=st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    phases=st.lists(st.sampled_from(Phase), unique=True, max_size=3).map(tuple),
    roles=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9), max_size=2).map(tuple),
    spawned_by=st.lists(st.sampled_from(["T1", "T22"]), max_size=2).map(tuple),
    discoveries=st.lists(st.sampled_from(Discovery), unique=True, max_size=2).map(tuple),
    priorities=st.lists(st.sampled_from(Priority), unique=True, max_size=2).map(tuple),
    depth=st.none() | st.integers(1, 100),
    size=st.none() | st.integers(1, 9_999),
    duplicate=st.none() | st.integers(50, 100),
    per_hour=st.integers(0, 100),
).filter(lambda rule: not rule_faults(rule))


@given(rules=st.lists(_RULES, min_size=1, max_size=4))
def test_what_is_saved_is_what_is_read(tmp_path_factory, rules) -> None:
    folder: Path = tmp_path_factory.mktemp("config")
    for rule in rules:
        save_rule(folder, rule)
    expected = {rule.id: rule for rule in rules}
    assert {rule.id: rule for rule in own_rules(folder)} == expected
