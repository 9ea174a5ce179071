"""Everything that handlers share, built once."""

from __future__ import annotations

import time
from dataclasses import dataclass

from rollcall.auth import Authenticator
from rollcall.database import Database
from rollcall.identity import Clock
from rollcall.passwords import Passwords
from rollcall.stores.sessions import SessionStore
from rollcall.stores.teams import TeamStore
from rollcall.stores.users import UserStore
from rollcall.token_cache import TokenCache


@dataclass(frozen=True)
class Services:
    database: Database
    clock: Clock
    users: UserStore
    sessions: SessionStore
    teams: TeamStore
    passwords: Passwords
    cache: TokenCache
    auth: Authenticator

    @classmethod
    def build(cls, database: Database, clock: Clock = time.time, passwords: Passwords | None = None) -> Services:
        users = UserStore(database)
        sessions = SessionStore(database)
        passwords = passwords or Passwords()
        cache = TokenCache(clock)
        return cls(
            database=database,
            clock=clock,
            users=users,
            sessions=sessions,
            teams=TeamStore(database),
            passwords=passwords,
            cache=cache,
            auth=Authenticator(users, sessions, passwords, cache, clock),
        )
