"""Turns a person's keys into commands, and tells what became of them; nothing else in the UI submits anything."""

from __future__ import annotations

from typing import Any, TypeVar

from textual.app import App
from textual.screen import ModalScreen

from hephaestus_tui.domain.commands import (
    AddTask,
    Answer,
    Command,
    Decide,
    DropBlockers,
    Pause,
    Resume,
    Retry,
    SetPolicy,
    Steer,
    Stop,
)
from hephaestus_tui.domain.decision import Actor, Verdict
from hephaestus_tui.domain.errors import AlreadyDecided, BadDraft, HephaestusError, StaleVersion
from hephaestus_tui.domain.events import Question, QuestionKind
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import Phase, TaskDraft, TaskId
from hephaestus_tui.session import Session
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.notices import say, warn
from hephaestus_tui.ui.screens.answer import AnswerScreen
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.edit import EditScreen
from hephaestus_tui.ui.screens.reason import ReasonScreen
from hephaestus_tui.ui.text import line

_T = TypeVar("_T")
_LEAVE = "Agents will change files and run any command, as you, without asking."


class Desk:
    """Where decisions are made. Every method may open a dialog, so each is run in a worker."""

    def __init__(self, app: App[Any], session: Session, actor: Actor) -> None:
        self._app = app
        self._session = session
        self._actor = actor
        self._asking = False

    async def perform(self, action_id: str, state: RunState, shown: Target) -> None:
        """Carry out an action upon what was on the screen when its key was pressed; refusals become notices."""
        try:
            await self._perform(action_id, state, shown)
        except HephaestusError as error:
            warn(self._app, str(error))

    async def _perform(self, action_id: str, state: RunState, shown: Target) -> None:
        task_id = shown.task_id
        match action_id, task_id:
            case "run.pause", _:
                await self._submit(Pause(actor=self._actor))
            case "run.resume", _:
                await self._submit(Resume(actor=self._actor))
            case "policy.next", _:
                await self._next_policy(state)
            case "task.add", _:
                await self._add(state)
            case "question.answer", _:
                await self._answer(state, shown)
            case "proposal.accept", str() if shown.version is not None:
                await self._submit(_decision(task_id, Verdict.ACCEPT, shown.version, self._actor))
            case "proposal.edit", str() if shown.version is not None:
                await self._edit(state, task_id, shown.version)
            case "proposal.reject", str() if shown.version is not None:
                await self._reject(state, task_id, shown.version)
            case "agent.pause", str():
                await self._submit(Pause(actor=self._actor, task_id=task_id))
            case "agent.resume", str():
                await self._submit(Resume(actor=self._actor, task_id=task_id))
            case "agent.steer", str():
                await self._steer(state, task_id)
            case "task.stop", str():
                await self._stop(state, task_id)
            case "task.retry", str():
                await self._submit(Retry(task_id=task_id, actor=self._actor))
            case "task.resume", str():
                await self._submit(Resume(actor=self._actor, task_id=task_id))
            case "task.drop_blockers", str():
                await self._submit(DropBlockers(task_id=task_id, actor=self._actor))

    async def _submit(self, command: Command) -> None:
        receipt = await self._session.submit(command)
        say(self._app, receipt.note)

    async def _ask(self, dialog: ModalScreen[_T]) -> _T | None:
        """What the dialog gives back; None where one is open already, by a key that was pressed twice."""
        if self._asking:
            return None
        self._asking = True
        try:
            return await self._app.push_screen_wait(dialog)
        finally:
            self._asking = False

    async def _edit(self, state: RunState, task_id: TaskId, version: int) -> None:
        if (proposal := state.proposals.get(task_id)) is None:  # a fact came between the key and this
            raise _decided(task_id)
        proposed = draft = proposal.draft
        while True:
            final = await self._ask(EditScreen(task_id, draft, state))
            if final is None:
                return None
            verdict = Verdict.ACCEPT if final == proposed else Verdict.EDIT
            try:
                return await self._submit(_decision(task_id, verdict, version, self._actor, final=final))
            except (BadDraft, StaleVersion) as error:
                if (proposal := state.proposals.get(task_id)) is None:
                    raise
                # what was typed is not lost: the form opens again, now on the version that stands
                warn(self._app, str(error))
                draft, proposed, version = final, proposal.draft, proposal.version

    async def _reject(self, state: RunState, task_id: TaskId, version: int) -> None:
        if (proposal := state.proposals.get(task_id)) is None:
            raise _decided(task_id)
        title = f"Reject {task_id}: {line(proposal.draft.title, 60)}"
        proposer = state.agents.get(proposal.origin.task_id or "")
        lives = proposer is not None and proposer.status is not AgentStatus.ENDED
        reader = "The agent that proposed it reads the reason." if lives else "The reason is kept in the record."
        reason = await self._ask(ReasonScreen(title, f"Why? {reader}", required=True))
        if reason is not None:
            await self._submit(_decision(task_id, Verdict.REJECT, version, self._actor, reason=reason))

    async def _answer(self, state: RunState, shown: Target) -> None:
        question: Question | None = state.questions.get(shown.question_id or "")
        if question is None:
            return
        draft = state.draft(question.task_id)
        is_permission = question.kind is QuestionKind.PERMISSION
        title = f"May {question.task_id} do this?" if is_permission else f"{question.task_id} has a question"
        if draft:
            title += f" ({line(draft.title, 60)})"
        answer = await self._ask(AnswerScreen(question, title))
        if answer is not None:
            await self._submit(Answer(question_id=question.id, answer=answer, actor=self._actor))

    async def _steer(self, state: RunState, task_id: TaskId) -> None:
        draft = state.draft(task_id)
        title = f"Steer {task_id}: {line(draft.title, 60)}" if draft else f"Steer {task_id}"
        prompt = "What shall the agent know or do? It reads this before its next step."
        text = await self._ask(ReasonScreen(title, prompt, required=True))
        if text is not None:
            await self._submit(Steer(task_id=task_id, text=text, actor=self._actor))

    async def _stop(self, state: RunState, task_id: TaskId) -> None:
        draft = state.draft(task_id)
        title = line(draft.title, 80) if draft else ""
        question = f"Stop {task_id} now?\n{title}\n\nIts command is killed, what it said is kept; it can be retried."
        if await self._ask(ConfirmScreen(question, yes="stop it", no="let it go on")):
            await self._submit(Stop(task_id=task_id, actor=self._actor))

    async def _next_policy(self, state: RunState) -> None:
        policies = list(Policy)  # from the strictest on: round from there one looser step is left, to auto
        policy = policies[policies.index(state.policy) - 1]
        if policies.index(policy) > policies.index(state.policy):
            question = f"Change the policy to {policy}?\n\n{_LEAVE}"
            if not await self._ask(ConfirmScreen(question, yes="change it", no="leave it as it is")):
                return
        await self._submit(SetPolicy(policy=policy, actor=self._actor))

    async def _add(self, state: RunState) -> None:
        role = state.roles[0] if state.roles else ""
        draft = TaskDraft(title="", description="", rationale="", phase=Phase.BUILDING, role=role)
        while True:
            written = await self._ask(EditScreen(None, draft, state))
            if written is None:
                return None
            try:
                return await self._submit(AddTask(draft=written, actor=self._actor))
            except BadDraft as error:
                warn(self._app, str(error))
                draft = written


def _decided(task_id: TaskId) -> AlreadyDecided:
    return AlreadyDecided(f"{task_id} was decided by someone else this very moment; see its detail.")


def _decision(
    task_id: TaskId, verdict: Verdict, version: int, actor: Actor, *, final: TaskDraft | None = None, reason: str = ""
) -> Decide:
    final = final if verdict is Verdict.EDIT else None
    return Decide(task_id=task_id, verdict=verdict, actor=actor, version=version, final=final, reason=reason)
