from __future__ import annotations

from tests.support import ServiceCase


class UsersTest(ServiceCase):
    def setUp(self) -> None:
        super().setUp()
        self.admin = self.user("Grace", role="admin")
        self.ada = self.user("Ada")
        self.by_admin = self.token(self.admin)
        self.by_ada = self.token(self.ada)

    def test_people_come_by_name_and_without_their_hash(self) -> None:
        users = self.call("GET", "/users", self.by_ada).body["users"]
        self.assertEqual([user["name"] for user in users], ["Ada", "Grace"])
        self.assertEqual(set(users[0]), {"id", "email", "name", "role"})

    def test_a_page_is_a_page(self) -> None:
        for name in ("Barbara", "Edsger", "Tony"):
            self.user(name)
        answer = self.call("GET", "/users?limit=2&offset=1", self.by_ada)
        self.assertEqual([user["name"] for user in answer.body["users"]], ["Barbara", "Edsger"])

    def test_an_admin_adds_someone(self) -> None:
        body = {"email": "alan@example.com", "name": "Alan", "password": "correct horse"}
        added = self.call("POST", "/users", self.by_admin, body)
        self.assertEqual((added.status, added.body["role"]), (201, "member"))
        self.assertEqual(self.call("POST", "/users", self.by_admin, body).code, "email_taken")
        self.assertEqual(self.call("GET", f"/users/{added.body['id']}", self.by_ada).body["name"], "Alan")

    def test_a_member_adds_no_one(self) -> None:
        self.assertEqual(self.call("POST", "/users", self.by_ada, {}).code, "not_allowed")

    def test_name_and_role_can_change(self) -> None:
        path = f"/users/{self.ada.id}"
        self.assertEqual(self.call("PATCH", path, self.by_admin, {"name": "Ada L."}).body["name"], "Ada L.")
        self.assertEqual(self.call("PATCH", path, self.by_admin, {"role": "admin"}).body["role"], "admin")
        self.assertEqual(self.call("PATCH", path, self.by_admin, {"role": "queen"}).code, "bad_field")

    def test_a_removed_user_is_gone(self) -> None:
        path = f"/users/{self.ada.id}"
        self.assertEqual(self.call("DELETE", path, self.by_admin).status, 204)
        self.assertEqual(self.call("GET", path, self.by_admin).status, 404)
        self.assertEqual(self.call("DELETE", path, self.by_admin).status, 404)
