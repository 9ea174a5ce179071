"""The routes, mounted."""

from __future__ import annotations

from rollcall.router import Router
from rollcall.routes.account import AccountRoutes
from rollcall.routes.auth import AuthRoutes
from rollcall.routes.health import HealthRoutes
from rollcall.routes.teams import TeamRoutes
from rollcall.routes.users import UserRoutes
from rollcall.services import Services


def build_router(services: Services) -> Router:
    router = Router()
    HealthRoutes(services).mount(router)
    AuthRoutes(services).mount(router)
    AccountRoutes(services).mount(router)
    UserRoutes(services).mount(router)
    TeamRoutes(services).mount(router)
    return router
