"""An image that is read is told by its kind and size."""

from __future__ import annotations

import struct
import zlib
from contextlib import closing
from pathlib import Path

import pytest

from hephaestus_tui.tools.faults import ToolFault
from hephaestus_tui.tools.images import image_words
from hephaestus_tui.tools.workspace import Workspace


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 640, 480, 8, 2, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress((b"\0" + bytes(1_920)) * 480))
    + _chunk(b"IEND", b"")
)
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab" + b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", 48, 64) + b"\x01\x01\x11\x00"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (PNG, "PNG 640×480 · 1 KB"),
        (PNG[:20], "PNG · 1 KB"),
        (b"GIF89a" + struct.pack("<HH", 32, 16) + bytes(5_000), "GIF 32×16 · 5 KB"),
        (JPEG, "JPEG 64×48 · 1 KB"),
        (JPEG[:9], "JPEG · 1 KB"),
        (b"\xff\xd8\xff\xe0\x00\x00", "JPEG · 1 KB"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WebP · 1 KB"),
        (b"\0\1\2", ""),
        (b"", ""),
    ],
)
def test_words(data: bytes, words: str) -> None:
    assert image_words(data) == words


def test_a_picture_that_is_read_is_called_one(tmp_path: Path) -> None:
    (tmp_path / "shot.png").write_bytes(PNG)
    with (
        closing(Workspace(tmp_path)) as workspace,
        pytest.raises(ToolFault, match=r"shot.png is an image · PNG 640×480 · 1 KB"),
    ):
        workspace.read_text("shot.png", exact=False)
