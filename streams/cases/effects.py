"""What happens to an obligation: the events that fulfil, cancel or end it, its pauses and extensions."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from contract.times import day_start
from streams.cases.arming import Armed, Obligation
from streams.cases.compiled import CompiledPause, CompiledReference, Ending
from streams.cases.facts import Fact, Order
from streams.cases.views import Now


class End(NamedTuple):
    """What ended an obligation."""

    at: datetime
    order: Order
    how: Ending
    fact: Fact


class Change(NamedTuple):
    """A pause opened or closed, or an extension, in the order of taking effect; a span is named by its number."""

    at: datetime
    order: Order | tuple[()]
    opens: int | None
    closes: int | None
    until_on: date | None
    fact: Fact


class Effects:
    """Finds them for one obligation up to a clock; ``wake`` is the next instant at which one may take effect."""

    def __init__(self, obligation: Obligation, armed: Armed, clock: datetime) -> None:
        """Look at an obligation among all of its rule."""
        self._of = obligation
        self._start = obligation.start
        self._view = obligation.start.view
        self._rule = obligation.start.view.rule
        self._armed = armed
        self._clock = clock
        self.wake: datetime | None = None

    def end(self) -> End | None:
        """The first event that ends it: a stop, else a cancel, else an end of the case."""
        candidates: list[tuple[datetime, Order, Ending, CompiledReference, Fact]] = []
        by_type = self._view.timeline.by_type
        ending = self._rule.ending
        for name in ending.keys() & by_type.keys():
            for fact in by_type[name]:
                for how, reference in ending[name]:
                    at = self._effect(reference, fact)
                    if at is not None and at >= self._start.at:
                        candidates.append((at, fact.order, how, reference, fact))
        if len(candidates) > 1:
            candidates.sort(key=lambda candidate: (candidate[0], candidate[1], _RANK[candidate[2]]))
        for at, order, how, reference, fact in candidates:
            following = self._followed(at, order)
            if following is not None:
                return following
            if self._ends(at, order, how, reference, fact):
                return End(at, order, how, fact)
        return self._followed(None, None)

    def may_end(self, fact: Fact) -> bool:
        """Whether one event ends it, or may when its effect comes."""
        for how, reference in self._rule.ending.get(fact.type, ()):
            at = reference.effect(fact)
            if at is None or at < self._start.at:
                continue
            if at > self._clock or self._ends(at, fact.order, how, reference, fact):
                return True
        return False

    def changes(self, end: End | None) -> list[Change]:
        """Pauses and extensions up to its end, in the order in which they take effect."""
        found: list[Change] = []
        number = 0
        for pause in self._rule.pauses:
            changes = self._pauses(pause, number)
            number += len(changes)
            found += changes
        for reference in self._rule.extends:
            found += self._extensions(reference)
        found.sort(key=lambda change: (change.at, change.order, change.opens is not None))
        if end is None:
            return found
        return [change for change in found if (change.at, change.order) < (end.at, end.order)]

    def _followed(self, at: datetime | None, order: Order | None) -> End | None:
        """For ``last``: the next start of the key, if it comes before the place of another candidate."""
        following = self._of.following
        if following is None or (at is not None and order is not None and (at, order) < (following.at, following.order)):
            return None
        return End(following.at, following.order, "stop", following.fact)

    def _effect(self, reference: CompiledReference, fact: Fact) -> datetime | None:
        """The instant of an event's effect, if the clock has reached it; else it is remembered as the next to come."""
        at = reference.effect(fact)
        if at is not None and at > self._clock:
            self.wake = at if self.wake is None else min(self.wake, at)
            return None
        return at

    def _ends(self, at: datetime, order: Order, how: Ending, reference: CompiledReference, fact: Fact) -> bool:
        if fact is self._start.fact and self._rule.points is not None:
            return False  # a point doesn't end itself, whatever date is in it
        if how == "end":
            armed_before = (self._start.at, self._start.order) < (at, order)
            in_case = fact.subject == self._start.fact.subject
            return armed_before and in_case and self._meets(reference, fact, at) and not self._is_stop(fact)
        if not self._in_order(at, reference, fact):
            return False
        if how == "stop":
            return self.is_about(reference, fact, at)
        return self._touches(reference, fact, at) and not self._is_stop(fact)

    def _in_order(self, at: datetime, reference: CompiledReference, fact: Fact) -> bool:
        """At the instant of the start: in either order, but a start of the rule only after it, and itself by another field."""
        if fact is self._start.fact:
            return reference.field != self._start.reference.field
        if at == self._start.at and fact in self._armed.matched:
            return fact.order > self._start.order
        return True

    def _is_stop(self, fact: Fact) -> bool:
        """Whether an event, besides cancelling or ending, stops: what is both is a stop."""
        for reference in self._rule.stops:
            if fact.type in reference.types:
                at = reference.effect(fact)
                if at is None or not self._start.at <= at <= self._clock:
                    continue
                if self._in_order(at, reference, fact) and self.is_about(reference, fact, at):
                    return True
        return False

    def is_about(self, reference: CompiledReference, fact: Fact, at: datetime) -> bool:
        """Whether an event is, as a stop, one of this obligation; one without key only if it names the start."""
        names_start = reference.names_start or self._rule.match_names_start
        return self._touches(reference, fact, at, keyless=names_start)

    def _touches(self, reference: CompiledReference, fact: Fact, at: datetime, *, keyless: bool = True) -> bool:
        """Whether an event is about this obligation: by key, by ``match``, by the condition."""
        if self._rule.key:
            key = self._view.key_of(fact)
            if key is None:
                if not keyless:
                    return False
            elif key != self._start.key:
                return False
        match = self._rule.match
        now = Now(at, fact.order)
        if match is not None and not self._view.holds(match, fact, now, start=self._start.fact, stop=fact, it=self._of.element):
            return False
        return self._meets(reference, fact, at)

    def _meets(self, reference: CompiledReference, fact: Fact, at: datetime) -> bool:
        return self._view.holds(reference.condition, fact, Now(at, fact.order), start=self._start.fact, it=self._of.element)

    def _pauses(self, pause: CompiledPause, number: int) -> list[Change]:
        """The spans of one kind of pause; a closing event closes all that are open."""
        changes: list[Change] = []
        open_spans: dict[int, datetime | None] = {}
        for at, order, opening, fact in self._pause_events(pause):
            if not opening:
                still_open = (span for span, until in open_spans.items() if until is None or until > at)
                changes += [Change(at, order, None, span, None, fact) for span in still_open]
                open_spans.clear()
                continue
            until = self._until(pause, fact)
            if until is not None and until <= at:
                continue  # over before it began
            number += 1
            open_spans[number] = until
            changes.append(Change(at, order, number, None, None, fact))
            if until is not None and until <= self._clock:
                changes.append(Change(until, (), None, number, None, fact))
        return changes

    def _pause_events(self, pause: CompiledPause) -> list[tuple[datetime, Order, bool, Fact]]:
        """(instant, place, whether it opens, event) of what opens and closes, in the order of taking effect."""
        events: list[tuple[datetime, Order, bool, Fact]] = []
        for opening, references in ((False, pause.ends), (True, (pause.begin,))):
            for reference in references:
                for fact in reference.facts(self._view.timeline):
                    at = self._effect(reference, fact)
                    if at is not None and self._touches(reference, fact, at):
                        events.append((at, fact.order, opening, fact))
        return sorted(events, key=lambda event: event[:3])

    def _until(self, pause: CompiledPause, fact: Fact) -> datetime | None:
        """The instant at which a day named by the opening event is over, that day included."""
        ends: list[datetime] = []
        for reference in pause.until:
            found = reference.day(fact)
            if found is not None and found[0] != date.max:  # the last day of the calendar is never over
                day, at = found
                ends.append(at if day is None else day_start(day + timedelta(days=1), self._rule.zone))
        end = min(ends, default=None)
        if end is not None and end > self._clock:
            self.wake = end if self.wake is None else min(self.wake, end)
        return end

    def _extensions(self, reference: CompiledReference) -> list[Change]:
        """Here the field is the new due date; the extension takes effect at the event's own instant."""
        found: list[Change] = []
        for fact in reference.facts(self._view.timeline):
            moment = reference.day(fact)
            at = fact.received if self._rule.rule.axis == "received" else fact.time
            if moment is None or at < self._start.at:
                continue
            if at > self._clock:
                self.wake = at if self.wake is None else min(self.wake, at)
                continue
            if self._touches(reference, fact, at):
                day, instant = moment
                until_on = day or instant.astimezone(self._rule.zone).date()
                found.append(Change(at, fact.order, None, None, until_on, fact))
        return found


_RANK: dict[Ending, int] = {"stop": 0, "cancel": 1, "end": 2}
