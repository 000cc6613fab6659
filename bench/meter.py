"""What a question costs: time on the clock, the engine's CPU, rows and bytes read; and an embedded ClickHouse to ask."""

import contextlib
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from infra.clickhouse.client import ClickHouse
from infra.processes import free_ports

_COUNTERS = ("OSCPUVirtualTimeMicroseconds", "SelectedRows", "SelectedBytes")


class Engine:
    """CPU, rows and bytes by the engine's own counters, since they were last asked. Merges must be stopped: they count too."""

    def __init__(self, client: ClickHouse) -> None:
        self._client = client
        self._last = self._read()

    def since(self, asked: int) -> dict[str, float]:
        """What one of so many questions took in the mean since the last call: CPU in ms, rows, megabytes."""
        now = self._read()
        cpu, rows, size = ((new - old) / asked for new, old in zip(now, self._last, strict=True))
        self._last = now
        return {"cpu_ms": round(cpu / 1000, 1), "rows_read": round(rows), "mb_read": round(size / 1e6, 2)}

    def _read(self) -> tuple[int, ...]:
        sql = "SELECT event, value FROM system.events WHERE event IN %(names)s"
        found = dict(self._client.query_rows(sql, {"names": list(_COUNTERS)}))
        return tuple(int(found.get(name, 0)) for name in _COUNTERS)


def timed(what: Callable[[], object], rounds: int) -> list[float]:
    """Milliseconds of each round, after one that warms up."""
    what()
    return [took_ms(what) for _ in range(rounds)]


def took_ms(what: Callable[[], object]) -> float:
    """Milliseconds of one."""
    started = time.perf_counter()
    what()
    return (time.perf_counter() - started) * 1000


def at_once(
    connect: Callable[[], ClickHouse], readers: int, rounds: int, ask: Callable[[ClickHouse, random.Random], object]
) -> list[float]:
    """Milliseconds of each question of so many readers at once, who each ask so many by chance without a pause."""

    def reader(seed: int) -> list[float]:
        rng = random.Random(seed)
        with connect() as client:
            return [took_ms(lambda: ask(client, rng)) for _ in range(rounds)]

    with ThreadPoolExecutor(readers) as pool:
        return [ms for took in pool.map(reader, range(readers)) for ms in took]


def percentiles(took: list[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds."""
    ordered = sorted(took)
    return {f"p{q}_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * q / 100))], 1) for q in (50, 95, 99)}


def told(name: str, took: list[float], **more: object) -> None:
    """One line of results."""
    print(json.dumps({"question": name, **percentiles(took), **more}, ensure_ascii=False), flush=True)


@contextlib.contextmanager
def front(folder: Path) -> Iterator[int]:
    """An embedded ClickHouse over a folder; its port."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "yipanqi", "clickhouse-front", "--data", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield port
    finally:
        process.terminate()
        process.wait(60)
