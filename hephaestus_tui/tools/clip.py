"""Bounds on what a tool hands back; without them one `cat` would fill the memory and the model's context."""

from __future__ import annotations

OUTPUT_LIMIT = 32_768


class Clip:
    """Keeps the first `head` and the last `tail` bytes of a stream, in memory bounded by both."""

    def __init__(self, head: int = OUTPUT_LIMIT, tail: int = OUTPUT_LIMIT) -> None:
        self._head_limit = head
        self._tail_limit = tail
        self._head = bytearray()
        self._tail = bytearray()
        self.total = 0

    def feed(self, chunk: bytes) -> None:
        self.total += len(chunk)
        room = self._head_limit - len(self._head)
        self._head += chunk[:room]
        self._tail += chunk[room:]
        if len(self._tail) > 2 * self._tail_limit:
            del self._tail[: len(self._tail) - self._tail_limit]

    @property
    def left_out(self) -> int:
        return max(0, self.total - self._head_limit - self._tail_limit)

    def head(self) -> bytes:
        """The beginning, as it came: the first `head` bytes."""
        return bytes(self._head)

    def text(self) -> str:
        """What was kept, as text with a mark where bytes are left out; bytes that are no UTF-8 come as U+FFFD."""
        tail = bytes(self._tail[max(0, len(self._tail) - self._tail_limit) :])
        if not self.left_out:
            return _shown(bytes(self._head) + tail)
        head = _without_cut_end(bytes(self._head))
        mark = f"\n[… {self.left_out:,} bytes left out here …]\n"
        return _shown(head) + mark + _shown(_without_cut_start(tail))


def clipped(text: str, head: int = OUTPUT_LIMIT // 2, tail: int = OUTPUT_LIMIT // 2) -> str:
    """The same for text at hand; the limits are in bytes of UTF-8."""
    clip = Clip(head, tail)
    clip.feed(text.encode("utf-8", "replace"))
    return clip.text()


def plain(name: str) -> str:
    """A file name as one line of valid text: undecodable bytes and control characters are written as escapes."""
    if name.isprintable():
        return name
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _shown(data: bytes) -> str:
    # SQLite and C programs take NUL for the end of a text
    return data.decode("utf-8", "replace").replace("\0", "␀")


def _without_cut_end(data: bytes) -> bytes:
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return data[:-back] if needed > back else data
        if byte < 0x80:
            return data
    return data


def _without_cut_start(data: bytes) -> bytes:
    start = 0
    while start < min(3, len(data)) and 0x80 <= data[start] < 0xC0:
        start += 1
    return data[start:]
