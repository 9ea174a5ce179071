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
├── DraftFileError         1: a task's Markdown file that cannot be read; `.line` is where
├── EditorFailed           1: a person's editor did not give the file back in order; `.text` is what it holds
│   └── NoEditor           none is set
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


class DraftFileError(HephaestusError):
    """A file that cannot be read as a task; `line` is where, from 1, and `what` is why."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"line {line}: {what}")
        self.line = line
        self.what = what


class EditorFailed(HephaestusError):
    """An editor that did not give a file back in order; `text` is what the file holds, None where it was never opened."""

    def __init__(self, why: str, text: str | None = None) -> None:
        super().__init__(why)
        self.text = text


class NoEditor(EditorFailed):
    def __init__(self) -> None:
        super().__init__(
            "No editor is set: put its command into VISUAL or EDITOR, as in `export EDITOR=nano`, and start again."
        )


class CannotShow(HephaestusError):
    pass


class ProviderError(HephaestusError):
    """A model call that failed. `retryable` says that the same request may succeed later without a human, `elsewhere` that it
    may succeed with another model."""

    retryable = False
    elsewhere = False
