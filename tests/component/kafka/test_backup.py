"""What docs/stack.md says of the log's backup: a copy of the folder of a broker that was stopped is the log."""

import subprocess
from pathlib import Path

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata
from stack_processes import StackKafka

from contract.topics import EVENTS
from infra.kafka.prepare import prepare
from infra.kafka.topics import check_topics, ensure_topics
from infra.processes import free_ports

PLACE = TopicPartition(EVENTS, 1)


def test_a_restored_copy_has_records_settings_and_committed_offsets(tmp_path: Path) -> None:
    """Packed after a clean stop, unpacked elsewhere, started by the same file: all is there, and writing goes on."""
    prepare()
    ports = free_ports(2)
    with StackKafka(tmp_path / "before", *ports) as broker:
        ensure_topics(broker.bootstrap, 2)
        write(broker.bootstrap, b"one", b"two", b"three")
        with KafkaConsumer(bootstrap_servers=broker.bootstrap, group_id="room", enable_auto_commit=False) as consumer:
            consumer.assign([PLACE])
            consumer.commit({PLACE: OffsetAndMetadata(2, "", -1)})
        assert broker.stop(), "a broker that is stopped cleanly flushes its log"
    archive = tmp_path / "kafka.tar"
    tar("--create", "--file", archive, "--directory", tmp_path / "before" / "log", ".")
    (tmp_path / "after" / "log").mkdir(parents=True)
    tar("--extract", "--file", archive, "--directory", tmp_path / "after" / "log")
    with StackKafka(tmp_path / "after", *ports) as broker:
        check_topics(broker.bootstrap, 2)
        write(broker.bootstrap, b"four")
        with KafkaConsumer(bootstrap_servers=broker.bootstrap, group_id="room", enable_auto_commit=False) as consumer:
            consumer.assign([PLACE])
            assert consumer.committed(PLACE) == 2
            consumer.seek_to_beginning(PLACE)
            values: list[bytes] = []
            while len(values) < 4:
                values += [record.value for records in consumer.poll(timeout_ms=1000).values() for record in records]
        assert values == [b"one", b"two", b"three", b"four"]


def tar(*arguments: str | Path) -> None:
    """What the runbook calls."""
    subprocess.run(["/bin/tar", *map(str, arguments)], check=True)


def write(bootstrap: str, *values: bytes) -> None:
    """Write records and wait until the broker has acknowledged them."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    try:
        for value in values:
            producer.send(PLACE.topic, value, partition=PLACE.partition).get(timeout=30)
    finally:
        producer.close()
