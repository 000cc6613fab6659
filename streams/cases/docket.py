"""The docket of a rule with deadlines in one scope: what became of each obligation, and the alerts that stand."""

from collections.abc import Iterator
from datetime import datetime

from streams.cases.alerts import AlertRecord, alert_of
from streams.cases.arming import Obligation
from streams.cases.effects import Effects
from streams.cases.facts import Fact
from streams.cases.levels import Course, Reached, course_of, plan_of, undisturbed
from streams.cases.register import Entry, Register
from streams.cases.timeline import OWNER_TYPES


class _Entry(Entry):
    """An obligation with its plan and its course."""

    __slots__ = ("alert", "course", "plan")

    def __init__(self, obligation: Obligation) -> None:
        super().__init__(obligation)
        self.plan = plan_of(self.rule, obligation.term, obligation.start.at)
        self.course: Course | None = None
        self.alert: AlertRecord | None = None


class Docket(Register[_Entry]):
    """All obligations of a rule with deadlines in a scope."""

    def _entry(self, obligation: Obligation) -> _Entry:
        return _Entry(obligation)

    def fulfilled(self) -> Iterator[tuple[Entry, datetime]]:
        """Each obligation that an event stopped, warned or not, with its last instant in time."""
        for entry in self._entries.values():
            if entry.end is not None and entry.end.how == "stop" and entry.course is not None:
                yield entry, entry.course.due.due_at

    def _gather(self) -> None:
        self.alerts = {entry.alert.id: entry.alert for entry in self._entries.values() if entry.alert is not None}

    def _concerns(self, entry: _Entry, fact: Fact, clock: datetime) -> bool:
        """Whether the last event of history may change what was found of an obligation."""
        rule = entry.rule
        if fact.type in OWNER_TYPES and entry.alert is not None:
            return True
        if fact.type not in rule.other_types:
            return False
        if entry.end is not None:
            # Over before it happened: only a date in it can reach back.
            return entry.end.at >= fact.time or fact.type in rule.dated_types
        if fact.type in rule.watched:
            return True
        assert self._armed is not None
        return Effects(entry.obligation, self._armed, clock).may_end(fact)

    def _judge(self, entry: _Entry, clock: datetime) -> bool:
        """Judge one obligation; returns whether its alert changed."""
        assert self._armed is not None
        obligation = entry.obligation
        effects = Effects(obligation, self._armed, clock)
        end = effects.end()
        if entry.rule.disturbing.isdisjoint(self.timeline.by_type):
            course = undisturbed(obligation, entry.plan, end, clock, effects.wake)
        else:
            course = course_of(obligation, end, effects.changes(end), clock, effects.wake)
        entry.wake = course.wake
        highest = course.last_reached
        owner = "" if highest is None else owner_of(obligation, highest)
        if end == entry.end and owner == entry.owner and course == entry.course:
            return False
        entry.course, entry.end, entry.owner = course, end, owner
        self.version += 1
        before, entry.alert = entry.alert, None
        if highest is not None:
            entry.alert = alert_of(obligation, end, course, highest, self._root, owner, incomplete=self._incomplete)
        return before is not None or entry.alert is not None


def owner_of(obligation: Obligation, highest: Reached) -> str:
    """The court that owned the case when the level that gives the severity was reached."""
    start, instant = obligation.start, highest.reached_at
    assert instant is not None
    inclusive = highest.exclusive or instant == start.at
    return start.view.timeline.owner(start.fact.subject, instant, inclusive=inclusive)
