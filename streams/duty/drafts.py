"""What the engine drafts: the ladder of directives for one case, and the evidence in words. A named person issues, or doesn't.

The ladder (docs/directives.md): 督办 by the court right above → 督促执行令 → 提级 → 通报 by the High Court → 通报 by the
Supreme People's Court. A step is drafted when an alert has gone up to a court, when a directive expired unanswered, or when its
issuer chose 升级.
"""

from datetime import datetime
from typing import Any, Literal, Protocol

from contract.canonical import short_id
from contract.courts import COURTS, SPC
from contract.duty.commands import DirectiveDraft, told_id
from contract.duty.directive_kinds import KINDS, may_go
from contract.duty.directives import DirectiveRecord
from contract.duty.people import part_of_system
from contract.envelope import WHOLE_COURT
from contract.events.sup import DirectiveKind
from contract.times import SHANGHAI, civil_date

DUTY = part_of_system("duty")
"""Who speaks where the room itself does."""

_SEVERITY = {"red": "特急", "orange": "紧急", "yellow": "一般"}
_LADDER: dict[DirectiveKind, DirectiveKind] = {
    "督办": "督促执行令",
    "指令纠正": "提级",
    "督促执行令": "提级",
    "提级": "通报",
    "指令执行": "通报",
    "共同执行": "通报",
    "通报": "通报",
}
"""What follows what."""


class Ground(Protocol):
    """What a draft reads of the alert that it rests on."""

    id: str
    rule: str
    name_zh: str
    court: str
    subject: str
    rootid: str
    severity: Literal["red", "orange", "yellow"]
    due_at: datetime


def for_court(alert: Ground, court: str, now: datetime) -> DirectiveDraft | None:
    """The draft for a court to which an unhandled alert has gone up; None if that court has no step for it.

    The court right above drafts 督办, the High Court and the Supreme People's Court above that one 通报.
    """
    if alert.court not in COURTS or court not in COURTS:
        return None
    kind: DirectiveKind = "督办" if COURTS[alert.court].parent == court else "通报"
    return None if may_go(kind, court, alert.court) else for_alert(alert, kind, court, now)


def proposed(alert: Ground, kind: str, now: datetime) -> DirectiveDraft | None:
    """The draft of a kind that a rule or a policy proposes, by the court whose step it is; None if no court may give it."""
    if kind not in KINDS:
        return None
    known: DirectiveKind = KINDS[kind].kind
    court = next((code for code in _line(alert.court) if may_go(known, code, alert.court) is None), None)
    return None if court is None else for_alert(alert, known, court, now)


def _line(court: str) -> list[str]:
    """The courts above a court, nearest first."""
    return [above.code for above in COURTS.ancestors(court)]


def for_alert(alert: Ground, kind: DirectiveKind, court: str, now: datetime) -> DirectiveDraft:
    """A draft of a kind in a court's name that rests on one alert; the same alert, kind and court give the same draft."""
    return _draft(
        short_id("directive", alert.id, kind, court),
        kind,
        (court, alert.court),
        now,
        subject=alert.subject,
        rootid=alert.rootid,
        alert_ids=(alert.id,),
        text=text_of(alert),
        urgent=alert.severity == "red",
    )


def _draft(target: str, kind: DirectiveKind, courts: tuple[str, str], now: datetime, **about: Any) -> DirectiveDraft:
    """A draft of the engine's; ``courts``: from, to. The same target is the same draft."""
    return DirectiveDraft(
        id=told_id("draft", target),
        target=target,
        principal=DUTY,
        at=now,
        directive_kind=kind,
        from_court=courts[0],
        to_court=courts[1],
        **about,
    )


def text_of(alert: Ground) -> str:
    """The evidence in a sentence: which rule, how grave, since when."""
    due = civil_date(alert.due_at).isoformat()
    name = alert.name_zh or alert.rule
    return f"{name}（{alert.rule}，{_SEVERITY[alert.severity]}）：期限至{due}，至今未消除。请依法办理，并按期反馈。"


def after(record: DirectiveRecord, why: Literal["expired", "raised"], now: datetime) -> DirectiveDraft | None:
    """The draft of the step after a directive: about the same matter, with the same evidence; None if there is none.

    ``expired``: its term passed unanswered, or (督促执行令) without the case being finished; ``raised``: its issuer chose 升级.
    """
    kind = None if record.kind is None else _LADDER.get(record.kind)
    if kind is None or record.to_court not in COURTS:
        return None
    court = _issuer(record, kind)
    if court is None or may_go(kind, court, record.to_court) is not None:
        return None
    about_case = not record.subject.startswith(WHOLE_COURT)
    return _draft(
        short_id("directive", record.id, kind),
        kind,
        (court, record.to_court),
        now,
        subject=record.subject if about_case else None,
        rootid=record.rootid if about_case else None,
        case_no=record.case_no,
        alert_ids=record.alert_ids,
        text=_why(record, why, kind),
    )


def _issuer(record: DirectiveRecord, kind: DirectiveKind) -> str | None:
    """Whose step it is: 督促执行令 and 提级 of the court right above, 通报 of the High Court, then of the Supreme Court."""
    line = _line(record.to_court)
    if kind != "通报":
        return line[0] if line else None
    if record.kind == "通报":
        return SPC if record.from_court != SPC else None
    return next((code for code in line if COURTS[code].tier in {"HIGH", "SPC"}), None)


def _why(record: DirectiveRecord, why: Literal["expired", "raised"], kind: DirectiveKind) -> str:
    issued = "" if record.issued_at is None else record.issued_at.astimezone(SHANGHAI).date().isoformat()
    before = f"{record.kind}（{record.id[:8]}，{issued}签发，期限至{record.due_day}）"
    if why == "raised":
        return f"{before}经核验升级，拟{kind}。{record.text}"
    must = "依执行程序解释第12条，应当裁定提级执行或者指令本辖区其他法院执行。" if record.kind == "督促执行令" else ""
    return f"{before}期满未办结，拟{kind}。{must}{record.text}"
