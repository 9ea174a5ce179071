"""Building tasks in worktrees of their own: what they make is looked at, merged, sent back, given up, and never lost."""

from __future__ import annotations

import os

import pytest

from hephaestus_tui.config import WorkspaceChoice
from hephaestus_tui.domain.attention import AttentionKind, attention
from hephaestus_tui.domain.commands import AddTask, Answer, Restart, Resume, SettleBlocker, Stop
from hephaestus_tui.domain.decision import Actor, ActorKind, Choice
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.message import OverlapPart, ReviewPart, TextPart, ToolResultPart
from hephaestus_tui.domain.overlap import Overlap, overlaps
from hephaestus_tui.domain.reach import only
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.state import AgentStatus
from hephaestus_tui.domain.task import Phase, TaskDraft, TaskStatus
from hephaestus_tui.domain.work import LineComment, Side, WorkspaceMode, WorkStatus
from hephaestus_tui.domain.work_commands import DiscardWork, MergeWork, ResolveConflict, SendBack

LINES = "".join(f"line {n}\n" for n in range(1, 9))


def write(say, path="a.txt", content="hello", call_id="w"):
    return say.turn("writing", say.call("write_file", call_id, f'{{ path = "{path}", content = "{content}\\n" }}'))


def edit(say, old, new, call_id="e", path="shared.txt"):
    arguments = f'{{ path = "{path}", old_text = "{old}", new_text = "{new}" }}'
    return say.turn("editing", say.call("edit_file", call_id, arguments))


def root(say, *turns):
    return say.entry("root", 'title = "make it so"', *turns)


def task(title, blocked_by=(), phase=Phase.BUILDING):
    return TaskDraft(
        title=title, description=f"Do {title}.", rationale="r", phase=phase, role="backend_developer", blocked_by=blocked_by
    )  # fmt: skip


def merge(state, task_id, actor):
    return MergeWork(task_id=task_id, tip=state.works[task_id].tip, actor=actor)


async def test_work_is_committed_in_a_worktree_looked_at_and_merged(grounded, say, ada):
    session = await grounded.start(say.script(root(say, write(say), say.done())))
    await session.settled()
    state = session.state()
    work = state.works["T1"]
    assert (work.status, work.paths, work.branch) == (WorkStatus.READY, ("a.txt",), f"hephaestus/{session.run_id}/T1")
    assert not (grounded.project / "a.txt").exists()
    (item,) = attention(state)
    assert (item.kind, item.task_id) == (AttentionKind.REVIEW, "T1")

    (change,) = (await session.work("T1")).changes
    diff = await session.diff(change)
    assert [line.text for line in diff.hunks[0].lines] == ["hello"]
    preview = await session.preview("T1")
    assert preview.clean
    assert not (grounded.project / "a.txt").exists()

    receipt = await session.submit(merge(state, "T1", ada))
    assert "main" in receipt.note
    assert (grounded.project / "a.txt").read_text() == "hello\n"
    assert grounded.git("status", "--porcelain") == ""
    assert not attention(session.state())
    assert (session.state().works["T1"].status, session.state().works["T1"].by) == (WorkStatus.MERGED, ada)
    assert not list(grounded.folders(session.run_id))
    with pytest.raises(CommandRefused, match="merged already, by ada"):
        await session.submit(merge(state, "T1", ada))
    assert replay(await grounded.store.facts(session.run_id)) == session.state()


async def test_a_task_waits_until_the_work_of_its_blocker_is_merged_and_then_has_it(grounded, say, ada):
    script = say.script(
        root(say, write(say), say.done()),
        say.entry(
            "later", 'title = "later"', say.turn("r", say.call("read_file", "r", '{ path = "a.txt" }')), say.done()
        ),
    )
    session = await grounded.start(script)
    await session.submit(AddTask(draft=task("later", ("T1",), Phase.VALIDATION), actor=ada))
    await session.settled()
    state = session.state()
    assert (state.tasks["T1"].status, state.tasks["T2"].status) == (TaskStatus.COMPLETED, TaskStatus.BLOCKED)
    await session.submit(merge(state, "T1", ada))
    await session.settled()
    assert session.state().tasks["T2"].status is TaskStatus.COMPLETED
    read = await results(session, "T2")
    assert "hello" in read[0].content
    assert "T2" not in session.state().works
    assert not list(grounded.folders(session.run_id))


@pytest.mark.parametrize("phase", [Phase.INVESTIGATION, Phase.VALIDATION])
async def test_who_only_reads_cannot_write_into_the_project(grounded, say, ada, phase):
    shell = say.call("run_command", "c", '{ command = "cat shared.txt; echo x > b.txt; pwd" }')
    script = say.script(
        root(say, write(say), say.done()),
        say.entry("look", 'title = "look"', write(say), say.turn("x", shell), say.done()),
    )
    session = await grounded.start(script)
    await session.submit(AddTask(draft=task("look", phase=phase), actor=ada))
    await session.settled()
    assert session.state().tasks["T2"].status is TaskStatus.COMPLETED
    assert "line 1" in (await results(session, "T2"))[1].content
    assert grounded.git("status", "--porcelain") == ""
    assert [folder.name for folder in grounded.folders(session.run_id)] == ["T1"]


async def test_work_is_sent_back_with_words_and_lines_exactly_once_and_goes_on(grounded, say, ada):
    script = say.script(root(say, write(say), say.done(), edit(say, "hello", "hallo", path="a.txt"), again(say)))
    session = await grounded.start(script)
    await session.settled()
    comment = LineComment(path="a.txt", side=Side.NEW, line=1, quoted="hello", text="in German, please")
    tip = session.state().works["T1"].tip
    with pytest.raises(CommandRefused, match="nothing to say"):
        await session.submit(SendBack(task_id="T1", tip=tip, text=" ", comments=(), actor=ada))
    with pytest.raises(CommandRefused, match="changed since"):
        await session.submit(SendBack(task_id="T1", tip="0" * 40, text="x", comments=(), actor=ada))
    back = SendBack(task_id="T1", tip=tip, text="Almost.", comments=(comment,), actor=ada)
    receipt = await session.submit(back)
    assert "round 2" in receipt.note
    await session.settled()
    state = session.state()
    work = state.works["T1"]
    assert (work.status, work.tip == tip, len(work.reviews)) == (WorkStatus.READY, False, 1)
    assert state.tasks["T1"].attempt == 2
    told = [p for m in (await session.transcript("T1")).messages for p in m.parts if isinstance(p, ReviewPart)]
    assert [(part.number, part.review.text, part.review.comments) for part in told] == [(1, "Almost.", (comment,))]
    await session.submit(merge(state, "T1", ada))
    assert (grounded.project / "a.txt").read_text() == "hallo\n"
    assert replay(await grounded.store.facts(session.run_id)) == session.state()


async def test_discarded_work_strands_who_waits_for_it_and_its_branch_stays(grounded, say, ada):
    script = say.script(root(say, write(say), say.done(), write(say, content="anew", call_id="w2"), again(say)))
    session = await grounded.start(script)
    await session.submit(AddTask(draft=task("later", ("T1",)), actor=ada))
    await session.settled()
    work = session.state().works["T1"]
    receipt = await session.submit(DiscardWork(task_id="T1", tip=work.tip, reason="no", actor=ada))
    assert work.branch in receipt.note
    assert grounded.git("rev-parse", work.branch).strip() == work.tip
    assert session.state().gone() == {"T1": ("T2",)}
    assert [(i.kind, i.task_id) for i in attention(session.state())] == [(AttentionKind.BLOCKER_GONE, "T1")]
    await session.submit(SettleBlocker(blocker="T1", choice=Choice.CANCEL, actor=ada))
    assert session.state().tasks["T2"].status is TaskStatus.CANCELLED
    await session.submit(Restart(reach=only("T1"), actor=ada))
    await session.settled()
    assert session.state().works["T1"].status is WorkStatus.READY
    assert session.state().works["T1"].branch == f"{work.branch}.2"


async def test_a_conflict_is_resolved_by_a_task_and_both_are_merged(grounded, say, ada):
    script = say.script(
        say.entry(
            "resolver", 'title = "Resolve the conflict"', again(say, "early"),
            say.turn("w", say.call("write_file", "w", '{ path = "shared.txt", content = "LINE FOUR\\n" }')), again(say),
        ),
        root(say, edit(say, "line 4", "line four"), say.done()),
        say.entry("other", 'title = "other"', edit(say, "line 4", "LINE 4"), say.done()),
    )  # fmt: skip
    session = await grounded.start(script)
    await session.submit(AddTask(draft=task("other"), actor=ada))
    await session.settled()
    state = session.state()
    with pytest.raises(CommandRefused, match="does not conflict"):
        await session.submit(ResolveConflict(task_id="T2", actor=ada))
    await session.submit(merge(state, "T1", ada))
    with pytest.raises(CommandRefused, match=f"hephaestus work resolve {session.run_id} T2"):
        await session.submit(merge(state, "T2", ada))
    assert [c.path for c in (await session.preview("T2")).conflicts] == ["shared.txt"]
    receipt = await session.submit(ResolveConflict(task_id="T2", actor=ada))
    assert receipt.task_id == "T3"
    with pytest.raises(CommandRefused, match="T3 resolves the conflict of T2"):
        await session.submit(ResolveConflict(task_id="T2", actor=ada))
    await session.settled()
    state = session.state()
    assert [(i.kind, i.task_id) for i in attention(state)] == [(AttentionKind.REVIEW, "T3")]
    assert "shared.txt" in (await results(session, "T3"))[0].content
    await session.submit(merge(state, "T3", ada))
    works = session.state().works
    assert [works[t].status for t in ("T1", "T2", "T3")] == [WorkStatus.MERGED] * 3
    assert (grounded.project / "shared.txt").read_text() == "LINE FOUR\n"
    assert not list(grounded.folders(session.run_id))
    assert replay(await grounded.store.facts(session.run_id)) == session.state()


async def test_stopped_work_is_kept_and_a_retry_goes_on_with_it(grounded, say, ada, until):
    hold = say.turn("hold", say.call("ask_human", "q", '{ question = "go on?" }'))
    session = await grounded.start(say.script(root(say, write(say), hold, say.done())))
    await until(session, lambda s: s.questions)
    await session.submit(Stop(reach=only("T1"), actor=ada))
    branch = f"hephaestus/{session.run_id}/T1"
    assert f"(1 file) is kept on {branch}" in session.state().tasks["T1"].reason
    assert [c.path for c in (await session.work("T1")).changes] == ["a.txt"]
    await session.submit(Restart(reach=only("T1"), actor=ada))
    await until(session, lambda s: s.tasks["T1"].status is TaskStatus.IN_PROGRESS)
    assert session.state().workspaces["T1"].branch == branch
    assert (grounded.folder_of(session.run_id, "T1") / "a.txt").exists()


async def test_a_run_comes_back_into_the_same_folder(grounded, say, ada, until):
    hold = say.turn("hold", say.call("ask_human", "q", '{ question = "go on?" }'))
    session = await grounded.start(say.script(root(say, write(say), hold, say.done())))
    await until(session, lambda s: s.questions)
    opened = session.state().workspaces["T1"]
    await grounded.stop()
    session = await grounded.resume(session.run_id)
    await session.submit(Resume(reach=only("T1"), actor=ada))
    await until(session, lambda s: s.agents["T1"].status is AgentStatus.WAITING)
    await session.submit(answer(session, ada))
    await session.settled()
    assert session.state().workspaces["T1"] == opened
    assert session.state().works["T1"].paths == ("a.txt",)


async def test_a_merge_that_git_has_and_the_journal_not_is_recorded_when_the_run_comes_back(grounded, say, ada, bob):
    session = await grounded.start(say.script(root(say, write(say), say.done())))
    await session.settled()
    trees = await grounded.trees(session)
    await trees.merge("T1", "make it so", bob.name)
    await grounded.stop()
    session = await grounded.resume(session.run_id)
    await session.settled()
    work = session.state().works["T1"]
    assert (work.status, work.by) == (WorkStatus.MERGED, bob)
    assert work.commit == grounded.git("rev-parse", "HEAD").strip()


async def test_what_the_person_merged_with_their_own_git_counts(grounded, say, ada):
    session = await grounded.start(say.script(root(say, write(say), say.done())))
    await session.settled()
    grounded.git("merge", "-q", "--no-edit", session.state().works["T1"].branch)
    await session.submit(merge(session.state(), "T1", ada))
    assert session.state().works["T1"].status is WorkStatus.MERGED


async def test_a_rule_cannot_merge_and_a_task_without_work_has_none(grounded, say, ada):
    session = await grounded.start(say.script(root(say, say.done())))
    await session.settled()
    assert session.state().works["T1"].status is WorkStatus.EMPTY
    assert not attention(session.state())
    with pytest.raises(CommandRefused, match="changed nothing"):
        await session.submit(merge(session.state(), "T1", ada))
    with pytest.raises(CommandRefused, match="by a human"):
        await session.submit(MergeWork(task_id="T1", tip="x", actor=Actor(ActorKind.RULE, "r")))


async def test_a_file_in_the_way_refuses_the_merge_and_says_what_to_do(grounded, say, ada):
    session = await grounded.start(say.script(root(say, edit(say, "line 4", "line four"), say.done())))
    await session.settled()
    (grounded.project / "shared.txt").write_text("mine\n")
    with pytest.raises(CommandRefused, match=r"shared\.txt.*commit or stash"):
        await session.submit(merge(session.state(), "T1", ada))
    assert (grounded.project / "shared.txt").read_text() == "mine\n"
    assert session.state().works["T1"].status is WorkStatus.READY


async def test_what_is_not_committed_is_told_and_not_seen(grounded, say):
    (grounded.project / "shared.txt").write_text("mine\n")
    (grounded.project / "new.txt").write_text("mine\n")
    read = say.turn("r", say.call("read_file", "r", '{ path = "shared.txt" }'))
    session = await grounded.start(say.script(root(say, read, say.done())))
    await session.settled()
    chosen = session.state().workspaces_chosen
    assert (chosen.mode, chosen.uncommitted) == (WorkspaceMode.GIT, ("new.txt", "shared.txt"))
    assert "line 1" in (await results(session, "T1"))[0].content


async def test_the_agent_is_told_where_it_works(grounded, say):
    session = await grounded.start(say.script(root(say, say.done())))
    await session.settled()
    system = (await session.transcript("T1")).messages[0].parts[0]
    assert isinstance(system, TextPart)
    assert str(grounded.folder_of(session.run_id, "T1")) in system.text
    assert f"hephaestus/{session.run_id}/T1" in system.text


async def test_without_git_tasks_work_in_copies(grounded, say, ada):
    grounded.git("branch", "-m", "old")
    (grounded.project / ".git").rename(grounded.folder / "away")
    session = await grounded.start(say.script(root(say, write(say), say.done())))
    await session.settled()
    assert session.state().workspaces_chosen.mode is WorkspaceMode.COPY
    assert not (grounded.project / "a.txt").exists()
    await session.submit(merge(session.state(), "T1", ada))
    assert (grounded.project / "a.txt").exists()


async def test_a_run_that_began_without_workspaces_goes_on_without(grounded, forge, say, ada, until):
    hold = say.turn("hold", say.call("ask_human", "q", '{ question = "go on?" }'))
    session = await forge.start(say.script(root(say, hold, write(say), say.done())))
    await until(session, lambda s: s.questions)
    await forge.stop()
    session = await grounded.resume(session.run_id)
    await session.submit(Resume(reach=only("T1"), actor=ada))
    await until(session, lambda s: s.agents["T1"].status is AgentStatus.WAITING)
    await session.submit(answer(session, ada))
    await session.settled()
    assert session.state().workspaces_chosen.mode is WorkspaceMode.OFF
    assert (grounded.project / "a.txt").exists()


def again(say, call_id="again"):
    evidence = '[{ criterion = "a", evidence = "e" }, { criterion = "b", evidence = "e" }]'
    return say.turn("Again.", say.call("complete_task", call_id, f'{{ summary = "done", evidence = {evidence} }}'))


def answer(session, ada):
    (question,) = session.state().questions
    return Answer(question_id=question, answer="yes", actor=ada)


async def results(session, task_id):
    transcript = await session.transcript(task_id)
    return [p for m in transcript.messages for p in m.parts if isinstance(p, ToolResultPart)]


async def test_what_a_command_changes_overlaps_until_it_is_merged(grounded, say, ada):
    command = say.turn("c", say.call("run_command", "c", '{ command = "mv shared.txt moved.txt" }'))
    look = say.turn("l", say.call("list_files", "l", '{ path = "." }'))
    script = say.script(
        root(say, edit(say, "line 3", "line three"), say.done()),
        say.entry("mover", 'title = "move"', command, look, say.done()),
    )
    session = await grounded.start(script)
    await session.settled()
    await session.submit(AddTask(draft=task("move"), actor=ada))
    await session.settled()
    state = session.state()
    assert state.touched == {"T1": ("shared.txt",), "T2": ("moved.txt", "shared.txt")}
    assert overlaps(state) == (Overlap("T1", "T2", ("shared.txt",)),)
    told = [p for m in (await session.transcript("T2")).messages for p in m.parts if isinstance(p, OverlapPart)]
    assert [(part.other, part.paths) for part in told] == [("T1", ("shared.txt",))]
    await session.submit(merge(state, "T1", ada))
    assert overlaps(session.state()) == ()


@pytest.mark.parametrize(
    ("choice", "environ", "mode"),
    [
        (WorkspaceChoice.OFF, None, WorkspaceMode.OFF),
        (WorkspaceChoice.COPY, None, WorkspaceMode.COPY),
        (WorkspaceChoice.AUTO, {"PATH": "/nowhere"}, WorkspaceMode.OFF),
    ],
)
async def test_where_tasks_work_is_settled_once_and_a_reason_is_given(grounded, say, choice, environ, mode) -> None:
    grounded.choice, grounded.environ = choice, environ or os.environ
    session = await grounded.start(say.script(root(say, write(say), say.done())))
    await session.settled()
    chosen = session.state().workspaces_chosen
    assert (chosen.mode, bool(chosen.why)) == (mode, mode is WorkspaceMode.OFF)
    assert (grounded.project / "a.txt").exists() == (mode is WorkspaceMode.OFF)
    grounded.choice, grounded.environ = WorkspaceChoice.GIT, os.environ
    await grounded.stop()
    session = await grounded.resume(session.run_id)
    await session.settled()
    assert session.state().workspaces_chosen == chosen


async def test_where_git_is_asked_for_and_cannot_be_had_no_agent_begins(grounded, say, until) -> None:
    grounded.choice, grounded.environ = WorkspaceChoice.GIT, {"PATH": "/nowhere"}
    session = await grounded.start(say.script(root(say, write(say), say.done())))
    state = await until(session, lambda s: "T1" in s.agents and s.agents["T1"].status is AgentStatus.STALLED)
    assert "no git" in state.agents["T1"].note
    assert (await session.transcript("T1")).messages == ()
    assert not (grounded.project / "a.txt").exists()
