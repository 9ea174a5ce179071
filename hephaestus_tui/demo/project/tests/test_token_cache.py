from __future__ import annotations

import unittest

from rollcall.identity import Identity
from rollcall.token_cache import TokenCache
from tests.support import MovableClock


class TokenCacheTest(unittest.TestCase):
    def setUp(self) -> None:
        self.clock = MovableClock()
        self.cache = TokenCache(self.clock, seconds=30, size=2)

    def identity(self, user_id: int, lives: float = 3600) -> Identity:
        return Identity(user_id, f"{user_id}@example.com", "member", user_id, self.clock() + lives)

    def test_it_answers_until_the_time_is_up(self) -> None:
        self.cache.put("a", self.identity(1))
        self.clock.now += 29
        self.assertEqual(self.cache.get("a"), self.identity(1, lives=3571))
        self.clock.now += 1
        self.assertIsNone(self.cache.get("a"))
        self.assertEqual(len(self.cache), 0)

    def test_it_never_outlives_the_session(self) -> None:
        self.cache.put("a", self.identity(1, lives=5))
        self.clock.now += 5
        self.assertIsNone(self.cache.get("a"))

    def test_the_least_used_goes_first(self) -> None:
        self.cache.put("a", self.identity(1))
        self.cache.put("b", self.identity(2))
        self.cache.get("a")
        self.cache.put("c", self.identity(3))
        self.assertIsNone(self.cache.get("b"))
        self.assertIsNotNone(self.cache.get("a"))

    def test_discard_forgets_and_takes_the_unknown(self) -> None:
        self.cache.put("a", self.identity(1))
        self.cache.discard("a")
        self.cache.discard("never seen")
        self.assertIsNone(self.cache.get("a"))
