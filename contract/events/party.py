"""Events of the parties of a case."""

from typing import Literal

from contract.events.fields import Clear, Payload, Ref, Text


class Pii(Clear, frozen=True, kw_only=True):
    """Personal data (P2, P3), sealed by the gateway before Kafka; no rule reads it."""

    name: Text | None = None
    id_type: Text | None = None
    id_no: Text | None = None
    usc_code: Text | None = None
    phone: Text | None = None
    address: Text | None = None
    birth_on: Text | None = None


class Registered(Payload, frozen=True, kw_only=True):
    """登记当事人 / a party was registered."""

    party_ref: Ref
    role: Literal["申请", "被执行", "第三人", "案外人", "代理人"]
    kind: Literal["natural", "legal", "org", "gov", "soe", "institution", "financial"] | None = None
    pii: Pii | None = None
    id_valid: bool | None = None
    is_minor: bool | None = None
    is_student: bool | None = None
    is_legal_rep: bool | None = None
    is_campus_loan: bool | None = None
    gov_level: Text | None = None
    residence_region: Text | None = None
