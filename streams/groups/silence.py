"""The docket of a rule of kind ``silence`` in a group: how long nothing came, between any two events and since the last.

An event fulfils what the one before it began, and begins anew. Only the gaps next to what changed are judged, so that an event
costs the same however long the history is.
"""

from bisect import bisect_left, insort
from datetime import UTC, datetime

from streams.cases.alerts import AlertRecord, alert_of
from streams.cases.arming import Obligation, Start, holds_for, obligations_of, start_of
from streams.cases.effects import End
from streams.cases.facts import Fact, Order
from streams.cases.levels import Plan, plan_of, undisturbed
from streams.cases.rulebook import Line
from streams.cases.views import View
from streams.groups.events import GroupTimeline, Shared

_EVER = datetime.max.replace(tzinfo=UTC)
_Place = tuple[datetime, Order]


class SilenceDocket:
    """All gaps of a rule in a group.

    Attributes:
        line: The rule.
        alerts: The alerts that stand, by id.
        wake: The next instant at which something may change.
        keyless: Events that count for nothing since their key was nowhere to be found.
    """

    def __init__(self, line: Line, timeline: GroupTimeline, entry: Shared | None) -> None:
        """Take what there is; ``entry``: the entry of the court in the tree, which counts if nothing came before it."""
        self.line = line
        self.timeline = timeline
        self.alerts: dict[str, AlertRecord] = {}
        self.wake: datetime | None = None
        self.keyless: list[Fact] = []
        self._views = {rule: View(rule, timeline, timeline.id) for rule in line.rules()}
        self._starts: dict[tuple[str, ...], list[Start]] = {}
        self._of_fact: dict[Fact, Start] = {}
        self._found: dict[Start, list[AlertRecord]] = {}
        self._wakes: dict[Start, datetime] = {}
        self._plans: dict[Start, Plan] = {}  # of the gaps that are judged again and again: those that are still open
        self._touched: dict[Start, None] = {}
        self._entry = self._entered(entry)
        for fact in timeline.facts:
            self.change(None, fact)

    def change(self, before: Fact | None, after: Fact | None) -> None:
        """Take note that an event was replaced, came or went."""
        if before is not None:
            self._drop(before)
        if after is not None and after.type in self.line.start_types:
            self._put(after)

    def look(self, clock: datetime, fact: Fact | None = None) -> None:
        """Judge at a clock not before the last what changed since, and what is due."""
        del fact
        due = [start for start, wake in self._wakes.items() if wake <= clock]
        touched = list(dict.fromkeys([*self._touched, *due]))
        self._touched.clear()
        gone: list[AlertRecord] = []
        come: list[AlertRecord] = []
        for start in touched:
            before = self._found.pop(start, [])
            found = self._judge(start, clock)
            if found:
                self._found[start] = found
            if before != found:
                gone += before
                come += found
        if gone or come:
            self.alerts = self.alerts.copy()
            for alert in gone:
                del self.alerts[alert.id]
            self.alerts |= {alert.id: alert for alert in come}
        self.wake = min(self._wakes.values(), default=None)

    def _entered(self, entry: Shared | None) -> Start | None:
        if entry is None:
            return None
        for rule, view in self._views.items():
            if self.line.judging(entry.time) is not rule or not rule.is_effective(entry.time):
                continue
            if not rule.key and rule.starts and holds_for(self.line, rule, self.timeline.id, entry.time):
                start = Start(entry.time, entry.order, entry, (), view, rule.starts[0])
                self._touched[start] = None
                return start
        return None

    def _put(self, fact: Fact) -> None:
        start = start_of(self.line, self._views, fact, _EVER)
        if start is None:
            return
        self._of_fact[fact] = start
        insort(self._starts.setdefault(start.key, []), start, key=_place)
        self._touch(start)

    def _drop(self, fact: Fact) -> None:
        start = self._of_fact.pop(fact, None)
        if start is None:
            return
        self._touch(start)
        starts = self._starts[start.key]
        del starts[bisect_left(starts, _place(start), key=_place)]

    def _touch(self, start: Start) -> None:
        """A start, and the one before it, are to be judged; at the front also the entry in the tree."""
        starts = self._starts[start.key]
        at = bisect_left(starts, _place(start), key=_place)
        self._touched[start] = None
        if at:
            self._touched[starts[at - 1]] = None
        if self._entry is not None:
            self._touched[self._entry] = None

    def _following(self, start: Start) -> Start | None:
        """The start after one."""
        starts = self._starts.get(start.key, [])
        at = bisect_left(starts, _place(start), key=_place)
        if at < len(starts) and starts[at] is start:
            at += 1
        return starts[at] if at < len(starts) else None

    def _judge(self, start: Start, clock: datetime) -> list[AlertRecord]:
        """The alert of the gap that a start begins, if a level of it is reached."""
        self._wakes.pop(start, None)
        if not self._stands(start):
            self._plans.pop(start, None)
            return []
        if start.at > clock:
            self._wakes[start] = start.at
            return []
        following = self._following(start)
        later = following.at if following is not None and following.at > clock else None
        if later is not None:
            following = None
        alerts = [self._alert(obligation, clock) for obligation in obligations_of(start, following)]
        if later is not None and (start not in self._wakes or later < self._wakes[start]):
            self._wakes[start] = later
        return [alert for alert in alerts if alert is not None]

    def _stands(self, start: Start) -> bool:
        if start is not self._entry:
            return self._of_fact.get(start.fact) is start
        return not self._starts.get(()) or _place(self._starts[()][0]) > _place(start)

    def _alert(self, obligation: Obligation, clock: datetime) -> AlertRecord | None:
        start, following = obligation.start, obligation.following
        end = None if following is None else End(following.at, following.order, "stop", following.fact)
        plan = self._plans.pop(start, None) or plan_of(start.view.rule, obligation.term, start.at)
        if end is None and start.view.rule.term is not None:
            self._plans[start] = plan
        course = undisturbed(obligation, plan, end, clock, None)
        if course.wake is not None:
            self._wakes[start] = course.wake
        highest = course.last_reached
        if highest is None or highest.reached_at is None:
            return None
        court = self.timeline.owner(start.fact.subject, highest.reached_at, inclusive=True)
        return alert_of(obligation, end, course, highest, self.timeline.id, court, incomplete=False)


def _place(start: Start) -> _Place:
    return start.at, start.order
