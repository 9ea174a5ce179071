"""Which model takes an agent's next turn, and who takes its place: without it one provider's bad day would be everybody's.

Each of model, effort and fallback comes from the first that has it: what a human chose for the task, then for the run
(models alone); the settings of the role, of the phase, of the role's tier (models alone); the run's own. An agent that
fell back stays with the model that answers until its task ends; if that fails as well, all are tried once around.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hephaestus_tui.config import Effort, ModelSettings, Settings
from hephaestus_tui.domain.errors import HephaestusError, ProviderError, UsageError
from hephaestus_tui.domain.events import ModelSwitched
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Phase, TaskId
from hephaestus_tui.engine.kit import Kit
from hephaestus_tui.engine.ledger import Ledger

NEW_CHOICE = "chosen for its next turn"


@dataclass(frozen=True, slots=True)
class Choice:
    """`setting` and `effort_setting` say where the model and its effort come from, in words of the settings."""

    model: str
    setting: str
    effort: Effort | None
    effort_setting: str
    fallback: tuple[str, ...]

    @property
    def models(self) -> tuple[str, ...]:
        """All that may answer, in their order, each once."""
        return tuple(dict.fromkeys((self.model, *self.fallback)))


def choice_by_settings(settings: Settings, role: str, tier: str, phase: Phase, run_model: str) -> Choice:
    """What the settings say of a task of a role in a phase."""
    entries = list(_entries(settings, role, phase))
    model, setting = next(((e.model, f"{name}.model") for name, e in entries if e.model), ("", ""))
    if not model:
        by_tier = settings.models.get(tier, "")
        model, setting = (by_tier, f"models.{tier}") if by_tier else (run_model, "model")
    effort, effort_setting = next(
        ((e.effort, f"{name}.effort") for name, e in entries if e.effort is not None), (settings.effort, "effort")
    )
    fallback = next((e.fallback for _, e in entries if e.fallback is not None), settings.fallback)
    return Choice(model, setting, effort, effort_setting, fallback)


def choice_of(kit: Kit, state: RunState, task_id: TaskId) -> Choice:
    """What holds for a task now, with what a human has chosen in this run."""
    draft = state.tasks[task_id].draft
    role = kit.roles.get(draft.role)
    found = choice_by_settings(kit.settings, draft.role, role.tier if role else "", draft.phase, state.model)
    chosen = state.models_chosen.get(task_id) or state.model_chosen
    return Choice(chosen, "", found.effort, found.effort_setting, found.fallback) if chosen else found


def _entries(settings: Settings, role: str, phase: Phase) -> Iterator[tuple[str, ModelSettings]]:
    if role in settings.roles:
        yield f"roles.{role}", settings.roles[role]
    if phase in settings.phases:
        yield f"phases.{phase}", settings.phases[phase]


class Models:
    """The models of one agent. `answered` is to be called after each turn, `move_on` after each that could not be had."""

    def __init__(self, ledger: Ledger, kit: Kit, task_id: TaskId) -> None:
        self._ledger = ledger
        self._kit = kit
        self._task_id = task_id
        self._given_up: list[str] = []

    @property
    def choice(self) -> Choice:
        return choice_of(self._kit, self._ledger.state, self._task_id)

    def is_another_chosen(self) -> bool:
        return self.choice.model != self._ledger.state.agents[self._task_id].first

    async def follow_choice(self, turn: int) -> None:
        """Turn to another first choice, where there is one since the last turn; `turn` is the next one's number."""
        agent = self._ledger.state.agents[self._task_id]
        if (wanted := self.choice.model) != agent.first:
            self._given_up.clear()
            await self._switch(turn, agent.model, wanted, NEW_CHOICE, fallback=False)

    def answered(self) -> None:
        self._given_up.clear()

    async def move_on(self, turn: int, error: HephaestusError) -> None:
        """Turn to the next model where another may answer in this turn. Raises `error`, or one that names all that were given up."""
        if not (isinstance(error, UsageError) or (isinstance(error, ProviderError) and error.elsewhere)):
            raise error
        present = self._ledger.state.agents[self._task_id].model
        self._given_up.append(present)
        if following := self._following(present):
            await self._switch(turn, present, following, str(error), fallback=True)
            return
        given_up, self._given_up = self._given_up, []
        if len(given_up) == 1:
            raise error
        raise ProviderError(f"None of {', '.join(given_up)} could be asked. The last one: {error}") from error

    def _following(self, present: str) -> str | None:
        models = self.choice.models
        place = models.index(present) + 1 if present in models else 0
        around = (*models[place:], *models[:place])
        return next((model for model in around if model not in self._given_up), None)

    async def _switch(self, turn: int, before: str, model: str, reason: str, *, fallback: bool) -> None:
        fact = ModelSwitched(
            task_id=self._task_id, turn=turn, before=before, model=model, reason=reason, fallback=fallback
        )  # fmt: skip
        await self._ledger.record(fact)
