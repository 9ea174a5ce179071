"""The box of a dialog; its keys are always in sight. Without it a long title pushes the keys that decide off the screen."""

from __future__ import annotations

from textual.containers import ScrollableContainer, Vertical
from textual.geometry import Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.layouts.vertical import VerticalLayout
from textual.scroll_view import ScrollView
from textual.widget import Widget

_LEAST = 2  # rows of what is read that stay, as long as something else can give way


class KeysInSight(VerticalLayout):
    """From top to bottom; where there is no room for all, what can be scrolled gives way, then the blank rows."""

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        placements = super().arrange(parent, children, size, greedy)
        if not size.height or not placements:  # it is being measured
            return placements
        over = max(_bottom(place) for place in placements) - size.height
        if over <= 0:
            return placements
        cuts = _cuts(placements, over)
        blanks = max(over - sum(cuts), 0)
        above, end, placed = 0, 0, []
        for place, cut in zip(placements, cuts, strict=True):
            region = place.region
            closed = min(blanks, region.y - end)
            end, above, blanks = region.bottom, above + closed, blanks - closed
            placed.append(place._replace(region=Region(region.x, region.y - above, region.width, region.height - cut)))
            above += cut
        return [_kept_in(place, size) if place.widget.has_class("keys") else place for place in placed]


class DialogBox(Vertical):
    """Stands for `Vertical` in a dialog; the row of keys has the class "keys"."""

    @property
    def layout(self) -> Layout:
        return _LAYOUT


_LAYOUT = KeysInSight()


def _bottom(place: WidgetPlacement) -> int:
    return int(place.region.bottom + (place.margin or Spacing()).bottom)


def _cuts(placements: list[WidgetPlacement], over: int) -> list[int]:
    """How many rows each one loses: what can be scrolled, the highest first."""
    cuts = [0] * len(placements)
    scrolled = [n for n, place in enumerate(placements) if isinstance(place.widget, ScrollView | ScrollableContainer)]
    while over > 0 and scrolled:
        highest = max(scrolled, key=lambda n: placements[n].region.height - cuts[n])
        if placements[highest].region.height - cuts[highest] <= _LEAST:
            break
        cuts[highest] += 1
        over -= 1
    return cuts


def _kept_in(place: WidgetPlacement, size: Size) -> WidgetPlacement:
    """Over what stands above it where nothing could give way."""
    region = place.region
    return place._replace(region=region.translate((0, min(0, size.height - region.bottom))))
