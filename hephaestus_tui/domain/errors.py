"""The one exception tree. Every message says what happened, to what, and what to do next.

HephaestusError            exit code 1
├── UsageError             2: a wrong option, argument or environment
│   └── ConfigError        2: a settings, role, theme or script file
├── StoreError             2: the database cannot be opened or written
│   ├── NewerStore         it was written by a later version
│   ├── BrokenStore        it is not ours, or damaged
│   └── StoreBusy          another process holds it
├── CommandRefused         1: a human's command that does not apply now
│   ├── AlreadyDecided
│   ├── StaleVersion
│   ├── UnknownTask
│   └── BadDraft           `.faults` maps field → what is wrong
└── ProviderError          1: a model call failed (subclasses in `providers.errors`)
"""

from __future__ import annotations


class HephaestusError(Exception):
    exit_code = 1


class UsageError(HephaestusError):
    exit_code = 2


class ConfigError(UsageError):
    pass


class StoreError(HephaestusError):
    exit_code = 2


class NewerStore(StoreError):
    pass


class BrokenStore(StoreError):
    pass


class StoreBusy(StoreError):
    pass


class CommandRefused(HephaestusError):
    pass


class AlreadyDecided(CommandRefused):
    pass


class StaleVersion(CommandRefused):
    pass


class UnknownTask(CommandRefused):
    pass


class BadDraft(CommandRefused):
    """A draft that breaks a rule; `faults` maps the field to what is wrong with it."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("; ".join(faults.values()))
        self.faults = faults


class ProviderError(HephaestusError):
    """A model call that failed. `retryable` says that the same request may succeed later without a human."""

    retryable = False
