"""Who is on call: turns, days off, changes of the clock, overrides, gaps."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.calendar import cn_calendar
from contract.duty.roster import Override, Rota, Rotation
from streams.duty.roster import POSTS, Gap, gaps, in_force, on_call

pytestmark = pytest.mark.unit

SHANGHAI = ZoneInfo("Asia/Shanghai")


def rota(*rotations: Rotation, zone: str = "Asia/Shanghai", from_on: date = date(2024, 1, 1)) -> Rota:
    """A roster of the desk 粤0604."""
    return Rota(id="粤0604", court="粤0604", zone=zone, from_on=from_on, rotations=rotations)


def rotation(post: Any = "officer", accounts: str = "甲 乙 丙", every: Any = "day", **other: Any) -> Rotation:
    """A rotation of officers, by day from 2024-01-01."""
    return Rotation(post=post, accounts=tuple(accounts.split()), every=every, **({"first_on": date(2024, 1, 1)} | other))


def override(start: datetime, end: datetime, **other: Any) -> Override:
    """An override of the officer, nobody unless it says who."""
    return Override(**({"id": "0" * 32, "rota": "粤0604", "post": "officer", "start": start, "end": end} | other))


def at(*parts: int, zone: ZoneInfo = SHANGHAI) -> datetime:
    """An instant by wall time."""
    return datetime(*parts, tzinfo=zone)


def officer(desk: Rota, instant: datetime, *overrides: Override) -> tuple[str, ...]:
    """Who the officers are."""
    return on_call(desk, overrides, instant)["officer"]


def test_a_turn_is_half_open_from_one_handover_to_the_next() -> None:
    """A turn is half open from one handover to the next."""
    desk = rota(rotation())
    assert officer(desk, at(2024, 1, 2, 8, 59, 59)) == ("甲",)
    assert officer(desk, at(2024, 1, 2, 9)) == ("乙",)
    assert officer(desk, at(2024, 1, 3, 9)) == ("丙",)
    assert officer(desk, at(2024, 1, 4, 9)) == ("甲",)


def test_every_post_is_answered_and_nobody_is_on_before_the_first_turn() -> None:
    """Every post is answered and nobody is on before the first turn."""
    assert on_call(rota(rotation()), (), at(2024, 1, 1, 8)) == dict.fromkeys(POSTS, ())


def test_the_instant_may_be_given_in_any_zone() -> None:
    """The instant may be given in any zone."""
    desk = rota(rotation())
    assert officer(desk, datetime(2024, 1, 2, 1, tzinfo=UTC)) == officer(desk, at(2024, 1, 2, 9)) == ("乙",)


def test_a_weekly_leader_turns_on_the_weekday_of_the_first_day() -> None:
    """A weekly leader turns on the weekday of the first day."""
    desk = rota(rotation("leader", "院长 副院长", "week"))
    assert on_call(desk, (), at(2024, 1, 8, 8, 59))["leader"] == ("院长",)
    assert on_call(desk, (), at(2024, 1, 8, 9))["leader"] == ("副院长",)
    assert on_call(desk, (), at(2024, 1, 15, 9))["leader"] == ("院长",)


def test_over_days_off_the_one_before_holds_and_a_make_up_day_is_a_turn() -> None:
    """春节 2024: 10 to 17 February off; Sunday the 4th and Sunday the 18th are worked (调休)."""
    desk = rota(rotation(every="working_day", first_on=date(2024, 2, 2)))
    turns = {day: officer(desk, at(2024, 2, day, 12)) for day in range(2, 20)}
    assert turns[2] == turns[3] == ("甲",)  # Friday and the Saturday after it
    assert turns[4] == ("乙",)  # the worked Sunday
    assert {turns[day] for day in range(9, 18)} == {turns[9]}
    assert turns[9] == ("甲",)
    assert turns[18] == ("乙",)


def test_who_begins_on_a_day_off_holds_until_the_next_working_day() -> None:
    """Who begins on a day off holds until the next working day."""
    desk = rota(rotation(every="working_day", first_on=date(2024, 1, 6)))  # a Saturday
    assert officer(desk, at(2024, 1, 6, 9)) == officer(desk, at(2024, 1, 8, 8)) == ("甲",)
    assert officer(desk, at(2024, 1, 8, 9)) == ("乙",)


def test_several_rotations_of_a_post_are_on_it_together() -> None:
    """Several rotations of a post are on it together."""
    assert officer(rota(rotation(accounts="甲"), rotation(accounts="丁 甲")), at(2024, 1, 1, 9)) == ("甲", "丁")


@pytest.mark.parametrize(
    ("wall", "day", "both"),
    [
        # Clocks go back at 01:00 UTC: 02:30 comes twice; until its second occurrence the one before stays on.
        ("02:30", date(2024, 10, 27), (datetime(2024, 10, 27, 0, 30, tzinfo=UTC), datetime(2024, 10, 27, 1, 30, tzinfo=UTC))),
        # Clocks go forward at 01:00 UTC: there is no 02:30; both are on around the hour that is missing.
        ("02:30", date(2024, 3, 31), (datetime(2024, 3, 31, 0, 30, tzinfo=UTC), datetime(2024, 3, 31, 1, 30, tzinfo=UTC))),
    ],
)
def test_where_the_clock_is_changed_turns_overlap(wall: str, day: date, both: tuple[datetime, datetime]) -> None:
    """Where the clock is changed turns overlap."""
    desk = rota(rotation(accounts="甲 乙", hand_over_at=wall, first_on=day - timedelta(days=1)), zone="Europe/Berlin")
    start, end = both
    assert officer(desk, start - timedelta(seconds=1)) == ("甲",)
    assert officer(desk, start) == officer(desk, end - timedelta(seconds=1)) == ("甲", "乙")
    assert officer(desk, end) == ("乙",)


def test_an_override_replaces_one_person_everybody_or_leaves_nobody() -> None:
    """An override replaces one person everybody or leaves nobody."""
    desk = rota(rotation(accounts="甲"), rotation(accounts="乙"))
    span = at(2024, 1, 5, 12), at(2024, 1, 5, 18)
    assert officer(desk, at(2024, 1, 5, 12), override(*span, instead_of="甲", account="丁")) == ("丁", "乙")
    assert officer(desk, at(2024, 1, 5, 12), override(*span, account="丁")) == ("丁",)
    assert officer(desk, at(2024, 1, 5, 12), override(*span, instead_of="甲")) == ("乙",)
    assert officer(desk, at(2024, 1, 5, 12), override(*span)) == ()
    assert officer(desk, at(2024, 1, 5, 18), override(*span)) == ("甲", "乙")  # half-open


def test_overrides_are_applied_in_order_and_only_to_their_rota_and_post() -> None:
    """Overrides are applied in order and only to their rota and post."""
    desk = rota(rotation(accounts="甲"))
    span = at(2024, 1, 5, 12), at(2024, 1, 5, 18)
    chain = override(*span, account="丁"), override(*span, instead_of="丁", account="戊")
    assert officer(desk, span[0], *chain) == ("戊",)
    assert officer(desk, span[0], override(*span, rota="粤0605")) == ("甲",)
    assert officer(desk, span[0], override(*span, post="leader")) == ("甲",)


def test_a_later_version_takes_over_at_its_last_handover_of_its_first_day() -> None:
    """A later version takes over at its last handover of its first day."""
    old = rota(rotation(accounts="甲"))
    new = rota(rotation(accounts="乙"), rotation("leader", "丙", hand_over_at="09:30"), from_on=date(2024, 3, 1))
    assert in_force([old, new], at(2023, 12, 31, 9)) is None
    assert in_force([old, new], at(2024, 3, 1, 9, 29)) is old
    assert in_force([new, old], at(2024, 3, 1, 9, 30)) is new


FULL = (rotation(), rotation("technician", "技一 技二", "working_day"), rotation("leader", "院长 副院长", "week"))


def test_a_full_rota_has_no_gaps() -> None:
    """A full rota has no gaps."""
    assert gaps(rota(*FULL), (), at(2024, 2, 1, 9), 14) == ()


def test_a_gap_is_told_with_its_cause() -> None:
    """A post without a rotation is a gap all along; an override that says nobody names itself."""
    start = at(2024, 2, 1, 9)
    nobody = override(at(2024, 2, 10, 9), at(2024, 2, 12, 9))
    assert gaps(rota(*FULL[:2]), (nobody,), start, 14) == (
        Gap(post="officer", start=nobody.start, end=nobody.end, overrides=(nobody.id,)),
        Gap(post="leader", start=start, end=start + timedelta(days=14)),
    )


def test_a_gap_that_begins_later_than_the_days_looked_at_is_not_told() -> None:
    """A gap that begins later than the days looked at is not told."""
    nobody = override(at(2024, 2, 15, 9), at(2024, 2, 16, 9))
    assert gaps(rota(*FULL), (nobody,), at(2024, 2, 1, 9), 14) == ()
    assert gaps(rota(*FULL), (nobody,), at(2024, 2, 1, 9), 15)


def test_versions_of_a_roster_are_followed_each_in_its_time() -> None:
    """Nobody is on before the first version; what the second leaves out is a gap from when it takes over."""
    old, new = rota(*FULL, from_on=date(2024, 2, 3)), rota(*FULL[:2], from_on=date(2024, 2, 10))
    start = at(2024, 2, 2, 9)
    before = [Gap(post=post, start=start, end=at(2024, 2, 3, 9)) for post in ("officer", "technician", "leader")]
    after = Gap(post="leader", start=at(2024, 2, 10, 9), end=start + timedelta(days=14))
    assert gaps([old, new], (), start, 14) == (*before, after)


def test_days_of_a_gap_search_are_bounded() -> None:
    """Days of a gap search are bounded."""
    with pytest.raises(ValueError, match="1 to 366 days, not 0"):
        gaps(rota(*FULL), (), at(2024, 2, 1, 9), 0)


ZONES = st.sampled_from(["Asia/Shanghai", "Asia/Urumqi", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
WALLS = st.sampled_from(["00:00", "01:30", "02:00", "02:30", "03:00", "09:00", "23:59"])
ROTATIONS = st.builds(
    rotation,
    accounts=st.sampled_from(["甲", "甲 乙", "甲 乙 丙"]),
    every=st.sampled_from(["day", "working_day", "week"]),
    first_on=st.dates(date(2023, 12, 1), date(2023, 12, 30)),
    hand_over_at=WALLS,
)
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2024, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis asks for naive


@given(ROTATIONS, ZONES, INSTANTS)
def test_every_instant_of_a_year_has_somebody(turn: Rotation, zone: str, instant: datetime) -> None:
    """Every instant of a year has somebody."""
    assert 1 <= len(officer(rota(turn, zone=zone), instant)) <= 2


@given(ROTATIONS, ZONES, INSTANTS, st.integers(1, 72))
def test_nobody_only_where_an_override_says_so(turn: Rotation, zone: str, instant: datetime, hours: int) -> None:
    """Nobody only where an override says so."""
    nobody = override(at(2024, 6, 1, 0), at(2024, 6, 1, 0) + timedelta(hours=hours))
    assert (officer(rota(turn, zone=zone), instant, nobody) == ()) == (nobody.start <= instant < nobody.end)


@given(ROTATIONS, ZONES)
def test_a_year_of_handovers_leaves_no_gap(turn: Rotation, zone: str) -> None:
    """A year of handovers leaves no gap."""
    desk, instant = rota(turn, zone=zone), datetime(2024, 1, 1, tzinfo=UTC)
    found = gaps(desk, (), instant, 366, cn_calendar())
    assert not [gap for gap in found if gap.post == "officer"]
