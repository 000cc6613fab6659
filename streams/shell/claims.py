"""Claims of pages that were asked for and not answered yet.

A claim that waits long (the room is being restarted) is asked again under its own id: the room gives the answer that it gave,
and whichever answer comes first counts. Under a new id the second would be refused because of the first, and nobody would send.
"""

import secrets

from contract.duty.commands import told_id
from streams.duty.board import DuePage

CLAIM_S = 20.0
"""A claim that was not answered in this time is asked for again."""
FORGET_S = 600.0
"""A claim without an answer for so long never gets one: it doesn't take the place of others any more."""


class Claims:
    """The claims of one notifier; another, or the next one, has other ids."""

    def __init__(self) -> None:
        self.epoch = secrets.token_hex(8)
        self._open: dict[str, tuple[DuePage, float, float]] = {}  # id → page, asked first, asked last

    def pages(self) -> list[DuePage]:
        """What was asked for."""
        return [page for page, _, _ in self._open.values()]

    def waits(self, page: DuePage) -> bool:
        """Whether a page was asked for by its channel."""
        return self._name(page) in self._open

    def ask(self, page: DuePage, now: float) -> str | None:
        """The id under which to ask for a page at an instant (monotonic seconds); None = it was asked for lately."""
        name = self._name(page)
        known = self._open.get(name)
        if known is not None and now - known[2] < CLAIM_S:
            return None
        self._open[name] = (page, now if known is None else known[1], now)
        return name

    def answered(self, command: str | None) -> DuePage | None:
        """The page that an answer is about; None if it answers nothing of ours, or what was answered before."""
        known = None if command is None else self._open.pop(command, None)
        return None if known is None else known[0]

    def forget(self, now: float) -> None:
        """Forget what never gets an answer."""
        self._open = {name: one for name, one in self._open.items() if now - one[1] < FORGET_S}

    def _name(self, page: DuePage) -> str:
        return told_id("claim", page.id, page.channel, self.epoch)
