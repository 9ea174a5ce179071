"""What holds of every diff: side by side each line stands once and in order; rows and items agree; nothing shown can command."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from hephaestus_tui.domain.work import Hunk, Line, LineComment, Side
from hephaestus_tui.ui.diff.anchors import found
from hephaestus_tui.ui.diff.document import Document, Place
from hephaestus_tui.ui.diff.items import Code, Item, Part, Remark
from hephaestus_tui.ui.diff.lexer import Lexing, language_of
from hephaestus_tui.ui.diff.pairs import changed_parts, pairs
from hephaestus_tui.ui.diff.parts import file_part
from hephaestus_tui.ui.diff.shown import height, rows, shown
from tests.made_work import Made, hunks_of

sides = st.lists(st.sampled_from(Side), max_size=40)
texts = st.text(st.characters(blacklist_characters="\n", blacklist_categories=()), max_size=60)
codes = st.text("abc \t(){}='\"#éя漢\u200b\u202e\r", max_size=30)


def lines_of(kinds: list[Side]) -> tuple[Line, ...]:
    old = new = 0
    made = []
    for number, side in enumerate(kinds):
        old += side is not Side.NEW
        new += side is not Side.OLD
        made.append(
            Line(side, f"{number}", old if side is not Side.NEW else None, new if side is not Side.OLD else None)
        )
    return tuple(made)


@given(sides)
def test_side_by_side_every_line_stands_once_on_its_side_and_in_order(kinds: list[Side]) -> None:
    lines = lines_of(kinds)
    made = list(pairs(lines))
    assert [old for old, _ in made if old] == [line for line in lines if line.side is not Side.NEW]
    assert [new for _, new in made if new] == [line for line in lines if line.side is not Side.OLD]
    assert all(old or new for old, new in made)
    assert all((old is new) == (old is not None and old.side is Side.BOTH) for old, new in made)


@given(codes, codes)
def test_what_changed_in_a_line_is_all_that_differs(old: str, new: str) -> None:
    before, after = changed_parts(old, new)
    if before or after:
        assert _without(old, before) == _without(new, after)


def _without(text: str, parts: tuple[tuple[int, int], ...]) -> str:
    for first, last in reversed(parts):
        text = text[:first] + text[last:]
    return text


def test_of_lines_with_little_in_common_nothing_is_picked_out() -> None:
    assert changed_parts("return self._kept.get(key)", "raise LookupError") == ((), ())
    assert changed_parts("a = kept[1]", "a = kept[2]") == (((9, 10),), ((9, 10),))


@given(texts, st.integers(2, 40))
def test_a_shown_line_commands_nothing_and_fits(text: str, width: int) -> None:
    said = shown(text, "→", "·")
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", said.text)
    made = rows(said.text, width)
    assert "".join(made) == said.text
    assert all(cell_len(row) <= width for row in made) or width < 4
    assert height(text, width) == len(made)
    for at, signs in said.faint:
        assert said.text[at : at + len(signs)].isspace()


@given(sides, st.booleans(), st.sets(st.integers(0, 6)), st.booleans())
@settings(max_examples=60)
def test_rows_and_items_agree(kinds: list[Side], split: bool, folded: set[int], file_folded: bool) -> None:
    lines = lines_of(kinds)
    part = file_part(Made("T1", {"a.py": ("", "x")}).change("a.py"), alone=True, unresolved=False)
    part.hunks = tuple(Hunk(1, 1, "", lines[n : n + 8]) for n in range(0, len(lines), 8))
    document = Document(_height)
    document.split = split
    comment = LineComment(path="a.py", side=Side.NEW, line=2, quoted="", text="x")
    document.remarks = lambda path: [Remark(comment)]
    document.show([Part(part.title), part, Part(part.title)])
    for hunk in folded & set(range(len(part.hunks))):
        document.fold_hunk(1, hunk)
    if file_folded:
        document.fold(1)
    place: Place | None = Place(0, 0)
    row = 0
    while place is not None:
        assert document.row_of(place) == row
        for own in range(document.height_of(place)):
            assert document.at(row + own) == (place, own)
        row += document.height_of(place)
        place = document.next(place, 1)
    assert row == document.rows
    shown_lines = [item for item in document.items(1) if isinstance(item, Code)]
    wanted = [] if file_folded else [line for n, h in enumerate(part.hunks) if n not in folded for line in h.lines]
    assert {id(x) for code in shown_lines for x in (code.old, code.new) if x} == {id(line) for line in wanted}


def _height(part: Part, item: Item) -> int:
    return 1 + len(str(item)) % 3


@given(st.lists(codes, max_size=12), st.sampled_from(["a.py", "b.js", "c.toml", "d.md", "e.unknown"]))
@settings(max_examples=40, deadline=None)
def test_colours_stay_within_their_lines(lines: list[str], path: str) -> None:
    lexing = Lexing(path, lines, lambda text: shown(text, "→", "·").text)
    for number, text in enumerate(lines):
        length = len(shown(text, "→", "·").text)
        last = 0
        for first, end, _ in lexing.of(number):
            assert last <= first < end <= length
            last = end


def test_colours_name_what_words_are() -> None:
    lines = ["def answer(key: str) -> int:", '    return self.kept["a"] + 42  # all']
    lexing = Lexing("src/a.py", lines, str)
    told = [(text[a:b], colour) for n, text in enumerate(lines) for a, b, colour in lexing.of(n)]
    assert ("def", "keyword") in told
    assert ("answer", "name") in told
    assert ("42", "number") in told
    assert ("# all", "remark") in told
    assert (language_of("Makefile"), language_of("a.PY"), language_of("a.bin")) == ("make", "python", None)


def test_a_hunk_that_begins_within_a_docstring_is_read_as_code_after_it() -> None:
    lines = ["    of all that is kept.", '    """', "    return 1", "def other():", '    """Another."""', "    x = 1"]
    lexing = Lexing("a.py", lines, str)
    assert "keyword" in {colour for _, _, colour in lexing.of(2)}
    assert "name" in {c for _, _, c in lexing.of(3)}


def test_a_comment_is_found_again_by_its_line() -> None:
    before = "a\nb\nc\nd\n"
    hunks = hunks_of(before, before.replace("c", "new\nc\nnew"))
    at = LineComment(path="a.py", side=Side.NEW, line=3, quoted="new", text="?")
    assert found(at, hunks) == at
    moved = found(LineComment(path="a.py", side=Side.NEW, line=9, quoted="new", text="?"), hunks)
    assert moved is not None
    assert moved.line == 5
    assert found(LineComment(path="a.py", side=Side.OLD, line=3, quoted="new", text="?"), hunks) is None


@pytest.mark.parametrize("count", [5_000])
def test_laying_out_a_large_file_touches_each_line_once(count: int) -> None:
    """What is drawn is what is on the screen; what is counted is counted once."""
    seen: list[Item] = []

    def counting(part: Part, item: Item) -> int:
        seen.append(item)
        return 1

    part = file_part(Made("T1", {"a.py": ("", "x")}).change("a.py"), alone=True, unresolved=False)
    part.hunks = (Hunk(1, 1, "", lines_of([Side.NEW] * count)),)
    document = Document(counting)
    document.show([Part(part.title), part])
    for row in range(0, count, 100):
        document.at(row)
    assert len(seen) == count + 3


def test_a_long_line_breaks_at_a_word_where_one_is_near() -> None:
    said = "a client whose tokens are refused at once is told of it by the server"
    assert rows(said, 24) == ["a client whose tokens ", "are refused at once is ", "told of it by the server"]
    assert rows("漢字 " * 3, 8) == ["漢字 ", "漢字 ", "漢字 "]
    assert rows("x" * 20, 8) == ["x" * 8, "x" * 8, "x" * 4]
    assert rows("    " + "y" * 9, 6)[0] == "    yy"  # never a row of indentation alone
