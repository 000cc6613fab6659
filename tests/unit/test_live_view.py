"""The live view follows the topics: repeats and late repeats change nothing, positions say where it stands."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from contract.topics import ALERTS, FACTS
from dashboards.live import LiveView

NOW = datetime(2024, 3, 5, tzinfo=UTC)


def transition(alert: str, kind: str, position: str, *, severity: str = "orange", ended: str | None = None) -> bytes:
    """Return a record of the alerts topic with what the live view reads of it."""
    record: dict[str, Any] = {
        "id": alert,
        "rule": "R-OBJ-01.a",
        "subject": "c-1",
        "court": "京0105",
        "severity": severity,
        "due_at": "2024-03-04T15:59:59Z",
        "raised_at": "2024-03-04T16:00:00Z",
        "ended_at": ended,
    }
    return msgspec.json.encode(
        {"transition": kind, "position": position, "clock": "2024-03-05T00:00:00Z", "to": severity, "alert": record}
    )


def tick(partition: int, at: str) -> bytes:
    """Return a watermark fact."""
    return msgspec.json.encode({"kind": "watermark", "partition": partition, "tick": at})


def test_an_alert_stands_until_it_ends_and_a_late_repeat_does_not_bring_it_back() -> None:
    """After a crash older outputs come again; the newest position holds."""
    live = LiveView()
    live.apply(ALERTS, 1, 0, transition("a", "raised", "1:10"), NOW)
    live.apply(ALERTS, 1, 1, transition("a", "severity", "1:20", severity="red"), NOW)
    assert [a["severity"] for a in live.open_alerts()] == ["red"]
    assert live.by_court["京0105"] == {"orange": 0, "red": 1}
    live.apply(ALERTS, 1, 2, transition("a", "ended", "1:30", severity="red", ended="2024-03-06T00:00:00Z"), NOW)
    live.apply(ALERTS, 1, 3, transition("a", "raised", "1:10"), NOW)
    assert live.open_alerts() == []
    assert live.positions[ALERTS, 1] == 4


def test_a_retracted_alert_leaves_and_a_reopened_one_returns() -> None:
    """What a correction takes back is gone; what it brings back stands."""
    live = LiveView()
    live.apply(ALERTS, 0, 0, transition("a", "raised", "0:1"), NOW)
    live.apply(ALERTS, 0, 1, transition("a", "retracted", "0:2", ended="2024-03-05T00:00:00Z"), NOW)
    assert not live.alerts
    live.apply(ALERTS, 0, 2, transition("a", "reopened", "0:3"), NOW)
    assert list(live.alerts) == ["a"]


def test_readers_get_each_change_once_and_are_told_when_they_must_load_anew() -> None:
    """Changes are numbered; a number from the future or too far back has no answer."""
    live = LiveView()
    for offset in range(3):
        live.apply(ALERTS, 0, offset, transition(f"a{offset}", "raised", f"0:{offset}"), NOW)
    changes = live.changes_after(1)
    assert changes is not None
    assert [c.number for c in changes] == [2, 3]
    assert live.changes_after(4) is None


def test_the_watermark_is_the_slowest_partition_and_the_day_turns_with_the_fastest() -> None:
    """One partition that lags holds the watermark; counters begin anew on a new civil day."""
    live = LiveView()
    live.apply(FACTS, 0, 0, tick(0, "2024-03-04T15:00:00Z"), NOW)
    live.apply(FACTS, 0, 1, tick(1, "2024-03-04T15:30:00Z"), NOW)
    case = {"kind": "case", "subject": "c-1", "filed_on": "2024-03-04", "closed_on": None, "paid_fen": None}
    live.apply(FACTS, 0, 2, msgspec.json.encode(case), NOW)
    live.apply(FACTS, 0, 3, msgspec.json.encode(case), NOW)
    assert live.watermark == datetime(2024, 3, 4, 15, tzinfo=UTC)
    assert live.today is not None
    assert live.today.filed == {"c-1"}
    live.apply(FACTS, 0, 4, tick(1, "2024-03-04T16:00:00Z"), NOW)
    assert live.today.filed == set()
    assert live.today.day.isoformat() == "2024-03-05"


def test_a_case_counts_once_a_day_with_its_latest_sum() -> None:
    """A correction of the closing replaces what was counted."""
    live = LiveView()
    live.apply(FACTS, 0, 0, tick(0, "2024-03-04T15:00:00Z"), NOW)
    for offset, paid in enumerate((100, 250), 1):
        closed = {"kind": "case", "subject": "c-1", "filed_on": "2024-01-04", "closed_on": "2024-03-04", "paid_fen": paid}
        live.apply(FACTS, 0, offset, msgspec.json.encode(closed), NOW)
    assert live.today is not None
    assert live.today.paid_fen == 250
