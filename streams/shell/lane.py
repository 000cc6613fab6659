"""One partition in hand: decodes its records, checks them against the time line, and applies them to the pure core.

A lane does no I/O. What it keeps of its own (position, time line, breaker) is stored beside the core's state under `@shell`, in
the same transaction, so that state and position are one thing.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

import msgspec

from contract.codec import from_kafka
from contract.deadletter import ATTEMPTS_HEADER, UNKNOWN, DeadLetter, Refused, bury
from contract.envelope import Event
from contract.errors import InvalidEvent, PoisonEvent
from contract.placement import MisplacedEvent, is_misplaced
from contract.registry import validate
from streams.cases.facts import DIGEST_BYTES
from streams.cases.outputs import Remark
from streams.cases.refusals import Refusal, refusal_of
from streams.projections.record import Record
from streams.shell.breaker import Breaker, Tally

SHELL_KEY = "@shell"
AHEAD_LIMIT = timedelta(seconds=5)  # what a clock may be ahead of the broker's append time on a wall line
_DISPLACING = "it counts, in the place of another body under this name that came before it: look at both"


class Output(Protocol):
    """A record that the core wants sent: `streams.cases.outputs`."""

    @property
    def topic(self) -> str:
        """Topic to send it to."""
        ...

    @property
    def key(self) -> str:
        """Its key; the partition follows from it, except for watermarks, which go to every partition."""
        ...

    def encode(self) -> bytes:
        """Its bytes; a repeat after a crash has the same."""
        ...


class Core(Protocol):
    """The pure core of one partition: `streams.cases.partition.Partition`."""

    def apply(self, position: tuple[int, int], event: Event, /) -> Sequence[Output]:
        """Apply one event; raises PoisonEvent with the state unchanged."""
        ...

    def mark_incomplete(self, rootid: str, position: tuple[int, int], /) -> Sequence[Output]:
        """An event of this chain could not be applied; a `sys.dead_letter_resolved` that is applied takes the mark away."""
        ...

    def tell_refusal(self, position: tuple[int, int], refusal: Refusal, /) -> Sequence[Output]:
        """The record at a position was refused: tell whoever watches the feed that sent it."""
        ...

    def take_remarks(self) -> Sequence[Remark]:
        """What stopped nothing and should be known, since the last call."""
        ...

    def drain_dirty(self) -> dict[str, bytes | None]:
        """What changed since the last call, by key of the changelog."""
        ...


class CoreFactory(Protocol):
    """Makes the core of a partition, from its stored state if there is any."""

    def __call__(self, items: Mapping[str, bytes]) -> Core:
        """Restore a core from the keys of its changelog; no keys: a new one."""
        ...


class Burial(NamedTuple):
    """A refused record: its dead letter, its body, and what its chain has to say of it."""

    letter: DeadLetter
    refused: Refused
    outputs: Sequence[Output]


class LineError(Exception):
    """The log does not begin with its time line; nothing in it could be dated."""


class _Stored(msgspec.Struct):
    next: int
    line: str | None
    now: datetime
    tallies: dict[str, Tally]


class Lane:
    """One partition: its core, its position and what the shell knows about it."""

    def __init__(self, partition: int, factory: CoreFactory, items: Mapping[str, bytes]) -> None:
        core_items = dict(items)
        own = core_items.pop(SHELL_KEY, None)
        if own is None and core_items:
            raise ValueError(f"the changelog of partition {partition} has state but no {SHELL_KEY}; clear it and replay")
        stored = _Stored(0, None, datetime.fromtimestamp(0, UTC), {}) if own is None else _DECODER.decode(own)
        self.partition = partition
        self.core = factory(core_items)
        self.next = stored.next
        self.now = stored.now  # greatest instant of the clock: ticks and receivedtimes
        self.tick_appended_ms: int | None = None
        self.breaker = Breaker(stored.tallies)
        self._line = stored.line
        self._drained = self.next

    @property
    def moved(self) -> bool:
        """Whether anything was read since the last `drain`."""
        return self.next != self._drained

    def apply(self, record: Record) -> Sequence[Output]:
        """Apply one record and step past it.

        Raises:
            InvalidEvent, PoisonEvent: It cannot be applied; bury it with `refuse`. The position has not moved.
            LineError: The log's first record is not `sys.line_started`.
        """
        event = self._decode(record)
        self._check_time(record, event)
        outputs = self.core.apply((self.partition, record.offset), event)
        self.breaker.accepted(event.source, self.now)
        self.next = record.offset + 1
        return outputs

    def refuse(self, record: Record, error: InvalidEvent | PoisonEvent) -> Burial:
        """Step past a record that cannot be applied; its chain goes on, marked incomplete.

        Raises:
            SystemicFailureError: Records of many sources are refused at once.
        """
        letter, refused = self._letter(record, error)
        if letter.reason != "muted":
            self.breaker.refused(letter.source, self.now)
        outputs: Sequence[Output] = ()
        if letter.rootid != UNKNOWN:
            outputs = self.core.mark_incomplete(letter.rootid, (self.partition, record.offset))
        if letter.source != UNKNOWN:
            refusal = _refusal(record, letter)
            outputs = [*outputs, *self.core.tell_refusal((self.partition, record.offset), refusal)]
        self.next = record.offset + 1
        return Burial(letter, refused, outputs)

    def displacing(self, record: Record) -> tuple[DeadLetter, Refused]:
        """The dead letter of an applied record whose body counts in the place of one that came before under its name.

        Its chain is incomplete until the letter is dismissed. The other body is no longer at hand: it lies earlier in the log.
        """
        return self._letter(record, PoisonEvent("id_conflict", _DISPLACING))

    def drain(self) -> dict[str, bytes | None]:
        """Return the keys to write for this checkpoint, the lane's own among them."""
        self._drained = self.next
        stored = _Stored(self.next, self._line, self.now, self.breaker.tallies)
        return self.core.drain_dirty() | {SHELL_KEY: _ENCODER.encode(stored)}

    def drain_latest(self, sent: int | None) -> dict[str, bytes | None]:
        """The keys to write, in the same transaction, to a topic that others read at their start; most rooms have none.

        ``sent``: the offset after the last of the partition's outputs that the broker confirmed to this worker, None = of none.
        """
        del sent
        return {}

    def _letter(self, record: Record, error: InvalidEvent | PoisonEvent) -> tuple[DeadLetter, Refused]:
        refused = Refused(record.key, record.value, list(record.headers))
        letter = bury(
            refused,
            error,
            topic=record.topic,
            partition=self.partition,
            offset=record.offset,
            appended_ms=record.timestamp,
        )
        return letter, refused

    def _decode(self, record: Record) -> Event:
        headers = record.headers
        if is_misplaced(record.topic, headers):
            raise MisplacedEvent
        source = next(
            (raw.decode(errors="replace") for name, raw in headers if name == "ce_source" and raw is not None), UNKNOWN
        )
        if self.breaker.is_muted(source, self.now) and all(name != ATTEMPTS_HEADER for name, _ in headers):
            raise PoisonEvent("muted", "its source sent too much that cannot be applied; replay it when that is mended")
        event = from_kafka(record.value, headers)
        if errors := validate(event):
            raise InvalidEvent(tuple(errors))
        if record.key != event.rootid.encode() and not event.short.startswith("sys."):
            raise PoisonEvent("wrong_key", "the record's key is not the event's rootid; its chain lives in another partition")
        return event

    def _check_time(self, record: Record, event: Event) -> None:
        kind = event.short
        if self._line is None:
            if kind != "sys.line_started" or event.data is None:
                raise LineError(
                    f"partition {self.partition} begins with {kind} at offset {record.offset}, not with sys.line_started: "
                    "start `yipanqi clock` before anything is published, or use another data folder"
                )
            self._line = event.data["line"]
        instant = event.time if kind == "sys.ticked" else event.receivedtime
        if instant is None:
            if not kind.startswith("sys."):
                raise PoisonEvent("not_received", "it has no receivedtime: it did not come through the gateway")
            return
        appended = datetime.fromtimestamp(record.timestamp / 1000, UTC)
        if self._line == "wall" and instant > appended + AHEAD_LIMIT:
            ahead = (instant - appended).total_seconds()
            raise PoisonEvent("from_the_future", f"its clock is {ahead:.0f} s ahead of the broker's on a wall line")
        self.now = max(self.now, instant)
        if kind == "sys.ticked":
            self.tick_appended_ms = record.timestamp


def _refusal(record: Record, letter: DeadLetter) -> Refusal:
    """What can be told of a refused record: all of it, or what its headers say."""
    try:
        return refusal_of(from_kafka(record.value, record.headers), letter.reason)
    except InvalidEvent:
        body = hashlib.sha256(record.value or b"").hexdigest()[: 2 * DIGEST_BYTES]
        return Refusal(letter.source, letter.event_id, body, -1, None, letter.reason)


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Stored)
