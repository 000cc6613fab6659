"""Supervision of a file of events: the core of one partition, no Kafka, no database."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from contract.control import ticked
from contract.envelope import Event
from contract.errors import FieldError, InvalidEvent, PoisonEvent
from contract.named_courts import court_errors
from contract.registry import CONTROL_TYPES, RESTRICTED_TYPES, validate
from streams.cases.alerts import AlertRecord
from streams.cases.outputs import Output, Remark, TransitionOut, alert_of_output
from streams.cases.partition import Partition
from streams.cases.refusals import refusal_of
from streams.cases.rulebook import RuleBook, UnknownPackError
from streams.groups.partition import Groups
from streams.rules.model import Pack

_HOT = 25_000
"""Chains kept decoded: some 100 KB each."""

_HOT_GROUPS = 50_000
"""Groups kept decoded. Most are small, a receipt or an account; a court is all the dearer to judge afresh the more it told."""

_BEGINNING = ("sys.line_started", "sys.calendar_changed", "sys.pack_activated")


class Refusal(NamedTuple):
    """A line that was not taken, and why."""

    line: int
    reason: str


class Supervision:
    """Supervises events as they are read.

    Lines of type ``sys.ticked`` are ticks; where there is none, one comes at the end: at ``until``, else at the greatest
    recordedtime. ``until`` cuts: what was received, or ticks, later than that is not read.

    Control events count as they do live. A file whose first lines activate packs says by itself which of those given judge,
    and from when; in any other file all of them judge always.

    Restricted records and rules are left out. With ``restricted`` these alone are read and judged, as the room of their own
    does; of the other lines only the clock counts.

    Attributes:
        left_out: Lines of restricted types that were left out.
        later: Events later than ``until``, which were not read.
        unheard: Foreign events that no pack lists.
        refusals: Lines that were not taken so far.
        remarks: What stopped nothing and should be known.
    """

    def __init__(
        self,
        packs: Iterable[Pack],
        until: datetime | None = None,
        *,
        restricted: bool = False,
        at_hand: Iterable[Pack] = (),
        always: Iterable[Pack] = (),
        only: frozenset[str] | None = None,
    ) -> None:
        """Begin with the packs at hand.

        ``at_hand``: more of them, for a file that activates them; ``always``: those that judge whatever a file activates.
        ``only``: the ids of the rules that judge; None: all.
        """
        self._packs, self._always = list(packs), list(always)
        known = [*self._packs, *self._always, *at_hand]
        self._core = Partition(RuleBook(known, restricted=restricted, only=only), snapshots=False, hot=_HOT)
        self._groups = Groups(RuleBook(known, restricted=restricted, only=only), hot=_HOT_GROUPS)
        self._listed = {name for pack in known for name in pack.events}
        self._begun = False
        self._until = until
        self._restricted = restricted
        self.left_out = self.later = self.unheard = 0
        self._number = 0
        self._ticks = 0
        self._last: datetime | None = None
        self.refusals: list[Refusal] = []
        self.remarks: list[Remark] = []

    def read(self, line: int, event: Event | InvalidEvent) -> list[TransitionOut]:
        """Take one line; its transitions, in the order of the journal."""
        if isinstance(event, InvalidEvent):
            return self._refuse(line, event)
        restricted = event.short in RESTRICTED_TYPES
        if restricted and not self._restricted:
            self.left_out += 1
            return []
        tick = event.short == "sys.ticked"
        other = self._restricted and not restricted and not tick
        if not other and (errors := [*validate(event), *_courts(event)]):
            return self._refuse(line, InvalidEvent(tuple(errors)))
        self._begin(event.short)
        control = event.short in CONTROL_TYPES
        at = event.time if control else event.receivedtime or event.recordedtime
        if self._until is not None and at > self._until:
            self.later += not control
            return []
        self.unheard += event.type.startswith("x.") and event.type not in self._listed
        self._ticks += tick
        if not control and (self._last is None or event.recordedtime > self._last):
            self._last = event.recordedtime
        return [] if other else self._apply(line, event)

    def finish(self) -> list[TransitionOut]:
        """Take the tick at the end, if there was none."""
        self._begin("")
        at = self._until or self._last
        if self._ticks or at is None:
            return []
        return self._apply(0, ticked(0, at))

    def alerts(self) -> list[AlertRecord]:
        """The standing alerts, by id."""
        return sorted([*self._core.standing(), *self._groups.standing()], key=lambda alert: alert.id)

    def _begin(self, kind: str) -> None:
        """With the first line that doesn't belong to the beginning of a log, all packs judge if none was activated."""
        if not self._begun and kind not in _BEGINNING:
            self._begun = True
            self._core.activate_all(self._packs, also=self._always)
            self._groups.activate_all(self._packs, also=self._always)

    def _apply(self, line: int, event: Event) -> list[TransitionOut]:
        position = (0, self._number)
        self._number += 1
        try:
            outputs = self._core.apply(position, event)
        except UnknownPackError as error:
            return self._refuse(line, InvalidEvent((FieldError("data.sha256", "unknown_pack", str(error)),)))
        except PoisonEvent as error:
            self.refusals.append(Refusal(line, str(error)))
            outputs = self._core.mark_incomplete(event.rootid, position)
            outputs += self._core.tell_refusal(position, refusal_of(event, error.reason))
        self._remark(line)
        return self._with_groups(outputs, f"{position[0]}:{position[1]}")

    def _remark(self, line: int) -> None:
        """Keep what should be known. Of two bodies under one name one is refused, whichever stands first in the file."""
        for remark in self._core.take_remarks():
            if remark.what == "id_conflict":
                reason = f"id_conflict: {' '.join(remark.event)} named another body before, in whose place this one counts"
                self.refusals.append(Refusal(line, reason))
            else:
                self.remarks.append(remark)

    def _with_groups(self, outputs: list[Output], where: str) -> list[TransitionOut]:
        """What the cases say, and what the groups make of it, at one position.

        Each message to the groups is a part of it of its own, as it is a record of its own in the live topic of facts.
        """
        steps = [output for output in outputs if isinstance(output, TransitionOut)]
        messages = [output for output in outputs if not isinstance(output, TransitionOut)]
        for part, message in enumerate(messages):
            steps += self._groups.apply(where, message, part)
        return sorted(steps, key=alert_of_output)

    def _refuse(self, line: int, error: InvalidEvent) -> list[TransitionOut]:
        self.refusals.append(Refusal(line, str(error)))
        return []


def _courts(event: Event) -> list[FieldError]:
    """What is wrong with the courts that an event names; what a gateway took was asked there, by the tree of its day."""
    return [] if event.receivedtime is not None else court_errors(event)


def supervise(
    events: Iterable[tuple[int, Event | InvalidEvent]],
    packs: Iterable[Pack],
    until: datetime | None = None,
    *,
    restricted: bool = False,
) -> tuple[list[AlertRecord], list[TransitionOut], list[Refusal]]:
    """Supervise numbered events at once: (standing alerts by id, transitions in the order of the journal, refusals)."""
    supervision = Supervision(packs, until, restricted=restricted)
    journal = [step for line, event in events for step in supervision.read(line, event)]
    journal += supervision.finish()
    return supervision.alerts(), journal, supervision.refusals


def numbered(events: Iterable[Event]) -> Iterator[tuple[int, Event]]:
    """Events as the lines of a file."""
    yield from enumerate(events, 1)
