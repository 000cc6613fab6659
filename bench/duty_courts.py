"""What it costs the duty worker that its intake reads every court event: its CPU seconds for events that it passes over.

python bench/duty_courts.py [--events 40000]

A real broker and a real `yipanqi worker duty`; the events are about no directive. CPU time is the worker's until
its group has committed all of them.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from contract.codec import to_kafka
from contract.envelope import Event, full_type
from contract.topics import EMBEDDED_PARTITIONS, EVENTS, partition_of
from infra.kafka.embedded import EmbeddedKafka
from infra.kafka.prepare import prepare
from infra.kafka.topics import ensure_topics
from infra.processes import free_ports
from streams.shell.duty import GROUP

START = datetime(2024, 3, 4, 2, tzinfo=UTC)


def fill(bootstrap: str, count: int) -> None:
    """Write so many events of inquiries."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=20, batch_size=256 * 1024)
    for number in range(count):
        at = START + timedelta(seconds=number)
        event = Event(
            id=f"e{number}", source="/court/京0105/bench", type=full_type("inquiry.requested"), subject=f"case-{number % 5000}",
            rootid=f"case-{number % 5000}", time=at, recordedtime=at, receivedtime=at, data={"inquiry_id": f"q{number}"},
        )  # fmt: skip
        key, value, headers = to_kafka(event)
        producer.send(EVENTS, key=key, value=value, headers=headers, partition=partition_of(event.rootid, EMBEDDED_PARTITIONS))
    producer.flush()
    producer.close()


def cpu(pid: int) -> float:
    """CPU seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def behind(bootstrap: str) -> int:
    """How many events the worker's group has not committed."""
    with KafkaConsumer(bootstrap_servers=bootstrap, group_id=GROUP, enable_auto_commit=False) as consumer:
        places = [TopicPartition(EVENTS, number) for number in range(EMBEDDED_PARTITIONS)]
        ends = consumer.end_offsets(places)
        return sum(end - (consumer.committed(place) or 0) for place, end in ends.items())


def is_ready(port: int) -> bool:
    """Whether the worker is ready."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=40_000)
    asked = parser.parse_args()
    prepare()
    with tempfile.TemporaryDirectory(prefix="duty-courts-") as folder:
        port, controller, health = free_ports(3)
        with EmbeddedKafka(Path(folder) / "kafka", port=port, controller_port=controller) as broker:
            ensure_topics(broker.bootstrap)
            command = [sys.executable, "-m", "yipanqi", "worker", "duty", "--kafka", broker.bootstrap, "--data", folder]
            with (
                (Path(folder) / "log").open("wb") as log,
                subprocess.Popen([*command, "--port", str(health)], stdout=log, stderr=log) as worker,
            ):
                try:
                    while not is_ready(health):
                        if worker.poll() is not None:
                            sys.exit((Path(folder) / "log").read_text()[-3000:])
                        time.sleep(0.2)
                    time.sleep(5)
                    idle, began = cpu(worker.pid), time.monotonic()
                    time.sleep(10)
                    idle = (cpu(worker.pid) - idle) / (time.monotonic() - began)
                    before, began = cpu(worker.pid), time.monotonic()
                    fill(broker.bootstrap, asked.events)
                    while behind(broker.bootstrap):
                        time.sleep(0.5)
                    wall = time.monotonic() - began
                    spent = cpu(worker.pid) - before - idle * wall
                    print(
                        f"{asked.events} events: {spent:.1f} CPU s beside {idle:.2f} a second idle; "
                        f"{asked.events / spent:.0f} events a CPU second; wall {wall:.0f} s"
                    )
                finally:
                    worker.terminate()


if __name__ == "__main__":
    main()
