"""Indicators: the rows of their measures, added up for a court and all below it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from contract.courts import COURTS, SPC
from contract.envelope import Event
from contract.indicators.catalogue import INDICATORS, MEASURES
from contract.indicators.model import Indicator, Term
from contract.indicators.windows import days_of, months_from
from counted_plainly import alerts, courses, log, matters, money, stations, told
from counted_plainly.rows import Row

Answer = tuple[int | None, int | None, float | None]
"""(num, den, value): without a numerator of a composite, without a denominator of a sum."""


def rows(events: Iterable[Event], journal: Iterable[alerts.Transition], known_on: date | None = None) -> list[Row]:
    """All rows of all measures, as known at the end of a day (None: in the end)."""
    return [
        one
        for one in _rows(log.cases(events, known_on), alerts.standing(journal, known_on))
        if MEASURES[one.measure].counts == "flow" or one.end is None or one.end > one.day
    ]


def _rows(cases: list[log.Case], raised: list[Mapping[str, Any]]) -> Iterator[Row]:
    by_subject = defaultdict(list)
    for alert in raised:
        by_subject[alert["subject"]].append(alert)
    yield from alerts.of_alerts(raised)
    for _, chain in groupby(cases, key=lambda case: case.rootid):
        whole = list(chain)
        yield from courses.of_chain(whole)
        for case in whole:
            yield from money.of_case(case)
            yield from matters.of_case(case)
            yield from told.of_case(case)
            yield from stations.of_case(case)
            yield from alerts.of_rulings(case, by_subject[case.subject])


class Sums:
    """What is asked of all rows, for every court at once."""

    def __init__(self, found: Iterable[Row]) -> None:
        """Sort the rows by measure."""
        self.rows: dict[str, list[Row]] = defaultdict(list)
        for one in found:
            self.rows[one.measure].append(one)

    def of_court(self, term: Term, first: date, last: date) -> Counter[str]:
        """A term over a window, for each court that has rows."""
        found: Counter[str] = Counter()
        for one in self._taken(term, first, last):
            found[one.court] += one.amount
        return found

    def below(self, term: Term, first: date, last: date) -> Counter[str]:
        """The same for each court with all below it; the supreme court stands above whatever the tree doesn't know."""
        found: Counter[str] = Counter()
        for court, amount in self.of_court(term, first, last).items():
            for above in {court, SPC, *(one.code for one in COURTS.ancestors(court))}:
                found[above] += amount
        return found

    def amounts(self, term: Term, first: date, last: date, root: str) -> list[int]:
        """The single amounts of a term in a court and all below it, in order."""
        return sorted(one.amount for one in self._taken(term, first, last) if root == SPC or COURTS.within(one.court, root))

    def _taken(self, term: Term, first: date, last: date) -> Iterator[Row]:
        flows = MEASURES[term.measure].counts == "flow"
        day = first - timedelta(days=1) if term.when == "begin" else last
        for one in self.rows[term.measure]:
            if term.takes(one.kind) and (first <= one.day <= last if flows else one.stands(day)):
                yield one


class Answers:
    """All indicators of all courts as of a day."""

    def __init__(self, sums: Sums, as_of: date) -> None:
        """Add up every term that any indicator has."""
        self.as_of = as_of
        self._sums = sums
        self._parts = {
            one.id: tuple([sums.below(term, *window(one, as_of)) for term in terms] for terms in (one.num, one.den))
            for one in INDICATORS.values()
        }

    def of(self, one: Indicator, court: str) -> Answer:
        """One indicator of a court and all below it."""
        if one.missing:
            return None, None, None
        if one.of:
            return None, None, self._composed(one, court)
        nums, dens = self._parts[one.id]
        num = sum(part[court] for part in nums)
        den = sum(part[court] for part in dens) if one.den else None
        if one.courts:
            den = sum(COURTS.within(each.code, court) for each in COURTS)
        if 0 < num < one.suppressed_below:
            return None, None, None
        return num, den, one.value(num, den)

    def _composed(self, one: Indicator, court: str) -> float | None:
        values = [self.of(INDICATORS[name], court)[2] for name in one.of]
        there = [value for value in values if value is not None]
        if one.compose == "weighted":
            if len(there) < len(values):
                return None
            return max(0.0, 1 - sum(weight * value for weight, value in zip(one.weights, there, strict=True)))
        if not there:
            return None
        return min(there) if one.compose == "least" else sum(there) / len(there)

    def spread(self, one: Indicator, court: str) -> tuple[int, int] | None:
        """Median and P90 of the rows above the line: those at ⌈n/2⌉ and ⌈0.9 n⌉ in order."""
        amounts = [amount for term in one.num for amount in self._sums.amounts(term, *window(one, self.as_of), court)]
        count = len(amounts)
        return (amounts[(count + 1) // 2 - 1], amounts[(9 * count + 9) // 10 - 1]) if amounts else None


class Difference(NamedTuple):
    """Where the two countings don't agree."""

    indicator: str
    court: str
    as_of: date
    plainly: Any
    warehouse: Any


def window(one: Indicator, as_of: date) -> tuple[date, date]:
    """First and last day; what is told of whole quarters only has the whole quarter."""
    first, last = days_of(one.window, as_of)
    return (first, months_from(first, 3) - timedelta(days=1)) if one.whole_court else (first, last)
