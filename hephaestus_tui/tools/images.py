"""What the first bytes of an image say of it: one that is read should be told by its kind and size, not as a binary file."""

from __future__ import annotations

import struct

_KB = 1024
# markers of JPEG that begin a frame, and so hold its size
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


def image_words(data: bytes) -> str:
    """ "PNG 640×480 · 12 KB", without the size in pixels where that cannot be told; empty for what is no such image."""
    kind, size = _measured(data)
    if not kind:
        return ""
    pixels = f" {size[0]}×{size[1]}" if size else ""
    return f"{kind}{pixels} · {max(round(len(data) / _KB), 1):,} KB"


def _measured(data: bytes) -> tuple[str, tuple[int, int] | None]:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG", _pair(">II", data, 16)
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF", _pair("<HH", data, 6)
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG", _jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP", None
    return "", None


def _jpeg(data: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        if data[place + 1] in _FRAMES:
            size = _pair(">HH", data, place + 5)
            return (size[1], size[0]) if size else None  # it says the height first
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return None


def _pair(form: str, data: bytes, place: int) -> tuple[int, int] | None:
    end = place + struct.calcsize(form)
    if len(data) < end:
        return None
    width, height = struct.unpack(form, data[place:end])
    return int(width), int(height)
