"""One file of events checked from its first line to its last, in one pass."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from contract.codec import without_mark
from contract.envelope import WHOLE_COURT, Event
from contract.errors import InvalidEvent
from contract.times import civil_date
from producers.conform.chains import Chains
from producers.conform.coverage import Coverage, Family, Need
from producers.conform.findings import Finding, Findings
from producers.conform.money import Money
from producers.conform.names import Names
from producers.conform.order import Order
from producers.conform.personal import Personal
from producers.conform.times import Times
from producers.intake import check_raw, is_tick

_STEP = 500
Progress = Callable[[int], None]
"""Called now and then with the bytes of the file that were read."""


class Rates(msgspec.Struct, frozen=True):
    """How much comes, and how fast.

    Attributes:
        days: Civil days on which something happened.
        per_day: Events on such a day, on average.
        busiest: (day, events) of the busiest.
        entered_within_s: From happening to entry: the median and the 95th of 100, in seconds.
    """

    days: int
    per_day: float
    busiest: tuple[str, int] | None
    entered_within_s: tuple[float, float] | None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found.

    Attributes:
        file: Name of the file.
        court: The court for which it was checked, "" = none was named.
        checked_at: When.
        lines: Lines that hold something; the gateway would take ``accepted`` of them, and ``ticks`` are left to its clock.
        events: Different events.
    """

    file: str
    court: str
    checked_at: datetime
    lines: int
    accepted: int
    refused: int
    ticks: int
    events: int
    cases: int
    sources: dict[str, int]
    first: datetime | None
    last: datetime | None
    rates: Rates
    findings: tuple[Finding, ...]
    coverage: tuple[Family, ...]

    @property
    def conforms(self) -> bool:
        """Whether nothing must be mended."""
        return not any(finding.severity == "error" for finding in self.findings)


def check_file(path: Path, *, court: str | None, needs: Sequence[Need], now: datetime, progress: Progress) -> Report:
    """Check an event file (JSON Lines) as the gateway and the rules will see it.

    Args:
        path: The file.
        court: The court whose feed it is.
        needs: What the rules read.
        now: The instant of the check.
        progress: Told now and then.
    """
    check = _Check(court, needs, now)
    for line, raw in _lines(path, progress):
        check.see(line, raw)
    return check.report(path.name)


class _Check:
    def __init__(self, court: str | None, needs: Sequence[Need], now: datetime) -> None:
        self._court, self._now = court, now
        self._findings = Findings()
        self._names = Names(self._findings)
        self._chains = Chains(self._findings, court)
        self._times = Times(self._findings, now)
        self._order = Order(self._findings)
        self._personal = Personal(self._findings)
        self._money = Money(self._findings)
        self._coverage = Coverage(self._findings, needs)
        self._sources: Counter[str] = Counter()
        self._subjects: set[str] = set()
        self._days: Counter[str] = Counter()
        self._lines = self._refused = self._ticks = 0

    def see(self, line: int, raw: bytes) -> None:
        self._lines += 1
        if _is_tick(raw):
            self._ticks += 1
            return
        try:
            event = check_raw(raw)
        except InvalidEvent as error:
            self._refused += 1
            for one in error.errors:
                self._findings.refuse(one.code, line, f"{one.field}: {one.message}".removeprefix(": "))
            return
        self._personal.see(line, event)
        if self._names.see(line, event):
            self._count(line, event)

    def _count(self, line: int, event: Event) -> None:
        self._chains.see(line, event)
        self._times.see(line, event)
        self._order.see(line, event)
        self._money.see(line, event)
        self._coverage.see(event)
        self._sources[event.source] += 1
        if not event.subject.startswith(WHOLE_COURT):
            self._subjects.add(event.subject)
        self._days[civil_date(event.time).isoformat()] += 1

    def report(self, name: str) -> Report:
        for part in (self._names, self._chains, self._times, self._order, self._coverage):
            part.end()
        count = self._times.count
        if not count:
            self._findings.add("empty", 0, name)
        return Report(
            file=name,
            court=self._court or "",
            checked_at=self._now,
            lines=self._lines,
            accepted=self._lines - self._refused - self._ticks,
            refused=self._refused,
            ticks=self._ticks,
            events=count,
            cases=len(self._subjects),
            sources=dict(self._sources.most_common()),
            first=self._times.first,
            last=self._times.last,
            rates=self._rates(),
            findings=tuple(self._findings.all()),
            coverage=tuple(self._coverage.families()),
        )

    def _rates(self) -> Rates:
        days, delays = len(self._days), sorted(self._times.delays)
        return Rates(
            days,
            round(sum(self._days.values()) / days, 1) if days else 0.0,
            max(self._days.items(), key=lambda one: one[1]) if days else None,
            (delays[len(delays) // 2], delays[len(delays) * 95 // 100]) if delays else None,
        )


def _is_tick(raw: bytes) -> bool:
    if b"sys.ticked" not in raw:
        return False
    try:
        return is_tick(msgspec.json.decode(raw))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def _lines(path: Path, progress: Progress) -> Iterator[tuple[int, bytes]]:
    done = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            done += len(line)
            if number % _STEP == 0:
                progress(done)
            if line.strip():
                yield number, without_mark(line, number).rstrip(b"\r\n")
    progress(done)
