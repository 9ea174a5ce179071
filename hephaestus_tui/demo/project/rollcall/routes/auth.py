"""/auth: tokens."""

from __future__ import annotations

from rollcall.router import Router
from rollcall.services import Services
from rollcall.wire import Request, Response


class AuthRoutes:
    def __init__(self, services: Services) -> None:
        self._services = services

    def mount(self, router: Router) -> None:
        router.add("POST", "/auth/token", self.sign_in)
        router.add("GET", "/auth/verify", self.verify)
        router.add("DELETE", "/auth/token", self.sign_out)

    def sign_in(self, request: Request) -> Response:
        label = request.text("label", default="unnamed device")
        token = self._services.auth.sign_in(request.text("email"), request.text("password"), label[:80])
        return Response({"token": token}, status=201)

    def verify(self, request: Request) -> Response:
        identity = self._services.auth.verify(request.bearer())
        return Response({"user_id": identity.user_id, "email": identity.email, "role": identity.role})

    def sign_out(self, request: Request) -> Response:
        self._services.auth.require(request)
        self._services.auth.sign_out(request.bearer())
        return Response(status=204)
