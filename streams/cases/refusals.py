"""What was refused, told to the group of the court whose feed sent it: ``sys.event_rejected``.

Of two bodies under one name one is refused, whichever came first: told is the one that doesn't count, once, at its earliest
receipt. Nothing of it is taken back, also when it is replayed: it happened.
"""

from datetime import datetime
from typing import NamedTuple

from contract.canonical import short_id
from contract.envelope import Event, court_of_source
from contract.times import format_instant
from streams.cases.derived import ENGINE
from streams.cases.facts import DIGEST_BYTES, Fact
from streams.cases.outputs import GroupFact


class Refusal(NamedTuple):
    """A record that was not applied.

    Attributes:
        source: The feed that sent it.
        event_id: As far as it can be read.
        body: Hexadecimal digest of what it said.
        sequence: Its number in its source, -1 if it has none.
        received: When it came; None if that can't be read.
        reason: Stable name, as on the dead letter.
    """

    source: str
    event_id: str
    body: str
    sequence: int
    received: datetime | None
    reason: str


def refusal_of(event: Event, reason: str) -> Refusal:
    """The refusal of an event that could be read."""
    sequence = -1 if event.sequence is None else event.sequence
    received = event.receivedtime or event.recordedtime
    return Refusal(event.source, event.id, event.digest[:DIGEST_BYTES].hex(), sequence, received, reason)


def displaced(fact: Fact) -> Refusal:
    """The refusal of a body in whose place a lesser one came."""
    return Refusal(fact.source, fact.id, fact.digest.hex(), fact.sequence, fact.received, "id_conflict")


def told_of_refusal(refusal: Refusal, clock: datetime, position: str) -> list[GroupFact]:
    """What the group of the source's court is told; nothing of sources that are no court's."""
    court = court_of_source(refusal.source)
    if court is None or refusal.reason == "muted":  # what a muted source sends is put away unread, thousands at a time
        return []
    name = short_id("derived", "sys.event_rejected", refusal.source, refusal.event_id, refusal.body)
    at = format_instant(refusal.received or clock)
    data = {"court_code": court, "source": refusal.source, "reason": refusal.reason}
    event = {
        "source": ENGINE,
        "id": name,
        "type": "sys.event_rejected",
        "subject": f"court/{court}",
        "time": at,
        "recordedtime": at,
        "receivedtime": at,
        "sequence": -1,
        "courtcode": court,
        "data": data if refusal.sequence < 0 else data | {"sequence": refusal.sequence},
        "root": f"court/{court}",
        "owner": court,
        "of": court,
    }
    fact_id = short_id("fact", f"court:{court}", ENGINE, name, position)
    return [GroupFact(id=fact_id, position=position, n=0, group=f"court:{court}", ref=(ENGINE, name), event=event)]
