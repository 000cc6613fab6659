"""Every process of the running system is killed under load, and nothing of it can be seen afterwards."""

import json
import os
import random
import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from live_log import Alert, Live, differences, last_ticks, open_ones, supervise, until, write_log, yipanqi
from running import running

from contract.envelope import short_type
from contract.registry import CONTROL_TYPES, RESTRICTED_TYPES
from contract.times import format_instant
from contract.topics import EVENTS
from producers.simulator import SIMULATED_PACK

_CASES = 1_000
_PIECES = 12
_BATCH = 50
_PAUSE_S = 0.3
"""Between two batches while processes are being killed, so that the load outlasts the kills."""
_KILLED = ("cases", "clickhouse", "kafka", "projections", "gateway")
_PATIENCE_S = 150


class Load:
    """Two courts' feeds at once: one half of a file by `yipanqi publish`, piece by piece, the other in batches to the gateway.

    What is not acknowledged is sent again, as docs/gateway.md tells a sender to.
    """

    def __init__(self, live: Live, lines: Sequence[bytes], folder: Path) -> None:
        self.resent = self.runs = 0
        self._live = live
        self._folder = folder
        self._hurry = threading.Event()
        self._deadline = time.monotonic() + _PATIENCE_S
        self._errors: list[BaseException] = []
        works: tuple[tuple[Callable[[Sequence[bytes]], None], Sequence[bytes]], ...] = (
            (self._publish, lines[::2]),
            (self._post, lines[1::2]),
        )
        self._threads = [threading.Thread(target=self._guarded, args=work, daemon=True) for work in works]
        for thread in self._threads:
            thread.start()

    @property
    def is_on(self) -> bool:
        """Whether both feeds are still sending."""
        return all(thread.is_alive() for thread in self._threads)

    def finish(self) -> None:
        """Send the rest without pauses, and wait until all is acknowledged."""
        self._hurry.set()
        for thread in self._threads:
            thread.join()
        assert not self._errors, self._errors

    def _guarded(self, work: Callable[[Sequence[bytes]], None], lines: Sequence[bytes]) -> None:
        try:
            work(lines)
        except BaseException as error:  # noqa: BLE001  (shown by `finish`)
            self._errors.append(error)

    def _publish(self, lines: Sequence[bytes]) -> None:
        size = -(-len(lines) // _PIECES)
        for number in range(_PIECES):
            piece = self._folder / f"piece-{number}.jsonl"
            piece.write_bytes(b"".join(lines[number * size : (number + 1) * size]))
            while True:
                self.runs += 1
                status, said = self._live.try_command("publish", piece, "--data", self._live.up.data)
                if status == 0:
                    break
                assert "Run it again to go on" in said, said
                assert time.monotonic() < self._deadline, said
            self._hurry.wait(_PAUSE_S * 10)

    def _post(self, lines: Sequence[bytes]) -> None:
        url = f"http://127.0.0.1:{self._live.up.ports['gateway']}/events"
        for start in range(0, len(lines), _BATCH):
            body = b"[" + b",".join(line.strip() for line in lines[start : start + _BATCH]) + b"]"
            request = urllib.request.Request(url, body, {"Content-Type": "application/cloudevents-batch+json"})
            while not self._acknowledged(request):
                self.resent += 1
                assert time.monotonic() < self._deadline, "the gateway did not come back"
                time.sleep(_PAUSE_S)
            self._hurry.wait(_PAUSE_S)

    @staticmethod
    def _acknowledged(request: urllib.request.Request) -> bool:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                assert answer.status == 202, answer.read()
                return True
        except urllib.error.HTTPError as answer:
            with answer:
                if answer.code not in {429, 503}:
                    raise
                return False
        except OSError:
            return False


def kill(live: Live, name: str) -> None:
    """SIGKILL a process and wait until `up` has another one in its place."""
    pid = live.up.units()[name]["pid"]
    os.kill(pid, signal.SIGKILL)

    def is_back() -> bool:
        unit = live.up.units()[name]
        return unit["state"] == "running" and unit["pid"] not in {None, pid}

    until(is_back, f"{name} to come back", live.failures)


def _apart_from_receipt(alerts: Mapping[str, Alert]) -> dict[str, Alert]:
    """Those of rules that don't look at when we received something, which no file knows."""
    return {name: alert for name, alert in alerts.items() if not alert["rule"].startswith("R-DATA-")}


def _is_elsewhere(event: dict[str, Any]) -> bool:
    """Whether an event lies on a topic of its own."""
    return short_type(event["type"]) in RESTRICTED_TYPES


@contextmanager
def system(data: Path, *options: str) -> Iterator[Live]:
    """A running system that is stopped by Ctrl-C in the end."""
    with running(data, *options) as up:
        up.wait_up()
        live = Live(up)
        yield live
        live.close()
        assert up.interrupt() < 10


@pytest.mark.timeout(600)
def test_everything_killed_under_load(tmp_path: Path) -> None:
    """Worker, ClickHouse, Kafka, projections and gateway die while events come in both ways: the alerts are those of a file."""
    file, truth = tmp_path / "events.jsonl", tmp_path / "truth.jsonl"
    yipanqi("simulate", "--seed", 404, "--cases", _CASES, "--out", file, "--truth", truth)
    lines = [line for line in file.read_bytes().splitlines(keepends=True) if b"sys.ticked" not in line]
    file.write_bytes(b"".join(lines))
    with system(tmp_path / "data", "--no-simulator", "--visitors", "open") as live:
        load = Load(live, lines, tmp_path)
        for name in _KILLED:
            time.sleep(1)
            assert load.is_on, "the load ended before the kills did"
            kill(live, name)
        load.finish()
        live.up.wait_up()
        ends = sum(live.ends(EVENTS).values())
        until(lambda: sum(live.ends(EVENTS).values()) > ends, "a tick after the last event")
        with live.standing_still() as log:
            live.settle()
            sent = {(event["source"], event["id"]) for event in map(json.loads, lines) if not _is_elsewhere(event)}
            assert {entry.event.ref for entry in log if entry.event.short not in CONTROL_TYPES} == sent
            clock = max(last_ticks(log).values())
            undisturbed = supervise(write_log(tmp_path / "log.jsonl", log))
            assert not differences(undisturbed, live.standing())
            assert not differences(open_ones(undisturbed), live.shown())
            unsent = _apart_from_receipt(supervise(file, "--until", format_instant(clock)))
            assert len(unsent) >= _CASES
            assert not differences(unsent, _apart_from_receipt(undisturbed))
        restarts = {name: unit["restarts"] for name, unit in live.up.units().items()}
        assert all(restarts[name] >= 1 for name in _KILLED)
        assert load.resent, "no kill was felt by the sender"
        print(f"{len(sent)} events, {len(log)} records, {len(undisturbed)} alerts, restarts {restarts}")


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_a_nation_survives_many_kills(tmp_path: Path) -> None:
    """Twenty kills in any order while the simulated nation lives and its clock runs: the alerts are those of the log."""
    rng = random.Random(20)
    with system(tmp_path / "data") as live:
        names = (*_KILLED, "clock", "simulator", "wall")
        for number in range(20):
            time.sleep(rng.uniform(0.5, 6))
            kill(live, rng.choice(names))
            if number % 5 == 4:
                time.sleep(60)  # more than five deaths of one process in a minute and `up` gives up
        live.up.wait_up()
        with live.standing_still() as log:
            live.settle()
            undisturbed = supervise(write_log(tmp_path / "log.jsonl", log), "--rules", SIMULATED_PACK)
            assert not differences(undisturbed, live.standing())
            assert not differences(open_ones(undisturbed), live.shown())
