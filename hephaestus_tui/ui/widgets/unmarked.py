"""Words of Markdown in one line, without its marks: there is no bold in the middle of a head, and asterisks say nothing."""

from __future__ import annotations

import re

# a line shows some hundred characters
_LIMIT = 1_000
_CODE = re.compile(r"(`+)(.+?)\1")
_FENCE = re.compile(r"^ {0,3}(?:```|~~~).*$", re.MULTILINE)
_LEADING = re.compile(r"^ {0,3}(?:#{1,6}|>) +", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\[\]]+)\]\([^()\s]*\)")
# globs, powers and **kwargs have no word right inside both of their ends, or one right outside
_STRONG = re.compile(r"(?<![\w*/])\*\*(?=[\w\"'(\[])([^*]+?)(?<=\S)\*\*(?![\w*/])")
_EMPHASIS = re.compile(r"(?<![\w*/])\*(?=\w)([^*]+?)(?<=[\w.,;:!?)\"'])\*(?![\w*/])")


def unmarked(text: str) -> str:
    """The beginning of a text with code, links and emphasis as they would read; what stands in code stays as it is."""
    text = _FENCE.sub("", text[:_LIMIT])
    words: list[str] = []
    end = 0
    for code in _CODE.finditer(text):
        words += [_plain(text[end : code.start()]), code[2]]
        end = code.end()
    return "".join([*words, _plain(text[end:])]).lstrip()


def _plain(text: str) -> str:
    text = _LINK.sub(r"\1", _LEADING.sub("", text))
    return _EMPHASIS.sub(r"\1", _STRONG.sub(r"\1", text))
