"""/account: what people do about themselves."""

from __future__ import annotations

from rollcall.router import Router
from rollcall.services import Services
from rollcall.wire import HttpError, Request, Response

SHORTEST_PASSWORD = 10


class AccountRoutes:
    def __init__(self, services: Services) -> None:
        self._services = services

    def mount(self, router: Router) -> None:
        router.add("GET", "/account", self.show)
        router.add("POST", "/account/password", self.change_password)

    def show(self, request: Request) -> Response:
        identity = self._services.auth.require(request)
        user = self._services.users.get(identity.user_id)
        if user is None:
            raise HttpError(404, "not_found", "this account was removed")
        return Response(user.public())

    def change_password(self, request: Request) -> Response:
        identity = self._services.auth.require(request)
        user = self._services.users.get(identity.user_id)
        if user is None or not self._services.passwords.matches(request.text("old"), user.password_hash):
            raise HttpError(403, "bad_credentials", "the old password is wrong")
        new = request.text("new")
        if len(new) < SHORTEST_PASSWORD:
            raise HttpError(400, "bad_field", f"new needs at least {SHORTEST_PASSWORD} characters")
        self._services.users.set_password(user.id, self._services.passwords.hash(new))
        self._services.auth.sign_out_everywhere(user.id)
        return Response(status=204)
