"""Which events hold, and the cases that they make: the words *Events*, *Day*, *Order*, *Fields*, *Case*, *Court*."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from contract.envelope import Event, Ref, order_key
from contract.registry import RESTRICTED_TYPES
from contract.times import civil_date, day_start

NOBODY = "-"
OWNING = ("case.filed", "case.restored", "case.application_received")


class Heard(NamedTuple):
    """An event as it holds.

    Attributes:
        name: Its short type.
        time: When it happened.
        place: Its place in the order of events.
        data: The payload.
        court: The acting court, `-` if there is none.
        owner: The court that the case belongs to after it.
        received_on: The civil date on which it came.
    """

    name: str
    time: datetime
    place: tuple[Any, ...]
    data: dict[str, Any]
    court: str
    owner: str
    received_on: date

    @property
    def day(self) -> date:
        """The civil date of its time."""
        return civil_date(self.time)

    def told(self, field: str) -> Any:
        """A field, or None where it isn't told."""
        value = self.data.get(field)
        return None if value == "" else value

    def date_of(self, field: str) -> date | None:
        """A field that holds a date."""
        value = self.told(field)
        return None if value is None else date.fromisoformat(value)


class Case(NamedTuple):
    """All events of one subject in a chain, in order."""

    rootid: str
    subject: str
    events: list[Heard]

    def of(self, *names: str) -> list[Heard]:
        """Those of some types."""
        return [one for one in self.events if one.name in names]

    def firsts(self, field: str, *names: str) -> dict[str, Heard]:
        """The first of some types under each id; one that tells no id has no row."""
        found: dict[str, Heard] = {}
        for one in self.of(*names):
            if one.told(field) is not None:
                found.setdefault(one.data[field], one)
        return found


def cases(events: Iterable[Event], known_on: date | None = None) -> list[Case]:
    """The cases of a file, as known at the end of a day; None: as known in the end."""
    ends = None if known_on is None else day_start(known_on + timedelta(days=1))
    found: dict[tuple[str, str], list[tuple[Event, datetime]]] = defaultdict(list)
    for held, received in _held(event for event in events if ends is None or _received(event) < ends):
        found[held.rootid, held.subject].append((held, received))
    return [Case(rootid, subject, list(_owned(events))) for (rootid, subject), events in sorted(found.items())]


def _received(event: Event) -> datetime:
    return event.receivedtime or event.recordedtime


def _counts(event: Event) -> bool:
    return not event.short.startswith("sys.") and event.type not in RESTRICTED_TYPES and event.short not in RESTRICTED_TYPES


def _held(events: Iterable[Event]) -> Iterator[tuple[Event, datetime]]:
    """Yield each event as it holds, and when it first came."""
    bodies: dict[tuple[str, Ref], Event] = {}
    for event in filter(_counts, events):
        known = bodies.get((event.rootid, event.ref))
        mine = (event.recordedtime, event.digest, _received(event))
        if known is None or mine < (known.recordedtime, known.digest, _received(known)):
            bodies[event.rootid, event.ref] = event
    corrections: dict[tuple[str, Ref], list[Event]] = defaultdict(list)
    for event in bodies.values():
        if event.correctionof is not None:
            corrections[event.rootid, event.correctionof].append(event)
    for event in bodies.values():
        if event.correctionof is None:
            held = _in_the_end(event, corrections, frozenset({event.ref}))
            if held is not None and held.data is not None:
                yield held, _received(event)


def _in_the_end(event: Event, corrections: dict[tuple[str, Ref], list[Event]], seen: frozenset[Ref]) -> Event | None:
    """What an event says with its corrections, which have corrections of their own; None: it was withdrawn."""
    said: Event | None = event
    last: tuple[datetime, str] | None = None
    for one in corrections[event.rootid, event.ref]:
        if one.ref in seen or (one.type, one.subject) != (event.type, event.subject):
            continue
        held = _in_the_end(one, corrections, seen | {one.ref})
        if held is not None and (last is None or (one.recordedtime, one.id) > last):
            last = one.recordedtime, one.id
            said = None
            if held.data is not None:
                said = msgspec.structs.replace(event, time=held.time, data=held.data, courtcode=held.court)
    return said


def _owned(events: list[tuple[Event, datetime]]) -> Iterator[Heard]:
    """Yield the events of a case in order, each with the owner after it."""
    owner = ""
    for event, received in sorted(events, key=lambda one: order_key(one[0])):
        court = event.court or NOBODY
        owner = owner or court
        if event.short in OWNING:
            owner = court
        assert event.data is not None
        if event.short == "case.transferred":
            owner = event.data.get("to_court") or court
        yield Heard(event.short, event.time, order_key(event), event.data, court, owner, civil_date(received))
