"""A desk's roster: versions, overrides, maintenance windows; what changed is told to every partition.

Pure, in the form of ``streams.duty.outcome``; the target is ``roster/<court>``. A change never reaches into the past: a version
begins today or later, an override that has begun is cut off now. Swaps, sign-ins and handovers are in ``streams.duty.turns``,
what the clock does in ``streams.duty.coverage``.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from contract.calendar import Calendar, cn_calendar
from contract.duty import commands as c
from contract.duty.roster import Override, RosterRecord, Rota
from contract.times import civil_date
from streams.duty.coverage import Done, accepted, broadcast, due, look, next_due, on_duty, today
from streams.duty.outcome import Refusal, refused, stale
from streams.duty.rights import ROSTER, refusal
from streams.duty.roster import in_force
from streams.duty.turns import hand_over, sign_in, swap_answer, swap_ask

__all__ = ["decide", "due", "next_due"]

LONGEST_WINDOW = timedelta(hours=24)
LONGEST_OVERRIDE = timedelta(days=92)
FARTHEST = timedelta(days=3660)
"""How far from now a day of a roster may lie: turns are counted from it, and the calendar ends somewhere."""
_FARTHEST_ZH = "十年"
KEEP = timedelta(days=7)
"""How long overrides and windows that are over are kept."""

Found = Done | Refusal
Asked = c.RosterCommand


def decide(record: RosterRecord | None, command: Asked, now: datetime, calendar: Calendar | None = None) -> Done:
    """What a command does to a roster; ``record`` None = the desk has none yet."""
    calendar = calendar or cn_calendar()
    known = record or RosterRecord(id=command.target, court=command.target.removeprefix(ROSTER))
    leads = command.principal.account in on_duty(known, now, calendar)["leader"]
    forbidden = refusal(command.principal, command, known, leads=leads) or stale(known, command)
    if forbidden is not None:
        return refused(record, command, forbidden)
    found = _STEPS[type(command)](known, command, now, calendar)
    return refused(record, command, found) if isinstance(found, Refusal) else found


def _set(record: RosterRecord, command: c.RotaSet, now: datetime, calendar: Calendar) -> Found:
    rota = command.rota
    wrong = _wrong(record, rota, now)
    if wrong is not None:
        return wrong
    others = tuple(one for one in record.rotas if one.from_on != rota.from_on)
    rotas = _kept((*others, rota), now)
    fields: dict[str, Any] = {"rotas": rotas}
    if not record.rotas:  # the day's sign-ins are not asked of people who only now stand on a roster
        fields |= {"gaps_on": today(record, now), "sign_in_on": today(record, now)}
    return _changed(record, command, "roster_set", now, calendar, {"from_on": rota.from_on}, rota=rota, **fields)


def _wrong(record: RosterRecord, rota: Rota, now: datetime) -> Refusal | None:
    if (rota.id, rota.court) != (record.court, record.court):
        return Refusal("other_desk", f"值班表的编号和法院都应当是{record.court}")
    if not _is_zone(rota.zone):
        return Refusal("unknown_zone", f"没有时区{rota.zone}；请填写IANA名称，例如Asia/Shanghai")
    if not rota.rotations:
        return Refusal("no_rotations", "值班表至少要有一个岗位的轮值")
    if rota.from_on < (today := civil_date(now, ZoneInfo(rota.zone))):
        return Refusal("in_the_past", f"值班表不能自过去的日期起用：{rota.from_on}早于{today}")
    days = (rota.from_on, *(rotation.first_on for rotation in rota.rotations))
    far = next((day for day in days if abs(day - today) > FARTHEST), None)
    return None if far is None else Refusal("too_far", f"{far}距今超过{_FARTHEST_ZH}")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such zone, no name of a zone, a folder of zones
        return False
    return True


def _kept(rotas: tuple[Rota, ...], now: datetime) -> tuple[Rota, ...]:
    """The versions by their first day, without those that were over before the one that holds began; one of these is kept."""
    ordered = sorted(rotas, key=lambda rota: rota.from_on)
    holds = in_force(ordered, now)
    first = 0 if holds is None else max(ordered.index(holds) - 1, 0)
    return tuple(ordered[first:])


def _override(record: RosterRecord, command: c.OverrideSet, now: datetime, calendar: Calendar) -> Found:
    override = command.override
    if override.rota != record.court:
        return Refusal("other_desk", f"调整的值班表应当是{record.court}")
    if override.swap:
        return Refusal("swap_needs_consent", "换班须经双方同意，不能直接调整")
    if any(one.id == override.id for one in record.overrides):
        return Refusal("already_set", "已有同一编号的调整")
    no = span_refused(override.start, override.end, now, LONGEST_OVERRIDE)
    if no is not None:
        return no
    return _changed(record, command, "override_set", now, calendar, _told(override), overrides=(*record.overrides, override))


def _drop(record: RosterRecord, command: c.OverrideDrop, now: datetime, calendar: Calendar) -> Found:
    found = next((one for one in record.overrides if one.id == command.override_id), None)
    if found is None or found.end <= now:
        return Refusal("no_override", "没有这项调整，或者它已经结束")
    others = tuple(one for one in record.overrides if one is not found)
    cut = (msgspec.structs.replace(found, end=now),) if found.start < now else ()
    return _changed(record, command, "override_dropped", now, calendar, _told(found), overrides=(*others, *cut))


def _window(record: RosterRecord, command: c.WindowSet, now: datetime, _: Calendar) -> Found:
    window = command.window
    no = span_refused(window.start, window.end, now, LONGEST_WINDOW)
    if no is not None:
        return no
    if not window.reason.strip():
        return Refusal("reason_missing", "维护时段须说明理由")
    others = (one for one in record.windows if one["id"] != window.id)
    kept = [one for one in others if msgspec.convert(one["end"], datetime) > now - KEEP]
    told = msgspec.to_builtins(window)
    done = accepted(record, command, "window_set", now, told, windows=(*kept, told))
    assert done.record is not None
    return msgspec.structs.replace(done, tells=(broadcast(done.record, now, window=window),))


def span_refused(start: datetime, end: datetime, now: datetime, longest: timedelta) -> Refusal | None:
    """Why a span can't be set, or None."""
    if start >= end:
        return Refusal("empty_span", "开始时间须早于结束时间")
    if end <= now:
        return Refusal("in_the_past", "该时段已经过去")
    if start - now > FARTHEST:
        return Refusal("too_far", f"该时段距今超过{_FARTHEST_ZH}")
    if end - start > longest:
        hours = longest // timedelta(hours=1)
        return Refusal("too_long", f"最长{hours}小时" if hours <= 24 else f"最长{hours // 24}日")
    return None


def _changed(
    record: RosterRecord,
    command: c.Command,
    what: str,
    now: datetime,
    calendar: Calendar,
    detail: dict[str, Any],
    *,
    rota: Rota | None = None,
    **fields: Any,
) -> Done:
    """Accept a change of who is on call: tell everybody, and look at coverage at once."""
    overrides: tuple[Override, ...] = fields.pop("overrides", record.overrides)
    fields["overrides"] = tuple(one for one in overrides if one.end > now - KEEP)
    return look(accepted(record, command, what, now, detail, **fields), now, calendar, rota)


def _swap_answer(record: RosterRecord, command: c.SwapAnswer, now: datetime, calendar: Calendar) -> Found:
    leads = command.principal.account in on_duty(record, now, calendar)["leader"]
    found = swap_answer(record, command, now, leads=leads or command.principal.role in {"director", "president"})
    if isinstance(found, Refusal) or found.record is None or found.record.overrides == record.overrides:
        return found
    return look(found, now, calendar)


def _told(override: Override) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(override)
    return told


_STEPS: dict[type[c.Command], Callable[[RosterRecord, Any, datetime, Calendar], Found]] = {
    c.RotaSet: _set,
    c.OverrideSet: _override,
    c.OverrideDrop: _drop,
    c.WindowSet: _window,
    c.SwapAsk: swap_ask,
    c.SwapAnswer: _swap_answer,
    c.SignIn: sign_in,
    c.HandOver: hand_over,
}
