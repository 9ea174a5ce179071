"""Folds a task's facts and flickers into blocks, so that a transcript read later looks like one that was watched.

A flicker's or fact's `turn` is the ordinal of the assistant message that the turn becomes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.message import Message, Speaker, ToolCallPart, ToolResultPart, WordsPart
from hephaestus_tui.domain.talk import Letter
from hephaestus_tui.domain.words import When, Word
from hephaestus_tui.session import Transcript
from hephaestus_tui.ui.widgets.between import Between, between_messages, block_of
from hephaestus_tui.ui.widgets.block_making import message_blocks
from hephaestus_tui.ui.widgets.blocks import (
    Block,
    Call,
    CallState,
    Heard,
    Summing,
    Unfinished,
    Waiting,
    words_of,
)
from hephaestus_tui.ui.widgets.live_turn import LiveTurn
from hephaestus_tui.ui.widgets.stamps import stamp

# characters of a running command's output that are kept; the result has them all
OUTPUT_LIMIT = 16_384


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
        self.stamps: dict[int, str] = {}  # block → when its message was said, and by which model
        self._seq = transcript.seq
        self._settled = 0  # blocks before this one are no transient tail
        self._begun = False
        self._last_turn = -1
        self._cut_turn = -1
        self._voided = 0  # tries of the cut turn whose flickers are still to come in this frame
        self._last_at: float | None = None
        self._calls: dict[tuple[int, int], int] = {}  # (turn, index) → block
        self._turns: dict[int, int] = {}  # turn → its first block
        self._open: dict[str, list[int]] = {}  # call_id → blocks without a result
        self._live: LiveTurn | None = None
        self._unfinished = ""
        self._waiting: Waiting | Summing | None = None
        self._unread: list[Word | Letter] = []
        self._asking: dict[str, int] = {}  # question → block of the call that asks
        self._restore(transcript, CallState.RUNNING if at_work else CallState.UNANSWERED)
        for question in questions:
            self._ask(question)
        self._unread = [u for u in unread if isinstance(u, Letter) or u.number <= self._seq]
        self._voided = 0
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
        self._voided = 0
        self._show_tail()

    def passage(self, turn: int, index: int) -> tuple[int, int] | None:
        """The first block of a finished message, and that of a call in it; None where there is no such call."""
        call = self._calls.get((turn, index))
        return None if call is None else (self._turns[turn], call)

    def _restore(self, transcript: Transcript, unanswered: CallState) -> None:
        between = list(between_messages(transcript))
        for message in (*transcript.messages, None):
            while between and (message is None or between[0].turn <= message.ordinal):
                self._break(between.pop(0))
            if message:
                self._message(message)
        for started in transcript.unanswered:
            self._set_state(started, unanswered)
        self._unfinished = transcript.unfinished

    def _show_tail(self) -> None:
        self._settled = len(self.blocks)
        if self._live:
            self.blocks += self._live.blocks()
        elif self._unfinished.strip():
            self.blocks.append(Unfinished(self._unfinished))
        if self._waiting:
            self.blocks.append(self._waiting)
        self.blocks += [
            Heard(unread, queued=True) if isinstance(unread, Letter) else words_of(unread, unread=True)
            for unread in self._unread
        ]

    # -- facts

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
            case e.ToolStarted(task_id=self.task_id):
                self._set_state(fact, CallState.RUNNING)
            case e.QuestionAsked(question=question) if question.task_id == self.task_id:
                self._ask(question)
            case e.QuestionAnswered(question_id=question_id):
                self._answered(question_id)
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
                self._stop()
            case _:
                pass

    def _message(self, message: Message) -> None:
        if message.speaker is Speaker.ASSISTANT:
            self._end_turn(message.ordinal)
            self._last_turn = message.ordinal
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
            self.stamps[first] = stamp(message)
        self._index_calls(message, first)
        for part in message.parts:
            if isinstance(part, ToolResultPart):
                self._result(part, message.at)
        self._last_at = message.at

    def _index_calls(self, message: Message, first: int) -> None:
        places = (i for i in range(first, len(self.blocks)) if isinstance(self.blocks[i], Call))
        parts = (p for p in message.parts if isinstance(p, ToolCallPart))
        for index, (part, place) in enumerate(zip(parts, places, strict=True)):
            self._calls[message.ordinal, index] = place
            self._open.setdefault(part.call_id, []).append(place)

    def _result(self, part: ToolResultPart, at: float) -> None:
        places = self._open.get(part.call_id)
        state = CallState.FAILED if part.is_error else CallState.DONE
        took = None if self._last_at is None else max(at - self._last_at, 0.0)
        if not places:
            self.blocks.append(Call(part.call_id, state=state, result=part.content, took=took))
            return
        place = places.pop(0)
        self._change_call(place, state=state, result=part.content, took=took, output="")

    def _set_state(self, started: e.ToolStarted, state: CallState) -> None:
        places = self._open.get(started.call_id, ())
        place = self._calls.get((started.turn, started.index))
        if place not in places:
            place = places[-1] if places else None
        if place is not None:
            self._change_call(place, state=state)

    def _ask(self, question: e.Question) -> None:
        place = self._calls.get((question.turn, question.index))
        if place is not None:
            self._asking[question.id] = place
            self._change_call(place, state=CallState.ASKING)

    def _answered(self, question_id: str) -> None:
        place = self._asking.pop(question_id, None)
        call = self.blocks[place] if place is not None else None
        if place is not None and isinstance(call, Call) and call.state is CallState.ASKING:
            self._change_call(place, state=CallState.PLANNED)

    def _change_call(self, place: int, **changes: object) -> None:
        call = self.blocks[place]
        if isinstance(call, Call):
            self.blocks[place] = replace(call, **changes)  # type: ignore[arg-type]

    def _break(self, fact: Between) -> None:
        if isinstance(fact, e.TurnCut):
            seen = self._unfinished or (self._live and self._live.turn == fact.turn)
            self._voided += 0 if seen else 1
            self._cut_turn = fact.turn
            self._end_turn(fact.turn)
        self._waiting = None
        self.blocks.append(block_of(fact))

    def _end_turn(self, turn: int) -> None:
        if self._live and self._live.turn <= turn:
            self._live = None
        self._waiting = None
        self._unfinished = ""

    def _stop(self) -> None:
        if self._live:
            self._unfinished = self._live.said
        self._live = self._waiting = None
        for places in self._open.values():
            for place in places:
                call = self.blocks[place]
                if isinstance(call, Call) and call.state is CallState.RUNNING:
                    self._change_call(place, state=CallState.UNANSWERED)

    # -- flickers

    def _flicker(self, flicker: e.Flicker) -> None:
        match flicker:
            case e.TurnBegan(turn=turn) if turn > self._last_turn:
                self._begin_turn(turn)
            case e.TextStreamed(turn=turn, channel=channel, text=text) if self._may_stream(turn):
                self._streaming(turn).say(channel, text)
            case e.CallStreamed(turn=turn, index=index, name=name, size=size) if self._may_stream(turn):
                self._streaming(turn).write_call(index, name, size)
            case e.ToolOutput():
                self._output(flicker)
            case e.ProviderWaiting(reason=reason, seconds=seconds):
                self._waiting = Waiting(reason, seconds) if seconds > 0 else None
            case e.SummaryBegan():
                self._waiting = Summing()
            case _:
                pass

    def _begin_turn(self, turn: int) -> None:
        if turn == self._cut_turn and self._voided:
            self._voided -= 1
            return
        self._live, self._unfinished, self._waiting = LiveTurn(turn), "", None
        self._cut_turn = -1

    def _may_stream(self, turn: int) -> bool:
        return turn > self._last_turn and turn != self._cut_turn

    def _streaming(self, turn: int) -> LiveTurn:
        self._waiting = None
        if self._live is None or self._live.turn != turn:
            self._live = LiveTurn(turn)
            if self._unfinished:
                self._live.say(e.Channel.TEXT, self._unfinished)
        self._unfinished = ""
        return self._live

    def _output(self, flicker: e.ToolOutput) -> None:
        place = self._calls.get((flicker.turn, flicker.index))
        call = self.blocks[place] if place is not None else None
        if place is None or not isinstance(call, Call) or call.state in (CallState.DONE, CallState.FAILED):
            return
        output = (call.output + flicker.text[-OUTPUT_LIMIT:])[-OUTPUT_LIMIT:]
        self._change_call(place, state=CallState.RUNNING, output=output)
