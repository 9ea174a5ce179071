"""A widget that draws rows it keeps, and repaints those alone that changed: without it a streamed word would cost a frame."""

from __future__ import annotations

from textual.geometry import Region, Spacing
from textual.strip import Strip
from textual.widget import Widget


class KeptRows(Widget):
    """Give `take_rows` all that is on the screen, from the top; what is missing at the end is blank."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._drawn: list[Strip] = []

    def take_rows(self, rows: list[Strip]) -> None:
        before, self._drawn = self._drawn, rows
        changed = [y for y, row in enumerate(rows) if y >= len(before) or not _same(row, before[y])]
        if changed:
            self.refresh(*_regions(changed, self.size.width))

    def render_line(self, y: int) -> Strip:
        return self._drawn[y] if y < len(self._drawn) else Strip.blank(self.size.width, self.rich_style)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Kept strips as they are, with what they cache; a border or padding from a stylesheet takes the slower way."""
        if self.styles.gutter != Spacing.all(0) or self.opacity != 1.0 or self.styles.tint.a:
            return super().render_lines(crop)
        strips = [self.render_line(y) for y in crop.line_range]
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, self.background_colors[1]) for strip in strips]
        if crop.column_span == (0, self.size.width):
            return strips
        return [strip.crop(*crop.column_span) for strip in strips]


def _same(one: Strip, other: Strip) -> bool:
    return one is other or one == other


def _regions(rows: list[int], width: int) -> list[Region]:
    """The rows as regions, neighbours in one."""
    regions: list[Region] = []
    for y in rows:
        if regions and regions[-1].bottom == y:
            regions[-1] = Region(0, regions[-1].y, width, regions[-1].height + 1)
        else:
            regions.append(Region(0, y, width, 1))
    return regions
