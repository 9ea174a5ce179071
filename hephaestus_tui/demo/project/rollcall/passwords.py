"""Password hashing: PBKDF2 with a salt for each password; the rounds are kept with the hash."""

from __future__ import annotations

import hashlib
import hmac
import secrets


class Passwords:
    def __init__(self, rounds: int = 600_000) -> None:
        self._rounds = rounds

    def hash(self, password: str) -> str:
        salt = secrets.token_hex(16)
        return f"{self._rounds}${salt}${_digest(password, salt, self._rounds)}"

    def matches(self, password: str, stored: str) -> bool:
        rounds, salt, digest = stored.split("$")
        return hmac.compare_digest(_digest(password, salt, int(rounds)), digest)


def _digest(password: str, salt: str, rounds: int) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), bytes.fromhex(salt), rounds).hex()
