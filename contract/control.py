"""Control events: ticks, the time line, pack activations and calendars.

They go into every partition, by number, from one writer with one running `control` number, and bear the same
(source, id) in all of them.
"""

from collections.abc import Mapping
from datetime import date, datetime
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


def pack_deactivated(control: int, at: datetime, *, pack: str, from_at: datetime | None = None, rejudge: bool = False) -> Event:
    """Nothing arms by a pack at or after ``from_at`` (None: it never judged)."""
    start = None if from_at is None else format_instant(from_at)
    return control_event("sys.pack_deactivated", control, at, {"pack": pack, "from": start, "rejudge": rejudge})


def calendar_changed(
    control: int, at: datetime, *, calendar: str, version: str, sha256: str, days: Mapping[str, Any] | None = None
) -> Event:
    """A version of the working calendar holds from now on; ``days``: its content (None: those who read it have it)."""
    data = {"calendar": calendar, "version": version, "sha256": sha256}
    return control_event("sys.calendar_changed", control, at, data if days is None else data | {"days": dict(days)})


def rule_params_changed(
    control: int,
    at: datetime,
    *,
    pack: str,
    rule_id: str,
    param: str,
    old: Any,
    new: Any,
    legal_basis: str,
    approver_role: str,
    effective_on: date,
) -> Event:
    """A parameter of a rule has another value for what arms on or after a civil day."""
    data = {"pack": pack, "rule_id": rule_id, "param": param, "old": old, "new": new}
    more = {"legal_basis": legal_basis, "approver_role": approver_role, "effective_on": effective_on.isoformat()}
    return control_event("sys.rule_params_changed", control, at, data | more)
