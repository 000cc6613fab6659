"""The events of one chain and what of them counts: one body under each name, corrections applied.

Whatever the order of arrival: of two bodies under one name the lesser by (recordedtime, digest) counts; of equal bodies the
earliest receivedtime; of several corrections the last by (recordedtime, id). A correction is an event that may itself be
corrected or withdrawn. One that comes before its original waits; one of another type or case than its original is void.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

import msgspec

from contract.envelope import Ref
from contract.errors import PoisonEvent
from streams.cases.facts import Fact

_ENCODER = msgspec.msgpack.Encoder()

Taken = Literal["new", "same", "received", "displaced"]
"""What an arrival was: new · a resend · a resend with an earlier receivedtime · the lesser of two bodies, now in its place."""


MOST_BYTES = 1_500_000
"""What the events of one chain may weigh: a chain is one record of a changelog. A mean open chain is some 2 KB; what comes near
this is a sender that has run wild."""

_FRAME_BYTES = 96
"""What an event weighs beside its data and id: numbers, instants, digest."""


class History:
    """All accepted events of a chain.

    Attributes:
        weight: Bytes of the events, much as they are packed; a function of the events alone: a restart refuses the same.
        bodies: The body that counts under each name, corrections among them.
        received: The greatest receivedtime of the chain's own events.
        displaced: The body that no longer counts, after `take` said so.
    """

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        """Take the facts of a stored chain."""
        self.bodies: dict[Ref, Fact] = {}
        self._corrections: dict[Ref, list[Fact]] = {}
        self.received: datetime | None = None
        self.displaced: Fact | None = None
        self.weight = 0
        for fact in facts:
            self._put(fact)

    def __len__(self) -> int:
        return len(self.bodies)

    def take(self, fact: Fact) -> Taken:
        """Take an arrival.

        Raises:
            PoisonEvent: ``id_conflict``, another body counts under this name; ``chain_full``, there is no room for one more.
                Nothing is changed.
        """
        known = self.bodies.get((fact.source, fact.id))
        if known is None:
            if self.weight + weight_of(fact) > MOST_BYTES:
                raise PoisonEvent("chain_full", f"the {len(self)} events of this chain weigh {self.weight} bytes already")
            self._put(fact)
            return "new"
        if known.digest == fact.digest:
            if fact.received >= known.received:
                return "same"
            known.received = fact.received
            known.memo.clear()
            self._count_received()
            return "received"
        if (known.recorded, known.digest) <= (fact.recorded, fact.digest):
            raise PoisonEvent("id_conflict", f"{fact.source} {fact.id} already names an event with another body")
        self._drop(known)
        self.displaced = known
        self._put(fact)
        self._count_received()
        return "displaced"

    def root(self, fact: Fact) -> Ref:
        """The name of the first event in the chain of corrections that a fact belongs to, as far as it is there."""
        seen = {fact.ref}
        while fact.correctionof is not None:
            target = self.bodies.get(fact.correctionof)
            if target is None or target.ref in seen:
                return fact.correctionof
            seen.add(target.ref)
            fact = target
        return fact.ref

    def standing(self, ref: Ref) -> Fact | None:
        """The event of a name as it stands, corrections applied; None if it is withdrawn, waits, or is a correction."""
        original = self.bodies.get(ref)
        if original is None or original.correctionof is not None:
            return None
        if ref not in self._corrections:
            return original
        held = self._held(original, set())
        return held if held is None or held.data is not None else None

    def events(self) -> Iterator[Fact]:
        """Every event that stands, in no order."""
        for ref, fact in self.bodies.items():
            if fact.correctionof is None:
                standing = self.standing(ref)
                if standing is not None:
                    yield standing

    def is_corrected(self, ref: Ref) -> bool:
        """Whether a correction of this name has come."""
        return bool(self._corrections.get(ref))

    def _held(self, fact: Fact, seen: set[Ref]) -> Fact | None:
        """A body with the correction that holds for it; None if it is withdrawn."""
        seen.add(fact.ref)
        last: tuple[datetime, str] | None = None
        result: Fact | None = fact
        for correction in self._corrections.get(fact.ref, ()):
            if correction.ref in seen or correction.type != fact.type or correction.subject != fact.subject:
                continue
            held = self._held(correction, seen)
            if held is None:
                continue  # this correction was itself withdrawn
            place = (correction.recorded, correction.id)
            if last is None or place > last:
                last = place
                result = None if held.data is None else fact.corrected_by(held)
        return result

    def _put(self, fact: Fact) -> None:
        self.bodies[fact.ref] = fact
        self.weight += weight_of(fact)
        if self.received is None or fact.received > self.received:
            self.received = fact.received
        if fact.correctionof is not None:
            self._corrections.setdefault(fact.correctionof, []).append(fact)

    def _count_received(self) -> None:
        self.received = max(fact.received for fact in self.bodies.values())

    def _drop(self, fact: Fact) -> None:
        del self.bodies[fact.ref]
        self.weight -= weight_of(fact)
        if fact.correctionof is not None:
            self._corrections[fact.correctionof].remove(fact)


def weight_of(fact: Fact) -> int:
    """About the bytes that an event takes in a packed chain, from what the event says alone."""
    return _FRAME_BYTES + len(fact.id) + len(_ENCODER.encode(fact.data))
