"""What public logs lack: collisions, limits met to the microsecond, late and early entry, against the SQL of the same rules."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from sql_oracle import sql_oracle
from supervised import counts, differences, supervise

from contract.times import format_instant, parse_instant

_STORIES = 1200
_MOMENT = timedelta(microseconds=1)
_ZONES = {"road_fines": "Europe/Rome", "domestic_declarations": "Europe/Amsterdam"}
# Both ends of summer time, a leap day and month ends among the days on which stories begin.
_BEGIN = (
    date(2017, 3, 25),
    date(2017, 3, 26),
    date(2017, 10, 28),
    date(2017, 10, 29),
    date(2017, 11, 30),
    date(2016, 2, 29),
    date(2017, 5, 31),
    date(2017, 8, 1),
)
_DAYS = {
    "road_fines": (0, 0, 0, 1, 14, 15, 16, 20, 21, 40, 41, 60, 61, 72, 73, 90, 91, 135, 136, 425, 426, 427, 456, 457, 458, 546),
    "domestic_declarations": (0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 14, 15, 28, 29),
}
_HOURS = {"road_fines": (1440,), "domestic_declarations": (38, 48, 144)}
_CLOCKS = {
    "road_fines": ("2017-06-24T22:00:00Z", "2018-02-28T12:00:00Z", "2021-01-01T00:00:00Z"),
    "domestic_declarations": ("2017-03-31T22:00:00Z", "2017-11-08T23:00:00Z", "2021-01-01T00:00:00Z"),
}
_TYPES = {
    "road_fines": (
        *("create_fine", "create_fine", "send_fine", "send_fine", "insert_fine_notification", "insert_fine_notification"),
        *("add_penalty", "add_penalty", "payment", "send_for_credit_collection"),
        *("insert_date_appeal_to_prefecture", "send_appeal_to_prefecture", "notify_result_appeal_to_offender"),
    ),
    "domestic_declarations": (
        *("declaration_submitted_by_employee",) * 4,
        *("declaration_approved_by_administration", "declaration_approved_by_budget_owner"),
        *("declaration_final_approved_by_supervisor",) * 3,
        *("declaration_rejected_by_employee", "declaration_rejected_by_missing", "declaration_saved_by_employee"),
        *("request_payment", "request_payment", "payment_handled"),
    ),
}
_AMOUNTS = ({}, {"paymentAmount": 9.99}, {"paymentAmount": 10.0}, {"paymentAmount": 10}, {"paymentAmount": "12.0"})
_LAGS = (0, 0, 0, 0, 1, 86_400, 40 * 86_400, -30 * 86_400)


class Stories:
    """Makes the events of made-up cases, each a few events at instants where it is easy to be wrong."""

    def __init__(self, pack: str) -> None:
        self.pack = pack
        self.random = random.Random(f"{pack} 1")
        self.zone = ZoneInfo(_ZONES[pack])

    def events(self) -> list[dict[str, Any]]:
        """All events, in an order that says nothing."""
        made = [event for number in range(_STORIES) for event in self.story(f'案 "{number}"\\')]
        self.random.shuffle(made)
        return [event | {"id": str(place * 7919 % len(made))} for place, event in enumerate(made)]

    def story(self, subject: str) -> Iterator[dict[str, Any]]:
        """One case: days counted from its first, or hours from the event before; each instant may be taken twice."""
        first, at = self.random.choice(_BEGIN), None
        for _ in range(self.random.randint(2, 7)):
            at = self.next(first, at)
            recorded = at + timedelta(seconds=self.random.choice(_LAGS))
            kind = self.random.choice(_TYPES[self.pack])
            event = {
                "specversion": "1.0",
                "source": f"/import/{self.random.choice('ab') * 64}",
                "type": f"x.{kind}",
                "subject": subject,
                "time": format_instant(at),
                "recordedtime": format_instant(recorded),
                "data": self.random.choice(_AMOUNTS) if kind == "payment" else {},
            }
            yield event | ({"sequence": str(self.random.randint(0, 9))} if self.random.random() < 0.7 else {})

    def next(self, first: date, before: datetime | None) -> datetime:
        """An instant: the one before, hours after it to the microsecond, or close to the turn of a civil day."""
        chance = self.random.random()
        if before is not None and chance < 0.2:
            return before
        if before is not None and chance < 0.5:
            return before + timedelta(hours=self.random.choice(_HOURS[self.pack])) + self.random.randint(-1, 1) * _MOMENT
        day = first + timedelta(days=self.random.choice(_DAYS[self.pack]))
        opening = datetime.combine(day, time(), self.zone).astimezone(UTC)
        return opening + self.random.choice((-_MOMENT, timedelta(0), timedelta(0), _MOMENT, timedelta(hours=9.5)))


@pytest.mark.parametrize("pack", ["road_fines", "domestic_declarations"])
def test_made_up_logs(pack: str, tmp_path: Path, clickhouse_front: Any) -> None:
    """At several clocks both find the same alerts, equal in every field, and every rule in several ways."""
    events = tmp_path / "events.jsonl"
    events.write_bytes(b"".join(msgspec.json.encode(event) + b"\n" for event in Stories(pack).events()))
    with sql_oracle(clickhouse_front.port, events) as sql:
        for clock in map(parse_instant, _CLOCKS[pack]):
            engine = supervise(events, pack, tmp_path, clock)
            found = differences(engine, sql.alerts(pack, clock))
            assert not found, "\n".join([f"{len(found)} at {clock}:", *found[:20]])
    assert len(counts(engine)) > 15
