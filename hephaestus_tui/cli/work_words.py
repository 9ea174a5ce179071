"""Work in words and as data: tables, files, diffs and what a merge would do, as the command line shows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hephaestus_tui.cli.looking import Looked
from hephaestus_tui.cli.places import Found
from hephaestus_tui.codec import to_data
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.work import FileChange, FileDiff, MergePreview, Side, WorkStatus, WorkView
from hephaestus_tui.tools.clip import plain

COMMIT = 8  # characters of a commit's name


def work_rows(state: RunState) -> list[tuple[str, ...]]:
    return [
        (
            work.task_id,
            _standing(state, work),
            str(len(work.paths)),
            f"+{work.insertions} -{work.deletions}",
            work.branch,
            draft.title if (draft := state.draft(work.task_id)) else "",
        )
        for work in state.works.values()
    ]


def _standing(state: RunState, work: WorkView) -> str:
    match work.status:
        case WorkStatus.READY:
            resolver = state.resolver(work.task_id)
            if resolver:
                return f"{resolver} resolves its conflict"
            return f"round {len(work.reviews)}, to be merged or given up" if work.unfinished else "to be merged"
        case WorkStatus.EMPTY:
            return "nothing changed"
        case WorkStatus.SENT_BACK:
            return f"sent back, round {len(work.reviews) + 1}"
        case WorkStatus.MERGED:
            return f"merged by {work.by}"
        case WorkStatus.DISCARDED:
            return f"given up by {work.by}"


def work_data(found: Found, looked: Looked) -> dict[str, Any]:
    view = found.state.works.get(looked.work.task)
    return {
        "run": found.run_id,
        "work": to_data(looked.work),
        "standing": to_data(view) if view else None,
        "preview": to_data(looked.preview) if looked.preview else None,
        "diffs": [{"path": change.path, **to_data(diff)} for change, diff in looked.diffs],
    }


def work_lines(state: RunState, looked: Looked) -> Iterator[str]:
    """What a task has made, what a merge of it would do, and what was said of it in earlier rounds."""
    work, draft = looked.work, state.draft(looked.work.task)
    yield f"{work.task}  {draft.title if draft else ''}"
    view = state.works.get(work.task)
    standing = _standing(state, view) if view else "not finished"
    yield f"    {standing}; {work.branch} at {work.tip[:COMMIT]}, from {work.base[:COMMIT]}"
    for change in work.changes:
        yield f"    {_change(change)}"
    if not work.changes:
        yield "    no file is changed"
    for path in work.unresolved:
        yield f"    the marks of a conflict still stand in {plain(path)}"
    for path in view.left_out if view else ():
        yield f"    not committed, being too large, unreadable or a repository of its own: {plain(path)}"
    for number, review in enumerate(view.reviews if view else (), 1):
        said = " ".join(review.text.split()) or "no words"
        yield f"    round {number}, sent back by {review.actor}: {said}; {len(review.comments)} on lines"
    if looked.preview:
        yield from (f"    {line}" for line in _merging(looked.preview))


def _merging(preview: MergePreview) -> Iterator[str]:
    into = preview.branch or "the project"
    if preview.refusal:
        yield f"cannot be merged now: {preview.refusal}"
    for conflict in preview.conflicts:
        yield f"conflicts with {into} in {plain(conflict.path)}: {plain(conflict.text)}"
    for path in preview.in_the_way:
        yield f"changes of your own are in the way: {plain(path)}"
    if preview.clean:
        yield f"can be merged into {into} as it stands at {preview.head[:COMMIT]}"


def _change(change: FileChange) -> str:
    moved = f"{plain(change.before)} → " if change.before else ""
    size = "binary" if change.binary else f"+{change.insertions} -{change.deletions}"
    guarded = "; obeyed by editors, shells or git: look closely" if change.guarded else ""
    return f"{change.kind}  {moved}{plain(change.path)}  ({size}{guarded})"


def diff_lines(change: FileChange, diff: FileDiff) -> Iterator[str]:
    """The lines of a file with their numbers on the side that has them, as a comment names them."""
    yield ""
    yield _change(change)
    for hunk in diff.hunks:
        yield f"@@ -{hunk.old_start} +{hunk.new_start} @@ {hunk.heading}".rstrip()
        for line in hunk.lines:
            number = -line.old if line.side is Side.OLD and line.old else line.new
            yield f"{number or '':>6} {line.side}{line.text}"
    if diff.clipped:
        yield "(the rest is longer than is shown: see --patch)"
