"""Without this, nobody could write a script: it says what one may hold.

A script is a TOML file: who the agents are, and each one's turns in order.

    price = { input = 3.0, output = 15.0 }        # optional, US dollars per million tokens
    unforeseen = "…"                              # optional: see below
    unforeseen_answer = "…"                       # optional: see below
    stopped = "…"                                 # optional: see below
    sent_back = "…"                               # optional: see below
    window = 32000                                # optional, tokens: a longer conversation is compacted
    summary = "…"                                 # optional: what is said when it is
    rate = 80                                     # tokens a second (a token is 4 characters); 0: as fast as it goes

    [[agent]]
    name = "root"                                 # unique; no "#"
    for = { role = "backend_developer" }          # optional: call, role, phase, title (part of it); all must hold

    [[agent.turn]]
    when = { "cache-build" = "rejected" }         # optional: see below; all must hold
    reasoning = "…"
    text = "…"
    delay = 0.5                                   # seconds before the first token
    fault = { kind = "cut", times = 1 }           # while the attempt is at most `times`

    [[agent.turn.call]]
    id = "cache-investigation"                    # unique in the agent
    tool = "spawn_investigation_task"
    arguments = { title = "…", blocking_task_ids = ["@cache-investigation"] }

    [[agent.reply]]                               # when a human asks about a proposal of this agent
    to = "cache-investigation"                    # the call that proposed it
    asks = "how long"                             # optional: a piece of the question
    text = "…"                                    # optional
    answer = "…"
    amend = { description = "…" }                 # optional: the fields that the answer changes

The first agent whose `for` holds plays the task. In texts and arguments `@ID`, where ID is one of the agent's own
calls, stands for the task id in that call's result. `when` maps a call's id to what was decided on the task it
spawned: `accepted` (also after changes), `edited`, `rejected`, `merged` or `open`, or `refused` where nothing was
proposed, as past a bound of spawning; and `answered` to a piece of what a human answered to `ask_human`. A list holds where
one of its words does. A turn whose `when` does not hold is passed over for good.

A question about a proposal is answered before the next turn, and when the task has ended: each reply once, the first
that fits. A question for which none is left gets `unforeseen_answer`, with nothing amended.

A person may change what a task must fulfil after the script was written: `unforeseen` is what `complete_task` offers as
evidence for a done criterion that the script does not name. Where an agent was not allowed to write or run something, or
that failed, the rest of its turns might not be true: with `stopped` it ends its task, those words being the summary.

Work that is sent back is gone on with by the turns after `complete_task`, and where there are none, ended with `sent_back`.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator

from hephaestus_tui.config import Price
from hephaestus_tui.domain.task import Discovery, Phase, Priority
from hephaestus_tui.providers.base import TurnContext
from hephaestus_tui.providers.call_ids import given_id

ANSWERED = "answered"
UNFORESEEN_ANSWER = "This agent plays a script, which has no answer to that. The proposal stands as it is."

_Positive = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class FaultKind(StrEnum):
    CUT = "cut"
    ERROR = "error"
    MALFORMED = "malformed"
    OVERLOADED = "overloaded"
    AUTH = "auth"
    HANG = "hang"
    ENDLESS = "endless"


class Standing(StrEnum):
    """What has become of a spawned task, as far as its agent was told."""

    ACCEPTED = "accepted"
    EDITED = "edited"
    REJECTED = "rejected"
    MERGED = "merged"
    OPEN = "open"
    REFUSED = "refused"


class Fault(_Strict):
    kind: FaultKind
    times: int = Field(default=1, ge=1)


class ScriptedCall(_Strict):
    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    tool: str = Field(min_length=1, max_length=128)
    arguments: dict[str, JsonValue] = Field(default_factory=dict)

    @field_validator("arguments")
    @classmethod
    def _strict(cls, value: dict[str, JsonValue]) -> dict[str, JsonValue]:
        json.dumps(value, allow_nan=False)
        return value

    @model_validator(mode="after")
    def _not_reserved(self) -> ScriptedCall:
        if self.id == ANSWERED:
            raise ValueError(f"{ANSWERED!r} has a meaning of its own in `when`: give the call another id")
        return self


class Turn(_Strict):
    when: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    reasoning: str = ""
    text: str = ""
    delay: _Positive = 0.0
    fault: Fault | None = None
    call: tuple[ScriptedCall, ...] = ()

    @model_validator(mode="after")
    def _checked(self) -> Turn:
        if not self.text.strip() and not self.call:
            raise ValueError("a turn needs a text or a call")
        for key, values in self.when.items():
            if key == ANSWERED:
                continue
            if unknown := [v for v in ([values] if isinstance(values, str) else values) if v not in set(Standing)]:
                raise ValueError(f"when: {key!r} is {unknown[0]!r}, and can be {', '.join(Standing)}")
        return self


class WithCommand(_Strict):
    """A done criterion that a command decides."""

    text: str
    command: str


class Amendment(_Strict):
    """The fields of a proposal that an answer changes, under the names of the spawn tools; the tool checks them."""

    title: str | None = None
    description: str | None = None
    rationale: str | None = None
    phase: Phase | None = None
    role: str | None = None
    blocking_task_ids: tuple[str, ...] | None = None
    blocks_task_ids: tuple[str, ...] | None = None
    done_criteria: tuple[str | WithCommand, ...] | None = None
    discovery: Discovery | None = None
    priority: Priority | None = None


class Reply(_Strict):
    """What the agent says when a human asks about the proposal that its call `to` made."""

    to: str
    asks: str = ""
    reasoning: str = ""
    text: str = ""
    answer: str = Field(min_length=1)
    amend: Amendment = Field(default_factory=Amendment)

    def fits(self, question: str) -> bool:
        return self.asks.casefold() in question.casefold()


class Match(_Strict):
    call: str | None = None
    role: str | None = None
    phase: Phase | None = None
    title: str | None = None

    def holds(self, context: TurnContext) -> bool:
        return (
            (self.call is None or self.call == given_id(context.origin_call_id or ""))
            and (self.role is None or self.role == context.role)
            and (self.phase is None or self.phase is context.phase)
            and (self.title is None or self.title.casefold() in context.title.casefold())
        )


class Entry(_Strict):
    """One agent's part."""

    name: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")
    match: Match = Field(default_factory=Match, alias="for")
    turn: tuple[Turn, ...] = Field(min_length=1)
    reply: tuple[Reply, ...] = ()

    @property
    def call_ids(self) -> frozenset[str]:
        return frozenset(call.id for turn in self.turn for call in turn.call)

    @model_validator(mode="after")
    def _checked(self) -> Entry:
        ids = [call.id for turn in self.turn for call in turn.call]
        if twice := next((i for i in ids if ids.count(i) > 1), None):
            raise ValueError(f"the call id {twice!r} is used twice")
        for number, turn in enumerate(self.turn, 1):
            if unknown := next((key for key in turn.when if key != ANSWERED and key not in ids), None):
                raise ValueError(f"turn {number}: when: there is no call {unknown!r} in this agent")
        for number, reply in enumerate(self.reply, 1):
            if reply.to not in ids:
                raise ValueError(f"reply {number}: to: there is no call {reply.to!r} in this agent")
        return self


class ScriptedPrice(_Strict):
    input: _Positive
    output: _Positive
    cache_read: _Positive = 0.0
    cache_write: _Positive = 0.0


class Script(_Strict):
    price: ScriptedPrice | None = None
    rate: _Positive = 80.0
    window: int = Field(default=0, ge=0)
    summary: str = Field(default="", max_length=4_000)
    unforeseen: str = Field(default="", max_length=400)
    stopped: str = Field(default="", max_length=400)
    sent_back: str = Field(default="", max_length=400)
    unforeseen_answer: str = Field(default=UNFORESEEN_ANSWER, min_length=1, max_length=400)
    agent: tuple[Entry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _unique(self) -> Script:
        names = [entry.name for entry in self.agent]
        if twice := next((n for n in names if names.count(n) > 1), None):
            raise ValueError(f"two agents are called {twice!r}")
        return self

    def tokens_price(self) -> Price:
        """What its tokens are said to cost; a script without prices is free."""
        if self.price is None:
            return Price(input=0.0, output=0.0)
        return Price(**self.price.model_dump())

    def entry_for(self, context: TurnContext) -> Entry | None:
        return next((entry for entry in self.agent if entry.match.holds(context)), None)
