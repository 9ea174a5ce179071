"""The first moments of a dialog, in which no key decides: a person may still be typing for what lay under it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

HOLD_SECONDS = 0.4


class Hold:
    """Keeps the keys of a dialog dead for its first 400 ms, and for 400 ms after each key that it ignored.

    So neither a key that was meant for what lay under it nor one that is held down since before decides anything.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._open_at = math.inf

    @property
    def begun(self) -> bool:
        """Whether the dialog has appeared, so that its first moments are being counted."""
        return self._open_at < math.inf

    def begin(self) -> None:
        """Note that the dialog is on the screen now."""
        self._open_at = self._clock() + HOLD_SECONDS

    def over(self) -> bool:
        """Whether a key that came now may decide."""
        now = self._clock()
        if now >= self._open_at:
            return True
        if self.begun:
            self._open_at = now + HOLD_SECONDS
        return False
