"""Supervision of a file of events: the core of one partition, no Kafka, no database."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from contract.control import ticked
from contract.envelope import Event
from contract.errors import InvalidEvent, PoisonEvent
from contract.registry import CONTROL_TYPES, validate
from streams.cases.alerts import AlertRecord
from streams.cases.outputs import Remark, TransitionOut
from streams.cases.partition import Partition
from streams.cases.rulebook import RuleBook
from streams.rules.model import Pack

_ALL = 10**9


class Refusal(NamedTuple):
    """A line that was not taken, and why."""

    line: int
    reason: str


class Supervision:
    """Supervises events as they are read.

    Lines of type ``sys.ticked`` are ticks; where there is none, one comes at the end: at ``until``, else at the greatest
    recordedtime. ``until`` cuts: what was received, or ticks, later than that is not read.

    Attributes:
        refusals: Lines that were not taken so far.
        remarks: What stopped nothing and should be known.
    """

    def __init__(self, packs: Iterable[Pack], until: datetime | None = None) -> None:
        """Begin with packs that hold from the beginning."""
        self._core = Partition(RuleBook(packs, always=True), snapshots=False, hot=_ALL)
        self._until = until
        self._number = 0
        self._ticks = 0
        self._last: datetime | None = None
        self.refusals: list[Refusal] = []
        self.remarks: list[Remark] = []

    def read(self, line: int, event: Event | InvalidEvent) -> list[TransitionOut]:
        """Take one line; its transitions, in the order of the journal."""
        if isinstance(event, InvalidEvent):
            return self._refuse(line, event)
        errors = validate(event)
        if errors:
            return self._refuse(line, InvalidEvent(tuple(errors)))
        tick = event.short == "sys.ticked"
        if event.short in CONTROL_TYPES and not tick:
            return []  # the packs are those of the command line, and so is the clock
        at = event.time if tick else event.receivedtime or event.recordedtime
        if self._until is not None and at > self._until:
            return []
        self._ticks += tick
        if not tick and (self._last is None or event.recordedtime > self._last):
            self._last = event.recordedtime
        return self._apply(line, event)

    def finish(self) -> list[TransitionOut]:
        """Take the tick at the end, if there was none."""
        at = self._until or self._last
        if self._ticks or at is None:
            return []
        return self._apply(0, ticked(0, at))

    def alerts(self) -> list[AlertRecord]:
        """The standing alerts, by id."""
        return self._core.standing()

    def _apply(self, line: int, event: Event) -> list[TransitionOut]:
        position = (0, self._number)
        self._number += 1
        try:
            outputs = self._core.apply(position, event)
        except PoisonEvent as error:
            self.refusals.append(Refusal(line, str(error)))
            outputs = self._core.mark_incomplete(event.rootid, position)
        self.remarks += self._core.take_remarks()
        return [output for output in outputs if isinstance(output, TransitionOut)]

    def _refuse(self, line: int, error: InvalidEvent) -> list[TransitionOut]:
        self.refusals.append(Refusal(line, str(error)))
        return []


def supervise(
    events: Iterable[tuple[int, Event | InvalidEvent]], packs: Iterable[Pack], until: datetime | None = None
) -> tuple[list[AlertRecord], list[TransitionOut], list[Refusal]]:
    """Supervise numbered events at once: (standing alerts by id, transitions in the order of the journal, refusals)."""
    supervision = Supervision(packs, until)
    journal = [step for line, event in events for step in supervision.read(line, event)]
    journal += supervision.finish()
    return supervision.alerts(), journal, supervision.refusals


def numbered(events: Iterable[Event]) -> Iterator[tuple[int, Event]]:
    """Events as the lines of a file."""
    yield from enumerate(events, 1)
