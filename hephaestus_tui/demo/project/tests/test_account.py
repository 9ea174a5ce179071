from __future__ import annotations

from tests.support import PASSWORD, ServiceCase


class AccountTest(ServiceCase):
    def setUp(self) -> None:
        super().setUp()
        self.ada = self.user("Ada")

    def change(self, token: str, old: str, new: str) -> int:
        return self.call("POST", "/account/password", token, {"old": old, "new": new}).status

    def test_it_shows_the_one_who_asks(self) -> None:
        self.assertEqual(self.call("GET", "/account", self.token(self.ada)).body["name"], "Ada")

    def test_a_new_password_counts(self) -> None:
        self.assertEqual(self.change(self.token(self.ada), PASSWORD, "battery staple"), 204)
        again = {"email": "ada@example.com", "password": "battery staple"}
        self.assertEqual(self.call("POST", "/auth/token", body=again).status, 201)

    def test_a_new_password_ends_the_sessions(self) -> None:
        self.change(self.token(self.ada), PASSWORD, "battery staple")
        rows = self.database.query("SELECT count(*) AS n FROM sessions WHERE user_id = ?", self.ada.id)
        self.assertEqual(rows[0]["n"], 0)

    def test_the_old_one_must_be_right_and_the_new_one_long_enough(self) -> None:
        token = self.token(self.ada)
        self.assertEqual(self.change(token, "guess", "battery staple"), 403)
        self.assertEqual(self.change(token, PASSWORD, "short"), 400)
