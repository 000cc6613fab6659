"""What a running system holds, read from outside: its log, its standing alerts, what its API shows; and the same offline."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from kafka import KafkaConsumer, TopicPartition
from running import Up

from contract.codec import encode_line, from_kafka
from contract.envelope import Event
from contract.topics import ALERTS, EVENTS, FACTS
from infra.clickhouse.client import ClickHouse

GROUP_OF_CASES = "yipanqi-cases"
GROUP_OF_GROUPS = "yipanqi-groups"
_WAIT_S = 90.0
_STILL_S = 0.5
Alert = dict[str, Any]


class Entry(NamedTuple):
    """A record of the event log."""

    partition: int
    offset: int
    appended_ms: int
    event: Event


class Live:
    """A running `up`, looked at through Kafka, ClickHouse and the API."""

    def __init__(self, up: Up) -> None:
        self.up = up
        self.kafka = f"127.0.0.1:{up.ports['kafka']}"
        self.clickhouse = f"127.0.0.1:{up.ports['clickhouse']}"
        self.warehouse = ClickHouse(port=up.ports["clickhouse"], database="yipanqi")

    def close(self) -> None:
        """Close the connections."""
        self.warehouse.close()

    def command(self, *arguments: object, engines: Sequence[str] = ("kafka",)) -> str:
        """Run a subcommand against these engines; it must succeed. Returns what it said."""
        return yipanqi(*arguments, *self._where(engines))

    def try_command(self, *arguments: object, engines: Sequence[str] = ("kafka",)) -> tuple[int, str]:
        """Run a subcommand that may fail; returns its exit status and what it said."""
        ran = _run(*arguments, *self._where(engines))
        return ran.returncode, ran.stdout + ran.stderr

    def ends(self, topic: str) -> dict[int, int]:
        """End of each partition of a topic."""
        return self._ask(topic, lambda consumer, tps: {tp.partition: end for tp, end in consumer.end_offsets(tps).items()})

    def committed(self) -> dict[int, int]:
        """What the cases worker has committed of each partition of the event log."""
        return self._committed(EVENTS, GROUP_OF_CASES)

    def log(self) -> list[Entry]:
        """The whole event log as it stands, ticks and control events too, in order of arrival."""
        return self._ask(EVENTS, _read_all)

    def standing(self) -> dict[str, Alert]:
        """The standing alerts in the warehouse by id, ended ones too; their columns must agree with their record."""
        columns = self.warehouse.query_rows(
            "SELECT record, severity, due_at = parseDateTime64BestEffort(JSONExtractString(record, 'due_at'), 6),"
            " ended_at IS NULL, end_reason, breach_days FROM alerts_now"
        )
        found: dict[str, Alert] = {}
        for record, severity, same_due, is_open, end_reason, breach_days in columns:
            alert = json.loads(record)
            assert alert["id"] not in found, f"{alert['id']} stands twice"
            mine = (alert["severity"], True, alert["ended_at"] is None, alert["end_reason"] or "", alert["breach_days"])
            assert (severity, bool(same_due), bool(is_open), end_reason, breach_days) == mine
            found[alert["id"]] = alert
        return found

    def shown(self) -> dict[str, Alert]:
        """The open alerts of `/api/v1/alerts`, by id, once the live view has read to the end of the alert topic."""
        ends = self.ends(ALERTS)
        until(lambda: _reached(self._page(None)["positions"], ends), "the live view to catch up")
        found: dict[str, Alert] = {}
        cursor = None
        while True:
            page = self._page(cursor)
            items = {alert["id"]: alert for alert in page["items"]}
            assert len(items) == len(page["items"]), "a page shows an alert twice"
            assert not items.keys() & found.keys(), "two pages show one alert"
            found |= items
            cursor = page["next"]
            if cursor is None:
                assert len(found) == page["count"]
                return found

    def settle(self) -> None:
        """Wait until the engine has committed the whole event log, and the warehouse holds everything without gap or double."""
        until(lambda: self.committed() == self.ends(EVENTS), "the engine to reach the end of the log", self.failures)
        heard = "the groups to hear the last fact"
        until(lambda: self._committed(FACTS, GROUP_OF_GROUPS) == self.ends(FACTS), heard, self.failures)
        said = self.command("verify", "--wait", _WAIT_S, engines=("kafka", "clickhouse"))
        assert "no gap, no double" in said
        assert "behind" not in said, said

    def failures(self) -> str:
        """What `up` said, and the end of the log of each process."""
        logs = sorted((self.up.data / "logs").glob("*.log"))
        return self.up.output.read_text() + "".join(f"\n--- {log.name}\n{log.read_text()[-1500:]}" for log in logs)

    @contextmanager
    def standing_still(self) -> Iterator[list[Entry]]:
        """Stop clock and simulator so that the log stays as it is and every partition ends at the same tick; gives that log."""
        units = self.up.units()
        pids = [units[name]["pid"] for name in ("clock", "simulator") if name in units]
        try:
            yield self._stop_between_ticks(pids)
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    def _stop_between_ticks(self, pids: list[int]) -> list[Entry]:
        deadline = time.monotonic() + _WAIT_S
        while True:
            for pid in pids:
                os.kill(pid, signal.SIGSTOP)
            time.sleep(_STILL_S)  # what is on its way arrives
            log = self.log()
            if len(set(last_ticks(log).values())) == 1 and sum(self.ends(EVENTS).values()) == len(log):
                return log
            assert time.monotonic() < deadline, "the clock was never between two ticks"
            for pid in pids:
                os.kill(pid, signal.SIGCONT)
            time.sleep(0.3)

    def _where(self, engines: Sequence[str]) -> list[str]:
        return [text for engine in engines for text in (f"--{engine}", getattr(self, engine))]

    def _page(self, cursor: str | None) -> dict[str, Any]:
        query = urllib.parse.urlencode({"limit": 1000} | ({"cursor": cursor} if cursor else {}))
        return dict(json.loads(self.up.get(self.up.ports["wall"], f"/api/v1/alerts?{query}")))

    def _committed(self, topic: str, group: str) -> dict[int, int]:
        return self._ask(topic, lambda consumer, tps: {tp.partition: consumer.committed(tp) or 0 for tp in tps}, group)

    def _ask(self, topic: str, question: Callable[[Any, list[TopicPartition]], Any], group: str = GROUP_OF_CASES) -> Any:
        consumer = KafkaConsumer(bootstrap_servers=self.kafka, group_id=group, enable_auto_commit=False)
        try:
            return question(consumer, [TopicPartition(topic, part) for part in sorted(consumer.partitions_for_topic(topic))])
        finally:
            consumer.close()


def yipanqi(*arguments: object) -> str:
    """Run a subcommand; it must succeed. Returns what it said."""
    ran = _run(*arguments)
    assert ran.returncode == 0, f"{' '.join(ran.args)}\n{ran.stdout[-3000:]}\n{ran.stderr[-3000:]}"
    return ran.stdout + ran.stderr


def supervise(events: Path, *options: object) -> dict[str, Alert]:
    """The alerts that `yipanqi supervise` writes for a file, by id."""
    out = events.with_suffix(".alerts")
    yipanqi("supervise", events, *options, "--out", out)
    alerts = [json.loads(line) for line in out.read_bytes().splitlines()]
    found = {alert["id"]: alert for alert in alerts}
    assert len(found) == len(alerts)
    return found


def write_log(path: Path, log: Sequence[Entry]) -> Path:
    """An event file of a log as it was read: receivedtimes, ticks and all."""
    path.write_bytes(b"".join(encode_line(entry.event) + b"\n" for entry in log))
    return path


def last_ticks(log: Sequence[Entry]) -> dict[int, datetime]:
    """The last tick of each partition."""
    return {entry.partition: entry.event.time for entry in log if entry.event.short == "sys.ticked"}


def differences(expected: Mapping[str, Alert], got: Mapping[str, Alert]) -> str:
    """Where two standings differ, alert by alert and field by field; empty = nowhere."""
    said = [f"missing: {expected[name]}" for name in expected.keys() - got.keys()]
    said += [f"too many: {got[name]}" for name in got.keys() - expected.keys()]
    for name in sorted(expected.keys() & got.keys()):
        mine, theirs = expected[name], got[name]
        said += [
            f"{mine['rule']} {mine['subject']} {name} {field}: {mine.get(field)!r} expected, {theirs.get(field)!r} found"
            for field in sorted(mine.keys() | theirs.keys())
            if field not in mine or field not in theirs or mine[field] != theirs[field]
        ]
    return "" if not said else f"{len(said)} differences\n" + "\n".join(said[:12])


def open_ones(alerts: Mapping[str, Alert]) -> dict[str, Alert]:
    """Those that have not ended."""
    return {name: alert for name, alert in alerts.items() if alert["ended_at"] is None}


def until(condition: Callable[[], bool], what: str, why: Callable[[], str] = str, timeout_s: float = _WAIT_S) -> None:
    """Wait for a condition; engines that are away make it untrue. Fails with the text of `why` after the deadline."""
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            if condition():
                return
        except OSError:
            pass
        if time.monotonic() > deadline:
            pytest.fail(f"waited {timeout_s:.0f} s in vain for {what}\n{why()[-6000:]}")
        time.sleep(0.2)


def _run(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "yipanqi", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)


def _reached(positions: Mapping[str, int], ends: Mapping[int, int]) -> bool:
    return all(positions.get(f"{ALERTS}:{partition}", 0) >= end for partition, end in ends.items())


def _read_all(consumer: Any, tps: list[TopicPartition]) -> list[Entry]:
    consumer.assign(tps)
    consumer.seek_to_beginning(*tps)
    ends = consumer.end_offsets(tps)
    found: list[Entry] = []
    while any(consumer.position(tp) < ends[tp] for tp in tps):
        for records in consumer.poll(timeout_ms=500, max_records=5000).values():
            found += [Entry(r.partition, r.offset, r.timestamp, from_kafka(r.value, r.headers)) for r in records]
    return sorted(found, key=lambda entry: (entry.appended_ms, entry.partition, entry.offset))
