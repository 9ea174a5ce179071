"""Folds a task's facts and flickers into blocks, so that a transcript read later looks like one that was watched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.message import Message, Speaker, ToolResultPart, Usage, WordsPart
from hephaestus_tui.domain.talk import Letter
from hephaestus_tui.domain.words import When, Word
from hephaestus_tui.session import Transcript
from hephaestus_tui.ui.widgets.between import Between, between_messages, block_of
from hephaestus_tui.ui.widgets.block_making import message_blocks
from hephaestus_tui.ui.widgets.blocks import Block, CallState, Heard, words_of
from hephaestus_tui.ui.widgets.call_blocks import CallBlocks
from hephaestus_tui.ui.widgets.stamps import Stamp, stamp
from hephaestus_tui.ui.widgets.turn_now import TurnNow

# in place of the index of a call
WHOLE_MESSAGE = -1


class Conversation:
    """The blocks of one task. `blocks` may be read at any time; only its tail and open calls ever change."""

    def __init__(
        self,
        transcript: Transcript,
        *,
        at_work: bool = False,
        questions: Sequence[e.Question] = (),
        unread: Sequence[Word | Letter] = (),
    ) -> None:
        """`at_work`: an agent is on the task now, so that a call without a result runs, and was not lost.

        `questions` are those that the task waits for, `unread` what its agent has been told and not read.
        """
        self.task_id = transcript.task_id
        self.blocks: list[Block] = []
        self.stamps: dict[int, Stamp] = {}  # first block of a message → when it was said, by whom, and for how much
        self._seq = transcript.seq
        self._settled = 0  # blocks before this one are no transient tail
        self._begun = False
        self._said = -1  # the last message of the model
        self._last_at: float | None = None
        self._turns: dict[int, int] = {}  # turn → its first block
        self._calls = CallBlocks(self.blocks)
        self._now = TurnNow()
        self._unread: list[Word | Letter] = []
        self._spent = dict(transcript.spent)
        self._restore(transcript, CallState.RUNNING if at_work else CallState.UNANSWERED)
        for question in questions:
            self._calls.ask(question)
        self._unread = [u for u in unread if isinstance(u, Letter) or u.number <= self._seq]
        self._now.end_frame()
        self._show_tail()

    def feed(self, facts: Sequence[e.Recorded], flickers: Sequence[e.Flicker]) -> None:
        """Take one frame's events, of any task; facts count before flickers, which may be older than they."""
        del self.blocks[self._settled :]
        for recorded in facts:
            if recorded.seq > self._seq:
                self._seq = recorded.seq
                self._fact(recorded.fact)
        for flicker in flickers:
            if flicker.task_id == self.task_id:
                self._flicker(flicker)
        self._now.end_frame()
        self._show_tail()

    def passage(self, turn: int, index: int) -> tuple[int, int] | None:
        """The first block of a finished message, and that of a call in it, or the first again; None where there is none."""
        if index == WHOLE_MESSAGE:
            return (self._turns[turn], self._turns[turn]) if turn in self._turns else None
        call = self._calls.place(turn, index)
        return None if call is None else (self._turns[turn], call)

    def _restore(self, transcript: Transcript, unanswered: CallState) -> None:
        between = list(between_messages(transcript))
        for message in (*transcript.messages, None):
            while between and (message is None or between[0].turn <= message.ordinal):
                self._break(between.pop(0))
            if message:
                self._message(message)
        for started in transcript.unanswered:
            self._calls.set_state(started, unanswered)
        self._now.unfinished = transcript.unfinished

    def _show_tail(self) -> None:
        self._settled = len(self.blocks)
        self.blocks += self._now.blocks()
        self.blocks += [
            Heard(unread, queued=True) if isinstance(unread, Letter) else words_of(unread, unread=True)
            for unread in self._unread
        ]

    def _fact(self, fact: e.Fact) -> None:
        match fact:
            case e.MessageAdded(task_id=self.task_id, message=message):
                self._message(message)
            case (
                e.TurnCut(task_id=self.task_id)
                | e.ContextCompacted(task_id=self.task_id)
                | e.ModelSwitched(task_id=self.task_id)
            ):
                self._break(fact)
            case e.UsageRecorded(task_id=self.task_id, usage=usage, estimated=False):
                self._spend(usage)
            case e.ToolStarted(task_id=self.task_id):
                self._calls.set_state(fact, CallState.RUNNING)
            case e.QuestionAsked(question=question) if question.task_id == self.task_id:
                self._calls.ask(question)
            case e.QuestionAnswered(question_id=question_id):
                self._calls.answered(question_id)
            case e.AgentSteered(task_id=self.task_id):
                self._unread.append(Word(self._seq, 0.0, fact.text, fact.actor, fact.when, fact.said))
            case e.LetterSent(letter=letter) if self.task_id in letter.to and letter not in self._unread:
                self._unread.append(letter)
            case e.WordsRevoked(task_id=self.task_id, number=number):
                self._unread = [u for u in self._unread if isinstance(u, Letter) or u.number != number]
            case (
                e.AgentInterrupted(task_id=self.task_id)
                | e.AgentStalled(task_id=self.task_id)
                | e.TaskCompleted(task_id=self.task_id)
                | e.TaskFailed(task_id=self.task_id)
                | e.TaskCancelled(task_id=self.task_id)
            ):
                self._now.stop()
                self._calls.stop()
            case _:
                pass

    def _message(self, message: Message) -> None:
        if message.speaker is Speaker.ASSISTANT:
            self._now.become(message.ordinal)
            self._said = message.ordinal
        elif message.speaker is Speaker.USER:
            told = {part.word.number for part in message.parts if isinstance(part, WordsPart)}
            words = (unread for unread in self._unread if isinstance(unread, Word))
            self._unread = [word for word in words if word.when is When.QUEUED and word.number not in told]
        elif message.speaker is Speaker.SYSTEM:
            self._begun = False  # a conversation that begins anew
        first = len(self.blocks)
        self.blocks += message_blocks(message, begun=self._begun)
        self._begun = self._begun or message.speaker is Speaker.ASSISTANT
        self._turns[message.ordinal] = first
        if len(self.blocks) > first:
            self.stamps[first] = stamp(message, self._spent.get(message.ordinal))
        self._calls.take(message, first)
        took = None if self._last_at is None else max(message.at - self._last_at, 0.0)
        for part in message.parts:
            if isinstance(part, ToolResultPart):
                self._calls.result(part, took)
        self._last_at = message.at

    def _spend(self, usage: Usage) -> None:
        """It comes with the message that it was spent on, and after it."""
        first = self._turns.get(self._said, -1)
        if (known := self.stamps.get(first)) and known.model and known.usage is None:
            self.stamps[first] = replace(known, usage=usage)

    def _break(self, fact: Between) -> None:
        if isinstance(fact, e.TurnCut):
            self._now.cut(fact.turn)
        self._now.wait_no_more()
        self.blocks.append(block_of(fact))

    def _flicker(self, flicker: e.Flicker) -> None:
        if isinstance(flicker, e.ToolOutput):
            self._calls.output(flicker)
        else:
            self._now.take(flicker)
