"""The proof that what was said follows from the log: its journal made again from the records, and both digests compared.

docs/warehouse.md defines the digests. Repeats after a crash count once; what a rebuild sent is no part of the journal.
"""

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from contract.topics import ALERTS, EVENTS
from streams.cases.lines import OWN_SCOPES
from streams.cases.outputs import TransitionOut
from streams.projections.record import Record
from streams.shell.lane import CoreFactory, Output
from streams.shell.log_ends import ends
from streams.shell.rebuild_engine import CAUSE, Progress
from streams.shell.replay import replay
from streams.shell.reread import Rereading
from streams.shell.seam import TP

_TRANSITION = msgspec.json.Decoder(TransitionOut)
_ABSENT = b"\xff" * 8


class LogDigest:
    """Digest of the records of some partitions, each read in order from its first."""

    def __init__(self) -> None:
        self._parts: dict[int, hashlib._Hash] = {}
        self._ends: dict[int, int] = {}

    def add(self, record: Record) -> None:
        """Take the next record of its partition."""
        part = self._parts.setdefault(record.partition, hashlib.sha256())
        self._ends[record.partition] = record.offset + 1
        fields = [record.key, record.value]
        for name, value in record.headers:
            fields += [name.encode(), value]
        part.update(record.offset.to_bytes(8) + record.timestamp.to_bytes(8) + len(fields).to_bytes(8))
        for field in fields:
            part.update(_ABSENT if field is None else len(field).to_bytes(8) + field)

    def hex(self) -> str:
        """The digest of all of them."""
        whole = hashlib.sha256()
        for partition in sorted(self._parts):
            whole.update(partition.to_bytes(8) + self._ends[partition].to_bytes(8) + self._parts[partition].digest())
        return whole.hexdigest()


class JournalDigest:
    """Digest of transitions, in whatever order they come; those of one alert at one position in their own.

    Attributes:
        repeats: How many came again.
    """

    def __init__(self) -> None:
        self._lines: dict[str, tuple[tuple[int, int, str, int], bytes]] = {}
        self.repeats = 0

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, out: TransitionOut, body: bytes) -> None:
        """Take a transition and its bytes; one that came before is dropped by its id."""
        if out.id in self._lines:
            self.repeats += 1
            return
        partition, _, offset = out.position.partition(":")
        place = (int(partition), int(offset), out.alert.id, len(self._lines))
        self._lines[out.id] = (place, hashlib.sha256(body).digest())

    def hex(self) -> str:
        """The digest of all of them."""
        whole = hashlib.sha256()
        for _, body in sorted(self._lines.values()):
            whole.update(body)
        return whole.hexdigest()


class Proof(msgspec.Struct):
    """What came of a replay.

    Attributes:
        positions: For each partition of the log the offset up to which it was read.
        log: Digest of these records.
        replayed, stored: Digest of the journal as made again, and as it stands in the topic of alerts.
        transitions: How many there are, made again and stored.
        repeats: How many of the stored ones were said more than once.
        recomputed: Transitions that a rebuild sent.
        groups: Transitions of groups, which follow from facts.
    """

    positions: dict[int, int]
    log: str
    replayed: str
    stored: str
    transitions: tuple[int, int]
    repeats: int
    recomputed: int
    groups: int


def prove(factory: CoreFactory, bootstrap: str, positions: Mapping[int, int], progress: Progress) -> Proof:
    """Make the journal again from the log up to some positions, and compare it with what stands in the topic of alerts."""
    log, replayed = LogDigest(), JournalDigest()
    room = Rereading(factory, bootstrap, EVENTS, list(positions))
    done, total = 0, sum(positions.values())
    for _, _, records in replay(bootstrap, {}, {TP(EVENTS, partition): end for partition, end in positions.items()}):
        for record in records:
            log.add(record)
            note(replayed, room.apply(record))
        done += len(records)
        progress("replaying the log", done, total)
    stored = JournalDigest()
    recomputed, groups = _stored(bootstrap, positions, stored, progress)
    return Proof(
        dict(positions),
        log.hex(),
        replayed.hex(),
        stored.hex(),
        (len(replayed), len(stored)),
        stored.repeats,
        recomputed,
        groups,
    )


def note(journal: JournalDigest, outputs: Sequence[Output]) -> None:
    """Take the transitions among some outputs."""
    for out in outputs:
        if isinstance(out, TransitionOut):
            journal.add(out, out.encode())


def _stored(bootstrap: str, positions: Mapping[int, int], journal: JournalDigest, progress: Progress) -> tuple[int, int]:
    """Read the topic of alerts; returns how many a rebuild sent, and how many are of groups."""
    recomputed = groups = done = 0
    until = ends(bootstrap, [ALERTS])
    total = sum(until.values())
    for _, _, records in replay(bootstrap, {}, until):
        for record in records:
            out = _TRANSITION.decode(record.value or b"")
            partition, _, offset = out.position.partition(":")
            if out.cause == CAUSE:
                recomputed += 1
            elif out.alert.scope not in OWN_SCOPES:
                groups += 1
            elif int(offset) < positions.get(int(partition), 0):
                journal.add(out, record.value or b"")
        done += len(records)
        progress("reading the journal", done, total)
    return recomputed, groups
