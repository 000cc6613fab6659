"""A roster in people's own calendars: what any reader of RFC 5545 finds in the feed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.duty.ical import rota_ics, shifts
from contract.duty.roster import Override, Rota, Rotation
from streams.duty.roster import in_force, on_call

pytestmark = pytest.mark.unit

START = datetime(2024, 3, 4, tzinfo=UTC)


def rota(from_on: date = date(2024, 3, 1), **other: Any) -> Rota:
    """Officers by day, a leader for the week."""
    officers = Rotation(post="officer", accounts=("甲", "乙"), every="day", first_on=date(2024, 3, 1))
    leader = Rotation(post="leader", accounts=("院长",), every="week", first_on=date(2024, 3, 1))
    return Rota(**({"id": "粤0604", "court": "粤0604", "from_on": from_on, "rotations": (officers, leader)} | other))


def override(start: datetime, hours: int, **other: Any) -> Override:
    """An override of the officer."""
    given = {"id": "0" * 32, "rota": "粤0604", "post": "officer", "start": start, "end": start + timedelta(hours=hours)}
    return Override(**(given | other))


def feed(*overrides: Override, version: int = 3, **other: Any) -> bytes:
    """Three days of the desk."""
    return rota_ics([rota()], overrides, START, 3, version=version, stamp=START, **other)


def events(text: bytes) -> list[dict[str, Any]]:
    """What a reader finds: uid, sequence, status, summary, start, end of each event."""
    read = icalendar.Calendar.from_ical(text)
    return [
        {name: str(event[name]) for name in ("UID", "SEQUENCE", "STATUS", "SUMMARY")}
        | {name: event[name].dt for name in ("DTSTART", "DTEND")}
        for event in read.walk("VEVENT")
    ]


def uid_of(text: bytes, summary: str, day: int) -> str:
    """The UID of somebody's shift that begins on a day of March."""
    return next(one["UID"] for one in events(text) if (one["SUMMARY"], one["DTSTART"].day) == (summary, day))


def test_each_shift_is_an_event_in_the_desks_wall_time() -> None:
    """From handover to handover, half-open."""
    found = [one for one in events(feed()) if one["SUMMARY"] == "执行值班 乙"]
    shanghai = ZoneInfo("Asia/Shanghai")
    assert [(one["DTSTART"], one["DTEND"]) for one in found] == [
        (datetime(2024, 3, 4, 9, tzinfo=shanghai), datetime(2024, 3, 5, 9, tzinfo=shanghai)),
        (datetime(2024, 3, 6, 9, tzinfo=shanghai), datetime(2024, 3, 7, 9, tzinfo=shanghai)),
    ]
    assert {one["SEQUENCE"] for one in found} == {"3"}


def test_the_bytes_are_as_the_standard_asks() -> None:
    """CRLF, lines of at most 75 octets cut between characters, the zone's rules, when to look again; the same each time."""
    text = feed(names={"甲": "执行局第一合议庭值班员甲（联系电话见内网通讯录，工作日及节假日二十四小时在岗）"})
    lines = text.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # no character is cut in two
    for wanted in (b"BEGIN:VTIMEZONE", b"TZID:Asia/Shanghai", b"REFRESH-INTERVAL;VALUE=DURATION:PT1H"):
        assert wanted in lines
    assert b"DTSTART;TZID=Asia/Shanghai:20240304T090000" in lines
    assert text == feed(names={"甲": "执行局第一合议庭值班员甲（联系电话见内网通讯录，工作日及节假日二十四小时在岗）"})


def test_a_swapped_shift_is_cancelled_for_the_one_and_new_for_the_other() -> None:
    """Under the UID that the first one's calendar knows."""
    swap = override(datetime(2024, 3, 4, 1, tzinfo=UTC), 24, instead_of="乙", account="丙")
    was = uid_of(feed(account="乙"), "执行值班 乙", 4)
    gave = {one["UID"]: one["STATUS"] for one in events(feed(swap, account="乙", version=4))}
    assert gave[was] == "CANCELLED"
    assert [one["STATUS"] for one in events(feed(swap, account="丙", version=4))] == ["CONFIRMED"]
    whole = [one for one in events(feed(swap, version=4)) if one["DTSTART"].day == 4]
    assert [one["SUMMARY"] for one in whole] == ["执行值班 丙"]


def test_a_changed_end_is_a_change_not_a_new_event() -> None:
    """The last hours go to somebody else; the shift keeps its UID."""
    cut = override(datetime(2024, 3, 4, 10, tzinfo=UTC), 15, account="丙")
    was = uid_of(feed(account="乙"), "执行值班 乙", 4)
    now = next(one for one in events(feed(cut, account="乙", version=4)) if one["UID"] == was)
    assert (now["STATUS"], now["SEQUENCE"], now["DTEND"].hour) == ("CONFIRMED", "4", 18)


def test_hours_out_of_the_middle_leave_two_events() -> None:
    """Each with a UID of its own."""
    cut = override(datetime(2024, 3, 4, 4, tzinfo=UTC), 2, account="丙")
    mine = [one for one in events(feed(cut, account="乙")) if one["DTSTART"].day == 4]
    assert [(one["DTSTART"].hour, one["DTEND"].hour) for one in mine] == [(9, 12), (14, 9)]
    assert len({one["UID"] for one in events(feed(cut))}) == len(events(feed(cut)))


INSTANTS = st.datetimes(datetime(2024, 3, 4), datetime(2024, 3, 10), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis asks for naive
OVERRIDES = st.lists(
    st.builds(
        override,
        INSTANTS,
        st.integers(1, 60),
        id=st.uuids().map(lambda one: one.hex),
        post=st.sampled_from(["officer", "leader"]),
        instead_of=st.sampled_from([None, "甲", "乙"]),
        account=st.sampled_from([None, "乙", "丙"]),
    ),
    max_size=3,
)


@given(OVERRIDES, INSTANTS)
def test_the_feed_and_the_pager_agree(overrides: list[Override], instant: datetime) -> None:
    """At every instant those are on call who have a shift that isn't cancelled; across versions, and where no turn is, too."""
    later = rota(
        date(2024, 3, 7), rotations=(Rotation(post="officer", accounts=("丁",), every="week", first_on=date(2024, 3, 1)),)
    )
    versions = [rota(), later]
    holds = in_force(versions, instant)
    assert holds is not None
    held = on_call(holds, overrides, instant)
    for post in ("officer", "leader"):
        found = {
            one.account
            for one in shifts(versions, overrides, START, 7)
            if one.post == post and not one.cancelled and one.start <= instant < one.end
        }
        assert found == set(held[post])
