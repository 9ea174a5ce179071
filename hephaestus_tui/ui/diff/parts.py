"""The parts of a review: what a task says of its work, what was sent back before, and its files with all that is odd about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from hephaestus_tui.domain.criterion import words_of
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.work import ChangeKind, FileChange, LineComment, Review
from hephaestus_tui.ui import words
from hephaestus_tui.ui.diff.items import Part, Words
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.text import clean, line
from hephaestus_tui.ui.widgets.detail_criteria import criteria_lines
from hephaestus_tui.ui.widgets.lines import Line, Span, line_of, paragraphs

LARGE = 1_500  # changed lines: a file of more is folded at first
_NO_FILE, _LINK, _SUBMODULE, _EXECUTABLE = "000000", "120000", "160000", "100755"
_LETTERS = {
    ChangeKind.ADDED: ("A", "good"),
    ChangeKind.DELETED: ("D", "bad"),
    ChangeKind.MODIFIED: ("M", "primary"),
    ChangeKind.RENAMED: ("R", "accent"),
    ChangeKind.RETYPED: ("T", "careful"),
}


def path_words(path: str) -> str:
    """A path of which nothing is hidden or folded, on one line."""
    return clean(path.replace("\n", "\u240a"), exact=True).replace("\n", "\u240a")


def letter(change: FileChange) -> Span:
    return Span(*_LETTERS[change.kind])


def file_part(change: FileChange, *, alone: bool, unresolved: bool) -> Part:
    """A file that has not been read; folded where it is large and not the only one."""
    large = change.insertions + change.deletions > LARGE
    part = Part(file_title(change, 0, unresolved), change=change, folded=large and not alone)
    if notes := _notes(change):
        part.words = tuple(Words(Line((Span(note, style),), indent=2)) for note, style in notes)
    if change.binary or _SUBMODULE in (change.old_mode, change.new_mode) or change.old_blob == change.new_blob:
        part.hunks = ()
    return part


def file_title(change: FileChange, comments: int, unresolved: bool) -> Line:
    """The letter of its kind, the whole path, how many lines came and went, and how many comments there are."""
    said = [Span(path_words(change.path), "strong"), Span("  ")]
    if change.binary:
        said.append(Span("binary", "muted"))
    else:
        said += [Span(f"+{change.insertions:,}", "good"), Span(" "), Span(f"-{change.deletions:,}", "bad")]
    if change.before:
        said.append(Span(f"  was {path_words(change.before)}", "muted"))
    if comments:
        said.append(Span(f"  {words.count(comments, 'comment')}", "secondary"))
    if unresolved:
        said.append(Span("  still in conflict", "bad"))
    if change.guarded:
        said.append(Span("  guarded", "careful"))
    return Line(tuple(said), head=(letter(change), Span(" ")))


def _notes(change: FileChange) -> list[tuple[str, str]]:
    notes: list[tuple[str, str]] = []
    old, new = change.old_mode, change.new_mode
    if change.guarded:
        notes.append(
            (
                "A guarded name: git, editors or shells obey what is in it. Agents may not write it with tools.",
                "careful",
            )
        )
    if change.kind is ChangeKind.DELETED and not change.insertions and not change.deletions and not change.binary:
        notes.append(("It was empty, and is deleted.", "muted"))
    if change.kind is ChangeKind.ADDED and not change.insertions and not change.binary:
        notes.append(("A new file with nothing in it.", "muted"))
    if _SUBMODULE in (old, new):
        notes.append(("Another repository is bound in here: only its commit changes.", "careful"))
    elif new == _LINK:
        notes.append(("A link: its text is where it leads.", "careful"))
    elif new == _EXECUTABLE != old:
        notes.append(
            ("It can be run as a program now." if old != _NO_FILE else "It can be run as a program.", "careful")
        )
    elif old == _EXECUTABLE and new not in (_NO_FILE, old):
        notes.append(("It can no longer be run as a program.", "muted"))
    if change.binary:
        notes.append(("It is no text: its content is not shown.", "muted"))
    elif change.before and change.old_blob == change.new_blob:
        notes.append(("It has only another name: nothing in it is changed.", "muted"))
    return notes


def about_part(state: RunState, task_id: TaskId, glyphs: GlyphSet) -> Part:
    """What the agent says it has done, and for each criterion what it offers as proof. Folded: it is there at a key."""
    task, draft = state.tasks.get(task_id), state.draft(task_id)
    proved = {e.criterion for e in task.evidence} if task else set()
    criteria = [words_of(criterion) for criterion in draft.done_criteria] if draft else []
    of = words.count(len(criteria), "criterion", "criteria")
    told = (
        f"done when: {sum(c in proved for c in criteria)} of {of} with evidence" if criteria else "no criteria were set"
    )
    rows = list(paragraphs(task.summary)) if task and task.summary else []
    rows += criteria_lines(draft, state, task_id, glyphs) if draft else []
    said = tuple(Words(replace(row, indent=row.indent + 2)) for row in rows)
    return Part(line_of("What its agent says", Span(f"  {told}", "muted")), words=said, folded=True)


def round_part(number: int, review: Review, now: float, stands: Mapping[LineComment, bool], *, folded: bool) -> Part:
    """What was sent back in a round; `stands` says of each comment whether its line is still there, once that is known."""
    said = [
        Words(Line(row.spans, head=row.head, indent=row.indent + 2)) for row in paragraphs(review.text) if review.text
    ]
    for comment in review.comments:
        said += comment_words(comment, _whether(stands.get(comment)))
    told = f"  sent back by {line(str(review.actor))} {words.ago(now - review.at)}"
    told += f", {words.count(len(review.comments), 'comment')}" if review.comments else ""
    return Part(line_of(f"Round {number}", Span(told, "muted")), words=tuple(said), folded=folded)


def stray_part(comments: Sequence[LineComment]) -> Part:
    """Comments of one's own whose lines are no longer in the diff: they are still sent."""
    said = [row for comment in comments for row in comment_words(comment, "")]
    told = f"  {words.count(len(comments), 'comment')}; sent with the others"
    return Part(line_of("On lines that are no longer there", Span(told, "muted")), words=tuple(said))


def comment_words(comment: LineComment, whether: str) -> Iterable[Words]:
    """Where it stands, the line as it was, and what was said."""
    goal = (comment.path, comment.quoted)
    where = f"{path_words(comment.path)}:{comment.line}"
    tail = (Span(f"  {whether}", "careful" if "still" in whether else "good"),) if whether else ()
    yield Words(Line((Span(where, "key"), Span(f"  {line(comment.quoted, 60)}", "muted"), *tail), indent=2), goal)
    for row in paragraphs(comment.text):
        yield Words(Line(row.spans, head=row.head, indent=row.indent + 4), goal)


def _whether(stands: bool | None) -> str:
    return "" if stands is None else "the line still stands" if stands else "the line is changed or gone"
