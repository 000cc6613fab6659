"""Events of the passage from enforcement to bankruptcy (执行转破产)."""

from typing import Literal

from contract.events.fields import Day, Payload, Ref, Text


class Consulted(Payload, frozen=True, kw_only=True):
    """征询执转破 / the parties were asked whether they agree to bankruptcy (民诉法解释第511条)."""

    debtor_ref: Ref
    told_on: Day | None = None
    consent_by: Literal["申请人", "被执行人", "none"] | None = None


class Transferred(Payload, frozen=True, kw_only=True):
    """移送破产审查 / the debtor was transferred for bankruptcy review; all its cases pause."""

    debtor_ref: Ref
    to_court: Text | None = None
    kind: Literal["清算", "重整", "和解", "强制清算"] | None = None
    received_on: Day | None = None


class Accepted(Payload, frozen=True, kw_only=True):
    """受理破产 / bankruptcy was accepted."""

    debtor_ref: Ref
    case_no: Text | None = None
    on: Day | None = None


class Refused(Payload, frozen=True, kw_only=True):
    """不予受理破产 / bankruptcy was refused; enforcement goes on."""

    debtor_ref: Ref
    case_no: Text | None = None
    on: Day | None = None


class Declared(Payload, frozen=True, kw_only=True):
    """宣告破产 / the debtor was declared bankrupt."""

    debtor_ref: Ref
    on: Day | None = None
