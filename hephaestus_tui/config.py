"""Settings as the rest of the program sees them: one frozen value, whatever file, variable or option it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.task import Phase


class Dialect(StrEnum):
    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    RESPONSES = "responses"


class Effort(StrEnum):
    """How much a model shall reason, in the words of the vendors; none of them takes all of these for every model."""

    NONE = "none"
    MINIMAL = "minimal"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    XHIGH = "xhigh"
    MAX = "max"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """Where a provider lives. The key itself is never in here: it is read when the first request is made.

    `extra` is merged into the body of every request: what this server wants beyond its dialect. `cache` says whether requests
    mark what may be cached; None does so where servers of the dialect are known to take it.
    """

    dialect: Dialect
    base_url: str
    api_key_env: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    cache: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars per million tokens. What was read from a cache or written to one costs as much as other input where
    nothing else is said: too much is better than for nothing."""

    input: float
    output: float
    cache_read: float | None = None
    cache_write: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Checked before each model call; 0 means no limit. Times in seconds, over all attempts at a task.

    `outage_seconds` is how long a provider that has answered before is waited for. `turns` and `seconds` end a task. After
    `criterion_rounds` tries to complete one whose criteria are not met a human is asked. The others are budgets, at which
    agents wait for a human: `tokens` and `task_dollars`
    are those of each task, a subtree is a task with all that was spawned below it.
    """

    turns: int = 50
    seconds: float = 3_600.0
    tokens: int = 2_000_000
    task_dollars: float = 0.0
    subtree_tokens: int = 0
    subtree_dollars: float = 0.0
    phase_tokens: int = 0
    phase_dollars: float = 0.0
    run_tokens: int = 20_000_000
    run_dollars: float = 0.0
    reply_tokens: int = 8_192
    outage_seconds: float = 900.0
    command_seconds: float = 120.0
    criterion_rounds: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SpawnBounds:
    """How much agents may propose before they are told to stop or wait."""

    per_turn: int = 3
    per_minute: int = 30
    pending: int = 20
    depth: int = 4
    children: int = 8
    per_run: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkBounds:
    """How much the agent of one task may write to others before it is told to stop; `unread` is a reader's."""

    messages_per_turn: int = 3
    messages: int = 20
    unread: int = 10
    reports: int = 5
    notes: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSettings:
    """A task that a human has accepted starts after `undo_seconds` at the earliest; `duplicate_score` is from 0 to 100."""

    undo_seconds: float = 5.0
    duplicate_score: int = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextSettings:
    """When an agent's conversation is compacted: at so many hundredths of what its model can take, 0 for never by itself.

    The last `keep_turns` turns stay whole where there is room; `unknown_window`, in tokens, is assumed of a model of which
    nobody says how much it takes.
    """

    compact_at: int = 80
    keep_turns: int = 4
    unknown_window: int = 32_000


class WorkspaceChoice(StrEnum):
    """Where building tasks work: AUTO takes worktrees where git is, copies where it is not, and else the project itself."""

    AUTO = "auto"
    GIT = "git"
    COPY = "copy"
    OFF = "off"


class Notify(StrEnum):
    """How the terminal calls when something new waits for a human: with a bell, or as OSC 9 or OSC 777 have it."""

    OFF = "off"
    BELL = "bell"
    OSC9 = "osc9"
    OSC777 = "osc777"


@dataclass(frozen=True, slots=True, kw_only=True)
class RailsSettings:
    """Which edges between tasks are lines: those to at most `reach` rows up or down, in up to `lanes` lanes (fewer where the
    pane is narrow). The others are named."""

    reach: int = 24
    lanes: int = 8


# from where to where each goes: past these a picture tells less, and takes longer to draw
RAILS_BOUNDS = {"reach": (1, 200), "lanes": (1, 16)}


@dataclass(frozen=True, slots=True, kw_only=True)
class UiSettings:
    """`keys` maps an action id ("proposal.accept") to a key, over the default ones; `sixteen` is for terminals that have
    no more colours than that, also where they do not say so, `eight_bit` for those of 256, and `slow` for lines on which streamed text would fill the way."""

    theme: str = "forge-dark"
    sixteen: bool = False
    eight_bit: bool = False
    slow: bool = False
    keys: dict[str, str] = field(default_factory=dict)
    ascii: bool = False
    title: bool = True
    notify: Notify = Notify.OFF
    rails: RailsSettings = field(default_factory=RailsSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowRule:
    """One command that a sandbox holds and that need not ask: exactly these words, for one role or, empty, for all."""

    argv: tuple[str, ...]
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """Which model answers, how much it reasons, and who takes its place. What is empty or None is as elsewhere."""

    model: str = ""
    effort: Effort | None = None
    fallback: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleSettings(ModelSettings):
    """What holds for the tasks of one role; `policy` None is the run's own."""

    policy: Policy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`model` is "PROVIDER:MODEL" or empty where none was chosen; `models` maps a role's tier to one. `roles` and `phases`
    come before both, in this order; `engine.models` has all of it.

    `sandbox` False runs commands without one, also where it works: then each is asked about.
    `windows` maps "PROVIDER:MODEL", or a model's name, to the tokens that it takes at once; 0 is no limit.
    """

    model: str = ""
    models: dict[str, str] = field(default_factory=dict)
    effort: Effort | None = None
    fallback: tuple[str, ...] = ()
    roles: dict[str, RoleSettings] = field(default_factory=dict)
    phases: dict[Phase, ModelSettings] = field(default_factory=dict)
    agents: int = 4
    policy: Policy = Policy.ASK
    sandbox: bool = True
    allow: tuple[AllowRule, ...] = ()
    workspaces: WorkspaceChoice = WorkspaceChoice.AUTO
    actor: str = ""
    limits: Limits = field(default_factory=Limits)
    spawn: SpawnBounds = field(default_factory=SpawnBounds)
    talk: TalkBounds = field(default_factory=TalkBounds)
    gate: GateSettings = field(default_factory=GateSettings)
    providers: dict[str, ProviderSettings] = field(default_factory=dict)
    prices: dict[str, Price] = field(default_factory=dict)
    windows: dict[str, int] = field(default_factory=dict)
    context: ContextSettings = field(default_factory=ContextSettings)
    ui: UiSettings = field(default_factory=UiSettings)
    config_dir: Path = Path()
