"""Digests of a log, of a journal and of what cases told the groups: docs/proof.md defines them."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from streams.cases.outputs import TransitionOut
from streams.groups.origin import Message, place_of, told_to
from streams.projections.record import Record
from streams.shell.lane import Output

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

    def note(self, outputs: Sequence[Output]) -> None:
        """Take the transitions among some outputs."""
        for out in outputs:
            if isinstance(out, TransitionOut):
                self.add(out, out.encode())

    def hex(self) -> str:
        """The digest of all of them."""
        whole = hashlib.sha256()
        for _, body in sorted(self._lines.values()):
            whole.update(body)
        return whole.hexdigest()


class FactsDigest:
    """Digest of what case partitions told the partitions of the facts, each message once, in the order of its origin.

    Attributes:
        told: (partition of the facts, case partition) → id → SHA-256 of the bytes, in order.
        changed: What came again with another body.
        repeats: How many came again.
    """

    def __init__(self) -> None:
        self.told: dict[tuple[int, int], dict[str, bytes]] = {}
        self.changed: list[str] = []
        self.repeats = 0

    def __len__(self) -> int:
        return sum(map(len, self.told.values()))

    def add(self, partition: int, message: Message, body: bytes) -> None:
        """Take what a partition of the facts is told, and its bytes; what came before is dropped by its id."""
        told = self.told.setdefault((partition, place_of(message)[0]), {})
        digest = hashlib.sha256(body).digest()
        known = told.setdefault(message.id, digest)
        if known is not digest:
            self.repeats += 1
            if known != digest:
                self.changed.append(f"{partition} {message.id}: said again with another body")

    def tell(self, message: Message, count: int) -> None:
        """Take what a case partition says, for each of the facts' so many partitions that it goes to."""
        body = message.encode()
        for partition in told_to(message, count):
            self.add(partition, message, body)

    def hex(self) -> str:
        """The digest of all of them."""
        whole = hashlib.sha256()
        for (partition, origin), told in sorted(self.told.items()):
            whole.update(partition.to_bytes(8) + origin.to_bytes(8) + len(told).to_bytes(8))
            for digest in told.values():
                whole.update(digest)
        return whole.hexdigest()

    def differences(self, stored: "FactsDigest") -> Iterator[str]:
        """In what those that are stored differ from these: partition of the facts, id, and what is wrong, one by one."""
        for lane in sorted(self.told.keys() | stored.told.keys()):
            yield from _differing(lane, self.told.get(lane, {}), stored.told.get(lane, {}))
        yield from stored.changed


def _differing(lane: tuple[int, int], given: Mapping[str, bytes], stored: Mapping[str, bytes]) -> Iterator[str]:
    partition, origin = lane
    same = True
    for name in given.keys() | stored.keys():
        if given.get(name) != stored.get(name):
            same = False
            what = "is missing" if name not in stored else "doesn't follow" if name not in given else "has another body"
            yield f"{partition} {name}: {what}"
    if same and list(given) != list(stored):
        yield f"{partition}: what partition {origin} told stands in another order"
