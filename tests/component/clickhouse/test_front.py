"""The front as a process: many clients, dying clients, big results, kills, one owner of a folder."""

import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from clickhouse_driver import Client, errors

from infra.clickhouse.front import wire


def _rss_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def _client(front: Any, **options: Any) -> Any:
    return Client("127.0.0.1", port=front.port, **options)


def test_readers_during_a_long_insert(client: Any, clickhouse_front: Any, database: str) -> None:
    """While one connection inserts without pause, three others are answered, and see whole inserts only."""
    client.execute("CREATE TABLE t (n UInt64, s String) ENGINE = MergeTree ORDER BY n")
    rows, stop = 50_000, threading.Event()

    def write() -> None:
        with _client(clickhouse_front, database=database) as writer:
            start = 0
            while not stop.is_set():
                columns = [list(range(start, start + rows)), ["一盘棋"] * rows]
                writer.execute("INSERT INTO t VALUES", columns, columnar=True)
                start += rows

    slowest: list[float] = []
    counts: list[int] = []

    def read() -> None:
        with _client(clickhouse_front, database=database) as reader:
            while not stop.is_set():
                began = time.monotonic()
                counts.append(reader.execute("SELECT count() FROM t")[0][0])
                slowest.append(time.monotonic() - began)

    threads = [threading.Thread(target=work) for work in (write, read, read, read)]
    for thread in threads:
        thread.start()
    time.sleep(3)
    stop.set()
    for thread in threads:
        thread.join()
    assert max(counts) >= 2 * rows
    assert {count % rows for count in counts} == {0}
    assert len(counts) > 30
    assert max(slowest) < 2


def test_a_client_that_dies_in_the_middle_of_an_insert(client: Any, clickhouse_front: Any, database: str) -> None:
    """Blocks without an end leave nothing behind, wherever the client dies, and the front is well."""
    client.execute("CREATE TABLE t (n UInt64, s String) ENGINE = MergeTree ORDER BY n")

    def blocks() -> Any:
        for start in range(0, 100_000, 10_000):
            yield from ((n, "x") for n in range(start, start + 10_000))
            if start == 50_000:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        client.execute("INSERT INTO t VALUES", blocks(), settings={"insert_block_size": 10_000})
    with _client(clickhouse_front, database=database) as dying:
        dying.execute("SELECT 1")
        connection = dying.connection
        connection.send_query("INSERT INTO t VALUES")
        connection.send_external_tables(None)
        dying.receive_sample_block()
        # A block of 1,000 rows, cut off in the middle of its second column.
        rows = b"".join(n.to_bytes(8, "little") for n in range(1000))
        connection.socket.sendall(
            b"\x02\x00" + wire.DATA_PREFIX[2:] + b"\x02\xe8\x07" + wire.text("n") + wire.text("UInt64") + rows
        )
        connection.socket.sendall(wire.text("s") + wire.text("String") + b"\x01x" * 500)
        time.sleep(0.2)
        connection.socket.close()
    time.sleep(0.2)
    assert client.execute("SELECT count() FROM t") == [(0,)]
    assert client.execute("INSERT INTO t VALUES", [(1, "y")]) == 1
    assert client.execute("SELECT * FROM t") == [(1, "y")]


def test_strangers_are_dropped(clickhouse_front: Any) -> None:
    """Something that speaks HTTP, or sends noise, is dropped and harms nobody."""
    for noise in (b"GET / HTTP/1.1\r\n\r\n", b"\x00\xff\xff\xff\xff\xff\xff\xff\x7f", bytes(range(256)), b""):
        with socket.create_connection(("127.0.0.1", clickhouse_front.port), timeout=5) as sock:
            sock.sendall(noise)
            sock.shutdown(socket.SHUT_WR)
            while sock.recv(4096):
                pass
    with _client(clickhouse_front) as client:
        assert client.execute("SELECT 1") == [(1,)]


def test_millions_of_rows_in_bounded_memory(own_front: Any) -> None:
    """Five million rows (about 300 MB) go through in less than 150 MB, also when the reader is slow."""
    sql = "SELECT number, toString(number), repeat('x', 40) FROM numbers(5000000)"
    with _client(own_front) as client:
        client.execute("SELECT number, toString(number), repeat('x', 40) FROM numbers(100000)")
        before, most, count = _rss_mb(own_front.pid), 0.0, 0
        for _ in client.execute_iter(sql):
            count += 1
            if count % 500_000 == 0:
                time.sleep(0.05)
                most = max(most, _rss_mb(own_front.pid))
    assert count == 5_000_000
    assert most - before < 150


def test_many_blocks_are_one_insert(client: Any) -> None:
    """An insert of more rows than the engine's usual block is still one part: all or nothing."""
    client.execute("CREATE TABLE t (n UInt32) ENGINE = MergeTree ORDER BY n")
    client.execute("SYSTEM STOP MERGES t")
    client.execute("INSERT INTO t VALUES", [list(range(2_500_000))], columnar=True)
    parts = "SELECT count(), sum(rows) FROM system.parts WHERE active AND database = currentDatabase()"
    assert client.execute(parts) == [(1, 2_500_000)]


def test_killed_under_load(own_front: Any) -> None:
    """SIGKILL during inserts: every acknowledged insert is there, and once although each is retried, several times over."""
    with _client(own_front) as client:
        client.execute("CREATE TABLE t (token UInt32, n UInt32) ENGINE = ReplacingMergeTree ORDER BY (token, n)")
    stop, acknowledged = threading.Event(), set()

    def write(first: int) -> None:
        token = first
        while True:
            columns = [[token] * 300, list(range(300))]
            try:
                with _client(own_front) as writer:
                    writer.execute("INSERT INTO t VALUES", columns, columnar=True)
            except (errors.Error, OSError, EOFError):
                time.sleep(0.02)
                continue
            acknowledged.add(token)
            if stop.is_set():
                return
            token += 2

    threads = [threading.Thread(target=write, args=(first,)) for first in (0, 1)]
    for thread in threads:
        thread.start()
    for _ in range(4):
        time.sleep(0.7)
        own_front.kill()
        own_front.start()
    time.sleep(0.5)
    stop.set()
    for thread in threads:
        thread.join()
    with _client(own_front) as client:
        found = client.execute("SELECT token, count(), uniqExact(n) FROM t FINAL GROUP BY token")
    assert len(acknowledged) > 20
    assert acknowledged == {token for token, _, _ in found}
    assert {(rows, different) for _, rows, different in found} == {(300, 300)}


def test_stops_on_sigterm_within_three_seconds(own_front: Any) -> None:
    """SIGTERM ends the front cleanly, with idle clients, a query in the engine, and a client that doesn't read."""
    idle, busy, lazy = (_client(own_front) for _ in range(3))
    idle.execute("SELECT 1")
    rows = lazy.execute_iter("SELECT number, repeat('x', 1000) FROM numbers(10000000)")
    next(rows)
    sql = "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1"

    def wait() -> None:
        with pytest.raises((errors.Error, EOFError, OSError)):
            busy.execute(sql)

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.5)
    began = time.monotonic()
    assert own_front.stop() == 0
    assert time.monotonic() - began < 3
    thread.join()
    for client in (idle, busy, lazy):
        client.disconnect()
    assert "ready on 127.0.0.1" in own_front.start()


def test_one_process_owns_a_folder(own_front: Any) -> None:
    """A second front over the same folder is refused and names folder and holder; so is a port that is taken."""
    base = [sys.executable, "-m", "yipanqi", "clickhouse-front"]
    second = subprocess.run(
        [*base, "--data", str(own_front.folder), "--port", "0"], capture_output=True, text=True, check=False
    )
    assert second.returncode != 0
    assert str(own_front.folder) in second.stderr
    assert f"process {own_front.pid}" in second.stderr
    taken = subprocess.run(
        [*base, "--data", str(own_front.folder / "x"), "--port", str(own_front.port)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert taken.returncode != 0
    assert f"port {own_front.port}" in taken.stderr


def test_data_outlive_the_process(own_front: Any) -> None:
    """After a clean stop and after a kill the tables are as they were."""
    with _client(own_front) as client:
        client.execute("CREATE DATABASE d")
        client.execute("CREATE TABLE d.t (n UInt8) ENGINE = ReplacingMergeTree ORDER BY n")
        client.execute("INSERT INTO d.t VALUES", [(1,)])
    own_front.stop()
    own_front.start()
    with _client(own_front, database="d") as client:
        client.execute("INSERT INTO t VALUES", [(2,)])
    own_front.kill()
    own_front.start()
    with _client(own_front, database="d") as client:
        assert client.execute("SELECT n FROM t ORDER BY n") == [(1,), (2,)]
