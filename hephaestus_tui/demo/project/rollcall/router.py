"""From method and path to a handler. `{name}` stands for one path segment that must be a number."""

from __future__ import annotations

import re
from collections.abc import Callable

from rollcall.wire import HttpError, Request, Response

Handler = Callable[..., Response]


class Router:
    def __init__(self) -> None:
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = []

    def add(self, method: str, pattern: str, handler: Handler) -> None:
        expression = re.sub(r"\{(\w+)\}", r"(?P<\1>[0-9]{1,18})", pattern)
        self._routes.append((method, re.compile(expression), handler))

    def dispatch(self, request: Request) -> Response:
        """Raises HttpError: 404 for an unknown path, 405 for a known one with another method."""
        allowed = []
        for method, pattern, handler in self._routes:
            match = pattern.fullmatch(request.path)
            if match is None:
                continue
            if method == request.method:
                return handler(request, **{name: int(value) for name, value in match.groupdict().items()})
            allowed.append(method)
        if allowed:
            raise HttpError(405, "wrong_method", f"{request.path} takes {', '.join(allowed)}")
        raise HttpError(404, "not_found", f"there is no {request.path}")
