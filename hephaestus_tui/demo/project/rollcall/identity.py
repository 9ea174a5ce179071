"""Who is asking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], float]


@dataclass(frozen=True)
class Identity:
    """A signed-in user, as known from one session; `expires_at` is when that session ends."""

    user_id: int
    email: str
    role: str
    session_id: int
    expires_at: float

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"
