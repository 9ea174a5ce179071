"""The head of a review: whose work it is, how much, in which round, and what a person must know before merging it."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.work import Work
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.detail_work import round_of
from hephaestus_tui.ui.widgets.task_words import title_of
from hephaestus_tui.ui.words import count


class WorkHeader(Widget):
    """Two rows. Call `show` with what is known; `told` says where in the work the cursor is."""

    DEFAULT_CSS = """
    WorkHeader { height: 2; padding: 0 1; background: $panel; color: $foreground; }
    """

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._said: tuple[Content, Content, Content] = (Content(""), Content(""), Content(""))

    def show(self, state: RunState, task_id: TaskId, work: Work | None, comments: int, told: str) -> None:
        """Take what there is to say; draws only a change."""
        view, draft = state.works.get(task_id), state.draft(task_id)
        number = round_of(view) if view else 1
        title = Content.styled(f"{task_id}  ", "bold $primary") + Content.styled(title_of(state, task_id), "bold")
        right = Content.styled(f"round {number}", "$secondary" if number > 1 else "$text-muted")
        parts = [line((draft.role if draft else "agent").replace("_", " "))]
        if work is None:
            second = Content.styled(f"{parts[0]}: reading its work{self._glyphs.ellipsis}", "$text-muted")
        else:
            sums = [Content(f"{count(len(work.changes), 'file')}  "), Content.styled(f"+{work.insertions:,} ", "$success"),
                    Content.styled(f"-{work.deletions:,}", "$error")]  # fmt: skip
            if comments:
                sums.append(Content.styled(f"  {count(comments, 'comment')} not sent", "bold $secondary"))
            second = Content("").join([*sums, Content.styled(f"  {told}" if told else "", "$accent")])
            right_of = f"{parts[0]}  {line(work.branch)}"
            self._set(title, right, second, Content.styled(right_of, "$text-muted"))
            return
        self._set(title, right, second, Content(""))

    def _set(self, title: Content, right: Content, second: Content, branch: Content) -> None:
        width = self.content_size.width
        said = (self._row(title, right, width), self._row(second, branch, width), Content(""))
        if said != self._said:
            self._said = said
            self.refresh()

    def _row(self, left: Content, right: Content, width: int) -> Content:
        room = width - right.cell_length - 2
        if left.cell_length > room and room < width // 3:
            return left.truncate(max(width, 1), ellipsis=True)
        if left.cell_length > room and right.cell_length > width // 3:
            return left.truncate(max(width, 1), ellipsis=True)
        left = left.truncate(max(room, 1), ellipsis=True)
        return left + Content(" " * max(width - left.cell_length - right.cell_length, 0)) + right

    def render(self) -> Content:
        return Content("\n").join(self._said[:2])
