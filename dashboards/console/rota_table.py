"""A desk's roster by day and post: who holds it in each span of a day from handover to handover, and where nobody does."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from contract.duty.ical import shifts
from contract.duty.roster import Post, RosterRecord, Rota
from contract.duty.shifts import POSTS, REQUIRED, in_force, on_call, takes_over
from contract.times import SHANGHAI

DAYS = 14
_LONGEST_DAYS = 8
_FIRST = time(9)
"""When a day begins at a desk that has no handover yet."""


class Span(NamedTuple):
    """Who holds a post in a span; nobody = an empty tuple."""

    start: datetime
    end: datetime
    accounts: tuple[str, ...]


class Day(NamedTuple):
    """One day of a desk: from its handover to the next day's; spans by post."""

    on: date
    posts: dict[Post, list[Span]]


def days_of(record: RosterRecord, now: datetime, days: int = DAYS) -> list[Day]:
    """The next days of a desk, from the one that ``now`` lies in. Empty where it has no roster.

    ``now``: aware. A day begins at the earliest handover of the version that holds; before the first version nobody is on call.
    """
    if not record.rotas:
        return []
    zone, first = zone_of(record, now), _first(record, now)
    local = now.astimezone(zone)
    today = local.date() if local.time() >= first else local.date() - timedelta(days=1)
    starts = [datetime.combine(today + timedelta(days=number), first, zone) for number in range(days + 1)]
    edges = _edges(record, starts[0], days + 1)
    return [
        Day(begin.date(), {post: list(_spans(record, post, begin, end, edges)) for post in POSTS})
        for begin, end in pairwise(starts)
    ]


def zone_of(record: RosterRecord, now: datetime) -> ZoneInfo:
    """The zone of a desk's wall times."""
    rota = in_force(record.rotas, now) or (record.rotas[0] if record.rotas else None)
    return SHANGHAI if rota is None else ZoneInfo(rota.zone)


def is_gap(post: Post, span: Span) -> bool:
    """Whether somebody should be there and nobody is; a B post may be empty."""
    return post in REQUIRED and not span.accounts


def next_handover(record: RosterRecord, now: datetime) -> datetime | None:
    """When somebody takes over a post of a desk next, within eight days; None = nobody will."""
    if not record.rotas:
        return None
    found = shifts(record.rotas, record.overrides, now, _LONGEST_DAYS)
    return min((shift.start for shift in found if shift.start > now), default=None)


def _first(record: RosterRecord, now: datetime) -> time:
    rota: Rota = in_force(record.rotas, now) or record.rotas[0]
    return min((time.fromisoformat(rotation.hand_over_at) for rotation in rota.rotations), default=_FIRST)


def _edges(record: RosterRecord, start: datetime, days: int) -> list[datetime]:
    found = shifts(record.rotas, record.overrides, start, days)
    edges = {edge for shift in found for edge in (shift.start, shift.end)} | {takes_over(rota) for rota in record.rotas}
    return sorted(edges)


def _spans(record: RosterRecord, post: Post, begin: datetime, end: datetime, edges: list[datetime]) -> Iterator[Span]:
    """Spans of a day with different holders, in order; neighbours with the same ones are one."""
    inner = [edge for edge in edges if begin < edge < end]
    last: Span | None = None
    for start, until in zip([begin, *inner], [*inner, end], strict=True):
        rota = in_force(record.rotas, start)
        held = () if rota is None else on_call(rota, record.overrides, start)[post]
        if last is not None and last.accounts == held:
            last = Span(last.start, until, held)
            continue
        if last is not None:
            yield last
        last = Span(start, until, held)
    if last is not None:
        yield last
