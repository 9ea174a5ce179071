"""What a crash, a fault or another order between two steps does to the folders and the work of tasks."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from hephaestus_tui.config import WorkspaceChoice
from hephaestus_tui.domain.attention import AttentionKind, attention
from hephaestus_tui.domain.commands import AddTask, Answer, Restart, Resume, Stop
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.message import ToolResultPart
from hephaestus_tui.domain.reach import only
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.state import AgentStatus
from hephaestus_tui.domain.task import Phase, TaskDraft, TaskStatus
from hephaestus_tui.domain.work import WorkspaceMode, WorkStatus
from hephaestus_tui.domain.work_commands import DiscardWork, MergeWork, ResolveConflict, SendBack
from hephaestus_tui.engine.grounds import Grounds
from hephaestus_tui.workspaces.faults import WorkspaceFault
from hephaestus_tui.workspaces.worktrees import Worktrees


def write(say, path="a.txt", content="hello", call_id="w"):
    return say.turn("writing", say.call("write_file", call_id, f'{{ path = "{path}", content = "{content}\\n" }}'))


def root(say, *turns):
    return say.entry("root", 'title = "make it so"', *turns)


def held(say, call_id="q"):
    return say.turn("hold", say.call("ask_human", call_id, '{ question = "go on?" }'))


async def test_a_run_that_ended_before_its_workspaces_were_chosen_still_has_them(grounded, say, ada, until):
    grounded.environ = {"PATH": "/nowhere"}
    grounded.choice = WorkspaceChoice.GIT
    session = await grounded.start(say.script(root(say, write(say), say.done())))
    await until(session, lambda s: "T1" in s.agents and s.agents["T1"].status is AgentStatus.STALLED)
    await grounded.stop()
    del grounded.environ, grounded.choice
    session = await grounded.resume(session.run_id)
    await session.submit(Resume(reach=only("T1"), actor=ada))
    await session.settled()
    assert session.state().workspaces_chosen.mode is WorkspaceMode.GIT
    assert not (grounded.project / "a.txt").exists()


class Unsure(Grounds):
    """Finds worktrees that cannot tell at once what is not committed."""

    async def choose(self, run_id):
        mode, why, trees = await super().choose(run_id)
        trees.__class__ = Failing
        return mode, why, trees


class Failing(Worktrees):
    tries = 0

    async def uncommitted(self):
        Failing.tries += 1
        if Failing.tries == 1:
            raise WorkspaceFault("git took too long: try again.")
        return await super().uncommitted()


async def test_worktrees_are_used_only_once_it_is_stored_that_they_are(grounded, say, ada, until):
    grounded.grounds = Unsure
    Failing.tries = 0
    session = await grounded.start(say.script(root(say, write(say), held(say), say.done())))
    await until(session, lambda s: "T1" in s.agents and s.agents["T1"].status is AgentStatus.STALLED)
    await session.submit(Resume(reach=only("T1"), actor=ada))
    await until(session, lambda s: s.questions)
    assert session.state().workspaces_chosen.mode is WorkspaceMode.GIT


def edit(say, old, new, call_id="e"):
    arguments = f'{{ path = "shared.txt", old_text = "{old}", new_text = "{new}" }}'
    return say.turn("editing", say.call("edit_file", call_id, arguments))


def finish(say, call_id="again"):
    evidence = '[{ criterion = "a", evidence = "e" }, { criterion = "b", evidence = "e" }]'
    return say.turn("Again.", say.call("complete_task", call_id, f'{{ summary = "done", evidence = {evidence} }}'))


def task(title, phase=Phase.BUILDING, blocked_by=()):
    return TaskDraft(
        title=title, description=f"Do {title}.", rationale="r", phase=phase, role="backend_developer", blocked_by=blocked_by
    )  # fmt: skip


def tip(session, task_id):
    return session.state().works[task_id].tip


async def in_conflict(grounded, say, ada, *resolver, other=()):
    """T1 is merged, T2 conflicts with it, and T3 is to resolve that with these turns."""
    script = say.script(
        say.entry("resolver", 'title = "Resolve the conflict"', *resolver),
        root(say, edit(say, "line 4", "line four"), say.done()),
        say.entry("other", 'title = "other"', edit(say, "line 4", "LINE 4"), say.done(), *other),
    )
    session = await grounded.start(script)
    await session.submit(AddTask(draft=task("other"), actor=ada))
    await session.settled()
    await session.submit(MergeWork(task_id="T1", tip=tip(session, "T1"), actor=ada))
    await session.submit(ResolveConflict(task_id="T2", actor=ada))
    return session


def resolved(say, call_id="w"):
    return say.turn("w", say.call("write_file", call_id, '{ path = "shared.txt", content = "LINE FOUR\\n" }'))


async def test_a_resolver_that_is_taken_up_again_does_not_take_the_folder_from_an_agent_at_work(
    grounded, say, ada, until
):
    session = await in_conflict(
        grounded, say, ada, held(say, "r"), resolved(say), finish(say), other=(held(say, "o"), finish(say, "o2"))
    )
    await until(session, lambda s: s.questions)
    await session.submit(Stop(reach=only("T3"), actor=ada))
    await session.submit(SendBack(task_id="T2", tip=tip(session, "T2"), text="Once more.", comments=(), actor=ada))
    await until(session, lambda s: any(q.task_id == "T2" for q in s.questions.values()))
    await session.submit(Restart(reach=only("T3"), actor=ada, note="go on"))
    await session.settled()
    while questions := [q for q in session.state().questions.values() if q.task_id == "T3"]:
        await session.submit(Answer(question_id=questions[0].id, answer="yes", actor=ada))
        await session.settled()
    assert session.state().works["T3"].status is WorkStatus.READY
    with pytest.raises(CommandRefused, match="T2 was sent back"):
        await session.submit(MergeWork(task_id="T3", tip=tip(session, "T3"), actor=ada))
    assert grounded.folder_of(session.run_id, "T2").is_dir()


async def test_a_resolver_whose_work_was_given_up_can_begin_again(grounded, say, ada, until):
    session = await in_conflict(
        grounded, say, ada, resolved(say), finish(say), resolved(say, "w2"), finish(say, "again2")
    )
    await session.settled()
    assert session.state().works["T3"].status is WorkStatus.READY
    await session.submit(DiscardWork(task_id="T3", tip=tip(session, "T3"), reason="no", actor=ada))
    await session.submit(Restart(reach=only("T3"), actor=ada))
    await session.settled()
    state = session.state()
    assert state.agents["T3"].status is AgentStatus.ENDED, state.agents["T3"].note
    assert state.works["T3"].status is WorkStatus.READY


async def test_a_validation_that_is_carried_out_again_sees_what_was_merged_meanwhile(grounded, say, ada, until):
    script = say.script(
        say.entry(
            "look", 'title = "look"', held(say), say.turn("r", say.call("read_file", "r", '{ path = "a.txt" }')),
            say.turn("v", say.call("complete_task", "v", '{ summary = "s", evidence = [], verdict = "passed" }')),
        ),
        root(say, write(say), say.done()),
    )  # fmt: skip
    session = await grounded.start(script)
    await session.submit(AddTask(draft=task("look", Phase.VALIDATION), actor=ada))
    await until(session, lambda s: s.questions and "T1" in s.works)
    await session.submit(Stop(reach=only("T2"), actor=ada))
    await session.submit(MergeWork(task_id="T1", tip=tip(session, "T1"), actor=ada))
    await session.submit(Restart(reach=only("T2"), actor=ada, note="again"))
    await session.settled()
    while questions := list(session.state().questions.values()):
        await session.submit(Answer(question_id=questions[0].id, answer="yes", actor=ada))
        await session.settled()
    results = [
        p.content for m in (await session.transcript("T2")).messages for p in m.parts if isinstance(p, ToolResultPart)
    ]
    assert any("hello" in content for content in results), results
    assert session.state().tasks["T2"].status is TaskStatus.COMPLETED


async def test_a_resolver_that_keeps_what_is_there_can_be_merged_and_holds_up_nobody(grounded, say, ada):
    kept = "".join("line four\\n" if n == 4 else f"line {n}\\n" for n in range(1, 9))
    keep = say.turn("w", say.call("write_file", "w", f'{{ path = "shared.txt", content = "{kept}" }}'))
    session = await in_conflict(grounded, say, ada, keep, finish(say))
    await session.settled()
    work = session.state().works["T3"]
    assert (work.status, work.paths) == (WorkStatus.READY, ())
    await session.submit(MergeWork(task_id="T3", tip=work.tip, actor=ada))
    assert session.state().works["T2"].status is WorkStatus.MERGED
    assert "line four" in (grounded.project / "shared.txt").read_text()
    assert replay(await grounded.store.facts(session.run_id)) == session.state()


class Broken(Worktrees):
    """Cannot clean up."""

    async def close(self, task):
        raise RuntimeError("a bug")


class Untidy(Grounds):
    async def choose(self, run_id):
        mode, why, trees = await super().choose(run_id)
        trees.__class__ = Broken
        return mode, why, trees


async def test_a_fault_in_cleaning_up_does_not_fail_what_is_completed(grounded, say, ada, until):
    grounded.grounds = Untidy
    script = say.script(say.entry("look", 'title = "look"', say.done()), root(say, say.done()))
    session = await grounded.start(script, serve=False)
    await session.submit(AddTask(draft=task("look", Phase.VALIDATION), actor=ada))
    grounded.serve(session)
    await session.settled()
    assert session.state().tasks["T2"].status is TaskStatus.COMPLETED


async def stopped_in_round_two(grounded, say, ada):
    """A session in which round 2 has written a file of its own, and was then stopped; and the commit of round 1."""
    more = write(say, path="b.txt", content="more", call_id="w2")
    session = await grounded.start(say.script(root(say, write(say), say.done(), more, held(say))))
    await session.settled()
    first = tip(session, "T1")
    await session.submit(SendBack(task_id="T1", tip=first, text="Once more.", comments=(), actor=ada))
    with pytest.raises(CommandRefused, match="its agent goes on with it"):
        await session.submit(MergeWork(task_id="T1", tip=first, actor=ada))
    await session.settled()
    assert not [item for item in attention(session.state()) if item.kind is AttentionKind.REVIEW]
    await session.submit(Stop(reach=only("T1"), actor=ada))
    return session, first


def row(grounded):
    with closing(sqlite3.connect(grounded.folder / "hephaestus.db")) as db:
        return db.execute("SELECT status, actor FROM works WHERE task_id = 'T1'").fetchone()


async def test_the_round_before_one_that_was_stopped_waits_and_is_merged_as_it_was_seen(grounded, say, ada):
    session, first = await stopped_in_round_two(grounded, say, ada)
    assert row(grounded) == ("ready", None)
    (item,) = [item for item in attention(session.state()) if item.kind is AttentionKind.REVIEW]
    assert item.text.endswith("round 1, since round 2 was not finished")
    assert [(run.to_merge, run.questions) for run in await grounded.store.runs()] == [(1, 0)]
    shown = await session.work("T1")
    assert ([change.path for change in shown.changes], shown.tip) == (["a.txt"], first)
    assert b"b.txt" not in await session.patch("T1")
    assert [change.path for change in (await session.preview("T1")).changes] == ["a.txt"]
    with pytest.raises(CommandRefused, match="restart it"):
        await session.submit(SendBack(task_id="T1", tip=first, text="Go on.", comments=(), actor=ada))
    await session.submit(MergeWork(task_id="T1", tip=first, actor=ada))
    assert (grounded.project / "a.txt").is_file()
    assert not (grounded.project / "b.txt").exists()
    branch = session.state().works["T1"].branch
    assert grounded.git("show", f"{branch}:b.txt") == "more\n", "what was begun stays on the branch"
    assert not attention(session.state())
    assert not list(grounded.folders(session.run_id))
    assert replay(await grounded.store.facts(session.run_id)) == session.state()


async def test_the_round_before_one_that_was_stopped_is_given_up(grounded, say, ada):
    session, first = await stopped_in_round_two(grounded, say, ada)
    await session.submit(DiscardWork(task_id="T1", tip=first, reason="", actor=ada))
    assert session.state().works["T1"].status is WorkStatus.DISCARDED
    assert row(grounded) == ("discarded", "ada")
    assert not attention(session.state())
    assert replay(await grounded.store.facts(session.run_id)) == session.state()


async def test_a_restart_goes_on_with_what_was_sent_back(grounded, say, ada):
    session, first = await stopped_in_round_two(grounded, say, ada)
    await session.submit(Restart(reach=only("T1"), actor=ada))
    work = session.state().works["T1"]
    assert (work.status, work.by, work.unfinished) == (WorkStatus.SENT_BACK, ada, False)
    assert row(grounded) == ("sent-back", "ada")
    with pytest.raises(CommandRefused, match="its agent goes on with it"):
        await session.submit(MergeWork(task_id="T1", tip=first, actor=ada))
    assert replay(await grounded.store.facts(session.run_id)) == session.state()
