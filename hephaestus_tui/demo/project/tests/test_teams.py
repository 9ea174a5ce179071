from __future__ import annotations

from tests.support import ServiceCase


class TeamsTest(ServiceCase):
    def setUp(self) -> None:
        super().setUp()
        self.ada = self.user("Ada")
        self.by_admin = self.token(self.user("Grace", role="admin"))
        self.by_ada = self.token(self.ada)

    def test_a_team_has_members(self) -> None:
        team = self.call("POST", "/teams", self.by_admin, {"name": "Engine"}).body
        path = f"/teams/{team['id']}/members/{self.ada.id}"
        answer = self.call("PUT", path, self.by_admin)
        self.assertEqual(answer.body["members"], [{"id": self.ada.id, "name": "Ada"}])
        self.assertEqual(self.call("PUT", path, self.by_admin), answer)
        self.assertEqual(self.call("DELETE", path, self.by_admin).status, 204)
        self.assertEqual(self.call("GET", f"/teams/{team['id']}", self.by_ada).body["members"], [])

    def test_teams_come_by_name_with_their_members(self) -> None:
        store = self.services.teams
        valves, pumps = store.add("Valves"), store.add("Pumps")
        store.put_member(valves.id, self.ada.id)
        teams = self.call("GET", "/teams", self.by_ada).body["teams"]
        self.assertEqual([(team["id"], len(team["members"])) for team in teams], [(pumps.id, 0), (valves.id, 1)])

    def test_a_name_is_taken_once(self) -> None:
        self.services.teams.add("Engine")
        self.assertEqual(self.call("POST", "/teams", self.by_admin, {"name": "engine"}).code, "name_taken")

    def test_what_is_not_there_is_not_found(self) -> None:
        team = self.services.teams.add("Engine")
        for method, path in (
            ("GET", "/teams/99"),
            ("PUT", f"/teams/{team.id}/members/99"),
            ("DELETE", f"/teams/{team.id}/members/{self.ada.id}"),
        ):
            with self.subTest(method=method, path=path):
                self.assertEqual(self.call(method, path, self.by_admin).status, 404)
