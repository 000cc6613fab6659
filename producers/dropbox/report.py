"""What a court is told of a file that it dropped."""

from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import msgspec

from contract.errors import InvalidEvent
from infra.whole_file import whole_file

FILE: Final = "report.json"
_SHOWN = 1_000

Result = Literal["taken", "partly", "refused"]


class LineReport(msgspec.Struct, frozen=True):
    """What is wrong with one line: code and place of each error with a sentence on it."""

    line: int
    errors: tuple[str, ...]

    @classmethod
    def of(cls, line: int, error: InvalidEvent) -> "LineReport":
        """The report of a line that can't be accepted."""
        return cls(line, tuple(map(str, error.errors)))


class DropReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file.

    Attributes:
        result: ``taken`` whole, ``partly`` (some lines were refused, the rest is in the log), ``refused`` (nothing of it is).
        reason: Why it was refused.
        sent: Lines that are in the log; ``ticks``: left to the clock; ``refused``: those that can't be accepted.
        lines: The first thousand of the latter.
    """

    file: str
    court: str
    sha256: str
    result: Result
    reason: str = ""
    sent: int = 0
    ticks: int = 0
    refused: int = 0
    lines: tuple[LineReport, ...] = ()
    at: datetime

    def write(self, folder: Path) -> None:
        """Write it into a folder, whole or not at all."""
        with whole_file(folder / FILE) as part:
            part.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n")


def shown(lines: list[LineReport]) -> tuple[LineReport, ...]:
    """As many lines as a report shows."""
    return tuple(lines[:_SHOWN])
