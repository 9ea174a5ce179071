from __future__ import annotations

from tests.support import ServiceCase


class HealthTest(ServiceCase):
    def test_it_answers_without_a_token(self) -> None:
        answer = self.call("GET", "/health")
        self.assertEqual((answer.status, answer.body["status"]), (200, "ok"))

    def test_an_unknown_path_is_not_found(self) -> None:
        answer = self.call("GET", "/helth")
        self.assertEqual((answer.status, answer.code), (404, "not_found"))
