"""Renders a finished paragraph of Markdown to segments: inert (no links, no images, no markup), in the theme's colours.

Importing this takes some 50 ms (markdown-it, pygments): nothing may import it before the first frame.
"""

from __future__ import annotations

import re
from functools import lru_cache
from io import StringIO
from typing import ClassVar

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.console import Console, ConsoleOptions, JustifyMethod, RenderResult
from rich.markdown import CodeBlock, Heading, HorizontalRule, ImageItem, Markdown, MarkdownElement
from rich.segment import Segment
from rich.style import Style
from rich.syntax import Syntax, SyntaxTheme, TokenType
from rich.text import Text
from rich.theme import Theme

from hephaestus_tui.ui.widgets.look import Look

COLUMNS_LIMIT = 50
# characters: highlighting as much code takes some 70 ms
SIZE_LIMIT = 8_192
LINE_LIMIT = 2_000
# what must not come out of decoding a link; cells are replaced one for one
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]")
# what rich draws with, for terminals without it
_ASCII = str.maketrans("•─▌", "*-|")


def too_hard(text: str) -> bool:
    """Whether rendering it could hold up the screen: such text is shown as it is."""
    if len(text) > SIZE_LIMIT:
        return True
    return any(len(row) > LINE_LIMIT or row.count("|") > COLUMNS_LIMIT for row in text.split("\n"))


def render(text: str, width: int, look: Look) -> list[list[Segment]]:
    """Rows of at most `width` cells. The text must be clean already."""
    console = _console(look)
    options = console.options.update(width=max(width, 4), height=None)
    rows = console.render_lines(_Inert(text, look), options, style=look.base, pad=False)
    while rows and _is_blank(rows[0]):
        del rows[0]
    while rows and _is_blank(rows[-1]):
        rows.pop()
    signs = _ASCII if look.glyphs.name == "ascii" else {}
    return [
        [Segment(_FORBIDDEN.sub("\ufffd", s.text).translate(signs), s.style) for s in row if s.text] for row in rows
    ]


def _is_blank(row: list[Segment]) -> bool:
    return not any(segment.text.strip() for segment in row)


@lru_cache(2)
def _console(look: Look) -> Console:
    bold, italic = Style(bold=True), Style(italic=True)
    styles = {
        "markdown.paragraph": look.base,
        "markdown.h1": look.heading + bold,
        "markdown.h2": look.heading + bold,
        "markdown.h3": look.heading,
        "markdown.h4": look.heading,
        "markdown.h5": look.heading,
        "markdown.h6": look.heading,
        "markdown.strong": bold,
        "markdown.em": italic,
        "markdown.s": Style(strike=True),
        "markdown.code": look.code,
        "markdown.item": Style.null(),
        "markdown.item.bullet": look.accent,
        "markdown.item.number": look.accent,
        "markdown.block_quote": look.muted,
        "markdown.hr": look.faint,
        "markdown.link": Style.null(),
        "markdown.link_url": look.muted,
        "markdown.table.border": look.faint,
        "markdown.table.header": bold,
    }
    return Console(
        file=StringIO(), force_terminal=True, color_system="truecolor", legacy_windows=False, markup=False,
        emoji=False, highlight=False, theme=Theme(styles), width=80, height=25, _environ={},
    )  # fmt: skip


@lru_cache(1)
def _parser() -> MarkdownIt:
    """Entities stay undecoded (`&#x202E;` would come back as a control character), HTML is text."""
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 12}).enable(["strikethrough", "table"])
    return parser.disable(["entity", "html_block", "html_inline", "autolink", "reference"])


class _CodeTheme(SyntaxTheme):
    """Code in the colours of the theme, without a background of its own."""

    def __init__(self, look: Look) -> None:
        self._base = look.base
        self._styles: dict[TokenType, Style] = {
            ("Comment",): look.muted + Style(italic=True),
            ("Keyword",): look.running,
            ("Operator", "Word"): look.running,
            ("Literal", "String"): look.good,
            ("Literal", "Number"): look.warn,
            ("Name", "Function"): look.accent,
            ("Name", "Class"): look.accent,
            ("Name", "Decorator"): look.accent,
            ("Generic", "Inserted"): look.added,
            ("Generic", "Deleted"): look.removed,
            ("Generic", "Subheading"): look.muted,
        }

    def get_style_for_token(self, token_type: TokenType) -> Style:
        # a token's type is the tuple of its names, from the general to the special
        kind = tuple(token_type)
        return self._styles.get(kind[:2]) or self._styles.get(kind[:1]) or self._base

    def get_background_style(self) -> Style:
        return self._base


class _Code(CodeBlock):
    """A fence as a quiet column behind a bar."""

    look: Look

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> _Code:
        language = (token.info or "").partition(" ")[0]
        made = cls(language or "text", "")
        made.look = _look_of(markdown)
        return made

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        look = self.look
        syntax = Syntax(str(self.text).rstrip(), self.lexer_name, theme=_CodeTheme(look), word_wrap=True)
        inner = options.update(width=max(options.max_width - 2, 4), height=None)
        for row in console.render_lines(syntax, inner, style=look.base, pad=False):
            yield Segment(f"{look.bar} ", look.faint)
            yield from row
            yield Segment.line()


class _Heading(Heading):
    LEVEL_ALIGN: ClassVar[dict[str, JustifyMethod]] = dict.fromkeys(Heading.LEVEL_ALIGN, "left")


class _Rule(HorizontalRule):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text("-" * 12, style=console.get_style("markdown.hr"))


class _Image(ImageItem):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text.assemble("[image: ", self.text, f" {self.destination}]", end="")


class _Inert(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "fence": _Code, "code_block": _Code, "heading_open": _Heading, "hr": _Rule, "image": _Image,
    }  # fmt: skip

    def __init__(self, text: str, look: Look) -> None:
        super().__init__("", hyperlinks=False)
        self.parsed = _parser().parse(text)
        self.look = look


def _look_of(markdown: Markdown) -> Look:
    if not isinstance(markdown, _Inert):
        raise TypeError(f"{markdown!r} has no look")
    return markdown.look
