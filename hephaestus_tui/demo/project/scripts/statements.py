"""Print what each reading route costs in SQL statements: the first time, and asked again with the same token."""

from __future__ import annotations

from rollcall.app import build_router
from rollcall.database import Database
from rollcall.passwords import Passwords
from rollcall.router import Router
from rollcall.services import Services
from rollcall.wire import Request

TEAMS = 12


def cost(database: Database, router: Router, path: str, token: str) -> int:
    before = database.statements
    router.dispatch(Request("GET", path, query={}, headers={"authorization": f"Bearer {token}"}))
    return database.statements - before


def main() -> None:
    database = Database()
    services = Services.build(database, passwords=Passwords(rounds=10))
    user = services.users.add("ada@example.com", "Ada", services.passwords.hash("correct horse"), role="admin")
    for number in range(TEAMS):
        services.teams.put_member(services.teams.add(f"Team {number}").id, user.id)
    router = build_router(services)
    print(f"{'route':<28}{'first':>6}{'again':>6}")
    for path in ("/auth/verify", "/account", "/users", f"/users/{user.id}", "/teams/1", "/teams"):
        token = services.auth.sign_in(user.email, "correct horse", "script")
        print(f"{'GET ' + path:<28}{cost(database, router, path, token):>6}{cost(database, router, path, token):>6}")
    database.close()


if __name__ == "__main__":
    main()
