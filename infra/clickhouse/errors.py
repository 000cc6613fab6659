"""Errors of the warehouse client.

YipanqiError
└── ClickHouseError
    ├── Unavailable     the same statement may succeed later: network, overload, full disk
    ├── Refused         the server understood and says no: wrong SQL, unknown table, wrong data
    └── BadValues       the values cannot be sent at all; nothing was
"""

from contract.errors import YipanqiError


class ClickHouseError(YipanqiError):
    """Root of the warehouse's errors."""


class Unavailable(ClickHouseError):
    """Try the same statement again later, an insert with the same rows.

    Attributes:
        code: ClickHouse's error code; None when no server answered.
    """

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class Refused(ClickHouseError):
    """The statement is wrong and will be so next time.

    Attributes:
        code: ClickHouse's error code, e.g. 60 for an unknown table.
    """

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class BadValues(ClickHouseError):
    """Columns of unequal length, a naive time, a value that its type cannot hold."""
