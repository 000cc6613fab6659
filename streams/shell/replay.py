"""Reading a stretch of the log once, beside everything that runs: no group, no commits."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import NamedTuple

from kafka import KafkaConsumer, TopicPartition

from contract.errors import YipanqiError
from infra.kafka.connect import connect
from streams.projections.record import Record
from streams.shell.seam import TP

STALL_S = 30.0  # a broker that gives nothing for so long gives nothing any more
_POLL_RECORDS = 5000
_WAIT_MS = 10_000


class ReplayStalled(YipanqiError):
    """The end of the stretch was not reached."""


class Stretch(NamedTuple):
    """Records of one partition, read from offset `first` on."""

    tp: TP
    first: int
    records: Sequence[Record]


def replay(bootstrap: str, start: Mapping[TP, int], until: Mapping[TP, int]) -> Iterator[Stretch]:
    """Yield what lies between `start` (default 0) and `until` in each partition, in order within it.

    Raises:
        NoBroker: Nobody answers.
        ReplayStalled: The broker gave nothing for `STALL_S`.
        KafkaTimeoutError: The broker is gone.
    """
    places = {TopicPartition(*tp): tp for tp, end in until.items() if end > start.get(tp, 0)}
    if not places:
        return
    with closing(connect(KafkaConsumer, bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")) as consumer:
        consumer.assign(list(places))
        at = {}
        for place, tp in places.items():
            at[tp] = start.get(tp, 0)
            consumer.seek(place, at[tp])
        moved = time.monotonic()
        while open_places := [place for place, tp in places.items() if at[tp] < until[tp]]:
            for place, fetched in consumer.poll(timeout_ms=500, max_records=_POLL_RECORDS).items():
                tp = places[place]
                records = [record for record in fetched if record.offset < until[tp]]
                if records:
                    yield Stretch(tp, at[tp], records)
            for place in open_places:
                tp, position = (
                    places[place],
                    consumer.position(place, timeout_ms=_WAIT_MS),
                )  # by position: a marker gives no record
                if position > at[tp]:
                    at[tp], moved = position, time.monotonic()
            if time.monotonic() - moved > STALL_S:
                raise ReplayStalled(f"{bootstrap} gives nothing more of {[places[place] for place in open_places]}")
