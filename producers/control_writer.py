"""Control events that a person decides: written once into every partition, under one number, beside the running clock."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from contract.codec import to_kafka
from contract.envelope import Event
from producers.control_log import place, places, read_control_log
from producers.errors import LineError
from producers.log import LogWriter, Record

_DELIVERY_MS = 30_000


def write_control(bootstrap: str, partitions: int, memory: Path, make: Callable[[int, datetime], Event]) -> Event:
    """Write one control event, made of a number that no partition has and the log's time, into every partition.

    If this dies in between, some partitions lack it: the clock completes it at its next start, and calling again is harmless.

    Args:
        bootstrap: Address of the broker.
        partitions: Partitions of every topic.
        memory: What the clock remembers of the log; it is only read.
        make: Makes the event.

    Raises:
        LineError: The log has not begun.
        BrokerAway: It can't be read or written.
    """
    found = read_control_log(bootstrap, partitions, memory)
    if found.tick is None:
        raise LineError("the log has no time line yet; start the clock first")
    event = make(found.next_control, found.tick)
    key, value, headers = to_kafka(event)
    targets = [place(number, partitions) for number in range(places(partitions))]
    with closing(LogWriter(bootstrap, partitions=partitions, delivery_ms=_DELIVERY_MS)) as writer:
        writer.send([Record(target.topic, key.decode(), value, headers, target.partition) for target in targets]).wait()
    return event
