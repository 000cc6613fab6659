"""How the room's state is stored: packed records, the answers that were given, and how far tellings were heard.

A packed record begins with the instant at which it is next due and the kind of its target.
"""

import heapq
import struct
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from contract.duty.decisions import Decision
from contract.working_hours import EPOCH, micros
from streams.duty.parts import PARTS

ANSWERS_KEPT = timedelta(hours=48)
"""How long a repeated command gets its answer again; later it is judged anew, and its version or state refuses it."""

PAGE_ANSWERS_KEPT = timedelta(minutes=10)
"""The same for notifiers, which ask much more and, started anew, ask under other ids."""

_DUE = struct.Struct(">q")
_HEAD = _DUE.size
_NEVER = -1
_NAMES = tuple(PARTS)
_NUMBERS = {name: bytes([number]) for number, name in enumerate(_NAMES)}
_DECODERS: dict[str, msgspec.msgpack.Decoder[Any]] = {
    name: msgspec.msgpack.Decoder(part.record) for name, part in PARTS.items()
}
_ENCODER = msgspec.msgpack.Encoder()


def packed_record(name: str, due: datetime | None, record: Any) -> bytes:
    """The bytes of a record of a part."""
    return _DUE.pack(_NEVER if due is None else micros(due)) + _NUMBERS[name] + _ENCODER.encode(record)


def due_of(packed: bytes) -> datetime | None:
    """The next due instant of a packed record."""
    (value,) = _DUE.unpack_from(packed)
    return None if value == _NEVER else EPOCH + timedelta(microseconds=value)


def part_name(packed: bytes) -> str:
    """The part of a packed record."""
    return _NAMES[packed[_HEAD]]


def record_of(packed: bytes) -> Any:
    """The record that was packed."""
    return _DECODERS[part_name(packed)].decode(memoryview(packed)[_HEAD + 1 :])


class Heard:
    """How far the tellings of each partition of the input were heard: what comes again after a crash is known by its place."""

    def __init__(self, places: dict[int, tuple[int, int]] | None = None) -> None:
        self.places = places or {}

    def is_new(self, position: str) -> bool:
        """Take a place ``partition:offset/n``; False if it was heard before. One without a place is new."""
        if not position:
            return True
        where, _, n = position.partition("/")
        partition, _, offset = where.partition(":")
        place = int(offset), int(n)
        if place <= self.places.get(int(partition), (-1, -1)):
            return False
        self.places[int(partition)] = place
        return True


class _Answer(msgspec.Struct):
    until: datetime
    decisions: list[Decision]


class Answers:
    """The answers of the last two days, by id of the command."""

    def __init__(self) -> None:
        self._packed: dict[str, bytes] = {}
        self._dirty: set[str] = set()
        self._heap: list[tuple[datetime, str]] = []

    def get(self, command: str) -> list[Decision] | None:
        """The answer to a command, None if there is none (any longer)."""
        packed = self._packed.get(command)
        return None if packed is None else _ANSWER.decode(packed).decisions

    def keep(self, command: str, answer: Sequence[Decision], until: datetime) -> None:
        """Keep an answer until an instant."""
        self._packed[command] = _ENCODER.encode(_Answer(until, list(answer)))
        self._dirty.add(command)
        heapq.heappush(self._heap, (until, command))

    def forget(self, now: datetime) -> None:
        """Forget what is too old."""
        while self._heap and self._heap[0][0] <= now:
            _, command = heapq.heappop(self._heap)
            self._packed.pop(command, None)
            self._dirty.add(command)

    def resume(self, command: str, value: bytes) -> None:
        """Take back what `drain_dirty` gave."""
        self._packed[command] = value
        heapq.heappush(self._heap, (_ANSWER.decode(value).until, command))

    def drain_dirty(self) -> dict[str, bytes | None]:
        """What changed since the last call."""
        changed = {command: self._packed.get(command) for command in self._dirty}
        self._dirty.clear()
        return changed


_ANSWER = msgspec.msgpack.Decoder(_Answer)
