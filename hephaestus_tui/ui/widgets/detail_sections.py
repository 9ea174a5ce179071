"""The parts of the detail pane under their headings, each of which folds to one line: a long pane could not be surveyed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Lines, Span

_TOLD = 48  # cells


@dataclass(frozen=True, slots=True)
class Section:
    """`body` under `title`; without a title it cannot be folded. `told` stands for it where it is folded, else its beginning.

    `past` says that it is of no use any more at most times, and so folded until a person unfolds it.
    """

    title: str
    body: Sequence[Line]
    told: str = ""
    past: bool = False

    @property
    def name(self) -> str:
        """What a person's choice is remembered by: also for other tasks, where it stands there for the same reason."""
        return f"{self.title}, past" if self.past else self.title


class Folds:
    """What a person has folded or unfolded, for all tasks alike; the rest is as each section says of itself."""

    def __init__(self) -> None:
        self._chosen: dict[str, bool] = {}
        self._all: bool | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """Another one when any choice is."""
        return self._all, *self._chosen.items()

    def folded(self, section: Section) -> bool:
        return bool(section.title) and self._chosen.get(section.name, section.past if self._all is None else self._all)

    def toggle(self, section: Section) -> None:
        self._chosen[section.name] = not self.folded(section)

    def toggle_all(self, sections: Iterable[Section]) -> None:
        """Fold all, or unfold all where none is unfolded."""
        self._all = not all(self.folded(section) for section in sections if section.title)
        self._chosen.clear()


def laid_out(sections: Iterable[Section], glyphs: GlyphSet, folds: Folds | None = None) -> Lines:
    """The lines of all sections that say anything; folded ones stand close, as a table of what there is."""
    lines: list[Line] = []
    close = False
    for section in sections:
        if not section.body:
            continue
        folded = folds is not None and folds.folded(section)
        if lines and not section.body[0].panel and not (close and folded):
            lines.append(BLANK)
        close = folded
        if folded:
            lines.append(_folded(section, glyphs))
            continue
        if section.title:
            lines.append(Line((Span(section.title, "heading"),), section=section.name))
        lines += section.body
    return tuple(lines)


def _folded(section: Section, glyphs: GlyphSet) -> Line:
    first = next((row for row in section.body if row.plain.strip()), BLANK)
    rest = sum(bool(row.plain.strip()) for row in section.body) - 1
    told = section.told or line(
        first.plain.strip().removeprefix(f"{glyphs.bullet} ").split("\n")[0], _TOLD, ellipsis=glyphs.ellipsis
    )
    more = f" +{rest:,}" if rest > 0 and not section.told else ""
    head = (Span(f"{glyphs.fold} ", "key"),)
    return Line((Span(section.title, "heading"), Span(f"  {told}{more}", "muted")), head=head, section=section.name)
