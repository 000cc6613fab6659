"""Intake: every court event goes through here, whether it came by HTTP, from a file or from the simulator.

check → receivedtime → sealing with the chain's key → partition → Kafka. Checking is pure and can be done alone; `submit`
takes events that were checked.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from contract.codec import from_json, to_kafka
from contract.envelope import Event, full_type
from contract.errors import FieldError, InvalidEvent
from contract.registry import EVENT_TYPES, HEARTBEAT
from contract.seal import seal
from contract.topics import EMBEDDED_PARTITIONS, EVENTS, HEARTBEATS, MAX_EVENT_BYTES, RESTRICTED
from infra.kafka.topics import check_topics
from infra.master_key import load_master_key
from producers.away import broker_away
from producers.checks import check
from producers.diagnosis import diagnose
from producers.errors import BrokerAway, WrongLine
from producers.keyring import KeyRing
from producers.line import Line, LineClock, TimeSource
from producers.log import DELIVERY_S, LogWriter, Record, Sent

_AWAY_S = 1.0
_TICK_TYPES = frozenset({"sys.ticked", full_type("sys.ticked")})


def is_tick(attributes: object) -> bool:
    """Whether an object of an event file is a tick, which is left to the line's own clock."""
    return isinstance(attributes, dict) and attributes.get("type") in _TICK_TYPES


def check_raw(raw: bytes | Mapping[str, Any]) -> Event:
    """Decode and check one structured CloudEvent.

    Raises:
        InvalidEvent: With everything that is wrong.
    """
    if isinstance(raw, bytes) and len(raw) > MAX_EVENT_BYTES:
        raise InvalidEvent((FieldError("", "too_large", f"an event has at most {MAX_EVENT_BYTES} bytes"),))
    try:
        event = from_json(raw)
    except InvalidEvent as error:
        raise diagnose(raw, error.errors) from None
    return check(event)


class Intake:
    """Takes checked events into the log.

    Args:
        writer: The way into Kafka.
        keys: The chains' keys.
        clock: What time it is on the log's line.
    """

    def __init__(self, writer: LogWriter, keys: KeyRing, clock: TimeSource) -> None:
        self._writer = writer
        self._keys = keys
        self._clock = clock

    def submit(
        self, events: Sequence[Event], *, headers: Sequence[tuple[str, bytes]] = (), past: datetime | None = None
    ) -> Sent:
        """Stamp, seal and send events that were checked; returns before the broker has acknowledged them.

        A heartbeat goes into the log like any event, and beside it to the topic that keeps the last of each source. New
        chains with personal data cost one round trip for all of them together. ``headers`` go with each record beside its
        own. What was recorded before ``past`` counts as received when it was recorded: the history that a simulated nation
        brings with it, and nobody else may.

        Raises:
            Backpressure: Too much is in flight; none of them was sent.
            BrokerAway: Some may have been sent; sending them again is safe.
        """
        now = self._clock.now()
        keys = self._keys.keys(event.rootid for event in events if _has_pii(event))
        stamped = [msgspec.structs.replace(event, receivedtime=_receipt(event, now, past)) for event in events]
        records = [_record(seal(keys[event.rootid], event) if event.rootid in keys else event, headers) for event in stamped]
        beats = [
            record._replace(topic=HEARTBEATS, key=event.source)
            for event, record in zip(stamped, records, strict=True)
            if event.short == HEARTBEAT
        ]
        return self._writer.send(records, beats)


class OpenIntake(Intake):
    """An intake with connections of its own, closed with it.

    Args:
        bootstrap: Address of the broker.
        master_key: File of the master key; made if it isn't there.
        line: Refuse a log that lives on the other time line.
        speed: Simulated seconds a wall second; without meaning on a wall line.
        partitions: Partitions of every topic.
        max_in_flight_bytes: See `LogWriter`.

    Raises:
        BrokerAway: No broker answers.
        LineError: The log has no time line yet.
        WrongLine: The log lives on the other time line.
        TopicsDiffer: The topics are not as declared.
        KeyRingError, MasterKeyError: The keys can't be read.
    """

    def __init__(
        self,
        bootstrap: str,
        master_key: Path,
        *,
        line: Line | None = None,
        speed: float = 1.0,
        partitions: int = EMBEDDED_PARTITIONS,
        max_in_flight_bytes: int | None = None,
    ) -> None:
        master = load_master_key(master_key, create=True)
        self._last_s = DELIVERY_S
        with broker_away(bootstrap), ExitStack() as opened:
            check_topics(bootstrap, partitions)
            self.line_clock = LineClock(bootstrap, speed)
            opened.callback(self.line_clock.close)
            if line not in {None, self.line_clock.line}:
                raise WrongLine(f"this log lives on a {self.line_clock.line} time line, not on a {line} one")
            self.writer = LogWriter(bootstrap, partitions=partitions, max_in_flight_bytes=max_in_flight_bytes)
            opened.callback(lambda: self.writer.close(self._last_s))
            self.key_ring = KeyRing(self.writer, master)
            opened.callback(self.key_ring.close)
            self._opened = opened.pop_all()
        super().__init__(self.writer, self.key_ring, self.line_clock)

    @property
    def failure(self) -> BaseException | None:
        """What makes this intake useless, so that its process should end; None while all is well."""
        return self.line_clock.failure or self.key_ring.failure

    def close(self) -> None:
        """Write what is in flight and close the connections."""
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, BrokerAway):
            self._last_s = _AWAY_S  # what was waited for in vain isn't waited for again
        self.close()


def check_all(raws: Iterable[bytes | Mapping[str, Any]]) -> list[Event | InvalidEvent]:
    """Check several events, each by itself."""
    return [_checked(raw) for raw in raws]


def _checked(raw: bytes | Mapping[str, Any]) -> Event | InvalidEvent:
    try:
        return check_raw(raw)
    except InvalidEvent as error:
        return error


def _receipt(event: Event, now: datetime, past: datetime | None) -> datetime:
    return event.recordedtime if past is not None and event.recordedtime < past else now


def _has_pii(event: Event) -> bool:
    return event.data is not None and event.data.get("pii") is not None


def _record(event: Event, more: Sequence[tuple[str, bytes]]) -> Record:
    key, value, headers = to_kafka(event)
    headers += more
    kind = EVENT_TYPES.get(event.short)
    topic = RESTRICTED if kind is not None and kind.restricted else EVENTS
    return Record(topic, key.decode(), value, headers)
