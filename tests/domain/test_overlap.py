"""Overlaps: only what is still to be merged, each pair once, and never a path that one of them has not changed."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.overlap import Overlap, changing, overlapping, overlaps, overlaps_of
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.state import RunState, number
from hephaestus_tui.domain.task import Origin, Phase, Task, TaskDraft, TaskId, TaskStatus
from hephaestus_tui.domain.work import WorkStatus, WorkView

Histories = Callable[[str], st.SearchStrategy[list[list[e.Fact]]]]


def run(**tasks: tuple[TaskStatus, str]) -> RunState:
    """Tasks with their status and the files that they touched, in words."""
    state = RunState()
    for task_id, (status, touched) in tasks.items():
        draft = TaskDraft(title=task_id, description="d", rationale="r", phase=Phase.BUILDING, role="qa_tester")
        state.tasks[task_id] = Task(
            id=task_id, draft=draft, origin=Origin(), decision_id=1, created_at=0.0, status=status
        )  # fmt: skip
        if touched:
            state.touched[task_id] = tuple(touched.split())
    return state


def work(state: RunState, task_id: TaskId, status: WorkStatus, paths: str, resolves: TaskId | None = None) -> None:
    state.works[task_id] = WorkView(
        task_id=task_id, status=status, branch="b", base="0", tip="1", paths=tuple(paths.split()), insertions=1,
        deletions=0, since=0.0, resolves=resolves,
    )  # fmt: skip


WORKING, DONE = TaskStatus.IN_PROGRESS, TaskStatus.COMPLETED


def test_two_at_work_on_one_file_overlap_there_and_nowhere_else() -> None:
    state = run(T2=(WORKING, "a.py b.py c.py"), T10=(WORKING, "b.py a.py"), T3=(WORKING, "d.py"))
    assert overlaps(state) == (Overlap("T2", "T10", ("a.py", "b.py")),)
    assert overlapping(state) == {"T2": ("T10",), "T10": ("T2",)}
    assert overlaps_of(state, "T3") == ()


def test_what_has_ended_counts_as_long_as_its_work_waits_to_be_merged() -> None:
    state = run(T1=(DONE, "a.py"), T2=(WORKING, "a.py"))
    assert overlaps(state) == ()  # without a worktree what is done is there for all
    for status, counts in (
        (WorkStatus.READY, True), (WorkStatus.SENT_BACK, True), (WorkStatus.MERGED, False), (WorkStatus.DISCARDED, False),
    ):  # fmt: skip
        work(state, "T1", status, "a.py")
        assert bool(overlaps(state)) is counts, status


def test_who_resolves_a_conflict_does_not_overlap_with_it() -> None:
    state = run(T1=(DONE, ""), T2=(DONE, ""), T3=(WORKING, "a.py"))
    work(state, "T1", WorkStatus.READY, "a.py")
    work(state, "T2", WorkStatus.READY, "a.py", resolves="T1")
    assert [(pair.first, pair.second) for pair in overlaps(state)] == [("T1", "T3"), ("T2", "T3")]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_pair_is_of_two_tasks_that_both_changed_the_file(histories: Histories, data: st.DataObject) -> None:
    groups = data.draw(histories("r"))
    facts = [fact for group in groups for fact in group]
    state = replay(e.Recorded(seq, float(seq), fact) for seq, fact in enumerate(facts, 1))
    pairs = overlaps(state)
    assert len({(pair.first, pair.second) for pair in pairs}) == len(pairs)
    for pair in pairs:
        assert number(pair.first) < number(pair.second)
        assert pair.paths
        for task_id in (pair.first, pair.second):
            assert set(pair.paths) <= set(changing(state, task_id))
            assert pair in overlaps_of(state, task_id)
