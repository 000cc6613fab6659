"""Events of entrustment between courts (委托执行)."""

from typing import Literal

from contract.events.fields import Day, Id, Payload, Text


class Sent(Payload, frozen=True, kw_only=True):
    """发出委托 / a case or a matter was entrusted to another court (民诉法第240条)."""

    entr_id: Id
    kind: Literal["案件", "事项"] | None = None
    matter: Text | None = None
    from_court: Text | None = None
    to_court: Text | None = None
    due_on: Day | None = None
    cross_province: bool | None = None


class Accepted(Payload, frozen=True, kw_only=True):
    """受托签收 / the entrusted court accepted."""

    entr_id: Id
    officer_id: Id | None = None
    new_case_no: Text | None = None
    on: Day | None = None


class Returned(Payload, frozen=True, kw_only=True):
    """退回委托 / the entrusted court sent the matter back."""

    entr_id: Id
    reason: Literal["材料不全", "管辖不当", "无法办理"] | None = None
    high_court_approved: bool | None = None
    on: Day | None = None


class Replied(Payload, frozen=True, kw_only=True):
    """办理委托反馈 / the entrusted court reported what it had done."""

    entr_id: Id
    result: Literal["办结", "部分", "不能"] | None = None
    on: Day | None = None
