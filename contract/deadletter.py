"""Dead letters: records of the log that could not be applied, whole and sealed, with the reason and the place they came from.

The body may hold personal data in clear, since nobody could read it; so it is sealed by the master key. What stays readable
(reason, place, source, chain) is enough to list and to count. Both a dead letter and its sealing are functions of the refused
record, so the repeat after a crash has the same id and the same bytes.
"""

import re
from datetime import UTC, datetime
from typing import Literal

import msgspec

from contract.canonical import short_id
from contract.codec import Headers
from contract.errors import InvalidEvent, PoisonEvent
from contract.placement import MisplacedEvent
from contract.seal import seal_bytes, unseal_bytes
from contract.times import format_instant
from contract.topics import MAX_RECORD_BYTES

ATTEMPTS_HEADER = "yipanqi_attempts"
"""On a replayed event: how often it has been tried before."""

UNKNOWN = "-"
_MAX_TEXT = 256
_MAX_DETAIL = 1024
_MAX_BODY = MAX_RECORD_BYTES - 64 * 1024
"""Leaves room for the headers. What came through the gateway is far below; what is above was written straight to Kafka."""

_PREFIX = "dl_"
_ATTEMPTS = re.compile(r"[0-9]{1,6}")


class Refused(msgspec.Struct, frozen=True, omit_defaults=True):
    """A record as it stood in the log.

    Attributes:
        key: Raw key.
        value: Raw value; None is a tombstone.
        headers: Raw headers, in order.
        omitted: It was too large for a dead letter, so all three are left out: look where the letter says it stands.
    """

    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]
    omitted: bool = False


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """One dead letter without its body.

    Attributes:
        id: Hash of topic, partition and offset.
        reason: Stable name of what was wrong, e.g. ``not_json``, ``id_conflict``, ``muted``.
        error: Class of the error.
        detail: What was wrong, for a person: fields and kinds of error, no values; `yipanqi dlq show` gives the rest.
        topic: Where the record stands,
        partition: in which partition,
        offset: and where in it.
        appended: When the broker appended it, UTC, as text.
        source: The event's source, or ``-`` if it cannot be read.
        event_id: The event's id, or ``-``.
        rootid: The chain that goes on without it, or ``-``.
        attempts: How often it was tried, this time included.
    """

    id: str
    reason: str
    error: str
    detail: str
    topic: str
    partition: int
    offset: int
    appended: str
    source: str
    event_id: str
    rootid: str
    attempts: int

    @property
    def label(self) -> str:
        """What the sealed body is bound to: its place in the log."""
        return f"{self.topic}:{self.partition}:{self.offset}"


class Resolution(msgspec.Struct, frozen=True, kw_only=True):
    """A note beside the dead letters: this one needs nobody any more.

    Attributes:
        resolves: Id of the dead letter.
        how: ``replayed`` or ``dismissed``.
        why: What the person said.
    """

    resolves: str
    how: Literal["replayed", "dismissed"]
    why: str


def bury(
    refused: Refused, error: InvalidEvent | PoisonEvent, *, topic: str, partition: int, offset: int, appended_ms: int
) -> DeadLetter:
    """Describe a refused record; the readable parts are taken from its headers as far as they can be read.

    Of a misplaced record no part is readable: whose it is may be what must not be known.
    """
    headers = {name: raw.decode(errors="replace")[:_MAX_TEXT] for name, raw in refused.headers if raw is not None}
    key = refused.key or UNKNOWN.encode()
    if isinstance(error, MisplacedEvent):
        headers, key = {ATTEMPTS_HEADER: headers.get(ATTEMPTS_HEADER, "0")}, UNKNOWN.encode()
    reason = error.reason if isinstance(error, PoisonEvent) else error.errors[0].code
    attempts = headers.get(ATTEMPTS_HEADER, "0")
    return DeadLetter(
        id=short_id("dead-letter", topic, partition, offset),
        reason=reason,
        error=type(error).__name__,
        detail=_detail(error),
        topic=topic,
        partition=partition,
        offset=offset,
        appended=format_instant(datetime.fromtimestamp(appended_ms / 1000, UTC)),
        source=headers.get("ce_source", UNKNOWN),
        event_id=headers.get("ce_id", UNKNOWN),
        rootid=key.decode(errors="replace")[:_MAX_TEXT],
        attempts=(int(attempts) if _ATTEMPTS.fullmatch(attempts) else 0) + 1,
    )


def _detail(error: InvalidEvent | PoisonEvent) -> str:
    if isinstance(error, PoisonEvent):
        return error.detail[:_MAX_DETAIL]
    return "; ".join(f"{wrong.field or 'body'} [{wrong.code}]" for wrong in error.errors)[:_MAX_DETAIL]


def to_kafka(letter: DeadLetter, refused: Refused, master: bytes) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    """Return (key, value, headers) of the record on ``court.rejected.v1``: the body sealed, the rest as headers."""
    headers = [(_PREFIX + name, str(value).encode()) for name, value in msgspec.structs.asdict(letter).items()]
    body = msgspec.json.encode(refused)
    if len(body) > _MAX_BODY:
        body = msgspec.json.encode(Refused(None, None, [], omitted=True))
    return letter.source.encode(), seal_bytes(master, body, letter.label), headers


def note_to_kafka(letter: DeadLetter, note: Resolution) -> tuple[bytes, None, list[tuple[str, bytes]]]:
    """Return (key, value, headers) of the note on ``court.rejected.v1``; it has no body."""
    headers = [(_PREFIX + name, value.encode()) for name, value in msgspec.structs.asdict(note).items()]
    return letter.source.encode(), None, headers


def from_kafka(headers: Headers) -> DeadLetter:
    """Read a dead letter from the headers of its record.

    Raises:
        msgspec.ValidationError: The record is no dead letter.
    """
    return msgspec.convert(_fields(headers), DeadLetter, strict=False)


def note_from_kafka(headers: Headers) -> Resolution | None:
    """Read a note; None if the record is none."""
    fields = _fields(headers)
    return msgspec.convert(fields, Resolution) if "resolves" in fields else None


def _fields(headers: Headers) -> dict[str, str]:
    return {name[len(_PREFIX) :]: raw.decode() for name, raw in headers if name.startswith(_PREFIX) and raw is not None}


def open_body(letter: DeadLetter, value: bytes, master: bytes) -> Refused:
    """Return the refused record of a dead letter.

    Raises:
        SealError: The master key is another one, or the bytes were changed.
    """
    return msgspec.json.decode(unseal_bytes(master, value, letter.label), type=Refused)
