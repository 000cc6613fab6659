"""An `up` that was stopped, or lost its power, goes on in the middle of a simulated nation as if nothing had been."""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from live_log import Alert, Entry, Live, differences, open_ones, supervise, until, write_log
from running import running

from contract.topics import EVENTS, REJECTED
from producers.simulator import SIMULATED_PACK

_ENOUGH = 300
_FURTHER = 2_000


@pytest.mark.timeout(400)
def test_up_goes_on_after_ctrl_c_and_after_sigkill_with_the_same_alerts(tmp_path: Path) -> None:
    """Each time the alerts are those of the log offline; what was known before is still known as it was; no event is lost."""
    data = tmp_path / "data"
    with system(data) as live:
        until(lambda: opened(live) >= _ENOUGH, "the nation to have alerts", live.failures)
        before, first = sound(live, tmp_path)
        assert live.up.interrupt() < 10

    with system(data) as live:
        until(lambda: grown(live, before), "the nation to go on", live.failures)
        between, second = sound(live, tmp_path)
        assert not differences(of_cases(first), as_known(live, before))
        assert in_places(between).items() >= in_places(before).items()
        assert second != first
        until(lambda: grown(live, between), "the nation to go on", live.failures)
        live.up.process.kill()  # and with it, at once, every process that it started
        live.up.process.wait()

    with system(data) as live:
        after, third = sound(live, tmp_path)
        assert in_places(after).items() >= in_places(between).items()
        assert not differences(of_cases(first), as_known(live, before))
        assert not differences(of_cases(second), as_known(live, between))
        assert third != second
        assert live.up.interrupt() < 10


@contextmanager
def system(data: Path) -> Iterator[Live]:
    """A running system; the test ends it."""
    with running(data) as up:
        up.wait_up()
        live = Live(up)
        yield live
        live.close()


def sound(live: Live, folder: Path) -> tuple[list[Entry], dict[str, Alert]]:
    """Its log and standing alerts, once it stands still: the warehouse, the API and the log offline must say the same."""
    with live.standing_still() as log:
        live.settle()
        standing = live.standing()
        assert not differences(supervise(write_log(folder / "log.jsonl", log), "--rules", SIMULATED_PACK), standing)
        assert not differences(open_ones(standing), live.shown())
        assert not any(live.ends(REJECTED).values())
        assert not lost(log)
    return log, standing


def lost(log: list[Entry]) -> dict[str, list[int]]:
    """Numbers that are missing between the first and the last of a court's source."""
    numbers = defaultdict(set)
    for entry in log:
        if entry.event.sequence is not None:
            numbers[entry.event.source].add(entry.event.sequence)
    missing = {source: sorted(set(range(1, max(seen))) - seen) for source, seen in numbers.items()}
    return {source: gaps for source, gaps in missing.items() if gaps}


def opened(live: Live) -> int:
    """How many alerts the API counts as open."""
    return int(json.loads(live.up.get(live.up.ports["wall"], "/api/v1/alerts?limit=1"))["count"])


def grown(live: Live, log: list[Entry]) -> bool:
    """Whether the log has become much longer than it was."""
    return sum(live.ends(EVENTS).values()) > len(log) + _FURTHER


def in_places(log: list[Entry]) -> dict[tuple[int, int], object]:
    """What stands at each place of a log."""
    return {(entry.partition, entry.offset): entry.event for entry in log}


def of_cases(alerts: dict[str, Alert]) -> dict[str, Alert]:
    """The alerts about cases and chains: only their positions are those of the event log."""
    return {name: alert for name, alert in alerts.items() if alert["scope"] in ("case", "chain")}


def as_known(live: Live, log: list[Entry]) -> dict[str, Alert]:
    """The standing alerts about cases as they were known when the engine was through with a log."""
    last = {entry.partition: entry.offset for entry in sorted(log, key=lambda entry: entry.offset)}
    places = " OR ".join(f"(partition = {partition} AND position <= {offset})" for partition, offset in last.items())
    rows = live.warehouse.query_rows(
        f"SELECT id, transition, record FROM alerts FINAL WHERE {places}"
        " ORDER BY id, position DESC, log_offset DESC LIMIT 1 BY id"
    )
    return of_cases({name: json.loads(record) for name, transition, record in rows if transition != "retracted"})
