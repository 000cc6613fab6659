"""Times: whether offsets, entry and happening are plausible; all are aware, or the event was refused before."""

from datetime import UTC, datetime, timedelta

from contract.envelope import Event
from contract.times import SHANGHAI
from producers.conform.findings import Findings

_SLACK = timedelta(minutes=5)
_OLD = datetime(1990, 1, 1, tzinfo=UTC)
_LATE = timedelta(days=7)
_NIGHT_HOURS = 6
_ENOUGH = 50
"""Shares of fewer events than that say nothing."""


class Times:
    """Watches instants.

    Args:
        findings: Where to tell.
        now: The instant of the check.
    """

    def __init__(self, findings: Findings, now: datetime) -> None:
        self._findings = findings
        self._limit = now + _SLACK
        self._now = now
        self.count = self._night = self._midnight = self._late = 0
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.delays: list[float] = []

    def see(self, line: int, event: Event) -> None:
        """Take an event."""
        self.count += 1
        self.first = min(self.first or event.time, event.time)
        self.last = max(self.last or event.time, event.time)
        self._one(line, event)
        local = event.time.astimezone(SHANGHAI)
        midnight = (local.hour, local.minute, local.second) == (0, 0, 0)
        self._midnight += midnight
        self._night += not midnight and local.hour < _NIGHT_HOURS
        delay = event.recordedtime - event.time
        self._late += delay > _LATE
        self.delays.append(delay.total_seconds())

    def _one(self, line: int, event: Event) -> None:
        if event.recordedtime > self._limit:
            self._findings.add("recorded_future", line, f"{event.recordedtime:%Y-%m-%dT%H:%M:%SZ}")
        elif event.time > self._limit:
            self._findings.add("happened_future", line, f"{event.time:%Y-%m-%dT%H:%M:%SZ}")
        elif event.time > event.recordedtime + _SLACK:
            text = f"{event.time:%Y-%m-%dT%H:%M:%SZ}, entered {event.recordedtime:%Y-%m-%dT%H:%M:%SZ}"
            self._findings.add("recorded_before", line, text)
        if event.time < _OLD:
            self._findings.add("very_old", line, f"{event.time:%Y-%m-%d}")

    def end(self) -> None:
        """Look at shares of the whole."""
        if self.count < _ENOUGH:
            return
        for code, part, limit in (
            ("nightly", self._night, 0.3),
            ("midnight", self._midnight, 0.5),
            ("late_entry", self._late, 0.2),
        ):
            if part > limit * self.count:
                self._findings.add(code, 0, f"{part} of {self.count} events", part)
