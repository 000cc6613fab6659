"""The embedded broker against crashes of its own and of ours."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from contract.topics import Topic
from infra.kafka.embedded import EmbeddedKafka, KafkaError
from infra.kafka.jars import ensure_jars, load_lock
from infra.kafka.topics import ensure_topics
from infra.processes import PortTaken, command_line, free_ports

_TOPIC = Topic("scratch.crash", "any", "truth", {"cleanup.policy": "delete", "retention.ms": "-1"})

_OWNER = """
import sys, time
from pathlib import Path
from infra.kafka.embedded import EmbeddedKafka
broker = EmbeddedKafka(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
broker.start()
print(broker.pid, flush=True)
time.sleep(600)
"""


def _produce(bootstrap: str, count: int) -> None:
    """Write records and return when the broker has acknowledged every one."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    try:
        sent = [producer.send(_TOPIC.name, json.dumps(number).encode(), partition=0) for number in range(count)]
        for future in sent:
            future.get(timeout=30)
    finally:
        producer.close()


def _consume(bootstrap: str) -> list[int]:
    """Everything in the topic, in order."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap)
    partition = TopicPartition(_TOPIC.name, 0)
    consumer.assign([partition])
    consumer.seek_to_beginning(partition)
    end = consumer.end_offsets([partition])[partition]
    values: list[int] = []
    try:
        while consumer.position(partition) < end:
            for records in consumer.poll(timeout_ms=1000).values():
                values += [json.loads(record.value) for record in records]
    finally:
        consumer.close()
    return values


def _is_running(pid: int) -> bool:
    return "kafka.Kafka" in command_line(pid)


def test_storage_is_formatted_once_and_a_restart_keeps_records(own_kafka: EmbeddedKafka) -> None:
    """The cluster id stays the same over a restart, and so does every record; both ports may move."""
    meta = own_kafka.folder / "log" / "meta.properties"
    identity = meta.read_text()
    ensure_topics(own_kafka.bootstrap, 1, [_TOPIC])
    _produce(own_kafka.bootstrap, 500)
    assert own_kafka.stop()
    own_kafka.port, own_kafka.controller_port = free_ports(2)
    own_kafka.start()
    assert meta.read_text() == identity
    assert _consume(own_kafka.bootstrap) == list(range(500))


def test_sigkill_of_the_broker_keeps_acknowledged_records(own_kafka: EmbeddedKafka) -> None:
    """A broker that is killed says so, starts again on its unclean log, and has every acknowledged record."""
    ensure_topics(own_kafka.bootstrap, 1, [_TOPIC])
    _produce(own_kafka.bootstrap, 2000)
    assert own_kafka.pid is not None
    os.kill(own_kafka.pid, signal.SIGKILL)
    while own_kafka.pid is not None:
        time.sleep(0.02)
    with pytest.raises(KafkaError, match="ended with status -9"):
        own_kafka.check()
    own_kafka.stop()
    own_kafka.start()
    assert _consume(own_kafka.bootstrap) == list(range(2000))


def test_a_broker_that_was_paused_goes_on(own_kafka: EmbeddedKafka) -> None:
    """A pause longer than the broker's own session costs nothing: what is sent afterwards is acknowledged."""
    ensure_topics(own_kafka.bootstrap, 1, [_TOPIC])
    _produce(own_kafka.bootstrap, 10)
    assert own_kafka.pid is not None
    os.kill(own_kafka.pid, signal.SIGSTOP)
    time.sleep(5)
    os.kill(own_kafka.pid, signal.SIGCONT)
    _produce(own_kafka.bootstrap, 10)
    own_kafka.check()
    assert _consume(own_kafka.bootstrap) == [*range(10), *range(10)]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent died")
def test_sigkill_of_the_owner_leaves_no_orphan(tmp_path: Path) -> None:
    """When the process that started the broker is killed, the broker ends too, and the next owner starts on its folder."""
    port, controller_port = free_ports(2)
    command = [sys.executable, "-c", _OWNER, str(tmp_path), str(port), str(controller_port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        assert _is_running(pid)
        owner.kill()
    deadline = time.monotonic() + 5
    while _is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_running(pid)
    with EmbeddedKafka(tmp_path, port, controller_port) as broker:
        assert broker.pid != pid


def test_a_half_formatted_folder_is_formatted_anew(tmp_path: Path) -> None:
    """What a crash during formatting left behind is no obstacle, nor is a stale pid file."""
    (tmp_path / "log.formatting").mkdir()
    (tmp_path / "log.formatting" / "meta.properties").write_text("version=1\n")
    (tmp_path / "pid").write_text(str(os.getpid()))
    port, controller_port = free_ports(2)
    with EmbeddedKafka(tmp_path, port, controller_port) as broker:
        assert (broker.folder / "log" / "meta.properties").exists()
        assert not (broker.folder / "log.formatting").exists()


def test_a_broker_that_nobody_owns_is_ended(own_kafka: EmbeddedKafka) -> None:
    """Where no parent-death signal exists, a crash leaves a broker behind: the next owner ends it and starts its own."""
    classpath = os.pathsep.join(map(str, ensure_jars(load_lock())))
    own_kafka.stop()
    command = own_kafka._java(classpath, "kafka.Kafka", str(own_kafka.folder / "server.properties"))
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as leftover:
        (own_kafka.folder / "pid").write_text(str(leftover.pid))
        reaper = Thread(target=leftover.wait)
        reaper.start()
        own_kafka.start()
        reaper.join(5)
        assert leftover.returncode is not None
    assert own_kafka.pid != leftover.pid


def test_a_taken_port_is_told_plainly(tmp_path: Path) -> None:
    """The refusal names the port, the process that has it and the option that helps; nothing is left behind."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        broker = EmbeddedKafka(tmp_path, port, free_ports(1)[0])
        with pytest.raises(PortTaken, match=rf"port {port} is taken by process {os.getpid()} .*--kafka-port"):
            broker.start()
        assert broker.pid is None
    assert not (tmp_path / "log").exists()


def test_a_folder_in_use_is_told_plainly(own_kafka: EmbeddedKafka) -> None:
    """A second broker on one folder is refused with the process that owns it, and the first goes on."""
    with pytest.raises(KafkaError, match=f"in use by process {os.getpid()}"):
        EmbeddedKafka(own_kafka.folder, *free_ports(2)).start()
    own_kafka.check()


def test_a_broken_folder_is_told_with_the_log_s_place(tmp_path: Path) -> None:
    """A broker that cannot come up is reported with its status, its last words and where its log lies."""
    port, controller_port = free_ports(2)
    with EmbeddedKafka(tmp_path, port, controller_port):
        pass
    shutil.copy(tmp_path / "server.properties", tmp_path / "log" / "meta.properties")
    with pytest.raises(KafkaError, match=r"Kafka ended with status 1; see .*kafka\.log"):
        EmbeddedKafka(tmp_path, port, controller_port).start()
