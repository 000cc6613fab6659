"""The docket of a rule without a clock (``sequence``, ``forbidden``, ``ledger``) in one scope: its points and its alerts."""

from datetime import datetime

from contract.canonical import canonical_json
from streams.cases.arming import Obligation
from streams.cases.effects import Effects
from streams.cases.episodes import Episode, Point, alert_of_episode, episodes_of
from streams.cases.facts import Fact
from streams.cases.register import Register
from streams.cases.timeline import OWNER_TYPES
from streams.cases.verdicts import verdict_of


class CheckDocket(Register[Point]):
    """All points of a rule in a scope."""

    def _entry(self, obligation: Obligation) -> Point:
        return Point(obligation)

    def _concerns(self, entry: Point, fact: Fact, clock: datetime) -> bool:
        """An event that took effect before the point may change the verdict on it, a later one only what ends it."""
        rule = entry.rule
        if fact.type not in rule.other_types and fact.type not in OWNER_TYPES:
            return False
        if fact.time <= entry.obligation.start.at or fact.type in rule.dated_types:
            return True
        if not entry.verdict.counts or (entry.end is not None and entry.end.at < fact.time):
            return False
        assert self._armed is not None
        return Effects(entry.obligation, self._armed, clock).may_end(fact)

    def _judge(self, entry: Point, clock: datetime) -> bool:
        assert self._armed is not None
        start = entry.obligation.start
        effects = Effects(entry.obligation, self._armed, clock)
        verdict = verdict_of(entry.obligation, effects)
        end, owner = None, ""
        if verdict.counts:
            end = effects.end()
            owner = self.timeline.owner(start.fact.subject, start.at, inclusive=True)
        entry.wake = None if end is not None else effects.wake
        if entry.judged and (verdict, end, owner) == (entry.verdict, entry.end, entry.owner):
            return False
        entry.verdict, entry.end, entry.owner = verdict, end, owner
        self.version += 1
        return True

    def _gather(self) -> None:
        groups: dict[tuple[tuple[str, ...], bytes], list[Point]] = {}
        judged = [entry for entry in self._entries.values() if entry.judged]
        for entry in judged if any(entry.verdict.counts for entry in judged) else ():  # without a point that counts no alert
            name = (entry.obligation.start.key, canonical_json(entry.obligation.element))
            groups.setdefault(name, []).append(entry)
        episodes = [episode for points in groups.values() for episode in _episodes(points)]
        alerts = [alert_of_episode(episode, self._root, incomplete=self._incomplete) for episode in episodes]
        self.alerts = {alert.id: alert for alert in alerts}


def _episodes(points: list[Point]) -> list[Episode]:
    rule = points[0].rule
    if not any(point.verdict.counts for point in points):
        return []
    assert rule.points is not None
    return episodes_of(points, holds=rule.points.holds, first=rule.arms == "first")
