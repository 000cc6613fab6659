"""Who may give which command: one function over principal, command and record. The table is in ``contract.duty.rights``.

Only what depends on who asks is judged here. What a state allows (snoozing past the deadline, answering what isn't issued) is
refused by the part that keeps that state.
"""

from typing import Any

from contract.courts import COURTS
from contract.duty import commands as c
from contract.duty.directive_kinds import kind_of, may_go
from contract.duty.directives import DirectiveRecord
from contract.duty.people import Principal
from contract.duty.rights import (
    BY_EVENTS_ONLY,
    LEADER_OF_THE_WEEK,
    RIGHTS,
    ROLES_ZH,
    TECHNICAL_RULES,
    Relation,
    Right,
    standing,
)
from contract.duty.scope import courts_seen, directive_courts
from streams.duty.outcome import Refusal, name_of

ROSTER = "roster/"
"""What the target of a roster's command begins with; the code of its court follows."""

_TREE_ZH = {
    "unknown_court": "没有这个法院代字",
    "self_directed": "不能向本院发出指令",
    "order_upward": "对上级法院只能请示、报请、请求复议或者请求协调，不能下达指令",
    "request_downward": "请示、报请、请求复议和请求协调只能向上一级法院提出",
    "outside_subtree": "只能向本院辖区内的下级法院发出指令",
    "not_next": "该种指令只能由受令法院的上一级法院发出",
    "wrong_tier": "本级法院不能发出该种指令",
}


def refusal(principal: Principal, command: c.Command, record: Any, *, leads: bool = False) -> Refusal | None:
    """Why somebody may not give a command, or None.

    Args:
        principal: Who asks.
        command: What is asked.
        record: The target as it stands, None if there is none yet: an alert (anything with ``court`` and ``rule``), a
            `DirectiveRecord`, or whatever a roster is kept in (its court is read off the target).
        leads: Whether the asker holds the leader's post of that desk at this instant.
    """
    right = RIGHTS[name_of(command)]
    relations = right.roles.get(principal.role, ())
    if not relations and leads and right.command in LEADER_OF_THE_WEEK:
        relations = ("own",)
    return (
        _by_kind_of_asker(principal, right)
        or (None if relations else _role(principal, right))
        or _by_court(principal, command, record, relations)
        or _by_person(principal, command, record)
    )


def _by_kind_of_asker(principal: Principal, right: Right) -> Refusal | None:
    """What a kiosk, a part of the system, or somebody who claims to be one, may not do whatever it is about."""
    if "kiosk" in {principal.role, principal.via}:
        return Refusal("kiosk_read_only", "大屏只读，不能操作")
    is_part = principal.via == "system" and principal.account.startswith("/sys/")
    if (principal.role == "system") != is_part:
        return Refusal("forged_system", "只有本系统的组成部分可以以系统身份操作")
    if principal.role == "system" and "system" not in right.roles:
        return Refusal("named_person", f"{right.zh}须由具名人员操作")
    if principal.role != "system" and set(right.roles) == {"system"}:
        return Refusal("system_only", f"{right.zh}只由系统办理")
    return None


def _role(principal: Principal, right: Right) -> Refusal:
    if principal.role == "case_officer" and right.command in BY_EVENTS_ONLY:
        return Refusal("only_by_events", "承办人不能手工销警，只能以实际办案事件销警")
    return Refusal("role_may_not", f"{ROLES_ZH[principal.role]}无权{right.zh}")


def _by_court(principal: Principal, command: c.Command, record: Any, relations: tuple[Relation, ...]) -> Refusal | None:
    if relations == ("any",):
        return None
    if principal.role != "system" and principal.court not in COURTS:
        return Refusal("unknown_court", f"没有法院代字{principal.court}")
    if isinstance(command, c.DirectiveCommand):
        return _by_directive(principal, command, record, relations)
    court = _court_of(command, record)
    return Refusal("unknown_target", "没有这条记录") if court is None else _by_standing(principal, command, court, relations)


def _by_standing(principal: Principal, command: c.Command, court: str, relations: tuple[Relation, ...]) -> Refusal | None:
    stands = standing(principal.court, court)
    if stands is None:
        return Refusal("not_your_court", f"属{_name(court)}，不在本院及下级法院范围内")
    if stands in relations:
        return None
    what = RIGHTS[name_of(command)].zh
    if stands == "own":
        return Refusal("not_superior", f"只有上级法院可以{what}")
    return Refusal("own_court_only", f"只有{_name(court)}自己可以{what}")


def _court_of(command: c.Command, record: Any) -> str | None:
    """The court that an alert or a roster belongs to, None if there is no such record."""
    if command.target.startswith(ROSTER):
        return command.target.removeprefix(ROSTER)
    court = getattr(record, "court", None)
    return court if isinstance(court, str) else None


def _by_directive(
    principal: Principal, command: c.Command, record: DirectiveRecord | None, relations: tuple[Relation, ...]
) -> Refusal | None:
    known = record if record is not None else (command if isinstance(command, c.DirectiveDraft) else None)
    if known is None or (record is not None and not _sees(principal, record)):
        return Refusal("unknown_target", "没有这件指令")
    stands = {known.from_court: "from", known.to_court: "to"}.get(principal.court)
    if stands in relations:
        return None
    if stands == "to" and isinstance(command, c.DirectiveIssue | c.DirectiveVerdict):
        return Refusal("self_approval", "受令法院不能自己签发、自己核验")
    right = RIGHTS[name_of(command)]
    if stands is None:
        return Refusal("not_party", f"只有{_name(known.from_court)}和{_name(known.to_court)}可以办理这件指令")
    court = known.from_court if "from" in relations else known.to_court
    return Refusal("other_side", f"只有{_name(court)}可以{right.zh}")


def _sees(principal: Principal, record: DirectiveRecord) -> bool:
    """Whether somebody may know of a directive: what isn't there and what may not be seen are refused alike."""
    scope = courts_seen(principal.role, principal.court)
    courts = directive_courts(record.from_court, record.to_court, record.state, record.issued_at)
    return principal.role == "system" or any(court in scope for court in courts)


def _by_person(principal: Principal, command: c.Command, record: Any) -> Refusal | None:
    """What depends on the very person, or on what the command itself names."""
    if isinstance(command, c.DirectiveDraft):
        return _draft(command, record)
    if isinstance(command, c.DirectiveIssue) and isinstance(record, DirectiveRecord):
        return _issue(principal, record)
    if isinstance(command, c.WindowSet) and command.target != ROSTER + command.window.court:
        return Refusal("not_your_court", "维护时段的法院与值班表的法院不同")
    return _alert(principal, command, record) if isinstance(command, c.AlertCommand) else None


def _alert(principal: Principal, command: c.AlertCommand, record: Any) -> Refusal | None:
    if isinstance(command, c.Merge) and command.into_court != record.court and not _above_both(principal, command, record):
        return Refusal("other_court_merge", "只能并入同一法院的预警；跨法院并入由共同的上级法院办理")
    if isinstance(command, c.Second) and _asked_by(record) == principal.account:
        return Refusal("self_approval", "不能复核自己提出的办结")
    if principal.role == "technician" and not record.rule.startswith(TECHNICAL_RULES):
        return Refusal("technical_only", "技术值班只处置数据接入类预警")
    return None


def _draft(command: c.DirectiveDraft, record: DirectiveRecord | None) -> Refusal | None:
    if record is not None and (record.from_court, record.to_court) != (command.from_court, command.to_court):
        return Refusal("other_courts", "草稿的发令法院和受令法院不能更改；请撤回后另拟")
    code = may_go(command.directive_kind, command.from_court, command.to_court)
    if code is not None:
        return Refusal(code, _TREE_ZH[code])
    return None


def _issue(principal: Principal, record: DirectiveRecord) -> Refusal | None:
    kind = kind_of(record.kind)
    code = may_go(kind.kind, record.from_court, record.to_court)
    if code is not None:
        return Refusal(code, _TREE_ZH[code])
    if principal.role not in kind.by:
        return Refusal("role_may_not", f"{kind.kind}由{'、'.join(ROLES_ZH[role] for role in kind.by)}签发")
    if principal.account in record.drafted_by:
        return Refusal("self_approval", "拟稿人不能签发自己拟的稿")
    return None


def _above_both(principal: Principal, command: c.Merge, record: Any) -> bool:
    return standing(principal.court, record.court) == "above" == standing(principal.court, command.into_court)


def _asked_by(record: Any) -> str | None:
    """Who asked for the resolution that waits for its second person."""
    by = getattr(getattr(record, "pending", None), "by", None)
    return by if isinstance(by, str) else None


def _name(court: str) -> str:
    known = COURTS.get(court)
    return court if known is None else known.name
