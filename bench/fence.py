"""What the fence costs: a checkpoint of 500 records of 600 bytes through a transaction, and without one; medians of one run.

python bench/fence.py [--rounds 40] [--kafka HOST:PORT]
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from contract.topics import EMBEDDED_PARTITIONS, STATE, TOPICS
from infra.kafka.embedded import EmbeddedKafka
from infra.kafka.topics import ensure_topics
from infra.processes import free_ports
from streams.shell.outbox import Outbox, new_producer
from streams.shell.statelog import StateLog

RECORDS = {f"chain-{number}": bytes(600) for number in range(500)}


async def measure(kafka: str, rounds: int) -> dict[str, float]:
    """Median milliseconds of each way."""
    logs = [StateLog(kafka, STATE, partition, "bench") for partition in range(EMBEDDED_PARTITIONS)]
    started = time.perf_counter()
    await asyncio.gather(*(log.open() for log in logs))
    opened = (time.perf_counter() - started) * 1000
    producer = new_producer(kafka, "bench-plain")
    await producer.start()

    async def plain() -> None:
        outbox = Outbox(producer)
        for key, value in RECORDS.items():
            outbox.add(STATE, 0, key.encode(), value)
        await outbox.confirm()

    async def all_partitions() -> None:
        await asyncio.gather(*(log.write(RECORDS) for log in logs))

    found = {
        "plain, one partition": await median(plain, rounds),
        "transaction, one partition": await median(lambda: logs[0].write(RECORDS), rounds),
        f"transactions, {EMBEDDED_PARTITIONS} partitions at once": await median(all_partitions, rounds),
        f"fence and empty restore, {EMBEDDED_PARTITIONS} partitions at once": opened,
    }
    for log in logs:
        await log.close()
    await producer.stop()
    return found


async def median(work: Callable[[], Awaitable[None]], rounds: int) -> float:
    """Median milliseconds over so many rounds, after five that don't count."""
    times = []
    for _ in range(rounds + 5):
        started = time.perf_counter()
        await work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times[5:])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--kafka", help="a broker; default: an embedded one")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.kafka is not None:
            found = asyncio.run(measure(given.kafka, given.rounds))
        else:
            with EmbeddedKafka(Path(folder) / "kafka", *free_ports(2)) as broker:
                ensure_topics(broker.bootstrap, topics=[TOPICS[STATE]])
                found = asyncio.run(measure(broker.bootstrap, given.rounds))
    for name, value in found.items():
        print(f"{value:8.1f} ms  {name}")


if __name__ == "__main__":
    main()
