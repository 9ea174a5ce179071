"""/users: people."""

from __future__ import annotations

from rollcall.router import Router
from rollcall.services import Services
from rollcall.stores.users import EmailTaken, User
from rollcall.wire import HttpError, Request, Response

PAGE = 50
ROLES = ("member", "admin")


class UserRoutes:
    def __init__(self, services: Services) -> None:
        self._services = services

    def mount(self, router: Router) -> None:
        router.add("GET", "/users", self.list_users)
        router.add("POST", "/users", self.add)
        router.add("GET", "/users/{user_id}", self.show)
        router.add("PATCH", "/users/{user_id}", self.change)
        router.add("DELETE", "/users/{user_id}", self.remove)

    def list_users(self, request: Request) -> Response:
        self._services.auth.require(request)
        limit = int(request.query.get("limit", PAGE))
        offset = int(request.query.get("offset", 0))
        users = self._services.users.page(limit, offset)
        return Response({"users": [user.public() for user in users], "limit": limit, "offset": offset})

    def add(self, request: Request) -> Response:
        self._services.auth.require_admin(request)
        role = _role(request.text("role", default="member"))
        password_hash = self._services.passwords.hash(request.text("password"))
        try:
            user = self._services.users.add(request.text("email"), request.text("name"), password_hash, role)
        except EmailTaken as error:
            raise HttpError(409, "email_taken", f"someone has the address {error} already") from error
        return Response(user.public(), status=201)

    def show(self, request: Request, user_id: int) -> Response:
        self._services.auth.require(request)
        return Response(self._find(user_id).public())

    def change(self, request: Request, user_id: int) -> Response:
        self._services.auth.require_admin(request)
        user = self._find(user_id)
        fields = request.fields()
        if "name" in fields:
            self._services.users.rename(user.id, request.text("name"))
        if "role" in fields and _role(request.text("role")) != user.role:
            self._services.users.set_role(user.id, request.text("role"))
            self._services.auth.sign_out_everywhere(user.id)
        return Response(self._find(user_id).public())

    def remove(self, request: Request, user_id: int) -> Response:
        self._services.auth.require_admin(request)
        self._services.auth.sign_out_everywhere(user_id)
        if not self._services.users.remove(user_id):
            raise HttpError(404, "not_found", f"there is no user {user_id}")
        return Response(status=204)

    def _find(self, user_id: int) -> User:
        user = self._services.users.get(user_id)
        if user is None:
            raise HttpError(404, "not_found", f"there is no user {user_id}")
        return user


def _role(role: str) -> str:
    if role not in ROLES:
        raise HttpError(400, "bad_field", f"role must be one of {', '.join(ROLES)}")
    return role
