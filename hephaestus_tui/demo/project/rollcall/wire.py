"""What a handler gets, what it gives back, and how it says no."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class HttpError(Exception):
    """A failure that is the caller's business: it becomes the answer."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Request:
    """`headers` has lower-case names; `query` the last value of each parameter."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    def bearer(self) -> str:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise HttpError(401, "no_token", "send 'Authorization: Bearer TOKEN'; POST /auth/token gives one")
        return token

    def fields(self) -> dict[str, Any]:
        """The body as a JSON object."""
        try:
            value = json.loads(self.body or b"{}")
        except ValueError as error:
            raise HttpError(400, "bad_json", f"the body is not JSON: {error}") from error
        if not isinstance(value, dict):
            raise HttpError(400, "bad_json", "the body must be a JSON object")
        return value

    def text(self, name: str, default: str | None = None) -> str:
        """A field of the body that must be a string with something in it."""
        value = self.fields().get(name, default)
        if not isinstance(value, str) or not value.strip():
            raise HttpError(400, "bad_field", f"{name} must be a string and not empty")
        return value.strip()


@dataclass(frozen=True)
class Response:
    body: object = None
    status: int = 200

    def encoded(self) -> bytes:
        return b"" if self.body is None else json.dumps(self.body).encode()
