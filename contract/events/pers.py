"""Events of personnel and of interference (人员、干预过问).

Records of interference belong on the restricted topic and nowhere else.
"""

from typing import Literal

from contract.events.fields import Clear, Count, Day, Id, Payload, Ref, Text


class Pii(Clear, frozen=True, kw_only=True):
    """Who interfered and who recorded it (P3), sealed by the gateway before Kafka; no rule reads it."""

    who: Text | None = None
    recorder: Text | None = None


class InterferenceRecorded(Payload, frozen=True, kw_only=True):
    """记录干预过问 / interference with a case was recorded; restricted."""

    rec_id: Id
    kind: Literal["领导干部", "内部过问", "不当接触"] | None = None
    source_level: Text | None = None
    form: Literal["发函", "批示", "电话", "说情", "宴请"] | None = None
    pii: Pii | None = None
    case_no: Text | None = None
    affects_case: bool | None = None
    on: Day | None = None


class InterferenceReported(Payload, frozen=True, kw_only=True):
    """报告干预过问 / the record of interference was reported; restricted."""

    rec_id: Id
    to_kind: Literal["政法委", "上级法院", "纪检"] | None = None
    on: Day | None = None


class QuarterlyReport(Payload, frozen=True, kw_only=True):
    """季度报告 / a court's report of interference for a quarter; count 0 is a report too (零报告)."""

    court_code: Id
    quarter: Text | None = None
    count: Count | None = None
    on: Day | None = None


class TalkHeld(Payload, frozen=True, kw_only=True):
    """约谈 / a talk was held with the head of a court or debtor, or with an officer."""

    target_kind: Literal["下级院长", "执行局长", "党政机关负责人", "承办人"] | None = None
    topic: Text | None = None
    case_no: Text | None = None
    debtor_ref: Ref | None = None
    on: Day | None = None


class Recused(Payload, frozen=True, kw_only=True):
    """回避 / an officer stood aside; the officer is a pseudonym (P1)."""

    actor_id: Id
    ground: Text | None = None
    on: Day | None = None


class Discipline(Payload, frozen=True, kw_only=True):
    """纪律处分 / an officer was disciplined; the officer is a pseudonym (P1)."""

    actor_id: Id
    ground: Text | None = None
    on: Day | None = None


class StaffSnapshot(Payload, frozen=True, kw_only=True):
    """人员配备 / how many people a court's enforcement had on a day."""

    court_code: Id
    judges: Count | None = None
    officers: Count | None = None
    clerks: Count | None = None
    police: Count | None = None
    as_of_on: Day | None = None
