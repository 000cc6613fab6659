"""The errors of the ways in.

YipanqiError
├── LogError
│   ├── Backpressure     more is in flight than may be: try again a little later
│   └── BrokerAway       the broker didn't answer in time; what was sent may or may not be in the log, sending again is safe
├── LineError            the time line of the log is missing, or another one than was asked for
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
    """The time line of the log is missing, or another one than was asked for."""


class KeyRingError(YipanqiError):
    """The keys of the chains cannot be read with this master key, or not in time."""
