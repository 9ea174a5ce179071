"""A real server for each test, on a free port, with an empty database and a clock that stands still."""

from __future__ import annotations

import http.client
import json
import logging
import threading
import unittest
from dataclasses import dataclass
from typing import Any

from rollcall.app import build_router
from rollcall.database import Database
from rollcall.passwords import Passwords
from rollcall.server import make_server
from rollcall.services import Services
from rollcall.stores.users import User

PASSWORD = "correct horse"


@dataclass
class MovableClock:
    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])


class ServiceCase(unittest.TestCase):
    def setUp(self) -> None:
        logging.getLogger("rollcall").setLevel(logging.CRITICAL)
        self.clock = MovableClock()
        self.database = Database()
        self.services = Services.build(self.database, self.clock, Passwords(rounds=10))
        self.server = make_server(build_router(self.services))
        thread = threading.Thread(target=self.server.serve_forever, args=(0.005,), daemon=True)
        thread.start()
        self.addCleanup(self.database.close)
        self.addCleanup(thread.join)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def user(self, name: str, role: str = "member") -> User:
        hashed = self.services.passwords.hash(PASSWORD)
        return self.services.users.add(f"{name.lower()}@example.com", name, hashed, role)

    def token(self, user: User, label: str = "laptop") -> str:
        return self.services.auth.sign_in(user.email, PASSWORD, label)

    def call(self, method: str, path: str, token: str | None = None, body: object = None) -> Answer:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_port, timeout=10)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        return Answer(response.status, json.loads(content) if content else None)

    def statements(self, method: str, path: str, token: str) -> int:
        """How many SQL statements one successful request costs."""
        before = self.database.statements
        answer = self.call(method, path, token)
        self.assertLess(answer.status, 300, answer.body)
        return self.database.statements - before
