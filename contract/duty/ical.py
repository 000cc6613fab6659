"""A roster as an iCalendar feed (RFC 5545). A convenience for people's own calendars, never the truth of who is on call.

A shift keeps its UID, made of the roster, the post and its begin, whoever takes it and however long it lasts: a changed end is
a change, no new event. SEQUENCE is the roster's version. A turn that somebody else took stands there as CANCELLED, so that
calendars that have it strike it out. Spans are half-open; wall times carry the desk's zone.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import msgspec

from contract.calendar import Calendar, cn_calendar
from contract.canonical import short_id
from contract.duty.roster import Override, Post, Rota
from contract.duty.shifts import Turn, takes_over, turns_between
from contract.times import format_instant

POSTS_ZH: dict[Post, str] = {
    "officer": "执行值班",
    "officer_b": "执行值班（B岗）",
    "technician": "技术值班",
    "leader": "带班领导",
}
_REFRESH = timedelta(hours=1)


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """What one person has on one post, in UTC; ``cancelled``: somebody else has it, or nobody."""

    uid: str
    post: Post
    account: str
    start: datetime
    end: datetime
    cancelled: bool = False


def shifts(
    rotas: Sequence[Rota],
    overrides: Sequence[Override],
    start: datetime,
    days: int,
    calendar: Calendar | None = None,
) -> tuple[Shift, ...]:
    """The shifts of a desk that touch ``days`` days from an instant, by time; ``rotas``: all versions of its roster."""
    calendar = calendar or cn_calendar()
    end = start + timedelta(days=days)
    found: list[Shift] = []
    for rota, since, until in _spans(rotas):
        for rotation in rota.rotations:
            last = end if until is None else min(end, until)
            found += (
                _shift(rota, turn, since, until) for turn in turns_between(rota, rotation, max(start, since), last, calendar)
            )
    first = min(map(takes_over, rotas))
    for override in overrides:
        if override.rota == rotas[0].id and override.end > max(start, first) and override.start < end:
            found = _overridden(found, override, first)
    return tuple(sorted(found, key=lambda shift: (shift.start, shift.post, shift.uid)))


def rota_ics(
    rotas: Sequence[Rota],
    overrides: Sequence[Override],
    start: datetime,
    days: int,
    *,
    version: int,
    stamp: datetime,
    account: str | None = None,
    names: Mapping[str, str] | None = None,
) -> bytes:
    """The feed of a desk, or of one person of it.

    Args:
        rotas: All versions of the desk's roster, at least one.
        overrides: Its overrides.
        start: From when on; aware.
        days: For how many days.
        version: The roster's version: SEQUENCE of every event.
        stamp: DTSTAMP of every event; aware.
        account: Whose shifts; None = everybody's.
        names: What people are called; an account that has no name here stands for itself.
    """
    zone = ZoneInfo(rotas[0].zone)
    feed = icalendar.Calendar()
    feed.add("prodid", "-//Yipanqi//Duty//ZH")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    for shift in shifts(rotas, overrides, start, days):
        if account is None and shift.cancelled:
            continue  # the desk's own feed shows who has it instead
        if account in {None, shift.account}:
            feed.add_component(_event(shift, zone, version, stamp, (names or {}).get(shift.account, shift.account)))
    feed.add_missing_timezones()
    return bytes(feed.to_ical())


def _event(shift: Shift, zone: ZoneInfo, version: int, stamp: datetime, name: str) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", shift.uid)
    event.add("sequence", version)
    event.add("dtstamp", stamp)
    event.add("dtstart", shift.start.astimezone(zone))
    event.add("dtend", shift.end.astimezone(zone))
    event.add("summary", f"{POSTS_ZH[shift.post]} {name}")
    event.add("status", "CANCELLED" if shift.cancelled else "CONFIRMED")
    return event


def _spans(rotas: Sequence[Rota]) -> Iterator[tuple[Rota, datetime, datetime | None]]:
    """Each version with the span in which it holds; the last one holds on."""
    ordered = sorted(rotas, key=takes_over)
    ends = [*(takes_over(rota) for rota in ordered[1:]), None]
    yield from ((rota, takes_over(rota), until) for rota, until in zip(ordered, ends, strict=True))


def _shift(rota: Rota, turn: Turn, since: datetime, until: datetime | None) -> Shift:
    """A turn as far as its version holds."""
    start = max(turn.start, since)
    return Shift(
        uid=short_id("shift", rota.id, turn.rotation.post, rota.rotations.index(turn.rotation), format_instant(start)),
        post=turn.rotation.post,
        account=turn.account,
        start=start,
        end=turn.end if until is None else min(turn.end, until),
    )


def _overridden(found: list[Shift], override: Override, first: datetime) -> list[Shift]:
    """What an override leaves of the shifts, and what it makes of the rest; before the first version nobody is on call."""
    left = [part for shift in found for part in _cut(shift, override)]
    if override.instead_of is None and override.account is not None:
        uid = short_id("shift", override.id)
        start = max(override.start, first)
        left.append(Shift(uid=uid, post=override.post, account=override.account, start=start, end=override.end))
    return left


def _cut(shift: Shift, override: Override) -> Iterator[Shift]:
    start, end = max(shift.start, override.start), min(shift.end, override.end)
    meant = override.post == shift.post and override.instead_of in {None, shift.account}
    if shift.cancelled or not meant or start >= end:
        yield shift
        return
    change = msgspec.structs.replace
    if shift.start < start:
        yield change(shift, end=start)
    if end < shift.end:
        keeps = shift.start == start
        yield change(shift, start=end, uid=shift.uid if keeps else short_id("shift", shift.uid, override.id, "after"))
    if (start, end) == (shift.start, shift.end):
        yield change(shift, cancelled=True)
    if override.instead_of is not None and override.account is not None:
        uid = short_id("shift", shift.uid, override.id)
        yield change(shift, uid=uid, account=override.account, start=start, end=end)
