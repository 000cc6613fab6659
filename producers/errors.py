"""The errors of the ways in.

YipanqiError
├── LogError
│   ├── Backpressure     more is in flight than may be: try again a little later
│   └── BrokerAway       the broker didn't answer in time; what was sent may or may not be in the log, sending again is safe
├── LineError            the log has no time line yet, or time doesn't go that way
├── WrongLine            the log lives on the other time line
└── KeyRingError         the keys of the chains can't be read with this master key
"""

from contract.errors import YipanqiError


class LogError(YipanqiError):
    """A record could not be written to the log.

    Attributes:
        retry_after_s: When it is worth trying again.
    """

    retry_after_s = 5


class Backpressure(LogError):
    """More is in flight than may be; nothing of the request was sent."""

    retry_after_s = 1


class BrokerAway(LogError):
    """The broker didn't acknowledge in time; sending again is safe."""


class LineError(YipanqiError):
    """The log has no time line yet, was not begun by a clock, or time doesn't go that way."""


class WrongLine(YipanqiError):
    """The log lives on the other time line, which is fixed at its creation: trying again can't help."""


class KeyRingError(YipanqiError):
    """The keys of the chains cannot be read with this master key, or not in time."""
