"""Facts (durable, numbered, past tense) and flickers (never stored): everything that a front end can observe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from hephaestus_tui.domain.facts.agents import (
    AgentFact,
    AgentInterrupted,
    AgentPaused,
    AgentResumed,
    AgentStalled,
    AgentSteered,
    TaskCancelled,
    TaskCompleted,
    TaskFailed,
    TaskRetried,
    TaskStarted,
)
from hephaestus_tui.domain.facts.budgets import (
    BudgetFact,
    BudgetReached,
    BudgetSet,
    BudgetWarned,
    UnpricedAllowed,
)
from hephaestus_tui.domain.facts.context import (
    CompactionAsked,
    ContextCompacted,
    ContextFact,
    ContextMeasured,
)
from hephaestus_tui.domain.facts.criteria import CheckStarted, CriteriaFact, CriteriaUnmet
from hephaestus_tui.domain.facts.gate import (
    BlockerDefaultSet,
    BlockersDropped,
    BlockerSettled,
    BoundReached,
    BoundSettled,
    DecisionUndone,
    DuplicateScoreSet,
    GateFact,
    ProposalDecided,
    ProposalQueried,
    QueryAnswered,
    RulesStopped,
    RuleSwitched,
    TaskAmended,
    TaskProposed,
)
from hephaestus_tui.domain.facts.models import ModelChosen, ModelFact, ModelSwitched
from hephaestus_tui.domain.facts.questions import (
    ALLOW,
    LeaveGranted,
    LeaveTakenBack,
    Question,
    QuestionAnswered,
    QuestionAsked,
    QuestionFact,
    QuestionKind,
    wish_of,
)
from hephaestus_tui.domain.facts.run import (
    PolicyChanged,
    RunFact,
    RunPaused,
    RunResumed,
    RunStarted,
    RunUnpaused,
)
from hephaestus_tui.domain.facts.steering import (
    AgentCutOff,
    AgentStepped,
    SteeringFact,
    StepTaken,
    WordsRevoked,
)
from hephaestus_tui.domain.facts.talk import (
    FilesTouched,
    LetterSent,
    NoteAdded,
    NoteChanged,
    NoteStruck,
    ReportAnswered,
    ReportMade,
    TalkFact,
)
from hephaestus_tui.domain.facts.transcript import (
    MessageAdded,
    ToolStarted,
    TranscriptFact,
    TurnCut,
    UsageRecorded,
)
from hephaestus_tui.domain.facts.work import (
    ConflictAssigned,
    WorkDiscarded,
    WorkDone,
    WorkFact,
    WorkMerged,
    WorkSentBack,
    WorkspaceOpened,
    WorkspacesChosen,
)
from hephaestus_tui.domain.flickers import (
    CallStreamed,
    Channel,
    Flicker,
    ProviderWaiting,
    SummaryBegan,
    TextStreamed,
    ToolOutput,
    TurnBegan,
)

__all__ = [
    "ALLOW",
    "AgentCutOff",
    "AgentFact",
    "AgentInterrupted",
    "AgentPaused",
    "AgentResumed",
    "AgentStalled",
    "AgentSteered",
    "AgentStepped",
    "BlockerDefaultSet",
    "BlockerSettled",
    "BlockersDropped",
    "BoundReached",
    "BoundSettled",
    "BudgetFact",
    "BudgetReached",
    "BudgetSet",
    "BudgetWarned",
    "CallStreamed",
    "Channel",
    "CheckStarted",
    "CompactionAsked",
    "ConflictAssigned",
    "ContextCompacted",
    "ContextFact",
    "ContextMeasured",
    "CriteriaFact",
    "CriteriaUnmet",
    "DecisionUndone",
    "DuplicateScoreSet",
    "Event",
    "Fact",
    "FilesTouched",
    "Flicker",
    "GateFact",
    "LeaveGranted",
    "LeaveTakenBack",
    "LetterSent",
    "MessageAdded",
    "ModelChosen",
    "ModelFact",
    "ModelSwitched",
    "NoteAdded",
    "NoteChanged",
    "NoteStruck",
    "PolicyChanged",
    "ProposalDecided",
    "ProposalQueried",
    "ProviderWaiting",
    "QueryAnswered",
    "Question",
    "QuestionAnswered",
    "QuestionAsked",
    "QuestionFact",
    "QuestionKind",
    "Recorded",
    "ReportAnswered",
    "ReportMade",
    "RuleSwitched",
    "RulesStopped",
    "RunFact",
    "RunPaused",
    "RunResumed",
    "RunStarted",
    "RunUnpaused",
    "SteeringFact",
    "StepTaken",
    "SummaryBegan",
    "TalkFact",
    "TaskAmended",
    "TaskCancelled",
    "TaskCompleted",
    "TaskFailed",
    "TaskProposed",
    "TaskRetried",
    "TaskStarted",
    "TextStreamed",
    "ToolOutput",
    "ToolStarted",
    "TranscriptFact",
    "TurnBegan",
    "TurnCut",
    "UnpricedAllowed",
    "UsageRecorded",
    "WordsRevoked",
    "WorkDiscarded",
    "WorkDone",
    "WorkFact",
    "WorkMerged",
    "WorkSentBack",
    "WorkspaceOpened",
    "WorkspacesChosen",
    "wish_of",
]

Fact: TypeAlias = (
    QuestionFact | RunFact | GateFact | BudgetFact | AgentFact | SteeringFact | TranscriptFact | WorkFact | TalkFact
    | ModelFact | ContextFact | CriteriaFact
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact with its place in the journal. `seq` grows in a store, over all its runs; `at` is Unix time in seconds."""

    seq: int
    at: float
    fact: Fact


Event: TypeAlias = Recorded | Flicker
