"""GET /health."""

from __future__ import annotations

from rollcall.router import Router
from rollcall.services import Services
from rollcall.wire import Request, Response


class HealthRoutes:
    def __init__(self, services: Services) -> None:
        self._services = services

    def mount(self, router: Router) -> None:
        router.add("GET", "/health", self.show)

    def show(self, request: Request) -> Response:
        self._services.database.query("SELECT 1")
        return Response({"status": "ok"})
