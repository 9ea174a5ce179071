"""The one way to say something in passing: cleaned, never parsed as markup, never in the way for long."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from textual.app import App
from textual.notifications import SeverityLevel

from hephaestus_tui.ui.text import clean

# as many as leave the keys of the detail in sight on a terminal of 24 rows
_MOST = {"information": 2, "error": 1}
_LIMITS = {"information": 240, "error": 360}  # characters
_KEPT = 50
# columns: on a narrower run's screen a note has one line, and what does not fit is cut
ONE_LINE_BELOW = 100
_ONE_LINE_SECONDS = 5.0
Said = tuple[float, str, bool]
_said: WeakKeyDictionary[App[Any], deque[Said]] = WeakKeyDictionary()


def said(app: App[Any]) -> Sequence[Said]:
    """The last that were shown, the newest at the end: when (Unix time), the words, and whether it was a failure."""
    return tuple(_said.get(app, ()))


def say(app: App[Any], text: str, *, seconds: float = 4) -> None:
    """A note that something was done."""
    _show(app, text, "information", seconds)


def warn(app: App[Any], text: str) -> None:
    """A refusal or a failure, with what to do next."""
    _show(app, text, "error", 8)


def _show(app: App[Any], text: str, severity: SeverityLevel, seconds: float) -> None:
    limit = _LIMITS[severity]
    # a key that is pressed again, or held down, would pile the same words up
    words = clean(text, limit=limit)
    shown = list(app._notifications)
    if shown and shown[-1].message == words:
        return
    for older in (note for note in shown if note.message == words):
        app._unnotify(older)
    if "\n" not in words and (app.size.width < ONE_LINE_BELOW or len(words) < app.size.width - 4):
        seconds = min(seconds, _ONE_LINE_SECONDS)
    _said.setdefault(app, deque(maxlen=_KEPT)).append((time.time(), words, severity == "error"))
    app.notify(clean(text, limit=limit), severity=severity, timeout=seconds, markup=False)
    app.call_later(_leave_few, app)  # it is shown by a message of its own, which comes first


def _leave_few(app: App[Any]) -> None:
    for severity, most in _MOST.items():
        for old in [shown for shown in app._notifications if shown.severity == severity][:-most]:
            app._unnotify(old)
