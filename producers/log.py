"""The one way into Kafka for everything that producers write: acks=all, idempotent, partition computed by the contract."""

import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

from kafka import KafkaProducer
from kafka.errors import KafkaError

from contract.topics import EMBEDDED_PARTITIONS, MAX_RECORD_BYTES, partition_of
from infra.kafka.connect import connect
from producers.away import broker_away
from producers.errors import Backpressure, BrokerAway

Headers = list[tuple[str, bytes]]

_MAX_IN_FLIGHT_BYTES = 32 * 1024 * 1024
_LINGER_MS = 3
_BATCH_BYTES = 256 * 1024
_REQUEST_MS = 10_000
_DELIVERY_MS = 30_000
_BLOCK_MS = 5_000
DELIVERY_S = _DELIVERY_MS / 1000
"""After that long without acknowledgement a record counts as not delivered."""


class Position(NamedTuple):
    """Where a record stands in its topic."""

    partition: int
    offset: int


class Record(NamedTuple):
    """One record to be written; ``partition`` None = that of the key."""

    topic: str
    key: str
    value: bytes | None
    headers: Headers
    partition: int | None = None

    @property
    def size(self) -> int:
        """Bytes, near enough for counting what is in flight."""
        return len(self.value or b"") + len(self.key) + sum(len(name) + len(value) for name, value in self.headers)


class Sent:
    """Records on their way to the log; of those ``beside`` nobody asks the position."""

    def __init__(self, futures: list[Any], beside: int = 0) -> None:
        self._futures = futures
        self._told = len(futures) - beside

    def wait(self, timeout_s: float = DELIVERY_S + 5) -> list[Position]:
        """Wait until the broker has acknowledged every record; returns their positions in order.

        Raises:
            BrokerAway: One was not acknowledged; which of them are in the log is unknown.
        """
        positions = []
        for future in self._futures:
            try:
                metadata = future.get(timeout=timeout_s)
            except KafkaError as error:
                raise BrokerAway(f"the broker did not acknowledge in time: {error}") from None
            positions.append(Position(metadata.partition, metadata.offset))
        return positions[: self._told]


class LogWriter:
    """Writes records; several threads may use one.

    Args:
        bootstrap: Address of the broker.
        partitions: Partitions of every topic.
        max_in_flight_bytes: More than that unacknowledged is refused with `Backpressure`; default 32 MiB.
        delivery_ms: After that long without acknowledgement a record counts as not delivered.

    Raises:
        BrokerAway: No broker answers.
    """

    def __init__(
        self,
        bootstrap: str,
        *,
        partitions: int = EMBEDDED_PARTITIONS,
        max_in_flight_bytes: int | None = None,
        delivery_ms: int = _DELIVERY_MS,
    ) -> None:
        self.bootstrap = bootstrap
        self.partitions = partitions
        self.in_flight_bytes = 0
        self._max_in_flight_bytes = max_in_flight_bytes or _MAX_IN_FLIGHT_BYTES
        self._lock = threading.Lock()
        with broker_away(bootstrap):
            self._producer = connect(
                KafkaProducer,
                bootstrap,
                client_id="yipanqi-producer",
                acks="all",
                enable_idempotence=True,
                linger_ms=_LINGER_MS,
                batch_size=_BATCH_BYTES,
                max_request_size=MAX_RECORD_BYTES,
                max_block_ms=_BLOCK_MS,
                request_timeout_ms=min(_REQUEST_MS, delivery_ms - _LINGER_MS - 1),
                delivery_timeout_ms=delivery_ms,
                reconnect_backoff_max_ms=1000,
                allow_auto_create_topics=False,
                metrics_enabled=False,
            )

    def send(self, records: Sequence[Record], beside: Sequence[Record] = ()) -> Sent:
        """Hand records over to be written, and some ``beside`` after them; returns at once, before any acknowledgement.

        Raises:
            Backpressure: Too much is in flight; none of them was taken.
            BrokerAway: The topics can't be looked up; some may have been taken.
        """
        records = (*records, *beside)
        self._reserve(sum(record.size for record in records))
        futures = []
        for number, record in enumerate(records):
            try:
                futures.append(self._send(record))
            except KafkaError as error:
                self._release(sum(left.size for left in records[number:]))
                raise BrokerAway(f"the broker is away: {error}") from None
        return Sent(futures, len(beside))

    def close(self, wait_s: float = DELIVERY_S) -> None:
        """Write what is still in flight, then stop.

        Args:
            wait_s: How long that may take.

        Raises:
            BrokerAway: It was not acknowledged in time; what `Sent.wait` returned is in the log.
        """
        try:
            self._producer.close(timeout=wait_s)
        except KafkaError as error:
            raise BrokerAway(f"the broker did not acknowledge in time: {error}") from None

    def _send(self, record: Record) -> Any:
        partition = record.partition if record.partition is not None else partition_of(record.key, self.partitions)
        size = record.size
        future = self._producer.send(
            record.topic, key=record.key.encode(), value=record.value, headers=record.headers, partition=partition
        )
        future.add_both(lambda _: self._release(size))
        return future

    def _reserve(self, size: int) -> None:
        with self._lock:
            # A request larger than the whole allowance may pass alone.
            if self.in_flight_bytes and self.in_flight_bytes + size > self._max_in_flight_bytes:
                raise Backpressure(f"{self.in_flight_bytes} bytes wait for the broker's acknowledgement; try again")
            self.in_flight_bytes += size

    def _release(self, size: int) -> None:
        with self._lock:
            self.in_flight_bytes -= size
