"""What tests of every layer share: random histories that a run may really have, and the program in its own process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import strategies as st

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.budget import Budget, Unit
from hephaestus_tui.domain.check import Check, Waiver
from hephaestus_tui.domain.context import Cause
from hephaestus_tui.domain.decision import (
    Actor,
    ActorKind,
    Choice,
    Decision,
    Proposal,
    Query,
    Verdict,
    draft_changes,
)
from hephaestus_tui.domain.graph import blocker_fault
from hephaestus_tui.domain.leave import Grant
from hephaestus_tui.domain.message import (
    DecisionPart,
    LetterPart,
    Message,
    Part,
    ReasoningPart,
    Speaker,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    Usage,
    WordsPart,
)
from hephaestus_tui.domain.policy import Containment, Effect, Policy, RolePolicy
from hephaestus_tui.domain.reducer import apply
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.state import RunState, number
from hephaestus_tui.domain.talk import Letter, Note, Report
from hephaestus_tui.domain.task import (
    Discovery,
    Evidence,
    Finding,
    Origin,
    Phase,
    Priority,
    Task,
    TaskDraft,
    TaskId,
    TaskStatus,
)
from hephaestus_tui.domain.words import When
from hephaestus_tui.domain.work import LineComment, Side, WorkspaceMode, WorkStatus

T = TypeVar("T")
ROLES = ("project_manager", "backend_developer", "qa_tester")
HUMAN = Actor(ActorKind.HUMAN, "Ada")
RULE = Actor(ActorKind.RULE, "accept-all")

_words = st.text(min_size=1, max_size=12)
_costs = st.none() | st.floats(0, 10, allow_nan=False)
_usage = st.builds(Usage, input=st.integers(0, 10**9), output=st.integers(0, 10**9), cost=_costs)
_parts = st.one_of(
    st.builds(TextPart, st.text(max_size=12)),
    st.builds(ReasoningPart, _words, st.none() | _words),
    st.builds(ToolCallPart, _words, _words, st.just("{}")),
)


_checks = st.builds(Check, command=_words, code=st.none() | st.integers(0, 2), seconds=st.floats(0, 9), output=_words)


class History:
    """Draws facts one step after another, each legal after those before it; `groups` are appended together."""

    def __init__(self, draw: st.DrawFn, run_id: str) -> None:
        self._draw = draw
        self.groups: list[list[e.Fact]] = []
        self.state = RunState()
        self._turns: dict[TaskId, int] = {}
        self._spawned: dict[TaskId, int] = {}
        self._ordinals: dict[TaskId, int] = {}
        self._asked = 0
        self._seq = 0
        started = e.RunStarted(
            run_id=run_id,
            goal=draw(_words),
            project="/p",
            model="scripted:x",
            policy=Policy.ASK,
            roles=ROLES,
            containment=draw(st.sampled_from(Containment)),
            role_policies=(RolePolicy(role=ROLES[1], own=draw(st.sampled_from([*Policy, None])), at_most=Policy.ASK),),
        )
        self._add(started)
        self.add_task()

    def steps(self) -> None:
        actions: list[Callable[[], None]] = [
            self.propose, self.propose, self.amend, self.decide, self.decide, self.undo, self.undo, self.merge, self.query,
            self.reply, self.amend_task, self.keep, self.set_gate, self.add_task, self.start, self.start,
            self.end, self.end, self.cancel, self.retry, self.drop_blockers, self.agent, self.ask, self.answer, self.leave, self.turn,
            self.turn, self.result, self.cut, self.steer, self.hold, self.run, self.budget, self.model, self.letter, self.report,
            self.note, self.touch, self.context, self.check, self.workspace, self.review, self.review,
        ]  # fmt: skip
        for action in self._draw(st.lists(st.sampled_from(actions), min_size=5, max_size=40)):
            action()

    # -- the gate

    def propose(self) -> None:
        spawner = self._one([*self._working(), None])
        if spawner is None:
            self._add(e.TaskProposed(proposal=self._proposal(Origin())))
            return
        index = self._spawned[spawner] = self._spawned.get(spawner, -1) + 1
        origin = Origin(
            task_id=spawner, agent_id=f"A{spawner}", turn=self._turns.get(spawner, -1), index=index, call_id="c",
            depth=self.state.depth(spawner) + 1,
        )  # fmt: skip
        self._add(e.TaskProposed(proposal=self._proposal(origin)))

    def amend(self) -> None:
        if proposal := self._one(list(self.state.proposals.values())):
            draft = self._draft(proposal.task_id)
            self._add(e.TaskProposed(proposal=replace(proposal, version=proposal.version + 1, draft=draft)))

    def decide(self) -> None:
        if proposal := self._one(list(self.state.proposals.values())):
            self._add(self._decision(proposal, self._draw(st.sampled_from(Verdict))))

    def undo(self) -> None:
        if task_id := self._one([t for t in self.state.decisions if self.state.undoable(t)]):
            last = self.state.versions[task_id][-1]
            again = replace(last, version=last.version + 1, waits=False, note="taken back")
            number = self.state.decisions[task_id].id
            self._add(
                e.DecisionUndone(decision_id=number, task_id=task_id, actor=HUMAN, reason="", proposal=again)
            )  # fmt: skip

    def merge(self) -> None:
        others = list(self.state.blockers)
        if (proposal := self._one(list(self.state.proposals.values()))) and (into := self._one(others)):
            decided = self._decision(proposal, Verdict.REJECT)
            self._add(replace(decided, decision=replace(decided.decision, merged_into=into)))

    def query(self) -> None:
        if proposal := self._one([p for p in self.state.proposals.values() if p.task_id not in self.state.queries]):
            asked = len(self.state.replies.get(proposal.task_id, ()))
            query = Query(
                id=f"{proposal.task_id}.{asked + 1}", task_id=proposal.task_id, version=proposal.version,
                text=self._draw(_words), actor=HUMAN, asked_at=self._seq + 0.5,
            )  # fmt: skip
            self._add(e.ProposalQueried(query=query))

    def reply(self) -> None:
        if query := self._one(list(self.state.queries.values())):
            answer = e.QueryAnswered(
                query_id=query.id, task_id=query.task_id, text=self._draw(_words), failed=self._draw(st.booleans())
            )  # fmt: skip
            proposal = self.state.proposals[query.task_id]
            fresh = replace(proposal, version=proposal.version + 1, draft=self._draft(proposal.task_id))
            both: list[e.Fact] = [answer, e.TaskProposed(proposal=fresh)]
            self._add(*both[: self._draw(st.sampled_from([1, 2]))])

    def amend_task(self) -> None:
        unbegun = [t.id for t in self.state.tasks.values() if t.attempt == 0 and not t.status.ended]
        if task_id := self._one(unbegun):
            self._add(e.TaskAmended(task_id=task_id, draft=self._draft(task_id), actor=HUMAN, note="merged"))

    def keep(self) -> None:
        gone = self.state.gone()
        if blocker := self._one(list(gone)):
            self._add(
                e.BlockerSettled(blocker=blocker, choice=Choice.KEEP, dependents=gone[blocker], actor=HUMAN)
            )  # fmt: skip

    def set_gate(self) -> None:
        rule = Rule(id="r", verdict=Verdict.ACCEPT, everything=True)
        facts: list[e.Fact] = [
            e.RuleSwitched(rule=rule, on=self._draw(st.booleans()), actor=HUMAN),
            e.RulesStopped(actor=HUMAN),
            e.BoundReached(bound="pending", task_id="T1", limit=20),
            e.BoundSettled(bound="pending", limit=self._draw(st.sampled_from([None, 50])), actor=HUMAN),
            e.DuplicateScoreSet(score=90, actor=HUMAN),
            e.BlockerDefaultSet(choice=self._draw(st.sampled_from([None, Choice.KEEP])), actor=HUMAN),
        ]
        self._add(self._draw(st.sampled_from(facts)))

    def add_task(self) -> None:
        proposal = self._proposal(Origin())
        self._add(e.TaskProposed(proposal=proposal), self._decision(proposal, Verdict.ACCEPT))

    # -- tasks

    def start(self) -> None:
        if task_id := self._one(self.state.ready()):
            task = self.state.tasks[task_id]
            self._add(
                e.TaskStarted(
                    task_id=task_id, agent_id=f"A{task_id}", role=task.draft.role, model="m", attempt=task.attempt + 1
                )
            )

    def end(self) -> None:
        if not (task_id := self._one(self._working())):
            return
        done: e.Fact = e.TaskCompleted(
            task_id=task_id,
            summary=self._draw(_words),
            evidence=(Evidence(criterion="c", evidence=self._draw(_words), checked=self._draw(st.none() | _checks)),),
            finding=self._draw(st.none() | st.sampled_from(Finding)),
            waived=self._draw(st.none() | st.builds(Waiver, _words, _words)),
        )
        failed: e.Fact = e.TaskFailed(
            task_id=task_id, reason=self._draw(_words), limit=self._draw(st.sampled_from([None, "turns"]))
        )
        ending = self._draw(st.sampled_from([done, done, failed]))
        if ending is done and self._draw(st.booleans()):
            self._add(self._work(task_id), done)
        else:
            self._add(ending)

    def _work(self, task_id: TaskId) -> e.WorkDone:
        conflict = self.state.resolving.get(task_id)
        return e.WorkDone(
            task_id=task_id, branch=f"b/{task_id}", base="b0", tip=f"t{self._seq}",
            paths=self._draw(st.sampled_from([(), ("a.py",), ("a.py", "b.py")])), insertions=3, deletions=1,
            resolves=conflict.resolves if conflict else None,
        )  # fmt: skip

    def workspace(self) -> None:
        if task_id := self._one(self._working()):
            facts: list[e.Fact] = [
                e.WorkspacesChosen(mode=self._draw(st.sampled_from(WorkspaceMode)), why="w", uncommitted=("c.py",)),
                e.WorkspaceOpened(task_id=task_id, path="/w", branch=self._draw(st.sampled_from([None, "b"]))),
            ]
            self._add(self._draw(st.sampled_from(facts)))

    def review(self) -> None:
        ready = [w.task_id for w in self.state.works.values() if w.status is WorkStatus.READY]
        if not (task_id := self._one(ready)):
            return
        tip = self.state.works[task_id].tip
        comment = LineComment(path="a.py", side=self._draw(st.sampled_from(Side)), line=3, quoted="x", text="why?")
        facts: list[e.Fact] = [
            e.WorkMerged(task_id=task_id, branch="main", commit="c1", actor=HUMAN),
            e.WorkSentBack(task_id=task_id, tip=tip, text=self._draw(_words), comments=(comment,), actor=HUMAN),
            e.WorkDiscarded(task_id=task_id, branch=f"b/{task_id}", reason="", actor=HUMAN),
        ]
        if self.state.resolver(task_id) is None and self._draw(st.booleans()):
            proposal = self._proposal(Origin())
            assigned = e.ConflictAssigned(task_id=proposal.task_id, resolves=task_id, paths=("a.py",))
            self._add(e.TaskProposed(proposal=proposal), self._decision(proposal, Verdict.ACCEPT), assigned)
        else:
            self._add(self._draw(st.sampled_from(facts)))

    def check(self) -> None:
        if not (task_id := self._one(self._working())):
            return
        evidence = (Evidence(criterion="c", evidence=self._draw(_words), checked=self._draw(_checks)),)
        started: e.Fact = e.CheckStarted(task_id=task_id, turn=2, index=0, number=1, command=self._draw(_words))
        unmet: e.Fact = e.CriteriaUnmet(
            task_id=task_id, turn=2, index=0, round=1, evidence=evidence, asks=self._draw(st.booleans())
        )
        self._add(self._draw(st.sampled_from([started, unmet])))

    def cancel(self) -> None:
        waiting = [t.id for t in self.state.tasks.values() if not t.status.ended]
        if task_id := self._one(waiting):
            self._add(e.TaskCancelled(task_id=task_id, reason="no longer wanted", actor=HUMAN))

    def retry(self) -> None:
        gone = [t.id for t in self.state.tasks.values() if t.status in (TaskStatus.FAILED, TaskStatus.CANCELLED)]
        gone += [task_id for task_id in self.state.works if self.state.is_discarded(task_id)]
        if task_id := self._one(gone):
            begins = self._draw(st.sampled_from([None, self._ordinals.get(task_id, 0)]))
            self._add(e.TaskRetried(task_id=task_id, actor=HUMAN, was="failed", begins=begins))

    def drop_blockers(self) -> None:
        dead = {t: c for t, c in self.state.dead().items() if t in self.state.tasks}
        if task_id := self._one(list(dead)):
            self._add(e.BlockersDropped(task_id=task_id, dropped=dead[task_id], actor=HUMAN))

    def agent(self) -> None:
        if task_id := self._one(self._working()):
            facts: list[e.Fact] = [
                e.AgentPaused(task_id=task_id, actor=HUMAN),
                e.AgentResumed(task_id=task_id, actor=HUMAN),
                e.AgentInterrupted(task_id=task_id),
                e.AgentStalled(task_id=task_id, reason="three equal calls"),
                e.AgentStepped(task_id=task_id, actor=HUMAN),
                e.StepTaken(task_id=task_id),
                e.AgentCutOff(task_id=task_id, actor=HUMAN),
            ]
            self._add(self._draw(st.sampled_from(facts)))

    # -- talk

    def ask(self) -> None:
        if task_id := self._one(self._working()):
            self._asked += 1
            question = e.Question(
                id=f"Q{self._asked}", kind=self._draw(st.sampled_from(e.QuestionKind)), task_id=task_id,
                text=self._draw(_words), options=("yes", "no"), turn=0, index=0, asked_at=float(self._asked),
                tool=self._draw(st.sampled_from(["", "run_command"])), argv=self._draw(st.none() | st.tuples(_words)),
            )  # fmt: skip
            self._add(e.QuestionAsked(question=question))

    def answer(self) -> None:
        if question_id := self._one(list(self.state.questions)):
            command = self._draw(st.none() | _words)
            self._add(e.QuestionAnswered(question_id=question_id, answer=e.ALLOW, actor=HUMAN, command=command))

    def leave(self) -> None:
        back = self._draw(st.booleans())
        if back and self.state.grants:
            self._add(e.LeaveTakenBack(grant_id=next(iter(self.state.grants)), actor=HUMAN))
            return
        grant = Grant(
            id=f"L{self.state.grants_made + 1}", tool="run_command", effect=self._draw(st.sampled_from(Effect)),
            argv=self._draw(st.none() | st.tuples(_words)), task_id=self._one([*self.state.tasks, None]), actor=HUMAN,
            given_at=self._seq + 0.5,
        )  # fmt: skip
        self._add(e.LeaveGranted(grant=grant))

    def turn(self) -> None:
        if not (task_id := self._one(self._working())):
            return
        turn = self._turns[task_id] = self._turns.get(task_id, -1) + 1
        self._spawned[task_id] = -1
        call = ToolCallPart(f"c{turn}", "read_file", '{"path": "a"}')
        parts = (*self._draw(st.lists(_parts, max_size=3)), call)
        self._add(
            e.MessageAdded(task_id=task_id, message=self._message(task_id, Speaker.ASSISTANT, parts)),
            e.UsageRecorded(task_id=task_id, model="m", usage=self._draw(_usage)),
        )
        self._add(e.ToolStarted(task_id=task_id, turn=turn, index=len(parts) - 1, call_id=call.call_id, name=call.name))

    def result(self) -> None:
        calls = [call for task_id in self._working() for call in self.state.unanswered.get(task_id, ())]
        if call := self._one(calls):
            part = ToolResultPart(call.call_id, self._draw(_words), self._draw(st.booleans()))
            self._add(e.MessageAdded(task_id=call.task_id, message=self._message(call.task_id, Speaker.TOOL, (part,))))

    def cut(self) -> None:
        if task_id := self._one(self._working()):
            turn = self._turns.get(task_id, -1) + 1
            self._add(
                e.TurnCut(task_id=task_id, turn=turn, text=self._draw(_words), reason="the stream was cut", worked=0.5)
            )
            self._add(e.UsageRecorded(task_id=task_id, model="m", usage=self._draw(_usage), estimated=True))

    def steer(self) -> None:
        if not (task_id := self._one(self._working())):
            return
        if not self.state.steering.get(task_id):
            when, said = self._draw(st.sampled_from(When)), self._draw(_words)
            self._add(e.AgentSteered(task_id=task_id, text=self._draw(_words), actor=HUMAN, when=when, said=said))
            return
        words = self.state.steering[task_id]
        if self._draw(st.booleans()):
            self._add(e.WordsRevoked(task_id=task_id, number=words[0].number, actor=HUMAN))
            return
        parts: list[Part] = [WordsPart(word) for word in words[self._draw(st.sampled_from([0, 1])) :]]
        parts += [DecisionPart(d) for d in list(self.state.decisions.values())[:1]]
        self._add(e.MessageAdded(task_id=task_id, message=self._message(task_id, Speaker.USER, tuple(parts))))

    def hold(self) -> None:
        """What has not begun, be it a proposal, is kept from beginning, and let go again."""
        unbegun = [*self.state.proposals, *(t.id for t in self.state.tasks.values() if t.status is TaskStatus.PENDING)]
        if task_id := self._one(unbegun):
            held = task_id in self.state.on_hold
            self._add(
                e.AgentResumed(task_id=task_id, actor=HUMAN) if held else e.AgentPaused(task_id=task_id, actor=HUMAN)
            )

    def budget(self) -> None:
        if not (task_id := self._one(list(self.state.tasks))):
            return
        places = self.state.places(task_id)
        budget = Budget(self._draw(st.sampled_from(places)), self._draw(st.sampled_from(Unit)))
        model = self._draw(st.sampled_from([None, "a:b"]))
        facts: list[e.Fact] = [
            e.BudgetWarned(budget=budget, spent=8.0, limit=10.0),
            e.BudgetReached(budget=budget, task_id=task_id, spent=11.0, limit=10.0, unpriced=model),
            e.BudgetSet(budget=budget, limit=self._draw(st.sampled_from([None, 0.0, 20.0])), actor=HUMAN),
            e.UnpricedAllowed(actor=HUMAN),
        ]
        self._add(self._draw(st.sampled_from(facts)))

    def letter(self) -> None:
        if not (sender := self._one(self._working())):
            return
        if letters := self.state.mail.get(sender):
            parts: tuple[Part, ...] = tuple(LetterPart(letter) for letter in letters[:2])
            self._add(e.MessageAdded(task_id=sender, message=self._message(sender, Speaker.USER, parts)))
            return
        readers = self._draw(st.lists(st.sampled_from(list(self.state.tasks)), unique=True, min_size=1, max_size=2))
        letter = Letter(
            id=f"{sender}.{self._seq}", sender=sender, role="qa_tester", turn=0, to=tuple(readers), text=self._draw(_words),
            at=float(self._seq),
        )  # fmt: skip
        self._add(e.LetterSent(letter=letter))

    def report(self) -> None:
        unread = [r for r in self.state.reports if r not in self.state.report_answers]
        if report_id := self._one(unread):
            self._add(e.ReportAnswered(report_id=report_id, words=self._draw(st.just("") | _words), actor=HUMAN))
        elif task_id := self._one(self._working()):
            report = Report(
                id=f"{task_id}.{self._seq}", task_id=task_id, text=self._draw(_words), waits=self._draw(st.booleans()),
                at=float(self._seq),
            )  # fmt: skip
            self._add(e.ReportMade(report=report))

    def note(self) -> None:
        task_id = self._one([*self._working(), None])
        note = Note(
            id=f"N{len(self.state.notes) + 1}", text=self._draw(_words), tags=tuple(self._draw(st.lists(_words, max_size=2))),
            at=float(self._seq), task_id=task_id, role="qa_tester" if task_id else "", by=None if task_id else HUMAN,
        )  # fmt: skip
        known = self._one(list(self.state.notes)) or note.id
        facts: list[e.Fact] = [
            e.NoteAdded(note=note),
            e.NoteChanged(note_id=known, text=self._draw(_words), tags=("t",), actor=HUMAN),
            e.NoteStruck(note_id=known, actor=HUMAN),
        ]
        self._add(facts[0] if known == note.id else self._draw(st.sampled_from(facts)))

    def touch(self) -> None:
        if task_id := self._one(self._working()):
            known = self.state.touched.get(task_id, ())
            paths = self._draw(st.lists(st.sampled_from(["a.py", "b/c.py", "d"]), unique=True, min_size=1))
            if fresh := tuple(path for path in paths if path not in known):
                self._add(e.FilesTouched(task_id=task_id, paths=fresh))

    def model(self) -> None:
        chosen = self._draw(st.sampled_from(["", "a:b", "c:d"]))
        tasks = [*self.state.tasks, None]
        facts: list[e.Fact] = [e.ModelChosen(task_id=self._one(tasks), model=chosen, actor=HUMAN)]
        for task_id in self.state.agents:
            agent, fallback = self.state.agents[task_id], self._draw(st.booleans())
            facts.append(
                e.ModelSwitched(
                    task_id=task_id, turn=self._turns.get(task_id, -1) + 1, before=agent.model, model="e:f", reason="gone",
                    fallback=fallback,
                )
            )  # fmt: skip
        self._add(self._draw(st.sampled_from(facts)))

    def context(self) -> None:
        if not (task_id := self._one([t for t in self._working() if self._ordinals.get(t, -1) >= 0])):
            return
        last = self._ordinals[task_id]
        facts: list[e.Fact] = [
            e.ContextMeasured(task_id=task_id, model="m", tokens=self._draw(st.integers(0, 10**6)), estimate=900, window=8_000),
            e.CompactionAsked(task_id=task_id, actor=HUMAN),
            e.ContextCompacted(
                task_id=task_id, turn=last + 1, upto=self._draw(st.integers(0, last)), summary=self._draw(_words),
                cleared=("c0",), messages=1, before=900, after=90, cause=self._draw(st.sampled_from(Cause)),
                by=self._draw(st.sampled_from(["", "m"])), worked=0.5,
            ),
        ]  # fmt: skip
        self._add(self._draw(st.sampled_from(facts)))

    def run(self) -> None:
        facts: list[e.Fact] = [
            e.RunPaused(actor=HUMAN),
            e.RunUnpaused(actor=RULE),
            e.PolicyChanged(policy=self._draw(st.sampled_from(Policy)), actor=HUMAN),
            e.RunResumed(model="other:y", policy=Policy.AUTO, roles=ROLES[:2]),
        ]
        self._add(self._draw(st.sampled_from(facts)))

    # -- parts

    def _add(self, *facts: e.Fact) -> None:
        self.groups.append(list(facts))
        for fact in facts:
            self._seq += 1
            apply(self.state, e.Recorded(self._seq, float(self._seq), fact))

    def _one(self, choices: list[T]) -> T | None:
        return self._draw(st.sampled_from(choices)) if choices else None

    def _working(self) -> list[TaskId]:
        return [t.id for t in self.state.tasks.values() if t.status is TaskStatus.IN_PROGRESS]

    def _draft(self, task_id: TaskId) -> TaskDraft:
        known = list(self.state.blockers)
        wanted = tuple(self._draw(st.lists(st.sampled_from(known), unique=True, max_size=3))) if known else ()
        blockers = {task_id: (), **self.state.blockers}
        return TaskDraft(
            title=self._draw(_words), description=self._draw(_words), rationale="r",
            phase=self._draw(st.sampled_from(Phase)), role=self._draw(st.sampled_from(ROLES)),
            blocked_by=() if blocker_fault(blockers, task_id, wanted) else wanted,
            done_criteria=("it works",), discovery=self._draw(st.sampled_from(Discovery)),
            priority=self._draw(st.sampled_from(Priority)), blocks=self._draw(st.sampled_from([(), ("T1",)])),
        )  # fmt: skip

    def _proposal(self, origin: Origin) -> Proposal:
        task_id = self.state.next_id()
        return Proposal(
            task_id=task_id, version=1, draft=self._draft(task_id), origin=origin,
            waits=origin.task_id is not None and self._draw(st.booleans()), proposed_at=float(number(task_id)),
        )  # fmt: skip

    def _decision(self, proposal: Proposal, verdict: Verdict) -> e.ProposalDecided:
        draft = self._draft(proposal.task_id) if verdict is Verdict.EDIT else proposal.draft
        decision = Decision(
            id=len(self.state.record) + 1, task_id=proposal.task_id, version=proposal.version, verdict=verdict,
            actor=self._draw(st.sampled_from([HUMAN, RULE])), decided_at=self._seq + 0.5, waited=0.25,
            reason="not now" if verdict is Verdict.REJECT else "",
            final=None if verdict is Verdict.REJECT else draft, changes=draft_changes(proposal.draft, draft),
        )  # fmt: skip
        if verdict is Verdict.REJECT:
            return e.ProposalDecided(decision=decision, task=None)
        task = Task(
            id=proposal.task_id,
            draft=draft,
            origin=proposal.origin,
            decision_id=decision.id,
            created_at=self._seq + 0.5,
        )
        return e.ProposalDecided(decision=decision, task=task)

    def _message(self, task_id: TaskId, speaker: Speaker, parts: tuple[Part, ...]) -> Message:
        ordinal = self._ordinals[task_id] = self._ordinals.get(task_id, -1) + 1
        return Message(ordinal=ordinal, speaker=speaker, parts=parts, at=self._seq + 0.1, model="m", reply_id="")


@st.composite
def _histories(draw: st.DrawFn, run_id: str) -> list[list[e.Fact]]:
    history = History(draw, run_id)
    history.steps()
    return history.groups


@pytest.fixture(scope="session")
def histories() -> Callable[[str], st.SearchStrategy[list[list[e.Fact]]]]:
    """A strategy for the facts of the run with the given id: lists of groups, each to be appended as one."""
    return _histories


@dataclass(frozen=True)
class Ended:
    """A process that has ended. Whatever happened, it told it in sentences."""

    code: int
    out: str
    err: str

    def __post_init__(self) -> None:
        for sign in ("Traceback", "ResourceWarning", "was never retrieved", "was never awaited"):
            assert sign not in self.err, self.err

    def rows(self) -> list[Any]:
        """The JSON values of its output, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


class Hephaestus:
    """The program in processes of its own, with state, settings and a project in one temporary folder.

    `environ` is all that the processes are given, and may be added to; `before` are words before the interpreter's.
    What still runs at the end of the test is killed.
    """

    def __init__(self, folder: Path) -> None:
        self.home, self.config, self.project = folder / "state", folder / "config", folder / "project"
        self.config.mkdir(exist_ok=True)
        (self.project / ".git").mkdir(parents=True, exist_ok=True)
        (self.project / "cache.py").write_text("CACHE = {}\n")
        self.environ = {
            "PATH": os.environ["PATH"],
            **({"HEPHAESTUS_SANDBOX": word} if (word := os.environ.get("HEPHAESTUS_SANDBOX")) else {}),
            "HOME": str(folder),
            "USER": "ada",
            "LANG": "C.UTF-8",
            "HEPHAESTUS_HOME": str(self.home),
            "HEPHAESTUS_CONFIG": str(self.config),
            "PYTHONWARNINGS": "default::ResourceWarning",
        }
        self.before: list[str] = []
        self._started: list[subprocess.Popen[str]] = []

    def __call__(self, *words: str, typed: str = "", cwd: Path | None = None, **environ: str) -> Ended:
        """Run it to its end; `typed` is its standard input."""
        process = self.start(*words, cwd=cwd, **environ)
        return self.finish(process, typed)

    def start(self, *words: str, cwd: Path | None = None, **environ: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*self.before, sys.executable, "-m", "hephaestus_tui", *words], cwd=cwd or self.project, env=self.environ | environ,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        self._started.append(process)
        return process

    def finish(self, process: subprocess.Popen[str], typed: str = "") -> Ended:
        out, err = process.communicate(typed, timeout=120)
        return Ended(process.returncode, out, err)

    def close(self) -> None:
        for process in self._started:
            if process.poll() is None:
                process.kill()
                process.communicate()
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream and not stream.closed:
                    stream.close()


@pytest.fixture(scope="session")
def hephaestus_in() -> Iterator[Callable[[Path], Hephaestus]]:
    """Makes one for a folder; what it started is killed when all tests have ended."""
    made: list[Hephaestus] = []

    def make(folder: Path) -> Hephaestus:
        made.append(Hephaestus(folder))
        return made[-1]

    yield make
    for program in made:
        program.close()


@pytest.fixture
def hephaestus(tmp_path: Path) -> Iterator[Hephaestus]:
    program = Hephaestus(tmp_path)
    yield program
    program.close()
