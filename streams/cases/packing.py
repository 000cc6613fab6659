"""The packed form of a chain: when it is next due, and its history with only the fields that some rule reads.

A chain's bytes begin with the next due instant, so that a restore builds its timers without decoding anything else. Sources,
types, cases and courts are written once in a table that only grows, so that the bytes of an event, once made, stay good.
"""

import struct
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from contract.envelope import court_of_source
from contract.working_hours import EPOCH, micros
from streams.cases.facts import Fact

_DUE = struct.Struct(">q")
_NEVER = -(2**63)
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder()
_MICROSECOND = timedelta(microseconds=1)


def due_of(packed: bytes) -> datetime | None:
    """The next due instant of a packed chain."""
    (value,) = _DUE.unpack_from(packed)
    return None if value == _NEVER else EPOCH + value * _MICROSECOND


def packed_due(due: datetime | None) -> bytes:
    """How a packed form begins; `due_of` reads it."""
    return _DUE.pack(_NEVER if due is None else micros(due))


def after_due(packed: bytes) -> memoryview:
    """What follows the next due instant."""
    return memoryview(packed)[_DUE.size :]


class Names:
    """The table of a chain's names."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        """Take the names of a stored chain."""
        self.names = list(names)
        self._numbers = {name: number for number, name in enumerate(self.names)}

    def number(self, name: str) -> int:
        """The number of a name, given on first sight."""
        known = self._numbers.get(name)
        if known is None:
            known = self._numbers[name] = len(self.names)
            self.names.append(name)
        return known


def pack(due: datetime | None, names: Names, incomplete: Iterable[str], facts: Iterable[Fact]) -> bytes:
    """Pack a chain."""
    bodies = [_packed(fact, names) for fact in facts]
    body = _ENCODER.encode((names.names, list(incomplete), bodies))
    return packed_due(due) + body


def unpack(packed: bytes) -> tuple[Names, list[str], list[Fact]]:
    """Read a packed chain: its names, the positions that are missing in it, its events."""
    table, incomplete, bodies = _DECODER.decode(after_due(packed))
    names = Names(table)
    return names, incomplete, [_fact(body, names.names) for body in bodies]


def _packed(fact: Fact, names: Names) -> msgspec.Raw:
    known = fact.memo.get("packed")
    if known is not None and known[0] is names:
        raw: msgspec.Raw = known[1]
        return raw
    time, recorded, received = micros(fact.time), micros(fact.recorded), micros(fact.received)
    court = fact.court if fact.court != court_of_source(fact.source) else None
    correction = fact.correctionof
    parts: list[Any] = [
        names.number(fact.source),
        fact.id,
        names.number(fact.type),
        names.number(fact.subject),
        time,
        recorded - time,
        received - recorded,
        fact.sequence,
        -1 if court is None else names.number(court),
        None if correction is None else correction[1],
        fact.digest,
        fact.data,
    ]
    raw = msgspec.Raw(_ENCODER.encode(parts))
    fact.memo["packed"] = (names, raw)
    return raw


def _fact(body: Sequence[Any], names: Sequence[str]) -> Fact:
    source = names[body[0]]
    time = EPOCH + body[4] * _MICROSECOND
    recorded = time + body[5] * _MICROSECOND
    court = court_of_source(source) if body[8] < 0 else names[body[8]]
    return Fact(
        source,
        body[1],
        names[body[2]],
        names[body[3]],
        time,
        recorded,
        recorded + body[6] * _MICROSECOND,
        body[7],
        court,
        None if body[9] is None else (source, body[9]),
        body[10],
        body[11],
    )
