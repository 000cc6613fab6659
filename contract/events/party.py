"""Events of the parties of a case."""

from typing import Literal

from contract.events.fields import Clear, Count, Day, Fen, Payload, Ref, Text


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
    order_not_due: bool | None = None
    gov_level: Text | None = None
    residence_region: Text | None = None


class ReportOrdered(Payload, frozen=True, kw_only=True):
    """发出报告财产令 / the debtor was ordered to report property (民诉法第252条)."""

    debtor_ref: Ref
    served_on: Day | None = None
    due_on: Day | None = None


class ReportReceived(Payload, frozen=True, kw_only=True):
    """收到财产报告 / the debtor's report of property came in."""

    debtor_ref: Ref
    declared_total_fen: Fen | None = None
    classes: list[Text] = []
    changes_last_year: bool | None = None
    on: Day | None = None


class ReportChecked(Payload, frozen=True, kw_only=True):
    """核实财产报告 / the debtor's report of property was checked."""

    debtor_ref: Ref
    result: Literal["属实", "不实", "部分"] | None = None
    on: Day | None = None


class MissingDeclared(Payload, frozen=True, kw_only=True):
    """认定下落不明 / the debtor was declared missing."""

    debtor_ref: Ref
    on: Day | None = None


class SearchDone(Payload, frozen=True, kw_only=True):
    """查找被执行人 / the debtor was searched for."""

    debtor_ref: Ref
    method: Literal["公安协查", "户籍地", "网格"] | None = None
    on: Day | None = None


class EvasionRecorded(Payload, frozen=True, kw_only=True):
    """记录规避执行 / the debtor evaded enforcement."""

    debtor_ref: Ref
    kind: Literal["转移", "隐匿", "虚假诉讼", "放弃债权", "无偿处分"] | None = None
    amount_fen: Fen | None = None
    on: Day | None = None


class ObstructionRecorded(Payload, frozen=True, kw_only=True):
    """记录妨害抗拒执行 / the debtor obstructed or resisted enforcement."""

    debtor_ref: Ref
    kind: Literal["暴力", "威胁", "哄闹", "毁损", "拒不到场"] | None = None
    injured: bool | None = None
    on: Day | None = None


class Sanctioned(Payload, frozen=True, kw_only=True):
    """采取强制措施 / a fine, detention, summons, search or exit ban was imposed."""

    debtor_ref: Ref
    kind: Literal["罚款", "拘留", "拘传", "搜查", "限制出境"] | None = None
    amount_fen: Fen | None = None
    days: Count | None = None
    ground: Text | None = None
    approver_role: Text | None = None
    on: Day | None = None


class ExitBanLifted(Payload, frozen=True, kw_only=True):
    """解除限制出境 / the ban on leaving the country was lifted."""

    debtor_ref: Ref
    on: Day | None = None
