"""What those on a roster do: swap a turn, sign in, hand over.

A swap needs two consents beside the asker's wish: the colleague's and a leader's (the leader of the week, or a director or
president of the court). A handover needs two people: the one who leaves lists what is open, the one who comes signs for it.
"""

from datetime import datetime, timedelta

import msgspec

from contract.calendar import Calendar
from contract.canonical import short_id
from contract.duty import commands as c
from contract.duty.roster import Handover, Override, Post, RosterRecord, SignedIn, Swap
from streams.duty.coverage import Done, accepted, on_duty, today
from streams.duty.outcome import Refusal

LONGEST_SWAP = timedelta(days=31)
AHEAD = timedelta(days=366)
"""How far ahead a turn may be swapped."""
AROUND_HANDOVER = timedelta(hours=12)
"""Who left the post, or comes to it, so near to now may sign a handover."""
EARLY = timedelta(hours=2)
"""So long before a turn one may sign in."""
KEEP_SWAPS, KEEP_SIGN_INS, KEEP_HANDOVERS = 20, 200, 20

Found = Done | Refusal


def swap_ask(record: RosterRecord, command: c.SwapAsk, now: datetime, calendar: Calendar) -> Found:
    """Ask a colleague to take a turn."""
    asker = command.principal.account
    if any(one.id == command.swap for one in record.swaps):
        return Refusal("already_asked", "已有同一编号的换班请求")
    if command.to == asker:
        return Refusal("self_swap", "不能与自己换班")
    if not now <= command.start < command.end or command.end - command.start > LONGEST_SWAP:
        return Refusal("bad_span", f"换班的时段须在将来，开始早于结束，最长{LONGEST_SWAP.days}日")
    if command.start - now > AHEAD:
        return Refusal("too_far", f"只能换{AHEAD.days}日以内的班")
    if asker not in on_duty(record, command.start, calendar)[command.post]:
        return Refusal("not_your_turn", "该时段开始时不是您值班")
    swap = Swap(
        id=command.swap,
        post=command.post,
        start=command.start,
        end=command.end,
        asker=asker,
        to=command.to,
        reason=command.reason,
        asked_at=now,
    )
    return accepted(record, command, "swap_asked", now, msgspec.to_builtins(swap), swaps=_swaps(record, swap))


def swap_answer(record: RosterRecord, command: c.SwapAnswer, now: datetime, *, leads: bool) -> Found:
    """The colleague's answer, or a leader's; ``leads``: whether the one who answers may consent as a leader."""
    swap = next((one for one in record.swaps if one.id == command.swap), None)
    if swap is None or swap.state != "asked":
        return Refusal("no_swap", "没有等待答复的这项换班请求")
    who = command.principal.account
    if who == swap.asker:
        return Refusal("self_approval", "不能答复自己的换班请求")
    if who != swap.to and not leads:
        return Refusal("not_asked", "只有被请求的同事和带班领导可以答复")
    if now >= swap.start:
        return Refusal("too_late", "该班次已经开始，换班请求已失效")
    if who == swap.to:
        swap = msgspec.structs.replace(swap, by_to=command.agreed)
    else:
        swap = msgspec.structs.replace(swap, by_leader=command.agreed, leader=who)
    if not command.agreed:
        swap = msgspec.structs.replace(swap, state="refused")
    elif swap.by_to and swap.by_leader:
        swap = msgspec.structs.replace(swap, state="agreed")
    overrides = (*record.overrides, _override(record, swap)) if swap.state == "agreed" else record.overrides
    what = {"asked": "swap_consented", "refused": "swap_refused", "agreed": "swap_agreed"}[swap.state]
    swaps = _swaps(record, swap)
    return accepted(record, command, what, now, msgspec.to_builtins(swap), swaps=swaps, overrides=overrides)


def _override(record: RosterRecord, swap: Swap) -> Override:
    return Override(
        id=short_id("swap", record.id, swap.id),
        rota=record.court,
        post=swap.post,
        instead_of=swap.asker,
        account=swap.to,
        start=swap.start,
        end=swap.end,
        swap=swap.id,
    )


def _swaps(record: RosterRecord, swap: Swap) -> tuple[Swap, ...]:
    others = tuple(one for one in record.swaps if one.id != swap.id)
    return (*others, swap)[-KEEP_SWAPS:]


def sign_in(record: RosterRecord, command: c.SignIn, now: datetime, calendar: Calendar) -> Found:
    """The daily sign-in of somebody who is on the post, or comes to it within two hours."""
    account, day = command.principal.account, today(record, now)
    if not any(account in on_duty(record, at, calendar)[command.post] for at in (now, now + EARLY)):
        return Refusal("not_on_post", "您现在不在该岗位值班")
    if any((one.on, one.post, one.account) == (day, command.post, account) for one in record.sign_ins):
        return Refusal("already_signed", "今天已经签到")
    signed = (*record.sign_ins, SignedIn(on=day, post=command.post, account=account, at=now))[-KEEP_SIGN_INS:]
    return accepted(record, command, "signed_in", now, {"post": command.post, "day": day}, sign_ins=signed)


def hand_over(record: RosterRecord, command: c.HandOver, now: datetime, calendar: Calendar) -> Found:
    """One of the two signatures of a handover."""
    if not _is_near(record, command.post, command.principal.account, now, calendar, leaves=command.side == "from"):
        return Refusal("not_on_post", "您不在该岗位的这一班或者相邻的班次")
    known = next((one for one in record.handovers if one.id == command.handover), None)
    if command.side == "from":
        return _leave(record, command, known, now)
    return _come(record, command, known, now)


def _leave(record: RosterRecord, command: c.HandOver, known: Handover | None, now: datetime) -> Found:
    if known is not None:
        return Refusal("already_signed", "这次交班已经签字")
    handover = Handover(
        id=command.handover,
        post=command.post,
        leaves=command.principal.account,
        leaves_at=now,
        done=command.done,
        pending=command.pending,
        open_alerts=command.open_alerts,
    )
    kept = (*record.handovers, handover)[-KEEP_HANDOVERS:]
    return accepted(record, command, "handover_offered", now, msgspec.to_builtins(handover), handovers=kept)


def _come(record: RosterRecord, command: c.HandOver, known: Handover | None, now: datetime) -> Found:
    if known is None or known.post != command.post:
        return Refusal("not_offered", "交班人还没有签字")
    if known.comes:
        return Refusal("already_signed", "这次交班已经接收")
    if known.leaves == command.principal.account:
        return Refusal("self_approval", "交班人和接班人须是两人")
    taken = msgspec.structs.replace(known, comes=command.principal.account, comes_at=now, seen_alerts=command.open_alerts)
    kept = tuple(taken if one.id == taken.id else one for one in record.handovers)
    detail = msgspec.to_builtins(taken)
    # What became open or ended between the two signatures is named, so that nothing falls between two people.
    detail["unlisted"] = [one for one in taken.seen_alerts if one not in taken.open_alerts]
    return accepted(record, command, "handed_over", now, detail, handovers=kept)


def _is_near(record: RosterRecord, post: Post, account: str, now: datetime, calendar: Calendar, *, leaves: bool) -> bool:
    """Whether somebody is on a post now, or was shortly before (who leaves), or will be shortly (who comes)."""
    near = now - AROUND_HANDOVER if leaves else now + AROUND_HANDOVER
    return any(account in on_duty(record, at, calendar)[post] for at in (now, near))
