"""Boards: parts of pages that change. Each is rendered once for all who look at it, and pushed only when it changed."""

from collections.abc import Callable

from nicegui import ui


class Board:
    """One part of a scene, the same for everybody who looks at it.

    Args:
        render: Returns its HTML; everything in it is escaped there.
    """

    def __init__(self, render: Callable[[], str]) -> None:
        self._render = render
        self._html = ""
        self._places: dict[str, ui.html] = {}

    @property
    def watched(self) -> bool:
        """Whether anybody looks at it."""
        return bool(self._places)

    def show(self) -> None:
        """Put the board into the page that is being built; it leaves with its client."""
        client = ui.context.client
        self._html = self._render()
        # No sanitizing in the browser: every value is escaped where it is rendered.
        self._places[client.id] = ui.html(self._html, sanitize=False).classes("contents")
        client.on_delete(lambda: self._places.pop(client.id, None))

    def refresh(self) -> None:
        """Render again and push to everybody, if it changed."""
        if not self._places:
            return
        html = self._render()
        if html == self._html:
            return
        self._html = html
        for place in list(self._places.values()):
            place.set_content(html)


class Boards:
    """The boards of a wall, by name; those that nobody looks at are forgotten."""

    def __init__(self) -> None:
        self._steady: dict[str, Board] = {}
        self._prompt: dict[str, Board] = {}

    def steady(self, name: str, render: Callable[[], str]) -> Board:
        """A board that is renewed once a second."""
        return self._steady.setdefault(name, Board(render))

    def prompt(self, name: str, render: Callable[[], str]) -> Board:
        """A board that is renewed with every change of an alert, and once a second."""
        return self._prompt.setdefault(name, Board(render))

    def on_change(self) -> None:
        """Renew what shows alerts."""
        _refresh(self._prompt)

    def on_second(self) -> None:
        """Renew everything."""
        _refresh(self._prompt)
        _refresh(self._steady)


def _refresh(boards: dict[str, Board]) -> None:
    for name, board in list(boards.items()):
        if board.watched:
            board.refresh()
        else:
            del boards[name]
