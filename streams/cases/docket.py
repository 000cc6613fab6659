"""The docket of one rule in one scope: its obligations, what became of each, and the alerts that stand.

What it holds is a function of history, rule and clock, however it came there: `look` takes short cuts only where nothing can
have changed, and a fresh docket finds the same.
"""

from datetime import datetime

from streams.cases.alerts import AlertRecord, alert_of
from streams.cases.arming import Armed, Obligation, armed, armed_also
from streams.cases.effects import Effects, End
from streams.cases.facts import Fact
from streams.cases.levels import Course, Reached, course_of, plan_of, undisturbed
from streams.cases.rulebook import Line
from streams.cases.timeline import OWNER_TYPES, Timeline
from streams.cases.views import View


class _Entry:
    """One obligation and what was last found of it."""

    __slots__ = ("alert", "course", "end", "obligation", "owner", "plan", "rule", "wake")

    def __init__(self, obligation: Obligation) -> None:
        self.obligation = obligation
        self.rule = obligation.start.view.rule
        self.plan = plan_of(self.rule, obligation.term, obligation.start.at)
        self.end: End | None = None
        self.course: Course | None = None
        self.owner = ""
        self.alert: AlertRecord | None = None
        self.wake: datetime | None = None


class Docket:
    """All obligations of a rule in a scope.

    Attributes:
        line: The rule.
        timeline: The history of the scope.
        alerts: The alerts that stand, by id.
        wake: The next instant at which something may change.
        keyless: Starts that armed nothing because their key was nowhere to be found.
    """

    def __init__(self, line: Line, timeline: Timeline, root: str, *, incomplete: bool) -> None:
        """Open it; it is empty until `look`."""
        self.line = line
        self.timeline = timeline
        self.alerts: dict[str, AlertRecord] = {}
        self.wake: datetime | None = None
        self.keyless: list[Fact] = []
        self._root = root
        self._incomplete = incomplete
        self._views = {rule: View(rule, timeline, root) for rule in line.rules()}
        self._armed: Armed | None = None
        self._entries: dict[tuple[object, ...], _Entry] = {}

    def look(self, clock: datetime, fact: Fact | None = None) -> None:
        """Judge at a clock not before the last; ``fact``: an event that came since, the last of history."""
        arming = self._armed
        if arming is None or (arming.wake is not None and arming.wake <= clock) or self._is_asked_for(fact):
            self._arm(armed(self.line, self._views, clock))
        elif fact is not None and fact.type in self.line.start_types:
            self._arm(armed_also(arming, self.line, self._views, clock, fact))
        assert self._armed is not None
        changed, wake = False, self._armed.wake
        for entry in self._entries.values():
            due = entry.wake is not None and entry.wake <= clock
            if due or entry.course is None or (fact is not None and self._concerns(entry, fact, clock)):
                changed = self._judge(entry, clock) or changed
            if entry.wake is not None and (wake is None or entry.wake < wake):
                wake = entry.wake
        self.wake = wake
        if changed:
            self._gather()

    def _gather(self) -> None:
        self.alerts = {entry.alert.id: entry.alert for entry in self._entries.values() if entry.alert is not None}

    def _is_asked_for(self, fact: Fact | None) -> bool:
        """Whether a condition on starts may ask for an event (``seen`` and its like)."""
        return fact is not None and any(fact.type in rule.called_types for rule in self._views)

    def _arm(self, found: Armed) -> None:
        """Take the obligations; those that are what they were keep what was found of them."""
        known = self._armed
        self._armed = found
        self.keyless = found.keyless
        if known is not None and found.obligations is known.obligations:
            return
        entries: dict[tuple[object, ...], _Entry] = {}
        for number, obligation in enumerate(found.obligations):
            name = (id(obligation.start.fact), number if obligation.element is not None else None)
            entry = self._entries.get(name)
            entries[name] = entry if entry is not None and entry.obligation == obligation else _Entry(obligation)
        self._entries = entries
        self._gather()

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
