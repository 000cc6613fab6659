"""Control events and feed heartbeats, written by the platform and never by a court.

A control event goes into every partition from one writer with one `control` number; it has the same (source, id) in all.
"""

from typing import Annotated, Literal

from msgspec import Meta

from contract.events.fields import Clear, Count, Day, Id, Instant, Payload, Ref, Text

Control = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Setting = Text | int | bool | list[Text | int]
"""A value of a rule's field: a term such as ``15 calendar_days``, a number, a truth value, a list of them."""
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class LineStarted(Payload, frozen=True, kw_only=True):
    """开始时间线 / the first record of every partition: on what time the data folder lives, for ever."""

    line: Literal["wall", "simulated"]
    control: Control


class Ticked(Payload, frozen=True, kw_only=True):
    """时钟走字 / the clock reached the event's `time`."""

    control: Control


class PackActivated(Payload, frozen=True, kw_only=True, rename={"from_at": "from"}):
    """启用规则包 / a version of a rule pack judges what arms at or after `from` (null: always)."""

    pack: Id
    version: Id
    sha256: Sha256
    from_at: Instant | None = None
    rejudge: bool = False
    control: Control


class PackDeactivated(Payload, frozen=True, kw_only=True, rename={"from_at": "from"}):
    """停用规则包 / nothing arms by a rule pack at or after `from`; with `rejudge` what it armed before stands no more."""

    pack: Id
    from_at: Instant | None = None
    rejudge: bool = False
    control: Control


class CalendarDays(Clear, frozen=True, kw_only=True):
    """日历内容 / the years that a calendar covers, and the days that notices name with the holiday's name."""

    years: tuple[int, int]
    rest: dict[str, Text]
    work: dict[str, Text]


class CalendarChanged(Payload, frozen=True, kw_only=True):
    """启用日历 / a version of the working calendar holds from now on; `sha256` is that of its canonical form."""

    calendar: Id
    version: Text
    sha256: Sha256
    days: CalendarDays | None = None
    control: Control


class FeedHeartbeat(Payload, frozen=True, kw_only=True):
    """心跳 / a court's feed is alive."""

    court_code: Id
    last_seq: Count | None = None
    backlog: Count | None = None
    at: Instant | None = None


class DeadLetterResolved(Payload, frozen=True, kw_only=True):
    """死信了结 / a refused record was replayed or dismissed: its chain is no longer incomplete on its account.

    Written into the partition of the refused record, under its key.
    """

    topic: Text
    partition: Count
    offset: Count
    how: Literal["replayed", "dismissed"]
    why: Text


class RuleParamsChanged(Payload, frozen=True, kw_only=True):
    """变更规则参数 / a field of a rule holds another value for what arms from ``effective_on`` on.

    ``param`` is a path into the rule: ``within``, ``levels.1.at``, ``params.x``.
    """

    pack: Id
    rule_id: Id
    param: Id
    old: Setting | None = None
    new: Setting
    legal_basis: Text | None = None
    approver_role: Text | None = None
    effective_on: Day
    control: Control


class RegisterChanged(Payload, frozen=True, kw_only=True, rename={"in_": "in"}):
    """变更登记册 / a person or firm entered or left a register that rules read, such as that of court staff."""

    register: Id
    ref: Ref
    in_: bool
    on: Day | None = None
