"""Events of reviews of objection rulings (复议)."""

from typing import Literal

from contract.events.fields import Day, Id, Payload, Text


class Received(Payload, frozen=True, kw_only=True):
    """收到复议申请 / a review was applied for (民诉法第236条)."""

    objection_id: Id
    case_no: Text | None = None
    upper_court: Text | None = None
    on: Day | None = None


class FilesSent(Payload, frozen=True, kw_only=True):
    """报送复议案卷 / the files were sent to the upper court."""

    objection_id: Id
    on: Day | None = None


class Extended(Payload, frozen=True, kw_only=True):
    """延长复议期限 / the term of the review was extended."""

    objection_id: Id
    until_on: Day | None = None
    on: Day | None = None


class Decided(Payload, frozen=True, kw_only=True):
    """复议裁定 / the review was decided."""

    objection_id: Id
    result: Literal["维持", "变更", "撤销", "发回"] | None = None
    extended_until_on: Day | None = None
    on: Day | None = None
