"""Rosters: who holds which post of which desk, and when.

A desk is a court's command centre. Times are wall time in a zone; shifts are half-open, from their start to the next start.
Duty rules of courts: two posts on every working day (an officer and a technician), A and B posts, a leader for the week,
sign-in each day, handover at 09:00 (法明传〔2016〕787号, as courts carry it out; docs/rosters.md).
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from contract.duty.decisions import Change

Post = Literal["officer", "officer_b", "technician", "leader"]
Time = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Rotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """People who take turns on one post.

    Attributes:
        post: The post.
        accounts: Their accounts, in the order of their turns.
        every: A turn is a day, a working day (the one before holds over days off) or a week.
        first_on: The civil day on which the first of them begins.
        hand_over_at: Wall time at which a turn begins.
    """

    post: Post
    accounts: Annotated[tuple[str, ...], Meta(min_length=1)]
    every: Literal["day", "working_day", "week"]
    first_on: date
    hand_over_at: Time = "09:00"


class Rota(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The roster of one desk.

    Attributes:
        id: Its id: the court's code.
        court: Code of the court whose desk it is.
        zone: IANA zone of its wall times.
        from_on: First civil day for which it holds; a later version of the same id takes over from its own first day.
        rotations: One or more for each post; several of one post are on it together.
    """

    id: str
    court: str
    zone: str = "Asia/Shanghai"
    from_on: date
    rotations: tuple[Rotation, ...]


class Override(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Somebody else, or nobody, holds a post from ``start`` to ``end`` (half-open).

    Attributes:
        id: Its id, 32 hexadecimal digits.
        rota: The roster.
        post: The post.
        instead_of: Whose turn is replaced; None = everybody's on the post.
        account: Who takes it; None = nobody.
        start, end: Aware instants.
        swap: Id of the swap that it comes from, "" = set by the leader.
    """

    id: str
    rota: str
    post: Post
    instead_of: str | None = None
    account: str | None = None
    start: datetime
    end: datetime
    swap: str = ""


class Swap(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A swap that somebody asked for: it holds once the colleague and a leader have consented.

    ``by_to`` and ``by_leader``: their answers, None = not yet; ``leader``: which leader; ``state`` as it stands.
    """

    id: str
    post: Post
    start: datetime
    end: datetime
    asker: str
    to: str
    reason: str = ""
    asked_at: datetime
    by_to: bool | None = None
    by_leader: bool | None = None
    leader: str = ""
    state: Literal["asked", "agreed", "refused", "lapsed"] = "asked"


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """One person's sign-in (签到) of a civil day."""

    on: date
    post: Post
    account: str
    at: datetime


class Handover(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A handover (交接班): what was done, what is pending, which alerts are open, and two signatures.

    ``open_alerts``: those that the one who leaves listed; ``seen_alerts``: those that the other found open when signing.
    """

    id: str
    post: Post
    leaves: str
    leaves_at: datetime
    done: str = ""
    pending: str = ""
    open_alerts: tuple[str, ...] = ()
    comes: str = ""
    comes_at: datetime | None = None
    seen_alerts: tuple[str, ...] = ()


class TimeSpan(msgspec.Struct, frozen=True, kw_only=True):
    """A span of a post, half-open."""

    post: Post
    start: datetime
    end: datetime


class RosterRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that is known of a desk's roster; target ``roster/<court>``.

    Attributes:
        id, court: The target, and the desk's court.
        rotas: Versions: that which holds, the one before it, those to come.
        overrides: Those that hold or will, and those of the last week.
        swaps, sign_ins, handovers, windows: The last ones; windows are `contract.duty.commands.Window` in JSON form.
        gaps: Spans of the next 14 days in which a required post has nobody, as last told.
        gaps_on, sign_in_on: Last civil days for which coverage and sign-ins were looked at.
        version, history: Number of changes, and the last 20.
    """

    id: str
    court: str
    rotas: tuple[Rota, ...] = ()
    overrides: tuple[Override, ...] = ()
    swaps: tuple[Swap, ...] = ()
    sign_ins: tuple[SignedIn, ...] = ()
    handovers: tuple[Handover, ...] = ()
    windows: tuple[dict[str, Any], ...] = ()
    gaps: tuple[TimeSpan, ...] = ()
    gaps_on: date | None = None
    sign_in_on: date | None = None
    version: int = 0
    history: tuple[Change, ...] = ()
