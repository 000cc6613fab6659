"""From points to alerts: which points of one key make one alert, how high it goes, and what ends it.

A point that fails, and reaches a level, *counts*. Where an alert ``holds``, counting points that follow it while it stands
belong to it, and a point at which nothing fails ends it; else each counting point stands for itself. With ``arms = "first"``
all of one key are one alert, which a counting point after its end opens again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from contract.times import civil_date, format_instant
from streams.cases.alerts import AlertRecord, LevelRecord, record_of
from streams.cases.effects import End
from streams.cases.facts import Order
from streams.cases.register import Entry
from streams.cases.verdicts import Verdict, told_of
from streams.rules.model import SEVERITIES


class Point(Entry):
    """A point with what was found at it; ``end``: the first event that clears it, cancels it or ends its case."""

    __slots__ = ("verdict",)

    verdict: Verdict

    @property
    def place(self) -> tuple[datetime, Order]:
        """When it takes effect, and its place in history."""
        return self.obligation.start.at, self.obligation.start.order


class Episode(NamedTuple):
    """The points that count for one alert, in order, and what ended it (None: it stands)."""

    points: tuple[Point, ...]
    end: End | None


def episodes_of(points: Iterable[Point], *, holds: bool, first: bool) -> list[Episode]:
    """The alerts that the judged points of one key and element make."""
    found: list[Episode] = []
    stands = False
    for point in sorted(points, key=lambda point: point.place):
        last = found[-1] if found else None
        if last is not None and last.end is not None and (last.end.at, last.end.order) <= point.place:
            stands = False
        if point.verdict.counts and last is not None and stands and (holds or first):
            if holds:
                found[-1] = Episode((*last.points, point), _later(last.end, point.end))
        elif point.verdict.counts:
            found.append(Episode((point,), point.end))
            stands = True
        elif holds and last is not None and stands and point.verdict.passes:
            start = point.obligation.start
            found[-1] = Episode(last.points, End(start.at, start.order, "stop", start.fact))
            stands = False
    if first and found:
        return [Episode(tuple(point for episode in found for point in episode.points), found[-1].end)]
    return found


def _later(one: End | None, other: End | None) -> End | None:
    """The end of what stands until both have ended."""
    if one is None or other is None:
        return None
    return max(one, other, key=lambda end: (end.at, end.order))


def alert_of_episode(episode: Episode, root: str, *, incomplete: bool) -> AlertRecord:
    """The record of an alert; its severity is the highest level reached at any of its points."""
    points, end = episode.points, episode.end
    first, last = points[0], points[-1]
    rule = first.rule
    reached = [_reached(points, index) for index in range(len(rule.levels))]
    severity = max(
        (index for index, point in enumerate(reached) if point is not None),
        key=lambda index: (SEVERITIES.index(rule.levels[index].severity), _at(reached[index]), index),
    )
    highest = reached[severity]
    assert highest is not None
    at = first.obligation.start.at
    breach = max(0, (civil_date(end.at, rule.zone) - civil_date(at, rule.zone)).days) if end and end.how == "stop" else None
    facts = [point.obligation.start.fact for point in (first, last)] + ([] if end is None else [end.fact])
    asked = rule.points
    assert asked is not None
    return record_of(
        first.obligation,
        root,
        court=highest.owner,
        severity=rule.levels[severity].severity,
        basis=rule.levels[severity].basis,
        checks=last.verdict.checks,
        due_at=format_instant(at),
        raised_at=format_instant(at),
        end=end,
        breach_days=breach,
        levels=_level_records(points, reached),
        evidence=tuple(dict.fromkeys(fact.ref for fact in facts)),
        citation=rule.rule.citation
        + tuple(source for check, _ in asked.checks if check.id in last.verdict.checks for source in check.citation),
        arithmetic=told_of(last.obligation, last.verdict),
        incomplete=incomplete,
    )


def _reached(points: Sequence[Point], index: int) -> Point | None:
    """The first point at which a level is reached."""
    return next((point for point in points if point.verdict.levels[index]), None)


def _at(point: Point | None) -> datetime:
    assert point is not None
    return point.obligation.start.at


def _level_records(points: Sequence[Point], reached: Sequence[Point | None]) -> tuple[LevelRecord, ...]:
    """Each level; one that isn't reached lies where the last point was judged."""
    records: list[LevelRecord] = []
    for level, point in zip(points[0].rule.levels, reached, strict=True):
        at = format_instant(_at(point or points[-1]))
        records.append(LevelRecord(level.severity, at, None if point is None else at))
    return tuple(records)
