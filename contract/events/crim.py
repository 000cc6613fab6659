"""Events of prosecution for refusing to obey a judgment (拒不执行判决、裁定罪)."""

from contract.events.fields import Count, Day, Id, Payload, Ref, Text


class Referred(Payload, frozen=True, kw_only=True):
    """移送公安 / the debtor was referred to the police."""

    referral_id: Id
    debtor_ref: Ref | None = None
    ground: Text | None = None
    evidence_count: Count | None = None
    on: Day | None = None


class PoliceReplied(Payload, frozen=True, kw_only=True):
    """公安答复 / the police took the referral up or refused it."""

    referral_id: Id
    accepted: bool | None = None
    on: Day | None = None


class PrivateProsecution(Payload, frozen=True, kw_only=True):
    """自诉 / the applicant prosecuted privately."""

    referral_id: Id | None = None
    debtor_ref: Ref | None = None
    on: Day | None = None


class Judged(Payload, frozen=True, kw_only=True):
    """拒执案件判决 / the prosecution was judged."""

    referral_id: Id | None = None
    debtor_ref: Ref | None = None
    result: Text | None = None
    on: Day | None = None
