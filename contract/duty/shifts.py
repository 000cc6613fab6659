"""Who is on call: turns of rotations, overrides, coverage gaps. One function for pager, console and handover.

Wall time is read so that shifts overlap rather than leave a gap where the clock is changed: a turn begins at the first
occurrence of its wall time and ends at the last occurrence of the next turn's (a wall time that the clock skips counts as it
would before the change and as it would after it). So for an hour two people may be on one post, never nobody.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import get_args
from zoneinfo import ZoneInfo

import msgspec

from contract.calendar import Calendar, cn_calendar
from contract.duty.roster import Override, Post, Rota, Rotation

POSTS: tuple[Post, ...] = get_args(Post)
REQUIRED: tuple[Post, ...] = ("officer", "technician", "leader")
"""Posts that a desk must always have somebody on (法明传〔2016〕787号); a B post is the court's own choice."""
MAX_GAP_DAYS = 366


class Turn(msgspec.Struct, frozen=True):
    """One turn of a rotation: ``number`` from 0, whose it is, and its half-open span of instants in UTC."""

    rotation: Rotation
    number: int
    account: str
    start: datetime
    end: datetime


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A span in which a required post has nobody; ``overrides``: ids of the overrides that say so, none = the rota itself."""

    post: Post
    start: datetime
    end: datetime
    overrides: tuple[str, ...] = ()


def on_call(
    rota: Rota,
    overrides: Sequence[Override],
    at: datetime,
    calendar: Calendar | None = None,
) -> Mapping[Post, tuple[str, ...]]:
    """Who holds each post of a desk at an aware instant, in the order of the rotations; an empty tuple where nobody does.

    Overrides of other rotas are passed over; of those that hold at the instant, a later one is applied to what an earlier
    one left. ``calendar``: the working days by which ``working_day`` rotations turn, None = the mainland's.
    """
    calendar = calendar or cn_calendar()
    held: dict[Post, list[str]] = {post: [] for post in POSTS}
    for rotation in rota.rotations:
        held[rotation.post] += (turn.account for turn in turns_at(rota, rotation, at, calendar))
    for override in overrides:
        if override.rota == rota.id and override.start <= at < override.end:
            held[override.post] = _overridden(held[override.post], override)
    return {post: tuple(dict.fromkeys(accounts)) for post, accounts in held.items()}


def _overridden(accounts: list[str], override: Override) -> list[str]:
    taken = [] if override.account is None else [override.account]
    if override.instead_of is None:
        return taken
    return [one for account in accounts for one in (taken if account == override.instead_of else [account])]


def turns_at(rota: Rota, rotation: Rotation, at: datetime, calendar: Calendar) -> tuple[Turn, ...]:
    """The turns of a rotation that hold at an instant: one, two in the hour that the clock goes back, none before the first."""
    number = _number(rotation, at.astimezone(_zone(rota.zone)).date(), calendar)
    near = (_turn(rota, rotation, n, calendar) for n in range(max(number - 1, 0), number + 2))
    return tuple(turn for turn in near if turn.start <= at < turn.end)


def turns_between(rota: Rota, rotation: Rotation, start: datetime, end: datetime, calendar: Calendar) -> Iterator[Turn]:
    """The turns of a rotation that touch [start, end), in order."""
    number = max(_number(rotation, start.astimezone(_zone(rota.zone)).date(), calendar) - 1, 0)
    while (turn := _turn(rota, rotation, number, calendar)).start < end:
        if turn.end > start:
            yield turn
        number += 1


def in_force(rotas: Sequence[Rota], at: datetime) -> Rota | None:
    """Of the versions of one rota the one that holds at an instant, None before the first.

    A version takes over on its first day at the latest wall time at which one of its rotations is handed over, so that
    nobody's last turn is cut off before the next person's begins.
    """
    begun = [(takes_over(rota), number) for number, rota in enumerate(rotas)]
    last = max((pair for pair in begun if pair[0] <= at), default=None)
    return None if last is None else rotas[last[1]]


def gaps(
    rota: Rota | Sequence[Rota],
    overrides: Sequence[Override],
    start: datetime,
    days: int,
    calendar: Calendar | None = None,
) -> tuple[Gap, ...]:
    """Where in the ``days`` days from an instant a required post has nobody, in order of post and time.

    ``rota``: one version, taken to hold all along, or all versions of a roster, each from when it takes over.

    Raises:
        ValueError: ``days`` is not from 1 to 366.
    """
    if not 1 <= days <= MAX_GAP_DAYS:
        raise ValueError(f"coverage is looked at for 1 to {MAX_GAP_DAYS} days, not {days}")
    calendar = calendar or cn_calendar()
    end = start + timedelta(days=days)
    versions = [rota] if isinstance(rota, Rota) else rota
    edges = sorted(set(_edges(versions, overrides, start, end, calendar)))
    found: list[Gap] = []
    for begin, until in zip(edges, [*edges[1:], end], strict=True):
        holds = rota if isinstance(rota, Rota) else in_force(versions, begin)
        held = {} if holds is None else on_call(holds, overrides, begin, calendar)
        nobody = [one for one in overrides if one.account is None and one.start <= begin < one.end]
        found += (
            Gap(post=post, start=begin, end=until, overrides=tuple(one.id for one in nobody if one.post == post))
            for post in REQUIRED
            if not held.get(post)
        )
    return tuple(_joined(found))


def _edges(
    versions: Sequence[Rota], overrides: Sequence[Override], start: datetime, end: datetime, calendar: Calendar
) -> Iterator[datetime]:
    """Every instant of [start, end) at which the answer may change, ``start`` among them."""
    yield start
    edges = [takes_over(rota) for rota in versions]
    for rota in versions:
        for rotation in rota.rotations:
            edges += (edge for turn in turns_between(rota, rotation, start, end, calendar) for edge in (turn.start, turn.end))
    edges += (edge for override in overrides for edge in (override.start, override.end))
    yield from (edge for edge in edges if start < edge < end)


def _joined(found: list[Gap]) -> Iterator[Gap]:
    """Gaps of one post and cause that touch, as one."""
    for post in REQUIRED:
        last: Gap | None = None
        for gap in (gap for gap in found if gap.post == post):
            if last is not None and last.end == gap.start and last.overrides == gap.overrides:
                last = msgspec.structs.replace(last, end=gap.end)
                continue
            if last is not None:
                yield last
            last = gap
        if last is not None:
            yield last


def _number(rotation: Rotation, day: date, calendar: Calendar) -> int:
    """The number of the turn that begins on a civil day or last began before it; negative before the first."""
    first = rotation.first_on.toordinal()
    passed = day.toordinal() - first
    if rotation.every == "working_day" and passed > 0:
        return calendar.count_workdays(first + 1, day.toordinal() + 1)
    return passed // 7 if rotation.every == "week" else passed


def _begins_on(rotation: Rotation, number: int, calendar: Calendar) -> date:
    first = rotation.first_on.toordinal()
    if rotation.every == "working_day":
        # Turn 0 begins on the first day even if that is a day off; whoever has it holds it until the next working day.
        return date.fromordinal(calendar.add_workdays(first, number))
    return date.fromordinal(first + number * (7 if rotation.every == "week" else 1))


def _turn(rota: Rota, rotation: Rotation, number: int, calendar: Calendar) -> Turn:
    account = rotation.accounts[number % len(rotation.accounts)]
    start, _ = occurrences(_begins_on(rotation, number, calendar), rotation.hand_over_at, rota.zone)
    _, end = occurrences(_begins_on(rotation, number + 1, calendar), rotation.hand_over_at, rota.zone)
    return Turn(rotation, number, account, start, end)


def takes_over(rota: Rota) -> datetime:
    """The instant at which a version of a roster takes over; see `in_force`."""
    latest = max((rotation.hand_over_at for rotation in rota.rotations), default="00:00")
    return occurrences(rota.from_on, latest, rota.zone)[0]


def occurrences(day: date, wall: str, zone: str) -> tuple[datetime, datetime]:
    """The first and the last instant (UTC) that a wall time ``HH:MM`` may mean; they differ where the clock is changed."""
    local = datetime.combine(day, time.fromisoformat(wall), _zone(zone))
    both = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    return min(both), max(both)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
