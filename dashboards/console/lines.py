"""A long list on an open page, of which only the lines that changed are sent again, and drawn again.

Two hundred lines are 70 kB of text, and laying them out is most of what a browser does after a key was pressed.
"""

from collections.abc import Sequence
from difflib import SequenceMatcher
from json import dumps

from nicegui import ui

Splice = tuple[int, int, list[str]]
"""At which line, how many go, which come in their place."""


class Lines:
    """The list, where it is declared; each line is HTML of exactly one element."""

    def __init__(self) -> None:
        self._place = ui.html("", sanitize=False)
        self._shown: list[str] | None = None

    def draw(self, lines: Sequence[str]) -> None:
        """Show these lines."""
        before, self._shown = self._shown, list(lines)
        if before is None:
            self._place.set_content("".join(lines))  # part of the page as it is answered; the browser's own from then on
        elif splices := changed(before, self._shown):
            self._place.client.run_javascript(f"consoleSplice({self._place.id}, {dumps(splices, ensure_ascii=False)})")


def changed(before: Sequence[str], after: Sequence[str]) -> list[Splice]:
    """What makes one list of the other, from its end to its beginning, so that the places hold while it is done."""
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(i1, i2 - i1, list(after[j1:j2])) for what, i1, i2, j1, j2 in reversed(steps) if what != "equal"]
