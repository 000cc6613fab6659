"""What is asked of the duty room: records of ``duty.commands.v1``, one struct for each kind.

The topic is the room's whole input, in order: what people ask, what the engine tells of alerts, what courts tell of
directives, ticks, rosters and policies. So decisions are a function of this log. Keys: the alert's or directive's id;
``roster/<court>`` for a roster, ``desk/<court>`` for a desk; records for everybody (`Broadcast`) go into every partition, by
number.

Bytes: JSON of the struct with ``kind`` first. `id` is the first 16 bytes, in hex, of SHA-256 over the canonical array
``["command",1,account,Idempotency-Key]``; the system's own take ``["told",1,…]`` of what they tell. The same id counts once.
"""

import re
from datetime import date, datetime
from typing import Any, Literal

import msgspec

from contract.canonical import short_id
from contract.duty.people import Principal, part_of_system
from contract.duty.policy import Channel, Policies
from contract.duty.roster import Override, Post, Rota
from contract.events.sup import DirectiveKind

EventRef = tuple[str, str]
_OURS = re.compile("[0-9a-f]{32}")


def command_id(account: str, idempotency_key: str) -> str:
    """The id of what an account asks under one Idempotency-Key."""
    return short_id("command", account, idempotency_key)


def told_id(*parts: Any) -> str:
    """The id of what a part of the system tells."""
    return short_id("told", *parts)


ENTRUSTMENT = "entrustment/"
"""What the target of an entrustment begins with."""


def told_target(kind: str, rootid: str, name: str) -> str:
    """The target for what a court calls a directive or (``kind`` = ``entr.…``) an entrustment.

    A directive's name of ours stands as it is; any other name is kept apart for each chain.
    """
    if kind.startswith("entr."):
        return ENTRUSTMENT + short_id("entrustment", rootid, name)
    return name if _OURS.fullmatch(name) else short_id("directive", rootid, name)


class Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True):
    """What every command has.

    Attributes:
        id: See above.
        target: Id of the alert or directive, ``roster/<court>``, or ``*`` for everybody.
        principal: Who asks; the gateway sets it from a signed token.
        at: When the gateway, or the part of the system, took it; aware.
        expected: Version of the target that the asker saw (If-Match); None = any.
    """

    id: str
    target: str
    principal: Principal
    at: datetime
    expected: int | None = None


# The system's own.


class Ticked(Command, frozen=True, kw_only=True, tag="tick"):
    """The clock reached `at`; goes into every partition, under a running number.

    ``line``: the time line of the log. ``speed``: how many of its seconds pass in one of the wall.
    """

    control: int
    line: Literal["wall", "simulated"] = "wall"
    speed: float = 1.0


def ticked(control: int, at: datetime, line: Literal["wall", "simulated"], speed: float = 1.0) -> Ticked:
    """A tick of the clock."""
    clock = part_of_system("clock")
    return Ticked(id=told_id("tick", control), target="*", principal=clock, at=at, control=control, line=line, speed=speed)


class RuleFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What duty needs to know of the rule behind an alert, as the version in the log has it.

    ``hours``: its limit is in hours. ``hold``: as the pack writes it, "" = the default. ``react``: of the level reached.
    ``about``: what names the courts that react, where `react` has them of the start's data.
    """

    family: str = ""
    name_zh: str = ""
    react: tuple[str, ...] = ()
    hold: str = ""
    propose: str = ""
    hours: bool = False
    basis: str = "statutory"
    about: Literal["", "directive", "entrustment"] = ""


class AlertTold(Command, frozen=True, kw_only=True, tag="alert.told"):
    """The engine said something about an alert: a transition of ``supervision.alerts.v1`` (contract of docs/alerts.md).

    Attributes:
        transition: raised, severity, redated, ended, reopened, retracted.
        reason: Its reason in the journal; ``recomputed`` (a rebuild) pages nobody.
        alert: The whole record after it.
        rootid: Its chain, or ``<scope>:<id>`` of its group.
        position: ``partition:offset`` of the cause in the log of the engine.
        rule: What duty needs of its rule.
        rebuild: Name of the rebuild that found it, "" = none did, or one that had no name yet.
    """

    transition: Literal["raised", "severity", "redated", "ended", "reopened", "retracted"]
    reason: str
    alert: dict[str, Any]
    rootid: str
    position: str
    rule: RuleFacts
    rebuild: str = ""


class CourtTold(Command, frozen=True, kw_only=True, tag="court.told"):
    """A court's own event about a directive or an entrustment (``sup.directive_*``, ``sup.feedback_submitted``, ``entr.*``)."""

    type: str
    ref: EventRef
    subject: str
    rootid: str
    time: datetime
    court: str
    correctionof: EventRef | None = None
    data: dict[str, Any] | None = None


class LinkTold(Command, frozen=True, kw_only=True, tag="link.told"):
    """One target of the room tells another what became of it: a root its merged alerts, an alert its directives, and back.

    An alert's root hears ``merged``, ``unmerged``, and tells ``state`` or ``merge_undone``; its directives hear ``ended``,
    ``reopened``, ``retracted``, and tell ``drafted``, ``issued``, ``closed``, ``withdrawn``; its desk (``desk/<court>``) hears
    ``paging`` (counts for a flood), ``listed`` and ``unlisted`` (for a digest); its thread (``thread/<hash>``: one rule,
    subject and key) hears ``raised``, ``ended``, ``reopened`` and tells a new obligation ``reopens``; a court's event
    (``event/<hash>``) hears ``is_about`` of the directive or entrustment that took it. An alert about one asks it
    (``asks_courts``) which courts it names, and hears ``courts``.

    Attributes:
        source: Who tells.
        what: See above.
        detail: What belongs to it.
        position: ``partition:offset/n`` in the room's input of what caused it; grows for each partition, so that repeats after
            a crash are known. "" = not told by the room.
    """

    source: str
    what: Literal[
        "state",
        "ended",
        "reopened",
        "retracted",
        "drafted",
        "issued",
        "closed",
        "withdrawn",
        "merged",
        "unmerged",
        "merge_undone",
        "paging",
        "listed",
        "unlisted",
        "raised",
        "reopens",
        "is_about",
        "asks_courts",
        "courts",
    ]
    detail: dict[str, Any] = {}
    position: str = ""


class Flood(msgspec.Struct, frozen=True, kw_only=True):
    """A desk had more than ten alerts to answer in ten minutes: its pages are put together by rule until it is over."""

    court: str
    since: datetime
    over: bool = False


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A maintenance window of a court or rule, at most 24 hours: pages are held and sent as one digest afterwards."""

    id: str
    court: str
    rule: str | None = None
    start: datetime
    end: datetime
    reason: str = ""


class Broadcast(Command, frozen=True, kw_only=True, tag="broadcast"):
    """What all partitions must know: policies, rosters with their overrides, windows, floods. The last for a name counts."""

    control: int
    policies: Policies | None = None
    rota: Rota | None = None
    overrides: tuple[Override, ...] | None = None
    window: Window | None = None
    flood: Flood | None = None


# Alerts.


class Acknowledge(Command, frozen=True, kw_only=True, tag="alert.acknowledge"):
    """A named person has it: the current step stops; it expires by severity."""

    note: str = ""


class TakeOver(Command, frozen=True, kw_only=True, tag="alert.take_over"):
    """Another person has it from now on."""

    note: str = ""


class Escalate(Command, frozen=True, kw_only=True, tag="alert.escalate"):
    """One step up by hand; ``from_level`` is the level that the asker saw: a late one is told "already at level n"."""

    from_level: int
    reason: str = ""


class Snooze(Command, frozen=True, kw_only=True, tag="alert.snooze"):
    """Be silent until an instant, never beyond the legal deadline − 24 h."""

    until: datetime
    reason: str


class Wake(Command, frozen=True, kw_only=True, tag="alert.wake"):
    """End a snooze."""


class Merge(Command, frozen=True, kw_only=True, tag="alert.merge"):
    """Follow another alert of the same court (depth 1, no circle)."""

    into: str
    into_court: str


class Unmerge(Command, frozen=True, kw_only=True, tag="alert.unmerge"):
    """Follow no longer; what it was before holds again."""


class Dispute(Command, frozen=True, kw_only=True, tag="alert.dispute"):
    """The supervised court replies (right of reply, 5 working days): freezes penalty statistics, not the clock."""

    grounds: str
    evidence: tuple[EventRef, ...] = ()


class AnswerDispute(Command, frozen=True, kw_only=True, tag="alert.answer_dispute"):
    """The superior court answers a dispute."""

    upheld: bool
    reason: str


class Resolve(Command, frozen=True, kw_only=True, tag="alert.resolve"):
    """Handled, by hand: needs a reason code and evidence, a red one a second person. Closes no legal obligation."""

    reason_code: Literal["handled", "duplicate", "data_error", "not_applicable"]
    reason: str
    evidence: tuple[EventRef, ...] = ()


class Second(Command, frozen=True, kw_only=True, tag="alert.second"):
    """The second person agrees to, or refuses, what another asked for (resolving a red alert)."""

    agreed: bool
    reason: str = ""


class Close(Command, frozen=True, kw_only=True, tag="alert.close"):
    """A superior closes a resolved alert at once; otherwise it closes 7 days after."""


class Comment(Command, frozen=True, kw_only=True, tag="alert.comment"):
    """A remark, kept with the alert."""

    text: str


class Assign(Command, frozen=True, kw_only=True, tag="alert.assign"):
    """Give it to a named person of the desk."""

    to: str


# Pages: what the notifier asks and tells. A page is claimed before it is sent, so that nobody is paged twice for one step.


class PageClaim(Command, frozen=True, kw_only=True, tag="page.claim"):
    """A notifier wants to send this page; only the first claim is accepted."""

    page: str
    channel: Channel


class PageResult(Command, frozen=True, kw_only=True, tag="page.result"):
    """What became of a claimed page: taken by the provider, delivered by its receipt, or failed."""

    page: str
    channel: Channel
    result: Literal["sent", "delivered", "failed"]
    provider_id: str = ""
    error: str = ""


class NoticeItem(msgspec.Struct, frozen=True, kw_only=True):
    """One alert of what Alertmanager posted: (fingerprint, starts_at, status) names it."""

    fingerprint: str
    starts_at: str
    status: Literal["firing", "resolved"]
    rule: str
    court: str = ""
    severity: str = ""
    summary: str = ""


class NoticeTold(Command, frozen=True, kw_only=True, tag="notice.told"):
    """Alertmanager posted a group to the notifier; its target is ``desk/<court>``. What came before is dropped, one by one.

    ``truncated``: how many alerts the post left out.
    """

    group: str
    receiver: str
    items: tuple[NoticeItem, ...]
    truncated: int = 0


# Directives.


class DirectiveDraft(Command, frozen=True, kw_only=True, tag="directive.draft"):
    """Draft, or edit a draft: from evidence of alerts or from nothing."""

    directive_kind: DirectiveKind
    from_court: str
    to_court: str
    subject: str | None = None
    rootid: str | None = None
    case_no: str | None = None
    alert_ids: tuple[str, ...] = ()
    text: str = ""
    legal_basis: str = ""
    due_on: date | None = None
    urgent: bool = False


class DirectiveIssue(Command, frozen=True, kw_only=True, tag="directive.issue"):
    """A named person with the right to it issues a draft; never the one who must obey it."""


class DirectiveWithdraw(Command, frozen=True, kw_only=True, tag="directive.withdraw"):
    """Take back a draft or an issued directive, with the reason."""

    reason: str


class DirectiveReceive(Command, frozen=True, kw_only=True, tag="directive.receive"):
    """The receiving court signs for it (签收)."""


class DirectiveAnswer(Command, frozen=True, kw_only=True, tag="directive.answer"):
    """The receiving court's feedback."""

    result: Literal["已纠正", "部分", "理由说明"]
    text: str = ""
    evidence: tuple[EventRef, ...] = ()


class DirectiveReconsider(Command, frozen=True, kw_only=True, tag="directive.reconsider"):
    """The receiving court asks for reconsideration (5 days; 执行规定 72), or the issuer decides it."""

    decision: Literal["维持", "撤销", "变更"] | None = None
    reason: str = ""


class DirectiveVerdict(Command, frozen=True, kw_only=True, tag="directive.verdict"):
    """The issuer's verdict on an answer: 合格 closes, and only if the event stream shows it; 退回 restarts 7 days; 升级."""

    verdict: Literal["合格", "退回", "升级"]
    reason: str = ""


# Rosters.


class RotaSet(Command, frozen=True, kw_only=True, tag="roster.set"):
    """A version of a desk's roster."""

    rota: Rota


class OverrideSet(Command, frozen=True, kw_only=True, tag="roster.override"):
    """The leader puts somebody else, or nobody, on a post for a while."""

    override: Override


class OverrideDrop(Command, frozen=True, kw_only=True, tag="roster.override_drop"):
    """An override no longer holds."""

    override_id: str


class SwapAsk(Command, frozen=True, kw_only=True, tag="roster.swap_ask"):
    """Somebody asks a colleague to take a turn."""

    swap: str
    post: Post
    start: datetime
    end: datetime
    to: str
    reason: str = ""


class SwapAnswer(Command, frozen=True, kw_only=True, tag="roster.swap_answer"):
    """The colleague consents, or the leader does; both are needed."""

    swap: str
    agreed: bool


class SignIn(Command, frozen=True, kw_only=True, tag="roster.sign_in"):
    """Daily on-line sign-in (签到)."""

    post: Post


class HandOver(Command, frozen=True, kw_only=True, tag="roster.hand_over"):
    """One of two signatures of a handover, with what was done and what is pending; lists the open alerts."""

    handover: str
    post: Post
    side: Literal["from", "to"]
    done: str = ""
    pending: str = ""
    open_alerts: tuple[str, ...] = ()


class WindowSet(Command, frozen=True, kw_only=True, tag="window.set"):
    """Set a maintenance window."""

    window: Window


AlertCommand = (
    AlertTold
    | Acknowledge
    | TakeOver
    | Escalate
    | Snooze
    | Wake
    | Merge
    | Unmerge
    | Dispute
    | AnswerDispute
    | Resolve
    | Second
    | Close
    | Comment
    | Assign
    | PageClaim
    | PageResult
    | NoticeTold
)
DirectiveCommand = (
    CourtTold
    | DirectiveDraft
    | DirectiveIssue
    | DirectiveWithdraw
    | DirectiveReceive
    | DirectiveAnswer
    | DirectiveReconsider
    | DirectiveVerdict
)
RosterCommand = RotaSet | OverrideSet | OverrideDrop | SwapAsk | SwapAnswer | SignIn | HandOver | WindowSet
AnyCommand = Ticked | Broadcast | LinkTold | AlertCommand | DirectiveCommand | RosterCommand

DECODER: msgspec.json.Decoder[AnyCommand] = msgspec.json.Decoder(AnyCommand)
_ENCODER = msgspec.json.Encoder()


def encode(command: AnyCommand) -> bytes:
    """The bytes of a command in the log."""
    return _ENCODER.encode(command)


def decode(value: bytes) -> AnyCommand:
    """Read a command; raises ``msgspec.ValidationError`` if it is none."""
    return DECODER.decode(value)
