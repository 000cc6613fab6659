"""Directives: kinds, and the record of one (docs/directives.md).

A directive never edits a lower court's facts: the lower court answers with its own events. The engine drafts with evidence, a
named person issues. Upward there are requests only (请示, 报请, 请求复议, 协调), never orders.
"""

from datetime import date, datetime
from typing import Any, Literal

import msgspec

from contract.courts import Tier
from contract.duty.decisions import Change
from contract.duty.people import Role
from contract.envelope import Ref
from contract.events.sup import DirectiveKind

DirectiveState = Literal[
    "unknown", "drafted", "issued", "received", "answered", "returned", "closed", "raised", "withdrawn", "lapsed"
]
"""``unknown``: a court answered to it before the directive itself became known."""
ENDED: frozenset[DirectiveState] = frozenset({"closed", "raised", "withdrawn", "lapsed"})
"""States from which no court's act leads on; ``raised`` = 升级, what follows is another directive."""

UPWARD: frozenset[DirectiveKind] = frozenset({"请示", "报请", "请求复议", "协调"})


class KindOfDirective(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for one kind.

    Attributes:
        kind: Its name, as in ``sup.directive_issued.kind``.
        by: Roles that may issue it.
        to: ``below`` any court below, ``next`` only the court right below, ``above`` the court right above.
        tiers: Tiers of courts that may issue it; none = all.
        due_days: Civil days in which it must be answered if the issuer sets none; None = the issuer must set it.
        urgent_days: The same for an urgent one; None = as the others.
        at_most_months: Longest limit that may be set, after which it lapses by itself; None = none.
        basis: Legal source, with its provenance.
        verified: Whether that text was read in a public copy (✔).
        statutory: Whether the limit is law; otherwise it is shown as 管理参数.
    """

    kind: DirectiveKind
    by: tuple[Role, ...]
    to: Literal["below", "next", "above"] = "below"
    tiers: tuple[Tier, ...] = ()
    due_days: int | None = 15
    urgent_days: int | None = None
    at_most_months: int | None = None
    basis: str = ""
    verified: bool = False
    statutory: bool = False


class Act(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a court did about a directive or an entrustment, here or in its own system: an event of ``court.events.v1``.

    ``ref``: (source, id) of that event; ``type``: its short type; ``by``: the account that asked for it here, "" otherwise;
    ``correctionof``: the act that it corrects, or, with ``withdraws``, takes back.
    """

    ref: Ref
    type: str
    court: str
    time: datetime
    by: str = ""
    data: dict[str, Any] = {}
    correctionof: Ref | None = None
    withdraws: bool = False


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An answer (反馈) to a directive, as the event says it; ``text`` only where it was written here."""

    result: str | None
    at: datetime
    evidence: tuple[Any, ...] = ()
    text: str = ""
    by: str = ""


class Verdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The issuer's word on an answer."""

    verdict: str
    at: datetime
    reason: str = ""
    by: str = ""


class Reconsideration(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The receiving court's request to reconsider (执行规定第72条), and how the issuer decided."""

    asked_at: datetime
    reason: str = ""
    decision: str | None = None
    decided_at: datetime | None = None


class DirectiveRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that is known of one directive, as its decisions carry it.

    Attributes:
        id: Its id; of one that was issued here also the ``directive_id`` of the courts' events.
        name: The ``directive_id`` of one that a court issued in its own system; "" = the id.
        kind, from_court, to_court: What, from whom, to whom; None and "" where the court's own event doesn't say.
        subject, rootid, case_no: Its case; ``court/<to_court>`` where it is about the court.
        alert_ids: The alerts that it names; `open_alerts` are those of them that still stand.
        text, legal_basis, due_on, urgent: What it says. ``due_on`` None in a draft: the kind's own limit.
        state, version: Where it is, and how many changes led there.
        drafted_by: Who drafted or changed the draft: accounts, or ``/sys/duty``; none of them may issue it.
        acts: What courts did, in the order of their time; all that follows is read off them.
        issued_by, issued_at, receive_by, due_at: ``receive_by`` and ``due_at`` are the first instants that are too late.
        received_at, answers, reconsideration, verdicts: What courts did, read.
        due_day: The civil day on which the answer is due, 退回 counted.
        lapses_at: When it ends by itself (暂缓), None = never.
        shown_by: For one that names no alert: the receiving court's own event that shows the matter put right.
        told: Deadlines of which was said that they passed: ``receive``, ``answer``.
        followed_by: The draft that had to follow because it expired, "" = none.
        history: The last 20 changes.
    """

    id: str
    name: str = ""
    kind: DirectiveKind | None = None
    from_court: str = ""
    to_court: str = ""
    subject: str
    rootid: str
    case_no: str | None = None
    alert_ids: tuple[str, ...] = ()
    open_alerts: tuple[str, ...] = ()
    text: str = ""
    legal_basis: str = ""
    due_on: date | None = None
    urgent: bool = False
    state: DirectiveState = "drafted"
    version: int = 0
    drafted_by: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()
    issued_by: str = ""
    issued_at: datetime | None = None
    receive_by: datetime | None = None
    received_at: datetime | None = None
    due_day: date | None = None
    due_at: datetime | None = None
    lapses_at: datetime | None = None
    answers: tuple[Answer, ...] = ()
    reconsideration: Reconsideration | None = None
    verdicts: tuple[Verdict, ...] = ()
    shown_by: Ref | None = None
    told: tuple[str, ...] = ()
    followed_by: str = ""
    history: tuple[Change, ...] = ()
