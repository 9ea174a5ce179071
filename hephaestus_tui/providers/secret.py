"""Without this, a key could be printed with whatever object, error or log line happens to hold it."""

from __future__ import annotations

import re
from typing import NoReturn

# what vendors quote back at us when they refuse a key: a recognisable prefix and a masked or whole rest
_KEY_LIKE = re.compile(r"\b(?:sk|pk|key|gsk|xai)-[A-Za-z0-9_*.\-]{6,}")


class Secret:
    """A key that shows as `***` in any text, and cannot be pickled or copied into JSON by accident."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def hide(self, text: str) -> str:
        """`text` without the key."""
        return text.replace(self._value, "***") if self._value else text

    def redact(self, text: str) -> str:
        """`text` without the key, and without what looks like part of one: for errors, not for a model's words."""
        return _KEY_LIKE.sub("***", self.hide(text))

    def __repr__(self) -> str:
        return "***"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is never written anywhere")


NO_SECRET = Secret("")
