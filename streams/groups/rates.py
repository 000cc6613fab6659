"""The docket of a rule of kind ``rate``: what was counted in each window, what it is compared with, and the alerts.

What comes late changes a window like what came in time, and those after it that are compared with it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from contract.courts import COURTS
from streams.cases.alerts import AlertRecord
from streams.cases.arming import holds_for
from streams.cases.compiled import CompiledLevel, CompiledRule
from streams.cases.facts import Fact
from streams.cases.rulebook import Line
from streams.cases.timeline import NOBODY
from streams.cases.views import Now, View
from streams.groups.counts import Comparison, Counts, Judged
from streams.groups.events import GroupTimeline, Shared

_MAD = 14_826  # 1.4826 in ten-thousandths


class RateDocket:
    """All windows of a rule in a group: of one scope, or of every court where courts are compared with each other.

    Attributes:
        line: The rule.
        alerts: The alerts that stand, by id.
        wake: When the next window ends.
        keyless: Nothing; a rate has no starts.
    """

    def __init__(self, line: Line, timeline: GroupTimeline) -> None:
        """Count what there is."""
        self.line = line
        self.timeline = timeline
        self.alerts: dict[str, AlertRecord] = {}
        self.wake: datetime | None = None
        self.keyless: list[Fact] = []
        self._views = {rule: View(rule, timeline, timeline.id) for rule in line.rules()}
        self._counts: dict[tuple[CompiledRule, str], Counts] = {}
        self._clearing = frozenset(name for rule in self._views for stop in rule.stops for name in stop.types)
        self._changed = True
        for fact in timeline.facts:
            self.change(None, fact)

    def change(self, before: Fact | None, after: Fact | None) -> None:
        """Take note that an event was replaced, came or went."""
        for fact, put in ((before, False), (after, True)):
            if isinstance(fact, Shared):
                self._changed = self._changed or fact.type in self._clearing
                for rule in self._views:
                    counts = self._counts_of(rule, fact.of)
                    if (counts.put(fact) if put else counts.drop(fact)) and not self._changed:
                        self._changed = counts.is_disturbed or _looks_beyond(rule, counts)
                        if not self._changed:
                            self._wait_for(rule, counts, counts.upto)

    def look(self, clock: datetime, fact: Fact | None = None) -> None:
        """Judge every window that has ended by a clock."""
        del fact
        if not self._changed and (self.wake is None or self.wake > clock):
            return
        self._changed = False
        self.wake = None
        alerts = {
            alert.id: alert
            for (rule, scope_id), counts in self._counts.items()
            for alert in self._judge(rule, scope_id, counts, clock)
        }
        if alerts != self.alerts:
            self.alerts = alerts

    def _counts_of(self, rule: CompiledRule, scope_id: str) -> Counts:
        name = (rule, scope_id)
        if name not in self._counts:
            self._counts[name] = Counts(rule, self._views[rule])
        return self._counts[name]

    def _judge(self, rule: CompiledRule, scope_id: str, counts: Counts, clock: datetime) -> Iterator[AlertRecord]:
        span = counts.span()
        if span is None:
            return
        first, last = counts.windows.first_after(span[0]), counts.windows.first_after(clock)
        self._judge_windows(rule, scope_id, counts, first, last)
        self._wait_for(rule, counts, last)
        clear: int | None = None
        for found in reversed(counts.judged):
            if not found.levels:
                clear = found.number
                continue
            cured = None if clear is None else counts.windows.end(clear)
            end = self._cleared(rule, scope_id, counts.windows.end(found.number), cured, clock)
            yield counts.alert(scope_id, found, end)

    def _judge_windows(self, rule: CompiledRule, scope_id: str, counts: Counts, first: int, last: int) -> None:
        """Judge the windows from one up to another, those of them that may be judged otherwise than before."""
        assert rule.rate is not None
        begin = counts.afresh(first)
        if _looks_beyond(rule, counts):
            begin = first
            counts.judged.clear()
        for number in counts.between(begin, last):
            figures = counts.figures(number)
            if figures.value is None or not self._is_for(rule, counts.windows.begin(number), scope_id):
                continue
            comparison = self._compare(rule, scope_id, counts, number, figures.value, first)
            levels = _reached(rule, counts, number, comparison, first)
            counts.judged.append(Judged(number, figures, comparison, levels))
        counts.upto = max(begin, last)

    def _is_for(self, rule: CompiledRule, begin: datetime, scope_id: str) -> bool:
        """Whether a version judges windows that begin then, and no other pack holds in its place."""
        if self.line.judging(begin) is not rule or not rule.is_effective(begin):
            return False
        return holds_for(self.line, rule, scope_id if rule.rule.scope == "court" else NOBODY, begin)

    def _compare(self, rule: CompiledRule, scope_id: str, counts: Counts, number: int, value: int, first: int) -> Comparison:
        assert rule.rate is not None
        base = rule.rate.baseline
        if base is None:
            return Comparison(None, None)
        if base.of == "self":
            numbers = range(number - 1, first - 1, -1)
            like = [one for one in numbers if not base.like or counts.windows.month(one) == counts.windows.month(number)]
            found = [counts.figures(one).value for one in like[: base.windows]]
        else:
            # A court whose last event was taken back counts no more: after a restart nobody knows of it.
            others = ((court, other) for (one, court), other in self._counts.items() if one is rule and not other.is_empty)
            found = [other.figures(number).value for court, other in others if base.of == "nation" or _peers(court, scope_id)]
        return _compared(value, sorted(one for one in found if one is not None))

    def _cleared(
        self, rule: CompiledRule, scope_id: str, judged_at: datetime, cured: datetime | None, clock: datetime
    ) -> datetime | None:
        """When an alert ended: at the next window without a level, or by what clears it."""
        end = cured
        for reference in rule.stops:
            for fact in reference.facts(self.timeline):
                at = reference.effect(fact)
                if at is None or not isinstance(fact, Shared) or fact.of != scope_id or at < judged_at:
                    continue
                if at > clock:
                    self._wait(at)
                elif (end is None or at < end) and self._views[rule].holds(
                    reference.condition, fact, Now(at, fact.order), start=fact
                ):
                    end = at
        return end

    def _wait_for(self, rule: CompiledRule, counts: Counts, number: int) -> None:
        """Look again when the next window ends that may be judged, from one on: at most one in which something is counted."""
        following = counts.following(number) if counts.needs_events and not _looks_beyond(rule, counts) else number
        if following is not None:
            self._wait(counts.windows.end(following))

    def _wait(self, instant: datetime) -> None:
        self.wake = instant if self.wake is None else min(self.wake, instant)


def _looks_beyond(rule: CompiledRule, counts: Counts) -> bool:
    """Whether what changes a verdict may lie in another scope, or in a window that is yet to come."""
    assert rule.rate is not None
    return counts.looks_ahead or (rule.rate.baseline is not None and rule.rate.baseline.of != "self")


def _peers(one: str, other: str) -> bool:
    a, b = COURTS.get(one), COURTS.get(other)
    return a is not None and b is not None and (a.tier, a.kind) == (b.tier, b.kind)


def _compared(value: int, others: Sequence[int]) -> Comparison:
    if not others:
        return Comparison(None, None)
    median = others[(len(others) - 1) // 2]
    off = sorted(abs(one - median) for one in others)
    mad = off[(len(off) - 1) // 2]
    return Comparison(median, None if mad == 0 else 100 * 10_000 * (value - median) // (_MAD * mad))


def _reached(rule: CompiledRule, counts: Counts, number: int, comparison: Comparison, first: int) -> list[CompiledLevel]:
    figures = counts.figures(number)
    values: dict[str, Any] = {**rule.functions, "p": rule.params, **figures.measures}
    values |= {"num": figures.num, "den": figures.den, "value": figures.value}
    values |= {name: value for name, value in comparison._asdict().items() if value is not None}

    def prev(name: str, back: int) -> int | float:
        counts.looks_ahead |= back < 0
        if number - back < first and name == "value":
            raise ValueError("nothing was counted so far back")
        earlier = counts.figures(number - back)
        found = earlier.value if name == "value" else earlier.measures[name]
        if found is None:
            raise ValueError("too little was counted then")
        return found

    values["prev"] = prev
    return [level for level in rule.levels if level.when is None or level.when.holds(values)]
