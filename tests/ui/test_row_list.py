"""The list under the inbox: only what is seen is made, and the cursor's item stays where it is."""

from __future__ import annotations

from textual.app import App, ComposeResult

from hephaestus_tui.ui.widgets.row_list import Piece, RowList, Rows, spread

HEIGHT = 10


class Listed(App[None]):
    def __init__(self, height: int = 2, pointer: str | None = "›") -> None:
        super().__init__()
        self.painted: list[int] = []
        self.names: list[str] = [f"item {n}" for n in range(1_000)]
        self.list = RowList(self._paint, height, pointer)

    def compose(self) -> ComposeResult:
        yield self.list

    def _paint(self, number: int, width: int) -> Rows:
        self.painted.append(number)
        return [[Piece(self.names[number], "strong")], [Piece("x" * 200, "muted")]]

    @property
    def lines(self) -> list[str]:
        return [self.list.render_line(y).text for y in range(self.list.size.height)]


def cursor_of(app: Listed) -> int | None:
    return app.list.cursor


async def test_only_what_is_on_the_screen_is_made() -> None:
    app = Listed()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        app.list.show(app.names)
        await pilot.pause()
        assert app.lines[0].strip() == "› item 0"
        assert {len(line) for line in app.lines} == {39}
        assert set(app.painted) == set(range(HEIGHT // 2))
        app.painted.clear()
        app.list.move(1)
        await pilot.pause()
        assert set(app.painted) == {0, 1}, "what was drawn is kept"
        app.list.move(10_000)
        await pilot.pause()
        assert "› item 999" in "\n".join(app.lines)
        app.list.page(-1)
        await pilot.pause()
        assert app.list.cursor == 995


async def test_items_may_go_and_come_around_the_cursor() -> None:
    app = Listed()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        app.list.show(app.names)
        await pilot.pause()
        app.list.move(500)
        await pilot.pause()
        place = next(y for y, line in enumerate(app.lines) if "›" in line)
        app.names = [*app.names[100:], "new"]
        app.list.show(app.names)
        await pilot.pause()
        assert app.list.cursor == 400
        assert "› item 500" in app.lines[place]
        app.names = app.names[:300]
        app.list.show(app.names)
        await pilot.pause()
        assert cursor_of(app) == 299, "where it went, the last one is under the cursor"
        app.names = []
        app.list.show(app.names)
        await pilot.pause()
        assert cursor_of(app) is None
        app.list.move(1)
        assert not "".join(app.lines).strip()


async def test_a_list_in_which_nothing_is_chosen_has_no_cursor_to_see() -> None:
    app = Listed(1, None)
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        app.list.show(app.names)
        await pilot.pause()
        first, second, *_ = (app.list.render_line(y) for y in range(HEIGHT))
        assert [s.style for s in first] == [s.style for s in second]


async def test_another_size_keeps_the_cursor_in_sight() -> None:
    app = Listed()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        app.list.show(app.names)
        app.list.move(4)
        await pilot.resize_terminal(60, 4)
        await pilot.pause()
        assert "› item 4" in "\n".join(app.lines)
        assert {len(line) for line in app.lines} == {59}


def test_the_last_piece_at_the_left_gives_way() -> None:
    def text(width: int) -> str:
        return "".join(piece.text for piece in spread([Piece("id "), Piece("a long title")], [Piece("now")], width))

    assert text(25) == "id a long title       now"
    assert text(12) == "id a lon now"
    assert len(text(12)) == 12
