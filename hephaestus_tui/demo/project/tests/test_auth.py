from __future__ import annotations

from rollcall.auth import SESSION_SECONDS
from tests.support import PASSWORD, ServiceCase


class AuthTest(ServiceCase):
    def setUp(self) -> None:
        super().setUp()
        self.ada = self.user("Ada")

    def test_a_token_from_signing_in_is_good(self) -> None:
        signed_in = self.call("POST", "/auth/token", body={"email": "ada@example.com", "password": PASSWORD})
        self.assertEqual(signed_in.status, 201)
        answer = self.call("GET", "/auth/verify", signed_in.body["token"])
        self.assertEqual(answer.body, {"user_id": self.ada.id, "email": "ada@example.com", "role": "member"})

    def test_a_wrong_password_and_an_unknown_address_look_the_same(self) -> None:
        wrong = self.call("POST", "/auth/token", body={"email": "ada@example.com", "password": "guess"})
        unknown = self.call("POST", "/auth/token", body={"email": "eve@example.com", "password": "guess"})
        self.assertEqual(wrong.status, 401)
        self.assertEqual(wrong, unknown)

    def test_a_token_ends_with_its_session(self) -> None:
        token = self.token(self.ada)
        self.clock.now += SESSION_SECONDS
        self.assertEqual(self.call("GET", "/account", token).code, "bad_token")

    def test_signing_out_ends_one_session_at_once(self) -> None:
        laptop, phone = self.token(self.ada), self.token(self.ada, "phone")
        self.assertEqual(self.call("GET", "/auth/verify", laptop).status, 200)
        self.assertEqual(self.call("DELETE", "/auth/token", laptop).status, 204)
        self.assertEqual(self.call("GET", "/auth/verify", laptop).status, 401)
        self.assertEqual(self.call("GET", "/auth/verify", phone).status, 200)

    def test_a_second_verify_asks_no_database(self) -> None:
        token = self.token(self.ada)
        self.assertEqual(self.statements("GET", "/auth/verify", token), 3)
        self.assertEqual(self.statements("GET", "/auth/verify", token), 0)

    def test_no_token_says_how_to_get_one(self) -> None:
        answer = self.call("GET", "/account")
        self.assertEqual((answer.status, answer.code), (401, "no_token"))
        self.assertIn("/auth/token", answer.body["error"]["message"])

    def test_a_body_that_is_not_json_is_refused(self) -> None:
        answer = self.call("POST", "/auth/token", body="just text")
        self.assertEqual((answer.status, answer.code), (400, "bad_json"))
