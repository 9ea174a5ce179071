"""Without this, a script would have to remember: it reads out of a conversation alone where its agent stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from hephaestus_tui.codec import BadJson, strict_json
from hephaestus_tui.domain.decision import Decision, Query, Verdict
from hephaestus_tui.domain.message import (
    DecisionPart,
    Message,
    QueryPart,
    ReviewPart,
    Speaker,
    ToolCallPart,
    ToolResultPart,
    UndonePart,
    WordsPart,
)
from hephaestus_tui.providers.call_ids import given_id
from hephaestus_tui.providers.script import ANSWERED, Amendment, Entry, Reply, Standing

ASK_TOOL = "ask_human"
ANSWER_TOOL = "answer_about_proposal"
COMPLETE_TOOL = "complete_task"

_EFFECTIVE = ("write_file", "edit_file", "run_command")
_UNKNOWN_EFFECT = "There is no result: "  # the program ended while it ran: nothing was refused, and nothing is known
_REFERENCE = re.compile(r"@([A-Za-z0-9_-]+)")
_VERDICTS = {
    Verdict.ACCEPT: Standing.ACCEPTED,
    Verdict.EDIT: Standing.EDITED,
    Verdict.REJECT: Standing.REJECTED,
}
_STANDINGS = {
    "accepted": Standing.ACCEPTED,
    "edited": Standing.EDITED,
    "rejected": Standing.REJECTED,
}


class UnknownReference(LookupError):
    """`@ID` of a call whose result named no task."""


class Memory:
    """What the agent of one script entry has done and been told."""

    def __init__(self, entry: Entry, messages: Iterable[Message]) -> None:
        self._entry = entry
        self._tasks: dict[str, str] = {}
        self._standings: dict[str, Standing] = {}
        self._refused: set[str] = set()
        self._answers: list[str] = []
        self._asked: list[Query] = []
        self._replied: set[str] = set()
        self.last_turn = 0
        self.failed = False
        self.sent_back = False
        self.put_off = False  # whether a person's words kept it from completing, and it has not spoken since
        asks: set[str] = set()
        effective: set[str] = set()
        ends = False
        for message in messages:
            if message.speaker is Speaker.ASSISTANT:
                name, _, number = message.reply_id.rpartition("#")
                if name == entry.name and number.isdecimal():
                    self.last_turn = int(number)
                self.put_off, ends = False, any(call.name == COMPLETE_TOOL for call in message.calls())
            for part in message.parts:
                match part:
                    case ToolCallPart() if part.name == ASK_TOOL:
                        asks.add(part.call_id)
                    case ToolCallPart() if part.name == ANSWER_TOOL:
                        self._replied.add(given_id(part.call_id))
                    case ToolCallPart() if part.name in _EFFECTIVE:
                        effective.add(part.call_id)
                    case WordsPart():
                        self.put_off = ends
                    case ReviewPart():
                        self.sent_back = True
                    case QueryPart(query):
                        self._asked.append(query)
                    case ToolResultPart() if part.call_id in asks and not part.is_error:
                        self._answers.append(part.content.casefold())
                    case ToolResultPart() if part.call_id in effective:
                        self.failed |= part.is_error and not part.content.startswith(_UNKNOWN_EFFECT)
                    case ToolResultPart():
                        self._result(part)
                    case DecisionPart(decision):
                        self._standings[decision.task_id] = _standing(decision)
                    case UndonePart(task_id, _):
                        self._standings.pop(task_id, None)
                    case _:
                        pass

    def _result(self, part: ToolResultPart) -> None:
        call_id = given_id(part.call_id)
        if part.is_error:
            self._refused.add(call_id)
        try:
            value = strict_json(part.content)
        except BadJson:
            return
        if not isinstance(value, dict) or not isinstance(value.get("task_id"), str):
            return
        self._tasks[call_id] = value["task_id"]
        decision = value.get("decision")
        if isinstance(decision, str) and decision in _STANDINGS:
            merged = "merged_into" in value
            self._standings[value["task_id"]] = Standing.MERGED if merged else _STANDINGS[decision]

    def holds(self, when: Mapping[str, str | tuple[str, ...]]) -> bool:
        return all(
            any(self._one_holds(key, value) for value in ([values] if isinstance(values, str) else values))
            for key, values in when.items()
        )

    def _one_holds(self, key: str, value: str) -> bool:
        if key == ANSWERED:
            return any(value.casefold() in answer for answer in self._answers)
        task_id = self._tasks.get(key)
        if task_id is None:
            return value == Standing.REFUSED and key in self._refused
        standing = self._standings.get(task_id, Standing.OPEN)
        return standing == value or (value == Standing.ACCEPTED and standing is Standing.EDITED)

    def next_turn(self) -> int | None:
        """The number of the turn to play, from 1; None where the script has no more."""
        for number, turn in enumerate(self._entry.turn, 1):
            if number > self.last_turn and self.holds(turn.when):
                return number
        return None

    def questions(self) -> list[tuple[str, Query, Reply | None]]:
        """What was asked about proposals and has no answer yet: the call that answers it, and the reply if there is one.

        Which reply that is follows from all that was asked before, so it is the same whenever it is looked for.
        """
        calls = {task_id: call_id for call_id, task_id in self._tasks.items() if call_id in self._entry.call_ids}
        left = list(self._entry.reply)
        found: list[tuple[str, Query, Reply | None]] = []
        for query in self._asked:
            to = calls.get(query.task_id)
            reply = next((r for r in left if r.to == to and r.fits(query.text)), None)
            if reply:
                left.remove(reply)
            call_id = f"answer-{query.id.replace('.', '-')}"
            if call_id in self._refused:  # an amendment may be unfit for what has happened since; the words never are
                call_id, reply = f"{call_id}-again", reply and reply.model_copy(update={"amend": Amendment()})
            if call_id not in self._replied:
                found.append((call_id, query, reply))
        return found

    def fill(self, value: JsonValue) -> JsonValue:
        """`value` with every `@ID` replaced, however deep. Raises UnknownReference."""
        match value:
            case str():
                return _REFERENCE.sub(self._task, value)
            case list():
                return [self.fill(v) for v in value]
            case dict():
                return {k: self.fill(v) for k, v in value.items()}
            case _:
                return value

    def _task(self, match: re.Match[str]) -> str:
        if match[1] not in self._entry.call_ids:
            return match[0]
        if match[1] not in self._tasks:
            raise UnknownReference(match[1])
        return self._tasks[match[1]]


def _standing(decision: Decision) -> Standing:
    return Standing.MERGED if decision.merged_into else _VERDICTS[decision.verdict]
