"""Measures of proceedings, terminations and rulings."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from contract.indicators.windows import months_from
from counted_plainly.log import Case, Heard
from counted_plainly.proceedings import TERMINATED, Proceeding, ends_of_termination, proceedings, property_events
from counted_plainly.rows import Row
from counted_plainly.terms import paused_days

_COMPLETE = ("claim_fen", "claim_kind", "basis_type", "filed_on")
_AGES = {"open": 0, "open_over_6m": 6, "open_over_12m": 12, "open_over_18m": 18, "open_over_36m": 36}


def of_chain(chain: list[Case]) -> Iterator[Row]:
    """All rows of proceedings of a chain."""
    found = {case.subject: proceedings(case) for case in chain}
    everything = [one for made in found.values() for one in made]
    for one in everything:
        yield from _opened(one)
        yield from _open(one)
        yield from _inquired(one)
        if one.is_closed:
            yield from _closed(one)
            yield from _worth(one)
            if one.mode == TERMINATED:
                yield from _terminated(one, chain)
        yield from _overdue(one)
    if everything:
        first = min(everything, key=lambda one: (one.opening.place, one.case.subject))
        yield _row("disputes", first, first.opened_on)
    for case in chain:
        yield from _rulings(case, found[case.subject])


def _row(measure: str, one: Proceeding, day: date, amount: int = 1, end: date | None = None) -> Row:
    return Row(measure, one.opening.court, one.type, day, amount, end)


def _opened(one: Proceeding) -> Iterator[Row]:
    start, by_filing = one.opening, one.opening.name == "case.filed"
    basis = start.told("basis_type") if by_filing else None
    rows = {
        "filed": True,
        "pieces": True,
        "government_filed": one.is_tagged("涉党政机关"),
        "restored": one.type == "执恢" or not by_filing,
        "judgments_filed": basis in ("判决", "调解书"),
        "mediations_filed": basis == "调解书",
        "money_filed": by_filing and start.told("claim_kind") == "money",
        "incomplete_filed": by_filing and any(start.told(field) is None for field in _COMPLETE),
    }
    yield from (_row(measure, one, one.opened_on) for measure, is_one in rows.items() if is_one)


def _open(one: Proceeding) -> Iterator[Row]:
    for measure, months in _AGES.items():
        yield _row(measure, one, months_from(one.opened_on, months), end=one.ended_on)
    if one.ended_on is None:
        yield _row("unended", one, one.opened_on)
    if one.is_tagged("涉党政机关"):
        yield _row("government_open", one, one.opened_on, end=one.ended_on)


def _inquired(one: Proceeding) -> Iterator[Row]:
    day = one.opened_on + timedelta(days=10)
    if one.type != "执" or (one.ended_on is not None and one.ended_on <= day):
        return
    yield _row("inquiry_due", one, day)
    if any(made.day <= day for made in one.case.of("inquiry.requested")):
        yield _row("inquiry_made", one, day)


def _closed(one: Proceeding) -> Iterator[Row]:
    assert one.ended_on is not None
    with_property = any(one.ending is not None and shown.place <= one.ending.place for shown in property_events(one.case))
    real = one.mode in ("执行完毕", "终结执行")
    rows = {
        "closed": True,
        "closed_full": one.mode == "执行完毕",
        "closed_real": one.mode != TERMINATED,
        "closed_terminated": one.mode == TERMINATED,
        "closed_in_term": one.is_in_term,
        "closed_property": with_property,
        "closed_property_in_term": with_property and real and one.is_in_term,
        "livelihood_closed": one.is_tagged("涉民生"),
        "government_closed": one.mode != TERMINATED and one.is_tagged("涉党政机关"),
    }
    yield from (_row(measure, one, one.ended_on) for measure, is_one in rows.items() if is_one)
    net = (one.ended_on - one.opened_on).days - paused_days(one.pauses, one.opened_on, one.ended_on)
    days = {"days_net": True, "days_net_full": rows["closed_full"], "livelihood_days_net": rows["livelihood_closed"]}
    yield from (_row(measure, one, one.ended_on, net) for measure, is_one in days.items() if is_one)
    by_days = {
        "closed_by_days": True,
        "closed_full_by_days": rows["closed_full"],
        "livelihood_closed_by_days": rows["livelihood_closed"],
    }
    kind = f"{one.type} {net}"
    yield from (Row(measure, one.opening.court, kind, one.ended_on) for measure, is_one in by_days.items() if is_one)


def _worth(one: Proceeding) -> Iterator[Row]:
    if one.reached is None or one.ended_on is None:
        return
    claim, reached = one.reached
    yield _row("claim_fen", one, one.ended_on, claim)
    yield _row("reached_fen", one, one.ended_on, reached)
    if one.is_tagged("涉民生"):
        yield _row("livelihood_claim_fen", one, one.ended_on, claim)
        yield _row("livelihood_reached_fen", one, one.ended_on, reached)
    if one.is_tagged("涉党政机关"):
        yield _row("government_reached_fen", one, one.ended_on, reached)
    if one.type == "执恢" or one.opening.name == "case.restored":
        yield _row("restored_reached_fen", one, one.ended_on, reached)


def _overdue(one: Proceeding) -> Iterator[Row]:
    shown, due = property_events(one.case), one.due_on
    if shown and due is not None:
        yield _row("overdue_property", one, max(shown[0].day, one.opened_on, due + timedelta(days=1)), end=one.ended_on)


def _terminated(one: Proceeding, chain: Iterable[Case]) -> Iterator[Row]:
    assert one.ended_on is not None
    ends = ends_of_termination(one, chain)
    end = ends[0].day if ends else None
    yield _row("terminated", one, one.ended_on, end=end)
    if end is None:
        yield _row("terminated_left", one, one.ended_on)
    yield _row("terminated_over_5y", one, months_from(one.ended_on, 60), end=end)
    companies = {
        party.told("party_ref")
        for party in one.until_end("party.registered")
        if party.told("role") == "被执行" and party.told("kind") in ("legal", "soe")
    }
    yield from (_row("terminated_companies", one, one.ended_on, end=end) for _ in companies)
    if end is not None and any(event.name == "term.masked" and event.day == end for event in ends):
        yield _row("masked", one, end)


def _rulings(case: Case, made: list[Proceeding]) -> Iterator[Row]:
    for ruling in case.of("term.ruled"):
        yield Row("rulings", ruling.owner, kind_of_ruling(ruling, made), ruling.day)


def kind_of_ruling(ruling: Heard, made: list[Proceeding]) -> str:
    """The type of the last proceeding opened at or before it."""
    return next((one.type for one in reversed(made) if one.opening.place <= ruling.place), "")
