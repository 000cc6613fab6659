"""Control events: ticks, the time line, pack activations and calendars.

They go into every partition, by number, from one writer with one running `control` number, and bear the same
(source, id) in all of them.
"""

from datetime import datetime
from typing import Any

from contract.envelope import Event, full_type
from contract.times import format_instant

CLOCK_SOURCE = "/sys/clock"


def control_event(name: str, control: int, at: datetime, data: dict[str, Any]) -> Event:
    """Make one control event; its id says what it is and its number, so that writing it twice changes nothing."""
    return Event(
        id=f"{name}:{control}",
        source=CLOCK_SOURCE,
        type=full_type(name),
        subject="sys/control",
        rootid="sys/control",
        time=at,
        recordedtime=at,
        receivedtime=at,
        data=data | {"control": control},
    )


def line_started(control: int, at: datetime, line: str) -> Event:
    """The first record of every partition: the data folder lives on ``wall`` or ``simulated`` time, for ever."""
    return control_event("sys.line_started", control, at, {"line": line})


def ticked(control: int, at: datetime) -> Event:
    """The clock reached ``at``."""
    return control_event("sys.ticked", control, at, {})


def pack_activated(
    control: int,
    at: datetime,
    *,
    pack: str,
    version: str,
    sha256: str,
    from_at: datetime | None = None,
    rejudge: bool = False,
) -> Event:
    """A version of a pack judges what arms at or after ``from_at`` (None: always)."""
    start = None if from_at is None else format_instant(from_at)
    data = {"pack": pack, "version": version, "sha256": sha256, "from": start, "rejudge": rejudge}
    return control_event("sys.pack_activated", control, at, data)


def calendar_changed(control: int, at: datetime, *, calendar: str, version: str, sha256: str) -> Event:
    """A version of the working calendar holds from now on."""
    return control_event("sys.calendar_changed", control, at, {"calendar": calendar, "version": version, "sha256": sha256})
