"""The engine's side of the tools by which agents work together: letters, reports, notes, and reading of each other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hephaestus_tui.config import TalkBounds
from hephaestus_tui.domain.events import Fact, LetterSent, NoteAdded, ReportMade
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.talk import Letter, Note, Report, note_faults
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.engine import memory
from hephaestus_tui.engine.handing_over import task_text
from hephaestus_tui.engine.ledger import Condition, Ledger
from hephaestus_tui.engine.mail import mail_fault, readers, sent_words
from hephaestus_tui.engine.reports import answer_words, managers, report_fault
from hephaestus_tui.tools.base import ToolFault


@dataclass(frozen=True, slots=True)
class CallCommons:
    """For one tool call, whose id names what it does: carried out anew after a crash, it does nothing twice."""

    ledger: Ledger
    bounds: TalkBounds
    now: Callable[[], float]
    task_id: TaskId
    turn: int
    index: int
    park: Callable[[Condition], Awaitable[None]]

    @property
    def call(self) -> str:
        return f"{self.task_id}.{self.turn}.{self.index}"

    @property
    def _state(self) -> RunState:
        return self.ledger.state

    async def send_message(self, to: str, text: str) -> str:
        async with self.ledger.lock:
            known = self._state.letters.get(self.call)
            if known is None:
                reached = readers(self._state, self.task_id, to)
                _check(mail_fault(self._state, self.bounds, self.task_id, self.turn, reached), "Not sent")
                known = self._letter(self.call, reached, text)
                await self.ledger.record(LetterSent(letter=known))
            return sent_words(self._state, known)

    async def report_blocker(self, text: str, wait: bool) -> str:
        async with self.ledger.lock:
            if self.call not in self._state.reports:
                _check(report_fault(self._state, self.bounds, self.task_id), "Not reported")
                report = Report(id=self.call, task_id=self.task_id, text=text, waits=wait, at=self.now())
                facts: list[Fact] = [ReportMade(report=report)]
                if leads := managers(self._state, self.task_id):
                    said = f"This is in my way: {text}"
                    facts.append(LetterSent(letter=self._letter(f"{self.call}.report", leads, said)))
                await self.ledger.record(*facts)
        if not wait:
            return "Reported. A person sees it; what they say comes as a message. Go on with what it does not keep you from."
        await self.park(lambda state: self.call in state.report_answers)
        return answer_words(self._state.report_answers[self.call])

    async def note(self, text: str, tags: tuple[str, ...]) -> str:
        async with self.ledger.lock:
            state = self._state
            known = next((n for n in state.notes.values() if n.call == self.call), None)
            if known is None:
                if faults := note_faults(text, tags):
                    raise ToolFault(f"Not noted: {'; '.join(faults.values())}.")
                if same := memory.same_note(state, text):
                    return f"{same.id} says that already."
                _check(memory.note_bound_fault(state, self.bounds, self.task_id), "Not noted")
                known = Note(
                    id=memory.next_note_id(state), text=text, tags=tags, at=self.now(), task_id=self.task_id,
                    role=state.agents[self.task_id].role, call=self.call,
                )  # fmt: skip
                await self.ledger.record(NoteAdded(note=known))
            return (
                f"Noted as {known.id}. Later tasks that it may help are given it, and others find it with search_notes."
            )

    async def search_notes(self, query: str) -> str:
        return await memory.search(self.ledger, query)

    async def read_task(self, task_id: TaskId) -> str:
        return task_text(self._state, task_id)

    def _letter(self, letter_id: str, to: tuple[TaskId, ...], text: str) -> Letter:
        role = self._state.agents[self.task_id].role
        return Letter(
            id=letter_id, sender=self.task_id, role=role, turn=self.turn, to=to, text=text, at=self.now()
        )  # fmt: skip


def _check(fault: str, what: str) -> None:
    if fault:
        raise ToolFault(f"{what}: {fault}.")
