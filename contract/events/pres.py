"""Events of preservation before enforcement (财产保全)."""

from typing import Literal

from contract.events.fields import Clear, Day, Fen, Id, Payload, Text


class Prompted(Payload, frozen=True, kw_only=True):
    """提示申请保全 / the party was told that it may apply for preservation."""

    basis_case_no: Text | None = None
    on: Day | None = None


class Applied(Payload, frozen=True, kw_only=True):
    """申请财产保全 / preservation was applied for (保全规定第4条)."""

    pres_id: Id
    stage: Literal["诉前", "诉讼", "仲裁", "执行前"] | None = None
    urgent: bool | None = None
    amount_fen: Fen | None = None
    guarantee: Literal["现金", "保函", "责任险", "免"] | None = None
    guarantee_done_on: Day | None = None
    on: Day | None = None


class Ruled(Payload, frozen=True, kw_only=True):
    """保全裁定 / preservation was granted or refused."""

    pres_id: Id
    granted: bool | None = None
    on: Day | None = None


class Executed(Payload, frozen=True, kw_only=True):
    """实施保全 / the preservation ruling was carried out."""

    pres_id: Id
    case_no: Text | None = None
    asset_ids: list[Id] = []
    told_expiry: bool | None = None
    on: Day | None = None


class Sued(Payload, frozen=True, kw_only=True):
    """保全后起诉 / the lawsuit was filed or arbitration begun after preservation."""

    pres_id: Id
    on: Day | None = None


class ReleaseRequested(Payload, frozen=True, kw_only=True):
    """申请解除保全 / release from preservation was requested (保全规定第23条)."""

    pres_id: Id
    on: Day | None = None


class Released(Payload, frozen=True, kw_only=True):
    """解除保全 / preservation was released."""

    pres_id: Id
    requested_on: Day | None = None
    on: Day | None = None


class Handed(Clear, frozen=True, kw_only=True):
    """An asset that is handed over, with the expiry that it keeps."""

    asset_id: Id
    expires_on: Day | None = None


class HandedOver(Payload, frozen=True, kw_only=True):
    """移交保全财产 / preserved assets were handed over to the enforcement case (保全规定第17条)."""

    pres_id: Id
    to_case_no: Text | None = None
    asset_ids: list[Id] = []
    assets: list[Handed] = []
    on: Day | None = None
