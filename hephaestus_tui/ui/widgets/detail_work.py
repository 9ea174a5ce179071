"""What a task has made, in the detail pane: files, branch, rounds, and what became of it. Without it work waits unseen."""

from __future__ import annotations

from collections.abc import Iterator

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.work import Review, WorkStatus, WorkView
from hephaestus_tui.ui import words
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.detail_keys import Keys, key_row
from hephaestus_tui.ui.widgets.detail_panel import bullet, waits_for_you
from hephaestus_tui.ui.widgets.lines import Line, Span, line_of, on_panel, paragraphs
from hephaestus_tui.ui.widgets.links import WorkAt

MANY = 12  # files that are named


def round_of(work: WorkView) -> int:
    """Which round its work is in: each sending back begins another."""
    return len(work.reviews) + 1


def work_panel(state: RunState, task_id: TaskId, now: float, keys: Keys) -> list[Line]:
    """That finished work waits for a person, with the key that opens it; nothing where it does not."""
    work = state.works.get(task_id)
    if work is None or work.status is not WorkStatus.READY:
        return []
    if resolver := state.resolver(task_id):
        resolved = f"Its conflict is resolved by {resolver}: merged is what that makes, and its work with it."
        return [Line((Span(resolved),), link=resolver), key_row((keys.review, "look at it"))]
    changed = Span(f"{words.count(len(work.paths), 'file')} changed", link=WorkAt(task_id))
    told = line_of(changed, ", ", *plus_minus(work.insertions, work.deletions))
    again = [line_of(_round(work))] if work.reviews else []
    return on_panel(
        [
            waits_for_you("WORK", "secondary", words.so_far(now - work.since)),
            told,
            *again,
            *_warnings(work),
            key_row((keys.review, "review and merge it")),
        ]
    )


def _round(work: WorkView) -> str:
    number = round_of(work)
    if work.unfinished:
        return f"Round {number - 1}, as it was sent back: round {number} was not finished."
    return f"Round {number}, after what you sent back."


def work_lines(state: RunState, task_id: TaskId, now: float, glyphs: GlyphSet) -> list[Line]:
    """What became of it, its branch, its files and its rounds."""
    work = state.works.get(task_id)
    if work is None:
        return [*_opened(state, task_id), *_touched(state, task_id, glyphs)]
    ready = work.status is WorkStatus.READY  # then a panel says what it is, and what it lacks
    return [
        *([] if ready else [_fate(work, now)]),
        line_of(Span("branch ", "muted"), line(work.branch)),
        *_files(work, glyphs),
        *([] if ready else _warnings(work)),
        *(row for number, review in enumerate(work.reviews, 1) for row in review_rows(number, review, now)),
    ]


def plus_minus(insertions: int, deletions: int) -> tuple[Span, Span, Span]:
    return Span(f"+{insertions:,}", "good"), Span(" "), Span(f"-{deletions:,}", "bad")


def review_rows(number: int, review: Review, now: float) -> Iterator[Line]:
    """One sending back: who, when, the words, and how many lines were spoken of."""
    told = words.count(len(review.comments), "comment") + " on lines" if review.comments else ""
    by = f"round {number}: sent back by {line(str(review.actor))} {words.ago(now - review.at)}"
    yield line_of(Span(f"{by}{', ' if told else ''}{told}", "muted"))
    if review.text.strip():
        yield from paragraphs(review.text)


def _opened(state: RunState, task_id: TaskId) -> list[Line]:
    """Where its agent works, while nothing of it is finished."""
    opened = state.workspaces.get(task_id)
    if opened is None:
        return []
    note = [Line((Span(line(opened.note), "careful"),))] if opened.note else []
    if opened.branch is None:
        return [line_of(Span("reads in ", "muted"), line(opened.path)), *note]
    return [line_of(Span("on branch ", "muted"), line(opened.branch)), line_of(Span(line(opened.path), "muted")), *note]


def _touched(state: RunState, task_id: TaskId, glyphs: GlyphSet) -> list[Line]:
    """The files that its agent has changed so far, which nobody can review yet."""
    paths = state.touched.get(task_id, ())
    if not paths:
        return []
    more = [line_of(Span(f"and {len(paths) - MANY:,} more", "muted"))] if len(paths) > MANY else []
    head = line_of(Span(f"{words.count(len(paths), 'file')} changed so far", "muted"))
    return [head, *(bullet(glyphs, line(path)) for path in paths[:MANY]), *more]


def _fate(work: WorkView, now: float) -> Line:
    ago = words.ago(now - work.since)
    match work.status:
        case WorkStatus.READY:
            return line_of(Span("to be merged", "secondary"), Span(f"  finished {ago}", "muted"))
        case WorkStatus.EMPTY:
            return line_of(Span("nothing was changed", "muted"))
        case WorkStatus.SENT_BACK:
            return line_of(Span("sent back", "careful"), Span(f"  {ago}; round {round_of(work)} comes", "muted"))
        case WorkStatus.MERGED:
            return line_of(
                Span("merged", "good"), Span(f"  as {line((work.commit or '')[:10])}{_by(work)}, {ago}", "muted")
            )
        case WorkStatus.DISCARDED:
            return line_of(
                Span("discarded", "careful"), Span(f"{_by(work)}  {ago}; its branch is still there", "muted")
            )


def _by(work: WorkView) -> str:
    return f" by {line(str(work.by))}" if work.by else ""


def _files(work: WorkView, glyphs: GlyphSet) -> list[Line]:
    if not work.paths:
        return []
    head = line_of(f"{words.count(len(work.paths), 'file')}, ", *plus_minus(work.insertions, work.deletions))
    rows = [bullet(glyphs, Span(line(path), link=WorkAt(work.task_id, path))) for path in work.paths[:MANY]]
    more = len(work.paths) - MANY
    return [head, *rows, *([line_of(Span(f"and {more:,} more", "muted"))] if more > 0 else [])]


def _warnings(work: WorkView) -> list[Line]:
    return [
        Line((Span(f"{what}: {line(', '.join(paths))}", "careful"),))
        for what, paths in (("not committed", work.left_out), ("still in conflict", work.unresolved))
        if paths
    ]
