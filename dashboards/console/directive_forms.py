"""What can be done about a directive, by its state and the side on which one stands. The duty room decides."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from contract.courts import COURTS
from contract.duty.people import Principal
from contract.duty.rights import RIGHTS
from dashboards.console.forms import EVIDENCE, Action, Field, always

_REASON = Field(name="reason", label="理由", kind="long")


class Choice(NamedTuple):
    """An action, and fields that it always bears."""

    action: Action
    fixed: dict[str, Any]


class _Offer(NamedTuple):
    action: Action
    side: str
    states: frozenset[str]


_OUT = frozenset({"issued", "received", "answered", "returned"})
_OFFERS = (
    _Offer(Action(kind="directive.issue", label="签发", fits=always), "from", frozenset({"drafted"})),
    _Offer(Action(kind="directive.withdraw", label="撤回", fields=(_REASON,), fits=always), "from", _OUT | {"drafted"}),
    _Offer(Action(kind="directive.receive", label="签收", fits=always), "to", frozenset({"issued"})),
    _Offer(
        Action(
            kind="directive.answer",
            label="反馈",
            fields=(
                Field(
                    name="result",
                    label="结果",
                    kind="choice",
                    choices={"已纠正": "已纠正", "部分": "部分", "理由说明": "理由说明"},
                ),
                Field(name="text", label="说明", kind="long"),
                EVIDENCE,
            ),
            fits=always,
        ),
        "to",
        frozenset({"received", "returned", "answered"}),
    ),
    _Offer(
        Action(kind="directive.reconsider", label="请求复议", fields=(_REASON,), fits=always),
        "to",
        frozenset({"issued", "received"}),
    ),
    _Offer(
        Action(
            kind="directive.verdict",
            label="核验",
            fields=(
                Field(
                    name="verdict",
                    label="结论（“合格”以案件的实际情况为准）",
                    kind="choice",
                    choices={"合格": "合格", "退回": "退回", "升级": "升级"},
                ),
                Field(name="reason", label="意见", required=False),
            ),
            fits=always,
        ),
        "from",
        frozenset({"answered", "returned", "received"}),
    ),
)
_DECIDE = Action(
    kind="directive.reconsider",
    label="决定复议",
    fields=(
        Field(name="decision", label="决定", kind="choice", choices={"维持": "维持", "撤销": "撤销", "变更": "变更"}),
        _REASON,
    ),
    fits=always,
)


def offered_on(principal: Principal, record: Mapping[str, Any]) -> list[Choice]:
    """What the asker's court may do now, as far as its state and the role tell."""
    courts = {"from": record.get("from_court"), "to": record.get("to_court")}
    offers = [
        Choice(offer.action, {})
        for offer in _OFFERS
        if record["state"] in offer.states and courts[offer.side] == principal.court and _may(principal, offer.action)
    ]
    asked = record.get("reconsideration")
    if asked and not asked.get("decision") and courts["from"] == principal.court and _may(principal, _DECIDE):
        offers.append(Choice(_DECIDE, {}))
    return offers


def _may(principal: Principal, action: Action) -> bool:
    return principal.court in COURTS and principal.role in RIGHTS[action.kind].roles
