"""What is owed by courts as such, from the facts of all lives: silence, lost numbers, late weeks, piling up, bulletins."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date

from contract.courts import COURTS
from producers.simulator.bulletins import quarter_from
from producers.simulator.days import (
    DAY,
    civil,
    day_of,
    instant_text,
    midnight,
    months_later,
    next_open,
    number,
    working_hours_later,
)
from producers.simulator.gaps import Lost
from producers.simulator.points import Row
from producers.simulator.truth import Findings
from producers.simulator.view import Told

_HOUR = 3_600
_MONDAY = 4  # 1970-01-05

Window = tuple[int, str | None]
"""(first instant after it, severity) of a window that is judged."""


class Nation:
    """Collects the lives' facts by court and judges the courts at the end.

    Args:
        first: The first day that a tick tells.
        horizon: The last tick.
    """

    def __init__(self, first: int, horizon: int) -> None:
        self._first = first
        self._horizon = horizon
        self._heard: dict[str, set[int]] = defaultdict(set)
        self._weeks: dict[str, dict[int, list[int]]] = defaultdict(dict)
        self._months: dict[tuple[str, str], dict[int, list[int]]] = defaultdict(dict)
        self._replies: dict[str, dict[int, list[int]]] = defaultdict(dict)
        self._bulletins: list[int] = []
        self._flow: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._campaigns: dict[str, list[Told]] = defaultdict(list)
        self._lost: list[Lost] = []
        self.reached: Counter[tuple[str, str]] = Counter()
        self.missed: Counter[tuple[str, str]] = Counter()

    def take(self, found: Findings) -> None:
        """Add what one life's courts told."""
        for court, entered, late in found.entries:
            self._heard[court].add(entered)
            if late is None:
                continue  # a sign of life, which is no entry
            week = self._weeks[court].setdefault((day_of(entered) - _MONDAY) // 7, [0, 0])
            week[0] += 1
            week[1] += late
        for code, at, late in found.replies:
            day = civil(day_of(at))
            answers = self._replies[code].setdefault(day.year * 12 + day.month - 1, [0, 0])
            answers[0] += 1
            answers[1] += late
        self._bulletins += found.bulletins
        self._lost += found.lost
        for court, told in found.campaigns:
            self._campaigns[court].append(told)
        for court, at, closed, tags in found.flow:
            day = civil(day_of(at))
            self._flow[court].append((at, -1 if closed else 1))
            for part, tag in (("R-GOV-02.a", ""), ("R-GOV-02.b", "涉党政机关"), ("R-GOV-02.c", "涉民生")):
                if not tag or tag in tags:
                    self._months[part, court].setdefault(day.year * 12 + day.month - 1, [0, 0])[closed] += 1

    def rows(self) -> Iterator[Row]:
        """The alerts that stand; counts as it goes what was reached and what was judged and found right."""
        for row in [*self._silences(), *self._gaps()]:
            self.reached[str(row["rule"]), str(row["severity"])] += 1
            yield row
        for court, weeks in self._weeks.items():
            yield from self._windows("R-DATA-02.c", court, _weekly(weeks, self._horizon))
        for (part, court), months in self._months.items():
            yield from self._windows(part, court, _piling(months, self._horizon))
        for code, months in self._replies.items():
            yield from self._windows("R-ASST-01.d", code, _answering(months, self._horizon))
        for court in self._campaigns:
            yield from self._relapses(court)
        for row in self._quarters():
            self.reached["R-GOV-01.d", "O"] += 1
            yield row

    def _windows(self, rule: str, subject: str, windows: Iterator[Window]) -> Iterator[Row]:
        judged = list(windows)
        for place, (end, severity) in enumerate(judged):
            if severity is None:
                self.missed[rule, "!"] += 1
                continue
            self.reached[rule, "!"] += 1
            cured = next((other for other, good in judged[place + 1 :] if good is None), None)
            yield _row(rule, subject, severity, end, end - 1, cured)

    def _silences(self) -> Iterator[Row]:
        begin = midnight(self._first)
        for court in COURTS:
            heard = sorted(self._heard.get(court.code, ()))
            starts = heard if heard and heard[0] <= begin else [begin, *heard]
            for start, stop in zip(starts, [*starts[1:], None], strict=True):
                row = self._unheard("R-DATA-01.a", (court.code, []), 2, start, stop)
                if row is not None:
                    yield row

    def _gaps(self) -> Iterator[Row]:
        for gap in self._lost:
            key = [gap.source, str(gap.first), str(gap.last)]
            row = self._unheard("R-DATA-01.c", (gap.court, key), 1, gap.found, gap.filled)
            if row is not None:
                yield row

    def _unheard(self, rule: str, of: tuple[str, list[str]], hours: int, start: int, stop: int | None) -> Row | None:
        """What (court, key) owes within some hours: yellow; orange after 8 working hours, red after 2 working days."""
        last = self._horizon if stop is None else stop
        due = start + hours * _HOUR
        if last <= due:
            self.missed[rule, "yellow"] += 1
            return None
        severity = "yellow"
        orange, red = working_hours_later(start, 8), midnight(next_open(next_open(day_of(start))) + 1)
        if last > orange:
            severity = "orange"
        if last >= red:
            severity = "red"
        self.missed[rule, "orange"] += orange - _HOUR < last <= orange
        self.missed[rule, "red"] += red - DAY <= last < red
        return _row(rule, of[0], severity, due, due, stop, of[1])

    def _relapses(self, court: str) -> Iterator[Row]:
        """Months in which a court has more open cases than when its last campaign began; each run of them is one alert."""
        told = sorted(self._campaigns[court], key=lambda one: (one.at, one.recorded, one.court, one.id))
        open_since: int | None = None
        start = civil(self._first)
        month = start.year * 12 + start.month - 1
        while (at := _month_end(month)) <= self._horizon:
            month += 1
            failing = _relapsed([one for one in told if one.at <= at], self._flow[court], at)
            self.missed["R-GOV-02.d", "!"] += not failing
            if failing and open_since is None:
                open_since = at
                self.reached["R-GOV-02.d", "!"] += 1
            elif not failing and open_since is not None:
                yield _row("R-GOV-02.d", court, "red", open_since, open_since, at)
                open_since = None
        if open_since is not None:
            yield _row("R-GOV-02.d", court, "red", open_since, open_since, None)

    def _quarters(self) -> Iterator[Row]:
        start, end = quarter_from(self._first)
        while midnight(end) <= self._horizon:
            done = min((at for at in self._bulletins if at >= midnight(start)), default=None)
            self.missed["R-GOV-01.d", "O"] += done is not None and day_of(done) == end - 1
            if done is None or done >= midnight(end):
                yield _row("R-GOV-01.d", "最高法", "orange", midnight(end), midnight(end) - 1, done)
            start, end = quarter_from(end)


def _row(rule: str, subject: str, severity: str, raised: int, due: int, end: int | None, key: list[str] | None = None) -> Row:
    return {
        "rule": rule,
        "subject": subject,
        "key": key or [],
        "element": None,
        "severity": severity,
        "due_at": instant_text(due),
        "raised_at": instant_text(raised),
        "end_reason": None if end is None else "cured",
        "breach_days": None if end is None else day_of(end) - day_of(due),
    }


def _answering(months: dict[int, list[int]], horizon: int) -> Iterator[Window]:
    for month in sorted(months):
        answers, late = months[month]
        end = _month_end(month)
        if end <= horizon and answers >= 20:
            yield end, "orange" if late * 10_000 // answers >= 500 else None


def _month_end(month: int) -> int:
    """The first instant after a month, counted from the year 0."""
    return midnight(number(date((month + 1) // 12, (month + 1) % 12 + 1, 1)))


def _weekly(weeks: dict[int, list[int]], horizon: int) -> Iterator[Window]:
    for week in sorted(weeks):
        received, late = weeks[week]
        end = midnight((week + 1) * 7 + _MONDAY)
        if end <= horizon and received >= 50:
            yield end, "red" if late * 10_000 // received > 1_000 else None


def _piling(months: dict[int, list[int]], horizon: int) -> Iterator[Window]:
    def sums(last: int) -> tuple[int, int]:
        rows = [months.get(month, [0, 0]) for month in (last - 2, last - 1, last)]
        return sum(row[0] for row in rows), sum(row[1] for row in rows)

    for last in range(min(months), max(months) + 3):
        end = _month_end(last)
        filed, closed = sums(last)
        if end > horizon or closed < 1:
            continue
        bad = [new > done > 0 for new, done in (sums(last - back) for back in (0, 1, 2))]
        yield end, "orange" if all(bad) else "yellow" if filed > closed and bad[1] else None


def _relapsed(told: list[Told], flow: list[tuple[int, int]], at: int) -> bool:
    """Whether more was filed than closed since the last campaign began, at most six months after it was closed."""
    begun = next((one for one in reversed(told) if one.kind == "sup.campaign_started"), None)
    ended = next((one for one in reversed(told) if one.kind == "sup.campaign_closed"), None)
    if begun is None or ended is None or ended.at < begun.at or begun.data["campaign_id"] != ended.data["campaign_id"]:
        return False
    return day_of(at) <= months_later(day_of(ended.at), 6) and sum(n for when, n in flow if begun.at <= when <= at) > 0
