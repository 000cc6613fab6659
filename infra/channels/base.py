"""The interface of a channel, and what can go wrong with a send.

ChannelError
├── Throttled      the provider wants fewer messages: wait `retry_after_s`, nothing was delivered
├── Rejected       the provider took it and said no (wrong secret, unknown receiver): trying again is useless
└── Unreachable    no answer, or a server error: whether it was delivered is not known

A provider that says yes gives a `Receipt`. "Sent" is not "read": most robots give no receipt of delivery, so a page counts as
answered only by a person's acknowledgement.
"""

from typing import Protocol

import msgspec

from contract.errors import YipanqiError


class ChannelError(YipanqiError):
    """A message was not, or not certainly, delivered."""


class Throttled(ChannelError):
    """Too many messages.

    Attributes:
        retry_after_s: After how long another may be tried.
    """

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Rejected(ChannelError):
    """The provider refuses this message, and would again."""


class Unreachable(ChannelError):
    """The provider did not answer, or not sensibly: the message may or may not have been delivered."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent. Texts name rules and courts, never parties, and no case outside the court's network.

    Attributes:
        id: Id of the page or notice: a provider that knows it drops a repeat.
        title: One line.
        text: A few lines.
        link: Address of the console's page, "" = none.
        urgent: Whether somebody should be woken: mentions, and no digest.
    """

    id: str
    title: str
    text: str
    link: str = ""
    urgent: bool = False


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What the provider said: its id for the message, and whether it vouches for delivery."""

    provider_id: str = ""
    delivered: bool = False


class Channel(Protocol):
    """One configured way to people. Calls block for at most `timeout_s` and may come from several threads."""

    name: str
    per_minute: float
    """How many messages a minute the provider takes, with some air left; what is over that goes into a digest."""

    def send(self, message: Message, address: str) -> Receipt:
        """Send to an address of this kind (a number, a mailbox, an account of the robot's group; "" = the group).

        Raises:
            Throttled, Rejected, Unreachable
        """
        ...


def clipped(text: str, most_bytes: int) -> str:
    """A text of at most so many bytes in UTF-8, cut between characters and marked with an ellipsis."""
    raw = text.encode()
    if len(raw) <= most_bytes:
        return text
    return raw[: most_bytes - len("…".encode())].decode(errors="ignore") + "…"
