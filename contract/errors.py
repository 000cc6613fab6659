"""The errors of the contract.

YipanqiError
├── InvalidEvent        an event that cannot be accepted: every error found, each with its place
└── PoisonEvent         a record in the log that cannot be applied: it goes to the dead letters with its reason
    └── MisplacedEvent  one whose type has no place on its topic (contract.placement)

Anything else that is raised is a fault of ours and ends the process with nothing committed.
"""

from typing import NamedTuple


class YipanqiError(Exception):
    """Root of the errors that this project raises on purpose."""


class FieldError(NamedTuple):
    """One thing that is wrong with an event.

    Attributes:
        field: Path of the attribute or data field, e.g. ``time`` or ``data.claim_fen``.
        code: Stable name of the kind of error, e.g. ``missing`` or ``not_an_integer``.
        message: What is wrong and what to do about it.
    """

    field: str
    code: str
    message: str

    def __str__(self) -> str:
        place = f"{self.field}: " if self.field else ""  # what is no JSON has no fields
        return f"{place}{self.message} [{self.code}]"


class InvalidEvent(YipanqiError):
    """An event that cannot be accepted.

    Attributes:
        errors: Everything found, not only the first.
    """

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        super().__init__("; ".join(map(str, errors)))
        self.errors = errors


class PoisonEvent(YipanqiError):
    """A record of the log that cannot be applied.

    Attributes:
        reason: Stable name, e.g. ``id_conflict``; the dead letter is counted under it.
        detail: A sentence for the person who reads the dead letter.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
