"""What keys and mouse do in the transcript pane. What it shows is in `transcript`."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.named_keys import with_names
from hephaestus_tui.ui.widgets.block_text import copied, longest, whole
from hephaestus_tui.ui.widgets.blocks import Block, Call
from hephaestus_tui.ui.widgets.call_words import proposed_by
from hephaestus_tui.ui.widgets.finding import Finding
from hephaestus_tui.ui.widgets.kept_rows import KeptRows
from hephaestus_tui.ui.widgets.pictures import Picture, picture_of
from hephaestus_tui.ui.widgets.viewport import Viewport

WHEEL_ROWS = 3


class TranscriptKeys(KeptRows, can_focus=True):
    """A pane with a view, that shows anew what it shows when `_update` is called. `visited`: its passage is gone back from."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_rows(-1)", "Up", show=False),
        Binding("down", "scroll_rows(1)", "Down", show=False),
        Binding("pageup", "scroll_pages(-1)", "Page up", show=False),
        Binding("pagedown", "scroll_pages(1)", "Page down", show=False),
        Binding("home", "first", "First", show=False),
        Binding("end", "follow", "Follow the newest", show=False),
        Binding("F", "toggle_follow", "Follow", show=False),
        Binding("enter", "fold", "Fold or unfold; show an image", show=False),
        Binding("backspace", "leave", "Back"),
        Binding("left_square_bracket", "choose(-1)", "Previous block", show=False),
        Binding("right_square_bracket", "choose(1)", "Next block", show=False),
        Binding("ctrl+f", "find", "Find words", show=False),
        Binding(
            "ctrl+y", "copy", "Copy the block that is pointed at, or what was said last; again: to a file", show=False
        ),
        Binding("ctrl+o", "view", "Show all of the block that is pointed at, or of the longest in view", show=False),
        Binding(
            "g",
            "proposal",
            "Go to the proposal that the call made; where many talk, else to the task of what is pointed at",
            show=False,
        ),
        Binding(
            "T", "stamps", "Show when each thing was said, by which model, for how many tokens and dollars", show=False
        ),
        Binding("right_curly_bracket", "match(1)", "Next match"),
        Binding("left_curly_bracket", "match(-1)", "Match before"),
    ]
    BINDINGS = with_names("transcript", BINDINGS)
    visited = False
    _view: Viewport
    _finding: Finding | None = None
    _found = ""  # what was looked for last
    sought = ""  # what is looked for in other pages too, until it is left

    class PassageLeft(Message):
        """A person has read the passage that was visited, and wants to go back to where they came from."""

    class FindAsked(Message):
        """A person wants to find words; `words` are those that were looked for last."""

        def __init__(self, words: str) -> None:
            self.words = words
            super().__init__()

    class CopyAsked(Message):
        """A person wants a text to be copied."""

        def __init__(self, text: str) -> None:
            self.text = text
            super().__init__()

    class ViewAsked(Message):
        """A person wants to see a text whole."""

        def __init__(self, title: str, text: str) -> None:
            self.title, self.text = title, text
            super().__init__()

    class PictureAsked(Message):
        """A person wants to see an image in the workspace of a task."""

        def __init__(self, task_id: TaskId, picture: Picture) -> None:
            self.task_id, self.picture = task_id, picture
            super().__init__()

    class ProposalAsked(Message):
        """A person wants to see what a call has proposed."""

        def __init__(self, task_id: TaskId) -> None:
            self.task_id = task_id
            super().__init__()

    class SourceAsked(Message):
        """A person wants to see, in the transcript of its own task, the message at which they are."""

        def __init__(self, task_id: TaskId, turn: int) -> None:
            self.task_id, self.turn = task_id, turn
            super().__init__()

    def find(self, words: str) -> int:
        """Go to the next match of these words, and light all that are in view; gives how many there are."""
        if self._finding is None or self._finding.words != words:
            self._finding, self._found = Finding(words), words
        self.sought = words
        count = self._finding.look(self._view.rows.blocks)
        if count:
            self.action_match(1)
        else:
            self._finding = None
            self._update()
        self.refresh_bindings()
        return count

    def follow(self) -> None:
        """Keep the newest line in view from now on."""
        raise NotImplementedError

    def _update(self) -> None:
        raise NotImplementedError

    def speaker_of(self, block: int) -> TaskId | None:
        """The task whose agent said a block."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "match":
            return self._finding is not None
        return action != "leave" or self.visited or self._finding is not None

    def action_scroll_rows(self, count: int) -> None:
        self._view.move(count)
        self._update()

    def action_scroll_pages(self, count: int) -> None:
        self._view.move(count * max(self._view.height - 2, 1))
        self._update()

    def action_first(self) -> None:
        self._view.first()
        self._update()

    def action_follow(self) -> None:
        self.follow()

    def action_toggle_follow(self) -> None:
        if self._view.following:
            self._view.hold()
        else:
            self._view.follow()
        self._update()

    def action_choose(self, step: int) -> None:
        self._view.choose(step)
        self._update()

    def action_fold(self) -> None:
        index = self._view.foldable()
        if index is not None and not self._show_picture(index):
            self._view.toggle(index)
            self._update()

    def action_leave(self) -> None:
        self.sought = ""
        if self._finding is None:
            self.post_message(self.PassageLeft())
        else:
            self._finding = None
            self.refresh_bindings()
            self._update()

    def action_find(self) -> None:
        self.post_message(self.FindAsked(self._found))

    def action_copy(self) -> None:
        if text := copied(self._view):
            self.post_message(self.CopyAsked(text))

    def action_view(self) -> None:
        index = longest(self._view)
        if index is None or self._show_picture(index):
            return
        if (told := whole(self._view.rows.blocks[index]))[1]:
            self.post_message(self.ViewAsked(*told))

    def _show_picture(self, index: int) -> bool:
        picture, task_id = picture_of(self._view.rows.blocks[index]), self.speaker_of(index)
        if picture is None or task_id is None:
            return False
        self.post_message(self.PictureAsked(task_id, picture))
        return True

    def proposal_in_view(self) -> bool:
        """Whether the block that is pointed at has made a proposal, or where none is, one in view."""
        chosen = self._view.chosen
        if chosen is not None and self._view.pointed(lambda _: True) == chosen:
            return bool(_proposed(self._view.rows.blocks[chosen]))
        return self._view.pointed(_proposed) is not None

    def action_proposal(self) -> None:
        index = self._view.pointed(_proposed)
        if index is not None:
            self.post_message(self.ProposalAsked(_proposed(self._view.rows.blocks[index])))

    def action_stamps(self) -> None:
        self._view.show_stamps(not self._view.rows.stamped)
        self._update()

    def action_match(self, step: int) -> None:
        if self._finding and self._finding.look(self._view.rows.blocks):
            self._finding.step(self._view, step)
            self._update()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_scroll_rows(-WHEEL_ROWS)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_scroll_rows(WHEEL_ROWS)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        index = None if offset is None else self._view.headed_at(offset.y - 1)
        if index is not None and not self._show_picture(index):
            self._view.toggle(index)
            self._update()


def _proposed(block: Block) -> TaskId:
    return proposed_by(block.name, block.result) if isinstance(block, Call) else ""
