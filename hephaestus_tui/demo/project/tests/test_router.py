from __future__ import annotations

import unittest

from rollcall.router import Router
from rollcall.wire import HttpError, Request, Response


def request(method: str, path: str) -> Request:
    return Request(method, path, query={}, headers={})


class RouterTest(unittest.TestCase):
    def setUp(self) -> None:
        self.router = Router()
        self.router.add("GET", "/things", lambda request: Response("all"))
        self.router.add("GET", "/things/{thing_id}", lambda request, thing_id: Response(thing_id))

    def test_a_segment_becomes_a_number(self) -> None:
        self.assertEqual(self.router.dispatch(request("GET", "/things/7")).body, 7)

    def test_a_segment_that_is_no_number_is_not_found(self) -> None:
        for path in ("/things/seven", "/things/-1", "/things/7/", "/things/" + "9" * 30):
            with self.subTest(path), self.assertRaises(HttpError) as caught:
                self.router.dispatch(request("GET", path))
            self.assertEqual(caught.exception.status, 404)

    def test_another_method_is_told_what_is_allowed(self) -> None:
        with self.assertRaises(HttpError) as caught:
            self.router.dispatch(request("POST", "/things"))
        self.assertEqual(caught.exception.status, 405)
        self.assertIn("GET", caught.exception.message)
