"""The numbers of a source, told to the group of its court: what came, whatever became of it.

A gap in a source's sequence is seen only by who hears all of its numbers, and its events lie in all partitions. So every body
that a chain holds tells the court of its source its number, be it an event that stands, a correction, or withdrawn; a heartbeat
tells also what its feed has sent up to then. Where the group hears of the event anyway, under its own name, that is enough.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from contract.envelope import court_of_source
from contract.registry import HEARTBEAT
from contract.times import format_instant
from streams.cases.facts import Fact
from streams.cases.telling import Told

NUMBERS = "#numbers"
"""The source of what says no more than a number; no sender's source begins so."""


def numbers_told(bodies: Iterable[Fact], told: Told) -> Told:
    """The numbers that some bodies tell beside what is told of events anyway."""
    return {name: content for body in bodies for name, content in _told(body, told)}


def _told(body: Fact, told: Told) -> Iterator[tuple[tuple[str, str, str], dict[str, Any]]]:
    court = court_of_source(body.source)
    last = (body.data or {}).get("last_seq") if body.type == HEARTBEAT else None
    if court is None or (body.sequence < 0 and last is None):
        return
    group = f"court:{court}"
    if last is None and (group, body.source, body.id) in told:
        return
    name = f"{body.source} {body.id}"
    content = {"what": "number", "ref": [NUMBERS, name], "source": body.source, "number": body.sequence}
    yield (group, NUMBERS, name), content | {"last": last, "receivedtime": format_instant(body.received)}
