"""Feeds and their tokens: a court speaks only for itself.

Tokens are required as soon as a feed ever got one in this data folder (one that was revoked counts too), or by option. Until
then whoever reaches the gateway may send for every court, as on the loopback of one machine.
"""

from collections.abc import Sequence

from contract.envelope import Event, court_of_source
from contract.errors import FieldError, InvalidEvent
from infra.accounts.tokens import Tokens
from producers.problems import Problem


class FeedGate:
    """Knows which court a request speaks for.

    Args:
        tokens: The tokens of the data folder.
        required: Whether a token is needed even if no feed has one.
    """

    def __init__(self, tokens: Tokens, *, required: bool = False) -> None:
        self._tokens = tokens
        self._required = required

    def court(self, secret: str, address: str) -> str | None:
        """The court that a request speaks for; None = for any, since no token is needed. Reads the file: not in an event loop.

        Raises:
            Problem: A token is needed, and there is none or one that doesn't hold.
        """
        if not secret and not self._needed:
            return None
        token = self._tokens.find(secret, address) if secret else None
        if token is None or token.kind != "feed":
            text = "send Authorization: Bearer <token of your court's feed>; see `yipanqi account token add --kind feed`"
            raise Problem("feed-token", text)
        return token.court

    @property
    def _needed(self) -> bool:
        # Once needed, needed for good; until then it is asked of the file each time, some 20 µs.
        self._required = self._required or self._tokens.any_feed()
        return self._required


def own_only(checked: Sequence[Event | InvalidEvent], court: str | None) -> list[Event | InvalidEvent]:
    """Refuse the events that another court's feed, or no court's, would have to send."""
    return [one if court is None or isinstance(one, InvalidEvent) else _own(one, court) for one in checked]


def _own(event: Event, court: str) -> Event | InvalidEvent:
    if court_of_source(event.source) == court:
        return event
    text = f"this token is the feed's of {court}; its events come from /court/{court}/<system>"
    return InvalidEvent((FieldError("source", "foreign_feed", text),))
