"""Finding words among the tasks, in whichever view: counted, marked, and gone through in the order of the rows."""

from __future__ import annotations

from collections.abc import Collection

from textual.geometry import Region
from textual.message import Message

from hephaestus_tui.config import RailsSettings
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.notices import say
from hephaestus_tui.ui.screens.find import FindScreen
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.dag_matches import Matches
from hephaestus_tui.ui.widgets.dag_rows import DagRows
from hephaestus_tui.ui.widgets.dag_views import DagViews

_KEYS_FROM = 46  # cells of the pane


class DagFinding(DagViews):
    """What is found are the tasks that are shown, be it all or a part; those in folded rows are, too."""

    class KeysChanged(Message, namespace="dag_view"):
        """Other keys of the pane mean something now."""

    def __init__(self, glyphs: GlyphSet, rails: RailsSettings | None = None) -> None:
        super().__init__(glyphs, rails)
        self._sought = ""
        self._looked_in: DagRows | None = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action not in ("match", "leave_found") or self._painter.found is not None

    def action_find(self) -> None:
        """Ask for words, telling how many tasks hold them as they are typed."""
        self.app.push_screen(FindScreen(self._sought, "id, title, rationale", self._count), self._find)

    def _count(self, words: str) -> str:
        matches = Matches(words)
        if words:
            matches.look(self._rows.rows, self._state)
        return matches.told(None) if words else ""

    def _find(self, words: str | None) -> None:
        if not words:
            return
        self._sought, matches = words, Matches(words)
        matches.look(self._rows.rows, self._state)
        if not len(matches):
            say(self.app, f"{words} is in no task that is shown: in no id, title or rationale")
            self.action_leave_found()
            return
        self._painter.found, self._looked_in = matches, self._rows
        self._go_to_match(0)
        self._mark_anew()

    def action_match(self, step: int) -> None:
        """Go to the next match, or back to the one before."""
        if self._painter.found:
            self._go_to_match(step)

    def action_leave_found(self) -> None:
        """Mark nothing any more; the cursor stays where it is."""
        self._painter.found, self._looked_in = None, None
        self._mark_anew()

    def _go_to_match(self, step: int) -> None:
        found = self._painter.found
        if found is None or not len(found):
            return
        row = found.beyond(self._cursor, step)
        self._unfold_row(row)
        self._go(self._rows.rows[row].task_id)

    def _mark_anew(self) -> None:
        self._tell_found()
        self._painter.forget()
        self.refresh()
        self.post_message(self.KeysChanged())

    def _tell_found(self) -> None:
        found, before = self._painter.found, self._painter.sought
        if found is None:
            self._painter.sought = ""
        else:
            keys = "  { } move  esc" if self._width >= _KEYS_FROM else ""
            self._painter.sought = (
                f"{line(found.words, 20, ellipsis=self._glyphs.ellipsis)}: {found.told(self._cursor)}{keys}"
            )
        if before != self._painter.sought:
            self.refresh(Region(0, 0, self._width + 1, self._head))

    def _put_cursor(self, task_id: TaskId | None) -> None:
        super()._put_cursor(task_id)
        self._tell_found()

    def _arrange(self, changed: Collection[int], *, grown: bool) -> None:
        """Whatever arrives, and whichever rows are shown, the matches are those of these rows."""
        changed = tuple(changed)
        if found := self._painter.found:
            found.look(self._rows.rows, self._state, changed if self._looked_in is self._rows else None)
            self._looked_in = self._rows
        super()._arrange(changed, grown=grown)
        self._tell_found()
