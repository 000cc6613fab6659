"""The live feed of the simulated nation as a real process before a real broker."""

import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from contract.codec import from_kafka
from contract.envelope import Event
from contract.topics import KEYS, REJECTED
from infra.processes import free_ports
from producers.clock import Clock
from producers.simulator.marked import NAME_MARK

ORIGIN = datetime(2024, 1, 1, 16, tzinfo=UTC)
Read = Callable[..., list[Any]]


def start(bootstrap: str, data: Path, port: int, *options: str) -> "subprocess.Popen[str]":
    """Start a feed of a small nation."""
    command = [sys.executable, "-m", "yipanqi", "simulator-feed", "--kafka", bootstrap, "--data", str(data)]
    command += ["--port", str(port), "--rate", "2", "--speed", "60", *options]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def sent(port: int) -> float:
    """How many events the broker has acknowledged, by the feed's own metrics; 0 before it serves them."""
    try:
        text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    except httpx.TransportError:
        return 0.0
    return next(
        (float(line.split()[1]) for line in text.splitlines() if line.startswith("yipanqi_simulator_events_total ")), 0.0
    )


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait up to half a minute."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def end(process: "subprocess.Popen[str]", number: int) -> int:
    """End a feed by a signal; returns the exit status."""
    process.send_signal(number)
    _, said = process.communicate(timeout=15)
    assert number == signal.SIGKILL or process.returncode == 0, said
    return process.returncode


def court_events(found: list[Any]) -> list[Event]:
    """Events of courts, without the clock's."""
    events = [from_kafka(record.value, record.headers) for record in found]
    return [event for event in events if event.source != "/sys/clock"]


def test_a_killed_feed_goes_on_without_gap_or_contradiction(topics: str, records: Read, tmp_path: Path) -> None:
    """Killed amid its history and started again, a feed repeats with the same bytes and misses nothing."""
    with Clock(topics, line="simulated", origin=ORIGIN):
        pass
    (port,) = free_ports(1)
    process = start(topics, tmp_path, port, "--most", "400")
    wait_for(lambda: sent(port) >= 900)
    end(process, signal.SIGKILL)
    process = start(topics, tmp_path, port)
    wait_for(lambda: sent(port) >= 900)
    assert httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200
    end(process, signal.SIGTERM)

    told = court_events(records(topics))
    assert any(event.short == "sys.feed_heartbeat" for event in told)
    found = [event for event in told if event.short != "sys.feed_heartbeat"]
    bodies: dict[tuple[str, str], set[bytes]] = defaultdict(set)
    numbers: dict[str, set[int]] = defaultdict(set)
    for event in found:
        bodies[event.ref].add(event.digest)
        assert event.sequence is not None
        numbers[event.source].add(event.sequence)
        assert event.receivedtime is not None
        assert event.recordedtime == event.receivedtime or event.recordedtime >= ORIGIN, "history is received when entered"
    assert all(len(digests) == 1 for digests in bodies.values())
    assert all(told == set(range(1, len(told) + 1)) for told in numbers.values())
    assert not records(topics, REJECTED)


def test_no_mark_leaves_the_seal(topics: str, records: Read, tmp_path: Path) -> None:
    """Every registered party is sealed in the log, and no marked name stands anywhere in it."""
    with Clock(topics, line="simulated", origin=ORIGIN):
        pass
    (port,) = free_ports(1)
    process = start(topics, tmp_path, port, "--most", "2000")
    wait_for(lambda: sent(port) >= 800)
    end(process, signal.SIGTERM)
    found = records(topics)
    parties = [event for event in court_events(found) if event.short == "party.registered"]
    assert len(parties) > 50
    assert all(set((event.data or {})["pii"]) == {"sealed"} for event in parties)
    for record in [*found, *records(topics, KEYS)]:
        assert NAME_MARK.encode() not in (record.value or b"")


def test_a_wall_line_takes_no_simulated_events(topics: str, tmp_path: Path) -> None:
    """Before a log on wall time the feed says so and ends."""
    with Clock(topics, line="wall"):
        pass
    process = start(topics, tmp_path, free_ports(1)[0])
    _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "this log lives on wall time" in said
