"""What the simulator takes for the truth, against lives worked out by hand from the law and the calendar."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any, NamedTuple

from producers.simulator.case import Fact as SimulatedFact
from producers.simulator.days import midnight, number
from producers.simulator.dues import Duty, Extension, judge
from producers.simulator.fold import folded
from producers.simulator.gaps import lost
from producers.simulator.output import truth
from producers.simulator.parts import (
    CONTROL_DEPOSIT,
    CONTROL_OTHER,
    NOTICE,
    NOTICE_AFTER_MEASURE,
    OBJECTION_DECIDED,
    OBJECTION_FILED,
    PAY_OUT,
    PRICE,
    TERM,
    Part,
)
from producers.simulator.run import SHORT_MARK, lives

_CHINA = timezone(timedelta(hours=8))


def at(text: str, clock: str = "10:00:00") -> int:
    """Seconds of a civil day and time in China."""
    instant = datetime.combine(date.fromisoformat(text), time.fromisoformat(clock), _CHINA)
    return int(instant.astimezone(UTC).timestamp())


def day(text: str) -> int:
    """The running number of a date."""
    return number(date.fromisoformat(text))


def standing(part: Part, start: int, clock: str, **more: Any) -> dict[str, Any] | None:
    """The alert that stands at the first instant of ``clock``."""
    duty = Duty(part=part, subject="s", start=start, **more)
    return truth(duty, judge(duty, midnight(day(clock))))


def shown(row: dict[str, Any] | None) -> tuple[Any, ...] | None:
    """(severity, raised, due, end, breach) of an alert."""
    if row is None:
        return None
    return (row["severity"], row["raised_at"], row["due_at"], row["end_reason"], row["breach_days"])


def test_notice_on_the_tenth_day_is_in_time_but_was_warned_of() -> None:
    """Received Mon 2024-03-04: the eighth day is Tue 12th, the tenth Thu 14th; notice in the last second of the 14th.

    民诉法解释第480条: ten days, the first not counted. The warning of the eighth day stands since the start of the 13th.
    """
    row = standing(NOTICE, at("2024-03-04"), "2024-06-01", done=[at("2024-03-14", "23:59:59")])
    assert shown(row) == ("yellow", "2024-03-12T16:00:00Z", "2024-03-14T15:59:59Z", "cured", 0)


def test_notice_in_the_first_second_of_the_eleventh_day_is_one_day_late() -> None:
    """The limit's instant itself is too late: the orange level stands and the breach is one day."""
    row = standing(NOTICE, at("2024-03-04"), "2024-06-01", done=[at("2024-03-15", "00:00:00")])
    assert shown(row) == ("orange", "2024-03-12T16:00:00Z", "2024-03-14T15:59:59Z", "cured", 1)


def test_notice_on_the_eighth_day_leaves_nothing() -> None:
    """Fulfilled on the last day before the first level there is no alert, and a refusal that day ends it the same way."""
    assert standing(NOTICE, at("2024-03-04"), "2024-06-01", done=[at("2024-03-12", "23:59:59")]) is None
    assert standing(NOTICE, at("2024-03-04"), "2024-06-01", dropped=[at("2024-03-12", "23:59:59")]) is None


def test_levels_that_end_in_the_national_holiday_stand_together_after_it() -> None:
    """Received Mon 2024-09-23: days 8 (Tue 1 Oct) and 10 (Thu 3 Oct) roll to Tue 8 Oct, day 15 is Tue 8 Oct itself.

    All three levels stand at the first instant of 9 October; still open, the alert is red.
    """
    row = standing(NOTICE, at("2024-09-23"), "2024-11-01")
    assert shown(row) == ("red", "2024-10-08T16:00:00Z", "2024-10-08T15:59:59Z", None, None)


def test_notice_after_a_first_measure_is_due_on_the_third_day() -> None:
    """Frozen Fri 2024-05-31 (执行程序解释第22条): day 2 is Sun 2 June, day 3 Mon 3 June; both end on the Monday.

    Red comes two days after the due day without rolling: it stands at the start of Thu 6 June. Given on the 7th: 4 days late.
    """
    row = standing(NOTICE_AFTER_MEASURE, at("2024-05-31"), "2024-08-01", done=[at("2024-06-07")])
    assert shown(row) == ("red", "2024-06-03T16:00:00Z", "2024-06-03T15:59:59Z", "cured", 4)


def test_six_months_of_the_worked_clock() -> None:
    """Filed 2024-03-01: the term ends Sun 1 Sept and rolls to Mon 2 Sept; a stay of thirty days moves it to Tue 8 Oct.

    The stay (10 April up to 10 May) moves the raw day to 1 October, in the holiday. Thirty days before is 8 September.
    """
    plain = standing(TERM, at("2024-03-01"), "2024-10-20", done=[at("2024-09-05")])
    assert shown(plain) == ("orange", "2024-08-03T16:00:00Z", "2024-09-02T15:59:59Z", "cured", 3)
    stayed = standing(TERM, at("2024-03-01"), "2024-10-20", pauses=[(day("2024-04-10"), day("2024-05-10"))])
    assert shown(stayed) == ("orange", "2024-09-08T16:00:00Z", "2024-10-08T15:59:59Z", None, None)


def test_overlapping_stays_are_counted_once() -> None:
    """10 April up to 10 May and 1 May up to 20 May cover forty days: raw Fri 11 Oct 2024, a working day."""
    pauses = [(day("2024-04-10"), day("2024-05-10")), (day("2024-05-01"), day("2024-05-20"))]
    row = standing(TERM, at("2024-03-01"), "2024-10-20", pauses=pauses)
    assert shown(row) == ("orange", "2024-09-11T16:00:00Z", "2024-10-11T15:59:59Z", None, None)


def test_a_stay_on_the_day_on_which_another_ends_goes_on_with_it() -> None:
    """Filed 1 Apr: raw 1 Oct, in the holiday, rolled to the 8th; warned of after 8 Sept. Stayed from the 6th up to the 24th.

    Raw is Sat 19 Oct then, rolled to the 21st, thirty days before is 21 Sept, a paused day: the warning stands once the stay is
    over. A second one from the 24th up to the 26th is of the same union: raw and due Mon 21 Oct, warned from the 26th.
    """
    first, second = (day("2024-09-06"), day("2024-09-24")), (day("2024-09-24"), day("2024-09-26"))
    row = standing(TERM, at("2024-04-01"), "2024-10-20", pauses=[first])
    assert shown(row) == ("yellow", "2024-09-23T16:00:00Z", "2024-10-21T15:59:59Z", None, None)
    row = standing(TERM, at("2024-04-01"), "2024-10-20", pauses=[second, first])
    assert shown(row) == ("yellow", "2024-09-25T16:00:00Z", "2024-10-21T15:59:59Z", None, None)


def test_a_stay_after_the_warning_moves_only_what_is_to_come() -> None:
    """Warned since 4 Aug, suspended 12 up to 26 Aug (14 days): the warning stands, the due day is Sun 15 → Wed 18 Sept.

    15 to 17 September 2024 are the Mid-Autumn holiday. Closed on the 18th: nothing was late.
    """
    pauses = [(day("2024-08-12"), day("2024-08-26"))]
    row = standing(TERM, at("2024-03-01"), "2024-10-20", pauses=pauses, done=[at("2024-09-18")])
    assert shown(row) == ("yellow", "2024-08-03T16:00:00Z", "2024-09-18T15:59:59Z", "cured", 0)


def test_an_extension_in_time_and_a_late_one() -> None:
    """Approved on 20 Aug until 1 Nov: closed on 1 Nov in time.

    Approved on 9 Sept, a week late: orange was reached and stays, the due day moves all the same.
    """
    until = day("2024-11-01")
    asked = at("2024-08-19")
    in_time = standing(
        TERM,
        at("2024-03-01"),
        "2024-12-01",
        extensions=[Extension(at("2024-08-20"), until)],
        requested=[asked],
        done=[at("2024-11-01")],
    )
    assert shown(in_time) == ("yellow", "2024-08-03T16:00:00Z", "2024-11-01T15:59:59Z", "cured", 0)
    late = standing(
        TERM,
        at("2024-03-01"),
        "2024-12-01",
        extensions=[Extension(at("2024-09-09"), until)],
        requested=[at("2024-09-09")],
        done=[at("2024-11-01")],
    )
    assert shown(late) == ("orange", "2024-08-03T16:00:00Z", "2024-11-01T15:59:59Z", "cured", 0)


def test_an_extension_of_the_day_on_which_the_case_ends() -> None:
    """Approved in the morning, closed in the afternoon: the alert that stood ends with the new last day."""
    more = {"extensions": [Extension(at("2024-12-29"), day("2025-03-23"))], "done": [at("2024-12-29", "16:00:00")]}
    row = standing(TERM, at("2024-07-17"), "2025-06-01", **more)
    assert shown(row) == ("yellow", "2024-12-18T16:00:00Z", "2025-03-23T15:59:59Z", "cured", 0)


def test_deposits_are_counted_in_working_days() -> None:
    """Found Wed 2024-02-07: the working days after it are Thu 8, Fri 9, then Sun 18 (made up) after the Spring Festival.

    Two working days end with Fri 9 February; six (300 %) with Wed 21. Frozen on Sun 18: nine civil days late, orange.
    """
    row = standing(CONTROL_DEPOSIT, at("2024-02-07"), "2024-04-01", done=[at("2024-02-18")])
    assert shown(row) == ("orange", "2024-02-09T16:00:00Z", "2024-02-09T15:59:59Z", "cured", 9)
    red = standing(CONTROL_DEPOSIT, at("2024-02-07"), "2024-02-22")
    assert shown(red) == ("red", "2024-02-09T16:00:00Z", "2024-02-09T15:59:59Z", None, None)


def test_other_property_is_closed_with_its_case() -> None:
    """Found Mon 2024-06-03: the seventh day is Mon 10 June, the Dragon Boat Festival, so Tue 11 June.

    The case ends on the 20th: nothing is owed any more.
    """
    row = standing(CONTROL_OTHER, at("2024-06-03"), "2024-08-01", dropped=[at("2024-06-20")])
    assert shown(row) == ("orange", "2024-06-11T16:00:00Z", "2024-06-11T15:59:59Z", "closed", None)


def test_valuation_thirty_days_after_the_control() -> None:
    """Controlled Tue 2024-04-02: day 20 is Mon 22 April, day 30 Thu 2 May → Mon 6 May (after the holiday).

    Day 60 is Sat 1 June → Mon 3 June. Released on the 3rd, in the last second before red: closed, orange.
    """
    row = standing(PRICE, at("2024-04-02"), "2024-08-01", dropped=[at("2024-06-03", "23:59:59")])
    assert shown(row) == ("orange", "2024-04-22T16:00:00Z", "2024-05-06T15:59:59Z", "closed", None)


def test_a_deferral_stops_the_payment_clock() -> None:
    """Finance told Fri 2024-03-01; deferred 11 up to 21 March (10 days): day 30 moves from Sun 31 March to Wed 10 April.

    Day 20 moves from Thu 21 to Sun 31 March and rolls to Mon 1 April. Paid on Thu 11 April: one day late.
    """
    pauses = [(day("2024-03-11"), day("2024-03-21"))]
    row = standing(PAY_OUT, at("2024-03-01", "00:00:00"), "2024-06-01", pauses=pauses, done=[at("2024-04-11")])
    assert shown(row) == ("orange", "2024-04-01T16:00:00Z", "2024-04-10T15:59:59Z", "cured", 1)


def test_a_withdrawn_objection_is_owed_no_filing() -> None:
    """Received Wed 2024-04-03: day 3 is Sat 6 April in the holiday; Sun 7 April is worked.

    Withdrawn on the 8th: closed, orange. Withdrawn on the 7th: nothing.
    """
    row = standing(OBJECTION_FILED, at("2024-04-03"), "2024-06-01", dropped=[at("2024-04-08")])
    assert shown(row) == ("orange", "2024-04-07T16:00:00Z", "2024-04-07T15:59:59Z", "closed", None)
    assert standing(OBJECTION_FILED, at("2024-04-03"), "2024-06-01", dropped=[at("2024-04-07")]) is None


def test_an_objection_decided_on_the_fifteenth_day() -> None:
    """Received Thu 2024-08-01: day 12 is Tue 13, day 15 Fri 16 August (民诉法第236条)."""
    row = standing(OBJECTION_DECIDED, at("2024-08-01"), "2024-10-20", done=[at("2024-08-16")])
    assert shown(row) == ("yellow", "2024-08-13T16:00:00Z", "2024-08-16T15:59:59Z", "cured", 0)


def test_the_clock_reaches_a_level_at_its_very_instant() -> None:
    """A last tick at the first instant of the eleventh day shows the limit as passed, one on the day before doesn't."""
    assert shown(standing(NOTICE, at("2024-03-04"), "2024-03-15")) == (
        "orange",
        "2024-03-12T16:00:00Z",
        "2024-03-14T15:59:59Z",
        None,
        None,
    )
    assert shown(standing(NOTICE, at("2024-03-04"), "2024-03-14")) == (
        "yellow",
        "2024-03-12T16:00:00Z",
        "2024-03-14T15:59:59Z",
        None,
        None,
    )


def test_an_open_pause_lets_nothing_fall_due_and_moves_no_shown_day() -> None:
    """Warned since 4 Aug, suspended on 12 Aug and not resumed: on 20 Oct it is still yellow, due 2 Sept as last known.

    Resumed on 26 Aug, what it took is known: the same as in the test above.
    """
    row = standing(TERM, at("2024-03-01"), "2024-10-20", pauses=[(day("2024-08-12"), None)])
    assert shown(row) == ("yellow", "2024-08-03T16:00:00Z", "2024-09-02T15:59:59Z", None, None)


def test_a_pause_on_the_days_of_rest_before_the_rolled_day() -> None:
    """Raw Sun 1 Sept 2024, suspended from that day up to Wed 4 Sept: the 4th is the first day worked and not paused.

    The raw day itself is paused, so it moves by three days to the 4th. A pause from Mon 2 Sept lies after the raw day: it takes
    nothing from the term, but the term can end only on a day that isn't paused, the 4th again.
    """
    for begin in ("2024-09-01", "2024-09-02"):
        row = standing(TERM, at("2024-03-01"), "2024-09-05", pauses=[(day(begin), day("2024-09-04"))])
        assert shown(row) == ("orange", "2024-08-03T16:00:00Z", "2024-09-04T15:59:59Z", None, None)


def test_a_pause_of_the_start_day_takes_nothing_of_it() -> None:
    """Filed and suspended on 1 March, resumed on the 11th: days 2 to 10 March are taken, nine; raw 10 Sept, a Tuesday."""
    row = standing(TERM, at("2024-03-01"), "2024-09-11", pauses=[(day("2024-03-01"), day("2024-03-11"))])
    assert shown(row) == ("orange", "2024-08-11T16:00:00Z", "2024-09-10T15:59:59Z", None, None)


def test_two_ways_of_counting_agree() -> None:
    """What a life's maker noted as owed, and what the facts as they stand in the end give, are the same alerts."""
    whole = [life for life in lives(31, 300, 0.3) if all(SHORT_MARK not in fact.subject for fact in life.facts)]
    rules = {duty.part.rule for life in whole for duty, _ in life.duties}
    noted = [row for life in whole for duty, verdict in life.duties if (row := truth(duty, verdict)) is not None]
    found = [row for life in whole for row in life.found.rows if row["rule"] in rules]
    assert len(noted) > 100
    assert sorted(map(str, noted)) == sorted(map(str, found))


class Fact(NamedTuple):
    """One fact of a case."""

    at: int
    kind: str
    data: dict[str, Any]


def test_a_terminated_case_that_was_masked_is_over() -> None:
    """Taken off the register because all is done: what the court still does in it comes after the end (R-SEQ-01.g)."""
    terminated = {"mode": "终结本次执行程序"}
    begun = [
        Fact(at("2024-01-02"), "case.filed", {"claim_fen": 1}),
        Fact(at("2024-04-08"), "term.ruled", {}),
        Fact(at("2024-04-08", "11:00:00"), "case.closed", terminated),
    ]
    act = Fact(at("2024-06-20"), "auction.announced", {"auction_id": "a1", "asset_id": "z1"})
    for reason, alive in (("履行完毕", False), ("终结", False), ("其他", True)):
        masked = Fact(at("2024-06-12"), "term.masked", {"reason": reason})
        last = list(folded([*begun, masked, act]))[-1]
        assert last is not None
        assert (last.open, last.alive) == (False, alive)


def test_an_answer_before_eight_in_the_morning_is_of_that_day() -> None:
    """The class of property was looked up on the civil day of the answer (R-TERM-02.b), not on that of Greenwich."""
    answer = {"class": "vehicle", "status": "none", "at": "2025-01-13T22:38:11Z"}
    ruled = Fact(at("2025-04-14"), "term.ruled", {})
    last = list(folded([Fact(at("2025-01-14", "06:38:11"), "inquiry.feedback", answer), ruled]))[-1]
    assert last is not None
    assert last.classes == {"vehicle": ("none", "2025-01-14")}


def sent(number: int | None, recorded: int, last: int | None = None) -> SimulatedFact:
    """A fact of a court's other system, or a heartbeat that says what was sent."""
    kind, data = ("case.node_published", {}) if last is None else ("sys.feed_heartbeat", {"last_seq": last})
    return SimulatedFact(recorded, f"{number}-{recorded}", "京0105", kind, "s", "s", recorded, data, None, "nodes", number)


def gaps(*facts: SimulatedFact) -> list[tuple[int, int, int, int | None]]:
    """(first, last, found, filled) of what is missing by the instant 1000."""
    return [gap[2:] for gap in lost(facts, 1000)]


def test_a_number_is_lost_once_others_on_both_sides_came() -> None:
    """From the receipt of the later one on, or of a heartbeat that says so; what was found at one instant fills as one."""
    assert gaps(sent(7, 10), sent(8, 20), sent(9, 30)) == []
    assert gaps(sent(1, 10), sent(4, 20)) == [(2, 3, 20, None)]
    assert gaps(sent(1, 10), sent(4, 20), sent(3, 30), sent(2, 40)) == [(2, 3, 20, 40)]
    assert gaps(sent(1, 10), sent(4, 20), sent(3, 20), sent(2, 1000)) == [(2, 2, 20, None)]
    assert gaps(sent(1, 10), sent(3, 20), sent(5, 30)) == [(2, 2, 20, None), (4, 4, 30, None)]
    assert gaps(sent(5, 10), sent(2, 20), sent(6, 30)) == [(3, 4, 20, None)]
    assert gaps(sent(1, 10), sent(None, 20, 3), sent(4, 30), sent(2, 40), sent(3, 50)) == [(2, 3, 20, 50)]
    assert gaps(sent(None, 10, 3), sent(5, 30)) == [(4, 4, 30, None)]
