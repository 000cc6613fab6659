"""Whether a desk is covered: gaps of the next 14 days, missing sign-ins; what the clock does to a roster.

Every morning at 08:30 the next 14 days are looked at, and at once when the roster changes; a gap is said once, when it is first
seen. At 09:30 of a working day those are named who are on call and have not signed in; the superior court sees it (parameters
of ours, 管理参数).
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from contract.calendar import Calendar, cn_calendar
from contract.courts import COURTS
from contract.duty.commands import Broadcast, Command, Window, told_id
from contract.duty.roster import Post, RosterRecord, Rota, TimeSpan
from contract.duty.shifts import occurrences, takes_over
from contract.times import civil_date
from streams.duty.drafts import DUTY
from streams.duty.outcome import Outcome, Said, changed
from streams.duty.roster import POSTS, Gap, gaps, in_force, on_call

Done = Outcome[RosterRecord]

DAYS_AHEAD = 14
LOOK_AT = time(8, 30)
SIGNED_IN_BY = time(9, 30)


def on_duty(record: RosterRecord, at: datetime, calendar: Calendar) -> Mapping[Post, tuple[str, ...]]:
    """Who is on call by the version that holds; nobody before the first."""
    rota = in_force(record.rotas, at)
    return dict.fromkeys(POSTS, ()) if rota is None else on_call(rota, record.overrides, at, calendar)


def accepted(
    record: RosterRecord, command: Command, what: str, now: datetime, detail: dict[str, Any] | None = None, **fields: Any
) -> Done:
    """An accepted command: the record with its new fields, and the answer."""
    after = changed(record, what, command.principal.account, now, **fields)
    return Outcome(record=after, said=(Said(what=what, outcome="accepted", detail=detail or {}),))


def broadcast(record: RosterRecord, now: datetime, rota: Rota | None = None, window: Window | None = None) -> Broadcast:
    """What every partition must know: a version with all overrides, or a window; numbered by the record's version."""
    return Broadcast(
        id=told_id("broadcast", record.id, record.version),
        target="*",
        principal=DUTY,
        at=now,
        control=record.version,
        rota=rota,
        overrides=None if rota is None else record.overrides,
        window=window,
    )


def look(done: Done, now: datetime, calendar: Calendar, rota: Rota | None = None) -> Done:
    """After a change of who is on call: tell everybody (``rota``: the new version), say which gaps it makes or closes."""
    assert done.record is not None
    told = rota or in_force(done.record.rotas, now) or (done.record.rotas[0] if done.record.rotas else None)
    tells = () if told is None else (broadcast(done.record, now, told),)
    looked, said = _looked(done.record, now, calendar)
    return msgspec.structs.replace(done, record=looked, said=done.said + said, tells=done.tells + tells)


def next_due(record: RosterRecord) -> datetime | None:
    """The instant at which time alone does something: coverage or sign-ins are looked at; None without a roster."""
    return min((at for at, _ in _waiting(record)), default=None)


def due(record: RosterRecord, now: datetime, calendar: Calendar | None = None) -> Done:
    """Look at what has fallen due; the caller asks ``next_due`` again. Of several days only the last is looked at."""
    calendar = calendar or cn_calendar()
    at, what = min(_waiting(record), default=(now, ""))
    if not what or at > now:
        return Outcome(record=record)
    if what == "swap":
        return _lapsed(record, now)
    if what == "gaps":
        looked, said = _looked(record, now, calendar)
        return Outcome(record=msgspec.structs.replace(looked, gaps_on=_last_day(record, now, LOOK_AT)), said=said)
    day = _last_day(record, now, SIGNED_IN_BY)
    after = msgspec.structs.replace(record, sign_in_on=day)
    missing = _missing(record, day, _instant(record, day, SIGNED_IN_BY), calendar) if calendar.is_workday(day) else {}
    if not missing:
        return Outcome(record=after)
    above = COURTS.ancestors(record.court)
    detail = {"day": day, "missing": missing, "superior": above[0].code if above else None}
    after = changed(after, "sign_in_missing", DUTY.account, now)
    return Outcome(record=after, said=(Said(what="sign_in_missing", detail=detail),))


def _lapsed(record: RosterRecord, now: datetime) -> Done:
    """Nobody answered in time: the turn stays whose it was."""
    late = [swap for swap in record.swaps if swap.state == "asked" and swap.start <= now]
    swaps = tuple(msgspec.structs.replace(swap, state="lapsed") if swap in late else swap for swap in record.swaps)
    after = changed(record, "swap_lapsed", DUTY.account, now, swaps=swaps)
    return Outcome(record=after, said=tuple(Said(what="swap_lapsed", detail={"swap": swap.id}) for swap in late))


def _waiting(record: RosterRecord) -> list[tuple[datetime, str]]:
    """(instant, what is due then): a swap that nobody answered; for the rest the day after the last one looked at."""
    waiting = [(swap.start, "swap") for swap in record.swaps if swap.state == "asked"]
    if not record.rotas:
        return waiting
    for what, last, at in (("gaps", record.gaps_on, LOOK_AT), ("sign_in", record.sign_in_on, SIGNED_IN_BY)):
        first = record.rotas[0].from_on
        day = first if last is None else max(first, last + timedelta(days=1))
        waiting.append((_instant(record, day, at), what))
    return waiting


def _instant(record: RosterRecord, day: date, at: time) -> datetime:
    """When a wall time of a day has come where the desk is."""
    return occurrences(day, at.isoformat("minutes"), record.rotas[0].zone)[1]


def _last_day(record: RosterRecord, now: datetime, at: time) -> date:
    """The last day whose wall time has come."""
    day = today(record, now)
    return day if _instant(record, day, at) <= now else day - timedelta(days=1)


def _looked(record: RosterRecord, now: datetime, calendar: Calendar) -> tuple[RosterRecord, tuple[Said, ...]]:
    """The record with the gaps of the next 14 days, and what is to be said: those not said before, or that none is left."""
    # Before its first roster a desk is covered by nobody and doesn't promise to be.
    first = min((takes_over(rota) for rota in record.rotas), default=now)
    ahead = gaps(record.rotas, record.overrides, now, DAYS_AHEAD, calendar)
    found = [msgspec.structs.replace(gap, start=max(gap.start, first)) for gap in ahead if gap.end > first]
    spans = tuple(TimeSpan(post=gap.post, start=gap.start, end=gap.end) for gap in found)
    fresh = [gap for gap in found if not any(_covers(old, gap) for old in record.gaps)]
    if fresh:
        detail = {"gaps": msgspec.to_builtins(fresh)}
        after = changed(record, "coverage_gap", DUTY.account, now, gaps=spans)
        return after, (Said(what="coverage_gap", reason=_sentence(record, fresh), detail=detail),)
    if record.gaps and not spans:
        return changed(record, "coverage_complete", DUTY.account, now, gaps=()), (Said(what="coverage_complete"),)
    return msgspec.structs.replace(record, gaps=spans), ()


def _covers(old: TimeSpan, gap: Gap) -> bool:
    """Whether a gap was said already: it begins within (or where the days looked at ended in) one that was."""
    return old.post == gap.post and old.start <= gap.start <= old.end


_POST_ZH: dict[Post, str] = {"officer": "执行值班", "officer_b": "执行值班B岗", "technician": "技术值班", "leader": "带班领导"}


def _sentence(record: RosterRecord, found: list[Gap]) -> str:
    zone = ZoneInfo(record.rotas[0].zone) if record.rotas else ZoneInfo("Asia/Shanghai")
    spans = (
        f"{_POST_ZH[gap.post]}{gap.start.astimezone(zone):%m-%d %H:%M}至{gap.end.astimezone(zone):%m-%d %H:%M}" for gap in found
    )
    return f"未来{DAYS_AHEAD}日内无人值班：" + "；".join(spans)


def _missing(record: RosterRecord, day: date, at: datetime, calendar: Calendar) -> dict[Post, tuple[str, ...]]:
    """Who of those on call has not signed in on a day, by post."""
    signed = {one.account for one in record.sign_ins if one.on == day}
    held = on_duty(record, at, calendar)
    left = {post: tuple(one for one in accounts if one not in signed) for post, accounts in held.items()}
    return {post: accounts for post, accounts in left.items() if accounts}


def today(record: RosterRecord, now: datetime) -> date:
    """The civil day of an instant where the desk is."""
    rota = in_force(record.rotas, now)
    return civil_date(now) if rota is None else civil_date(now, ZoneInfo(rota.zone))
