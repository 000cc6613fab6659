"""Kafka's jars: fetched by coordinate, believed by hash."""

import re
from pathlib import Path

import pytest

from infra.kafka.embedded import EmbeddedKafka, fast_start_path
from infra.kafka.jars import JarError, JarLock, ensure_jars, load_lock
from infra.processes import command_line

_SMALL = "net.sf.jopt-simple:jopt-simple:5.0.4"


def _small_lock(digest: str | None = None) -> JarLock:
    lock = load_lock()
    return JarLock(lock.version, {_SMALL: digest or lock.sha256[_SMALL]})


def _visible(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name != ".lock"]


def test_the_lock_names_coordinates_and_hashes_and_no_host() -> None:
    """Every entry is group:artifact:version with a SHA-256 in hex, Kafka's own jars in the version of the lock."""
    lock = load_lock()
    assert f"org.apache.kafka:kafka_2.13:{lock.version}" in lock.sha256
    for coordinate, digest in lock.sha256.items():
        assert re.fullmatch(r"[\w.-]+:[\w.-]+:[\w.-]+", coordinate)
        assert re.fullmatch(r"[0-9a-f]{64}", digest)
    ours = {c.rpartition(":")[2] for c in lock.sha256 if c.startswith("org.apache.kafka:")}
    assert ours == {lock.version}


def test_a_damaged_jar_is_fetched_again(tmp_path: Path) -> None:
    """A jar that is not what the lock names is replaced, what a killed fetch left is removed; a whole jar is kept."""
    damaged = tmp_path / "jopt-simple-5.0.4.jar"
    damaged.write_bytes(b"half a jar")
    (tmp_path / ".unfinished-killed").mkdir()
    seen: list[tuple[int, int]] = []
    assert ensure_jars(_small_lock(), tmp_path, lambda done, total: seen.append((done, total))) == (damaged,)
    assert seen == [(0, 1), (1, 1)]
    written = damaged.stat().st_mtime_ns
    ensure_jars(_small_lock(), tmp_path)
    assert damaged.stat().st_mtime_ns == written
    assert _visible(tmp_path) == [damaged]


def test_a_jar_with_another_hash_is_refused_by_name(tmp_path: Path) -> None:
    """What is fetched but does not have the hash of the lock is named, with both hashes, and never used."""
    wrong = "0" * 64
    with pytest.raises(JarError, match=rf"{_SMALL} is refused: its SHA-256 is \w+, the lock says {wrong}"):
        ensure_jars(_small_lock(wrong), tmp_path)
    assert _visible(tmp_path) == []


def test_a_jar_that_does_not_exist_is_told_by_name(tmp_path: Path) -> None:
    """A coordinate that cannot be fetched is named, and what to do is said."""
    missing = "net.sf.jopt-simple:jopt-simple:0.0.0-none"
    with pytest.raises(JarError, match=rf"cannot fetch {missing} .*start again"):
        ensure_jars(JarLock("0", {missing: "0" * 64}), tmp_path)


def test_the_fast_start_is_made_and_used(own_kafka: EmbeddedKafka) -> None:
    """After the preparation every broker runs with the ahead-of-time cache of its versions, and takes it without a word."""
    assert fast_start_path().exists()
    assert own_kafka.pid is not None
    assert f"-XX:AOTCache={fast_start_path()}" in command_line(own_kafka.pid)
    assert "aot" not in (own_kafka.logs / "kafka-console.log").read_text().lower()
