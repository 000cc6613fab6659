"""A part of an open page that stays while what it shows does.

Pages are drawn anew whenever something was decided. A button that is replaced between a press and its release never hears of
the press, so whatever somebody can press is replaced only when it must look otherwise.
"""

from collections.abc import Callable
from typing import Any

from nicegui import ui


class KeptPart:
    """One part.

    Args:
        place: What it is drawn in.
    """

    def __init__(self, place: ui.element) -> None:
        self._place = place
        self._shown: tuple[Any] | None = None

    def renew(self, state: Any, draw: Callable[[], None]) -> None:
        """Draw it anew if what it shows isn't what it showed.

        Args:
            state: Everything that the drawing depends on; compared with ``==``.
            draw: Draws it, in the part's own place.
        """
        if self._shown == (state,):
            return
        self._shown = (state,)
        self._place.clear()
        with self._place:
            draw()
