"""Measures of single events: performances, listings, feedback, entries, staff, reports of quarters."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from contract.indicators.windows import months_from
from counted_plainly.log import Case, Heard
from counted_plainly.rows import Row

_COERCION = ("asset.controlled", "asset.paid_over", "cons.ordered", "list.included", "party.sanctioned")
_STAFF = ("judges", "officers", "clerks", "police")
_QUARTER = re.compile(r"(\d{4})Q([1-4])")


def of_case(case: Case) -> Iterator[Row]:
    """All such rows of a case."""
    yield from _performed(case)
    yield from _inquired(case)
    yield from _in_the_field(case)
    yield from _feedback(case)
    yield from _entered(case)
    yield from _staff(case)
    yield from _quarters(case)
    for name, measure in (("list.included", "listed"), ("list.removed", "delisted")):
        yield from (Row(measure, one.owner, "", one.day) for one in case.of(name))
    for one in case.of("list.interception_reported"):
        if one.told("count") is not None:
            yield Row("intercepted", one.owner, one.told("kind") or "", one.day, one.data["count"])


def _performed(case: Case) -> Iterator[Row]:
    for one in case.of("case.obligation_performed"):
        yield Row("performed", one.owner, "", one.day)
        freely = one.told("before_coercion")
        if freely is None:
            freely = not any(each.place < one.place for each in case.of(*_COERCION))
        if freely:
            yield Row("performed_freely", one.owner, "", one.day)
        yield from _traffic(case, one)


def _traffic(case: Case, one: Heard) -> Iterator[Row]:
    filings = [each for each in case.of("case.filed") if each.place <= one.place]
    if one.told("amount_fen") is None or not filings or "交通" not in (filings[-1].told("tags") or ()):
        return
    yield Row("traffic_fen", one.owner, "", one.day, one.data["amount_fen"])
    if one.told("by") == "insurer":
        yield Row("insurer_fen", one.owner, "", one.day, one.data["amount_fen"])


def _feedback(case: Case) -> Iterator[Row]:
    for one in case.of("inquiry.feedback"):
        kind = one.told("institution_kind") or ""
        yield Row("feedback", one.owner, kind, one.day)
        if one.told("status") in ("ok", "none"):
            yield Row("feedback_good", one.owner, kind, one.day)
            if (one.told("hits") or 0) > 0:
                yield Row("feedback_hits", one.owner, kind, one.day)
        else:
            yield Row("feedback_failed", one.owner, kind, one.day)


def _inquired(case: Case) -> Iterator[Row]:
    asked = case.firsts("inquiry_id", "inquiry.requested")
    yield from (Row("inquiries", one.owner, "", one.day) for one in asked.values())
    for one in case.of("inquiry.feedback"):
        first = asked.get(one.told("inquiry_id") or "")
        if first is not None and first.place < one.place:
            kind = f"{one.told('institution_kind') or ''} {(one.day - first.day).days}"
            yield Row("feedback_by_days", one.owner, kind, one.day)
    for one in case.of("asset.controlled"):
        if one.told("amount_fen") is not None:
            yield Row("controlled_fen", one.owner, one.told("measure") or "", one.day, one.data["amount_fen"])


def _in_the_field(case: Case) -> Iterator[Row]:
    for one in case.firsts("mission_id", "ops.mission_started").values():
        yield Row("missions", one.owner, one.told("kind") or "", one.day)
    for one in case.of("ops.emergency_raised"):
        yield Row("emergencies", one.owner, one.told("kind") or "", one.day)


def _entered(case: Case) -> Iterator[Row]:
    entered = Counter((one.owner, one.received_on) for one in case.events)
    late = Counter((one.owner, one.received_on) for one in case.events if one.day + timedelta(days=7) < one.received_on)
    yield from (Row("events", court, "", day, count) for (court, day), count in entered.items())
    yield from (Row("events_late", court, "", day, count) for (court, day), count in late.items())


def _staff(case: Case) -> Iterator[Row]:
    last: dict[tuple[str, date], Heard] = {}
    for one in case.of("pers.staff_snapshot"):
        last[one.data["court_code"], one.date_of("as_of_on") or one.day] = one
    for (court, day), one in last.items():
        end = min((later for code, later in last if code == court and later > day), default=None)
        if one.told("judges") is not None:
            yield Row("judges", court, "", day, one.data["judges"], end)
        people = [one.data[field] for field in _STAFF if one.told(field) is not None]
        if people:
            yield Row("staff", court, "", day, sum(people), end)


def _quarters(case: Case) -> Iterator[Row]:
    found: dict[tuple[str, str], Heard] = {}
    for one in case.of("pers.quarterly_report"):
        if one.told("court_code") is not None and one.told("quarter") is not None:
            found.setdefault((one.data["court_code"], one.data["quarter"]), one)
    for (court, quarter), one in found.items():
        parts = _QUARTER.fullmatch(quarter)
        if parts is None:
            continue
        day = max(one.day, months_from(date(int(parts[1]), 3 * int(parts[2]) - 2, 1), 3))
        yield Row("quarter_reports", court, quarter, day)
        if one.told("count") is not None:
            yield Row("interference", court, quarter, day, one.data["count"])
