"""Signing in, and finding out who holds a token."""

from __future__ import annotations

import hashlib
import secrets

from rollcall.identity import Clock, Identity
from rollcall.passwords import Passwords
from rollcall.stores.sessions import SessionStore
from rollcall.stores.users import UserStore
from rollcall.token_cache import TokenCache
from rollcall.wire import HttpError, Request

SESSION_SECONDS = 14 * 24 * 3600.0


class Authenticator:
    def __init__(
        self, users: UserStore, sessions: SessionStore, passwords: Passwords, cache: TokenCache, clock: Clock
    ) -> None:
        self._users = users
        self._sessions = sessions
        self._passwords = passwords
        self._cache = cache
        self._clock = clock

    def sign_in(self, email: str, password: str, label: str) -> str:
        """Open a session and return its token. Raises HttpError 401 without saying which half was wrong."""
        user = self._users.by_email(email)
        if user is None or not self._passwords.matches(password, user.password_hash):
            raise HttpError(401, "bad_credentials", "email or password is wrong")
        token = secrets.token_urlsafe(32)
        self._sessions.add(user.id, _digest(token), label, now=self._clock(), seconds=SESSION_SECONDS)
        return token

    def authenticate(self, token: str) -> Identity:
        """Whose token this is, from the database. Raises HttpError 401."""
        now = self._clock()
        session = self._sessions.by_digest(_digest(token))
        if session is None or session.expires_at <= now:
            raise HttpError(401, "bad_token", "the token is unknown or has expired; sign in again")
        user = self._users.get(session.user_id)
        if user is None:
            raise HttpError(401, "bad_token", "the token is unknown or has expired; sign in again")
        self._sessions.touch(session.id, now)
        return Identity(user.id, user.email, user.role, session.id, session.expires_at)

    def verify(self, token: str) -> Identity:
        """The same, but from memory where the token was seen a moment ago."""
        digest = _digest(token)
        identity = self._cache.get(digest)
        if identity is None:
            identity = self.authenticate(token)
            self._cache.put(digest, identity)
        return identity

    def require(self, request: Request) -> Identity:
        """The one who asks. Raises HttpError 401."""
        return self.authenticate(request.bearer())

    def require_admin(self, request: Request) -> Identity:
        """The one who asks, who must be an admin. Raises HttpError 401 or 403."""
        identity = self.require(request)
        if not identity.is_admin:
            raise HttpError(403, "not_allowed", "only an admin may do this")
        return identity

    def sign_out(self, token: str) -> None:
        digest = _digest(token)
        self._sessions.remove(digest)
        self._cache.discard(digest)

    def sign_out_everywhere(self, user_id: int) -> None:
        """End every session of a user, for a new password, a new role, or a removal."""
        self._sessions.remove_all(user_id)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
