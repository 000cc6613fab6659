"""The docket of one rule in one scope: its obligations, what became of each, and the alerts that stand.

What it holds is a function of history, rule and clock, however it came there: `look` takes short cuts only where nothing can
have changed, and a fresh docket finds the same.
"""

from datetime import datetime

from streams.cases.alerts import AlertRecord, alert_of
from streams.cases.arming import Armed, Obligation, armed
from streams.cases.effects import Effects, End
from streams.cases.facts import Fact
from streams.cases.levels import Course, course_of, plan_of, undisturbed
from streams.cases.rulebook import Line
from streams.cases.timeline import OWNER_TYPES, Timeline
from streams.cases.views import View


class _Entry:
    """One obligation and what was last found of it."""

    __slots__ = ("alert", "course", "end", "obligation", "owner", "wake")

    def __init__(self, obligation: Obligation) -> None:
        self.obligation = obligation
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
        self._views = {rule: View(rule, timeline, root) for _, rule in line.versions}
        self._armed: Armed | None = None
        self._entries: dict[tuple[object, ...], _Entry] = {}

    def look(self, clock: datetime, fact: Fact | None = None) -> None:
        """Judge at a clock not before the last; ``fact``: an event that came since, the last of history."""
        arming = self._armed
        fresh = arming is None or self._is_arming(fact) or (arming.wake is not None and arming.wake <= clock)
        if fresh:
            self._arm(clock)
        for entry in self._entries.values():
            due = entry.wake is not None and entry.wake <= clock
            if due or entry.course is None or (fact is not None and self._concerns(entry, fact)):
                self._judge(entry, clock)
        self.alerts = {entry.alert.id: entry.alert for entry in self._entries.values() if entry.alert is not None}
        assert self._armed is not None
        self.wake = self._armed.wake
        for entry in self._entries.values():
            if entry.wake is not None and (self.wake is None or entry.wake < self.wake):
                self.wake = entry.wake

    def _is_arming(self, fact: Fact | None) -> bool:
        return fact is not None and any(fact.type in rule.arming_types for rule in self._views)

    def _arm(self, clock: datetime) -> None:
        """Find the obligations anew; those that are what they were keep what was found of them."""
        found = self._armed = armed(self.line, self._views, clock)
        self.keyless = found.keyless
        entries: dict[tuple[object, ...], _Entry] = {}
        for number, obligation in enumerate(found.obligations):
            name = (id(obligation.start.fact), obligation.start.key, number if obligation.element is not None else None)
            known = self._entries.get(name)
            same = known is not None and known.obligation == obligation
            entries[name] = known if known is not None and same else _Entry(obligation)
        self._entries = entries

    def _concerns(self, entry: _Entry, fact: Fact) -> bool:
        """Whether the last event of history may bear on an obligation: not if that was over by then, or on another key."""
        view = entry.obligation.start.view
        if fact.type in OWNER_TYPES and entry.alert is not None:
            return True
        if fact.type not in view.rule.other_types:
            return False
        if entry.end is not None and entry.end.at < fact.time and fact.type not in view.rule.dated_types:
            return False
        if not view.rule.key or fact.type in view.rule.end_types:
            return True
        key = view.key_of(fact)
        return key is None or key == entry.obligation.start.key

    def _judge(self, entry: _Entry, clock: datetime) -> None:
        assert self._armed is not None
        obligation = entry.obligation
        rule = obligation.start.view.rule
        effects = Effects(obligation, self._armed, clock)
        end = effects.end()
        plan = plan_of(rule, obligation.term, obligation.start.at)
        if any(self.timeline.of_type(name) for name in rule.disturbing):
            changes = effects.changes(end)
            course = course_of(obligation, end, changes, clock, effects.wake)
        else:
            course = undisturbed(obligation, plan, end, clock, effects.wake)
        entry.wake = course.wake
        owner = owner_of(obligation, course)
        if course != entry.course or end != entry.end or owner != entry.owner:
            entry.course, entry.end, entry.owner = course, end, owner
            entry.alert = alert_of(obligation, end, course, self._root, owner, incomplete=self._incomplete)


def owner_of(obligation: Obligation, course: Course) -> str:
    """The court that owned the case when the level that gives the severity was reached; "" if none was."""
    last = course.last_reached
    if last is None or last.reached_at is None:
        return ""
    start = obligation.start
    inclusive = last.exclusive or last.reached_at == start.at
    return start.view.timeline.owner(start.fact.subject, last.reached_at, inclusive=inclusive)
