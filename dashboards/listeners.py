"""Who is called when a view has changed: pages and streams, which come and go at any time, also while they are called."""

from collections.abc import Callable


class Listeners:
    """Calls listeners one after another, in the loop."""

    def __init__(self) -> None:
        self._called: list[Callable[[], None]] = []

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call a listener after each batch of records, in the loop."""
        self._called.append(listener)

    def forget(self, listener: Callable[[], None]) -> None:
        """Stop calling a listener."""
        if listener in self._called:
            self._called.remove(listener)

    def tell(self) -> None:
        """Call every listener that is there now; one that goes meanwhile keeps none of the others waiting."""
        for listener in tuple(self._called):
            listener()
