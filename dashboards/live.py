"""The live view: open alerts, today's counters, watermarks and data age, in memory.

It is a read model and nothing else: loaded from ClickHouse with its positions, then kept by tailing the topics from
exactly there.
Every reader (API, server-sent events, wall) reads this one object in the loop that feeds it, so no lock is needed.
"""

from collections import Counter, deque
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import msgspec

from contract.times import civil_date, parse_instant
from contract.topics import ALERTS, FACTS

SEVERITIES = ("red", "orange", "yellow")
_RANK = {name: rank for rank, name in enumerate(SEVERITIES)}
_KEPT_CHANGES = 10_000
"""Changes kept for readers that come back with ``Last-Event-ID``; one that is older than that loads anew."""

_KEPT_ENDED = 200_000
"""Ended alerts whose position is kept, so that a repeat of an older output doesn't bring them back. A crash repeats the outputs
of a checkpoint at most, a few seconds' worth."""


class Change(msgspec.Struct, frozen=True):
    """One transition of an alert, in the order in which it was read here."""

    number: int
    transition: str
    alert: dict[str, Any]


class Today(msgspec.Struct):
    """Counters of one civil day (Asia/Shanghai) of the watermark."""

    day: date
    filed: set[str] = msgspec.field(default_factory=set)
    closed: dict[str, int] = msgspec.field(default_factory=dict)
    reached: Counter[str] = msgspec.field(default_factory=Counter)

    @property
    def paid_fen(self) -> int:
        """Money paid in the cases closed today, in fen."""
        return sum(self.closed.values())


class LiveView:
    """What the wall shows now.

    Attributes:
        alerts: Open alerts by id; the record of docs/alerts.md.
        positions: (topic, partition) → the next offset to read.
        watermarks: Case partition → the tick up to which it has been worked through.
        heard_at: When a record was last read here (wall clock of this process), or None.
    """

    def __init__(self) -> None:
        self.alerts: dict[str, dict[str, Any]] = {}
        self.positions: dict[tuple[str, int], int] = {}
        self.watermarks: dict[int, datetime] = {}
        self.heard_at: datetime | None = None
        self.today: Today | None = None
        self.by_court: dict[str, Counter[str]] = {}
        self._seen: dict[str, tuple[int, int]] = {}
        self._ended: dict[str, None] = {}
        self._sorted: list[dict[str, Any]] | None = None
        self._changes: deque[Change] = deque(maxlen=_KEPT_CHANGES)
        self._number = 0

    @property
    def watermark(self) -> datetime | None:
        """The least of the partitions' watermarks, or None before the first."""
        return min(self.watermarks.values(), default=None)

    @property
    def number(self) -> int:
        """The number of the last change."""
        return self._number

    def load(
        self,
        positions: dict[tuple[str, int], int],
        alerts: list[tuple[dict[str, Any], str]],
        watermarks: dict[int, datetime],
    ) -> None:
        """Take what the warehouse has: positions to tail from, open alerts with the position of each, and watermarks."""
        self.positions.update(positions)
        for alert, position in alerts:
            self._seen[alert["id"]] = _position(position)
            self._put(alert)
        for partition, tick in watermarks.items():
            self._advance(partition, tick)

    def apply(self, topic: str, partition: int, offset: int, value: bytes, read_at: datetime) -> None:
        """Take one record of a tailed topic. Repeats and records older than what is known change nothing."""
        self.positions[topic, partition] = offset + 1
        self.heard_at = read_at
        record = msgspec.json.decode(value)
        if topic == ALERTS:
            self._apply_transition(record)
        elif topic == FACTS:
            self._apply_fact(record)

    def changes_after(self, number: int) -> Iterator[Change] | None:
        """Return the changes after a number, or None if they are no longer kept (load anew then)."""
        if number > self._number or (self._changes and number < self._changes[0].number - 1):
            return None
        return (change for change in self._changes if change.number > number)

    def open_alerts(self) -> list[dict[str, Any]]:
        """Return open alerts, gravest first, then by the time that they are due; sorted again only after a change."""
        if self._sorted is None:
            self._sorted = sorted(self.alerts.values(), key=lambda a: (_RANK[a["severity"]], a["due_at"], a["id"]))
        return self._sorted

    def _apply_transition(self, record: dict[str, Any]) -> None:
        alert = record["alert"]
        position = _position(record["position"])
        # A crash between outputs and checkpoint repeats outputs: older ones come again before the newest does.
        if position < self._seen.get(alert["id"], (-1, -1)):
            return
        known = self.alerts.get(alert["id"])
        stands = alert["ended_at"] is None and record["transition"] != "retracted"
        self._remember(alert["id"], position, stands=stands)
        if known == alert:
            return
        self._drop(alert["id"])
        if stands:
            self._put(alert)
        self._number += 1
        self._changes.append(Change(self._number, record["transition"], alert))
        if record["transition"] in {"raised", "severity"} and self.today:
            self.today.reached[record["to"]] += civil_date(parse_instant(record["clock"])) == self.today.day

    def _apply_fact(self, record: dict[str, Any]) -> None:
        if record["kind"] == "watermark":
            self._advance(record["partition"], parse_instant(record["tick"]))
        elif record["kind"] == "case" and self.today is not None:
            self.count_case(record["subject"], record["filed_on"], record["closed_on"], record.get("paid_fen"))

    def count_case(self, subject: str, filed_on: str | None, closed_on: str | None, paid_fen: int | None) -> None:
        """Count a case that was filed or closed today; a later version of the same case replaces the earlier."""
        if self.today is None:
            return
        day = self.today.day.isoformat()
        (self.today.filed.add if filed_on == day else self.today.filed.discard)(subject)
        if closed_on == day:
            self.today.closed[subject] = paid_fen or 0
        else:
            self.today.closed.pop(subject, None)

    def _advance(self, partition: int, tick: datetime) -> None:
        self.watermarks[partition] = max(tick, self.watermarks.get(partition, tick))
        day = civil_date(max(self.watermarks.values()))
        if self.today is None or day > self.today.day:
            self.today = Today(day)

    def _remember(self, alert_id: str, position: tuple[int, int], *, stands: bool) -> None:
        self._seen[alert_id] = position
        self._ended.pop(alert_id, None)
        if not stands:
            self._ended[alert_id] = None
            if len(self._ended) > _KEPT_ENDED:
                oldest = next(iter(self._ended))
                del self._ended[oldest], self._seen[oldest]

    def _put(self, alert: dict[str, Any]) -> None:
        self._sorted = None
        self.alerts[alert["id"]] = alert
        self.by_court.setdefault(alert["court"], Counter())[alert["severity"]] += 1

    def _drop(self, alert_id: str) -> None:
        known = self.alerts.pop(alert_id, None)
        if known is not None:
            self._sorted = None
            self.by_court[known["court"]][known["severity"]] -= 1


def _position(text: str) -> tuple[int, int]:
    partition, _, offset = text.partition(":")
    return int(partition), int(offset)
