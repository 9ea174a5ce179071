"""/teams: teams and their members."""

from __future__ import annotations

from collections.abc import Iterable

from rollcall.router import Router
from rollcall.services import Services
from rollcall.stores.teams import Member, NameTaken, Team
from rollcall.wire import HttpError, Request, Response


class TeamRoutes:
    def __init__(self, services: Services) -> None:
        self._services = services

    def mount(self, router: Router) -> None:
        router.add("GET", "/teams", self.list_teams)
        router.add("POST", "/teams", self.add)
        router.add("GET", "/teams/{team_id}", self.show)
        router.add("PUT", "/teams/{team_id}/members/{user_id}", self.put_member)
        router.add("DELETE", "/teams/{team_id}/members/{user_id}", self.remove_member)

    def list_teams(self, request: Request) -> Response:
        self._services.auth.require(request)
        teams = []
        for team in self._services.teams.all():
            members = self._services.teams.members(team.id)
            teams.append(_public(team, members))
        return Response({"teams": teams})

    def add(self, request: Request) -> Response:
        self._services.auth.require_admin(request)
        try:
            team = self._services.teams.add(request.text("name"))
        except NameTaken as error:
            raise HttpError(409, "name_taken", f"there is a team called {error} already") from error
        return Response(_public(team, []), status=201)

    def show(self, request: Request, team_id: int) -> Response:
        self._services.auth.require(request)
        team = self._find(team_id)
        return Response(_public(team, self._services.teams.members(team.id)))

    def put_member(self, request: Request, team_id: int, user_id: int) -> Response:
        self._services.auth.require_admin(request)
        team = self._find(team_id)
        if self._services.users.get(user_id) is None:
            raise HttpError(404, "not_found", f"there is no user {user_id}")
        self._services.teams.put_member(team.id, user_id)
        return Response(_public(team, self._services.teams.members(team.id)))

    def remove_member(self, request: Request, team_id: int, user_id: int) -> Response:
        self._services.auth.require_admin(request)
        if not self._services.teams.remove_member(team_id, user_id):
            raise HttpError(404, "not_found", f"user {user_id} is not in team {team_id}")
        return Response(status=204)

    def _find(self, team_id: int) -> Team:
        team = self._services.teams.get(team_id)
        if team is None:
            raise HttpError(404, "not_found", f"there is no team {team_id}")
        return team


def _public(team: Team, members: Iterable[Member]) -> dict[str, object]:
    return {
        "id": team.id,
        "name": team.name,
        "members": [{"id": member.id, "name": member.name} for member in members],
    }
