"""A roster by day and post, from handover to handover, with the spans in which nobody is there."""

from datetime import date, datetime

from contract.duty.roster import Override, Post, RosterRecord, Rota, Rotation
from contract.times import SHANGHAI
from dashboards.console.rota_table import Span, days_of, is_gap, next_handover

FRIDAY = date(2024, 3, 1)


def at(day: int, hour: int) -> datetime:
    """An hour of a day of March 2024 in Beijing."""
    return datetime(2024, 3, day, hour, tzinfo=SHANGHAI)


def rotation(post: Post, *accounts: str, every: str = "day") -> Rotation:
    """People who take turns from the first of March on."""
    return Rotation(post=post, accounts=accounts, every=every, first_on=FRIDAY)  # type: ignore[arg-type]  # a word of its own


ROTA = Rota(
    id="京0105",
    court="京0105",
    from_on=FRIDAY,
    rotations=(rotation("officer", "甲", "乙"), rotation("technician", "技"), rotation("leader", "丙", "丁", every="week")),
)


def override(post: Post, account: str | None, start: datetime, end: datetime) -> Override:
    """Somebody else, or nobody, on a post."""
    return Override(id="0" * 32, rota="京0105", post=post, account=account, start=start, end=end)


def test_a_day_runs_from_handover_to_handover() -> None:
    """Before nine it is still yesterday's; each day is whole, and one person's day is one span."""
    record = RosterRecord(id="roster/京0105", court="京0105", rotas=(ROTA,))
    days = days_of(record, at(4, 8), 5)
    assert [day.on.day for day in days] == [3, 4, 5, 6, 7]
    assert [day.posts["officer"] for day in days[:2]] == [
        [Span(at(3, 9), at(4, 9), ("甲",))],
        [Span(at(4, 9), at(5, 9), ("乙",))],
    ]
    assert [day.posts["leader"][0].accounts for day in days] == [("丙",)] * 5
    assert days[0].posts["officer_b"] == [Span(at(3, 9), at(4, 9), ())]


def test_an_override_cuts_a_day_and_nobody_is_a_gap() -> None:
    """Three spans; a B post that nobody holds is none."""
    nobody = override("technician", None, at(5, 14), at(5, 18))
    record = RosterRecord(id="roster/京0105", court="京0105", rotas=(ROTA,), overrides=(nobody,))
    spans = days_of(record, at(5, 10), 1)[0].posts["technician"]
    assert spans == [Span(at(5, 9), at(5, 14), ("技",)), Span(at(5, 14), at(5, 18), ()), Span(at(5, 18), at(6, 9), ("技",))]
    assert [is_gap("technician", span) for span in spans] == [False, True, False]
    assert not is_gap("officer_b", spans[1])


def test_before_the_first_version_and_without_a_roster_nobody_is_there() -> None:
    """A version to come takes over at its handover; without any there are no days."""
    record = RosterRecord(id="roster/京0105", court="京0105", rotas=(ROTA,))
    before, after = days_of(record, datetime(2024, 2, 29, 12, tzinfo=SHANGHAI), 2)
    assert [span.accounts for span in before.posts["officer"]] == [()]
    assert [span.accounts for span in after.posts["officer"]] == [("甲",)]
    assert days_of(RosterRecord(id="roster/京0105", court="京0105"), at(4, 8)) == []


def test_the_next_handover_is_when_the_next_shift_begins() -> None:
    """At nine; at an override's beginning if that is sooner; without a roster never."""
    record = RosterRecord(id="roster/京0105", court="京0105", rotas=(ROTA,))
    assert (next_handover(record, at(4, 8)), next_handover(record, at(4, 9))) == (at(4, 9), at(5, 9))
    sooner = override("officer", "戊", at(4, 14), at(4, 18))
    changed = RosterRecord(id="roster/京0105", court="京0105", rotas=(ROTA,), overrides=(sooner,))
    assert next_handover(changed, at(4, 10)) == at(4, 14)
    assert next_handover(RosterRecord(id="roster/京0105", court="京0105"), at(4, 8)) is None
