"""A topic followed from a given place by a thread of its own, with a way to wait until a position has been read."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from infra.kafka.connect import connect
from producers.away import broker_away
from producers.errors import BrokerAway

logger = logging.getLogger(__name__)

_POLL_MS = 200
_RETRY_S = 0.5

OnRecord = Callable[[Any], None]
"""Called in the tail's thread with each record (kafka-python's ConsumerRecord), in order of its partition."""


def open_consumer(bootstrap: str) -> KafkaConsumer:
    """Return a consumer without group, for assigned partitions only.

    Raises:
        BrokerAway: No broker answers.
    """
    with broker_away(bootstrap):
        return connect(
            KafkaConsumer,
            bootstrap,
            client_id="yipanqi-tail",
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=_POLL_MS,
            reconnect_backoff_max_ms=1000,
            allow_auto_create_topics=False,
            metrics_enabled=False,
        )


class Tail:
    """Follows partitions of one topic.

    Args:
        bootstrap: Address of the broker.
        topic: The topic.
        start: Partition → offset of the first record to read.
        on_record: Called with each record.

    Attributes:
        failure: What ended the thread before its time, or None; a broker that is away does not end it.
    """

    def __init__(self, bootstrap: str, topic: str, start: Mapping[int, int], on_record: OnRecord) -> None:
        self._partitions = {TopicPartition(topic, partition): partition for partition in start}
        self._positions = dict(start)
        self._on_record = on_record
        self._moved = threading.Condition()
        self._stopping = threading.Event()
        self.failure: BaseException | None = None
        self._consumer = open_consumer(bootstrap)
        self._consumer.assign(list(self._partitions))
        for assigned, partition in self._partitions.items():
            self._consumer.seek(assigned, start[partition])
        self._ends = {self._partitions[tp]: end for tp, end in self._consumer.end_offsets(list(self._partitions)).items()}
        self._thread = threading.Thread(target=self._run, name=f"tail-{topic}", daemon=True)
        self._thread.start()

    def catch_up(self, timeout_s: float) -> None:
        """Wait until everything that was there at the start has been read.

        Raises:
            BrokerAway: Not in time.
        """
        self.wait_past({partition: end - 1 for partition, end in self._ends.items()}, timeout_s)

    def wait_past(self, offsets: Mapping[int, int], timeout_s: float) -> None:
        """Wait until each partition has been read up to and with the given offset.

        Raises:
            BrokerAway: Not in time, or the tail has failed.
        """
        deadline = time.monotonic() + timeout_s
        with self._moved:
            while any(self._positions[partition] <= offset for partition, offset in offsets.items()):
                left = deadline - time.monotonic()
                if self.failure is not None or left <= 0:
                    raise BrokerAway(f"the log could not be read back in time: {self.failure or 'no answer'}")
                self._moved.wait(left)

    def stop(self) -> None:
        """End the thread and the connection."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._step()
        except BaseException as error:
            logger.exception("the tail of %s has ended", sorted(map(str, self._partitions)))
            with self._moved:
                self.failure = error
                self._moved.notify_all()
            raise
        finally:
            self._consumer.close()

    def _step(self) -> None:
        try:
            fetched = self._consumer.poll(timeout_ms=_POLL_MS)
        except KafkaError as error:
            logger.warning("reading the log failed, trying again: %s", error)
            self._stopping.wait(_RETRY_S)
            return
        for records in fetched.values():
            for record in records:
                self._on_record(record)
        with contextlib.suppress(KafkaError):  # the next step will know
            positions = {partition: self._consumer.position(assigned) for assigned, partition in self._partitions.items()}
            with self._moved:
                self._positions.update(positions)
                self._moved.notify_all()
