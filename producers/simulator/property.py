"""The debtor's property: found, controlled, priced, sold or taken over."""

from typing import Any, NamedTuple

from producers.simulator.auctioning import sell
from producers.simulator.case import Case, Proceeds, on
from producers.simulator.days import day_of, day_text
from producers.simulator.dues import Duty
from producers.simulator.parts import CONTROL_DEPOSIT, CONTROL_OTHER, PRICE

_CLASSES = (
    ("deposit", 42),
    ("real_estate", 16),
    ("vehicle", 14),
    ("security", 6),
    ("equity", 5),
    ("receivable", 4),
    ("income", 4),
    ("insurance", 3),
    ("movable", 3),
    ("digital", 2),
    ("ip", 1),
)
_NAMES = [name for name, _ in _CLASSES]
_SHARES = [share for _, share in _CLASSES]
_UNPRICED = ("deposit", "receivable", "income")
_FROZEN = ("deposit", "security", "equity", "receivable", "income", "insurance", "digital", "ip")
_YEARS = {"deposit": 365, "movable": 730, "vehicle": 730}
IN_KIND = "抵债"
"""Channel of what was taken in kind: performed, but no money."""


class Asset(NamedTuple):
    """One asset of a life.

    Attributes:
        name: Its id.
        kind: Its class.
        value_fen: What it is thought to be worth.
        quoted: Whether it is a security with a quoted price.
        duty: The duty to control it; None where it can't be controlled.
    """

    name: str
    kind: str
    value_fen: int
    quoted: bool
    duty: Duty | None


def discover(case: Case, at: int, *, tail: bool = False) -> Asset | None:
    """Tell that an asset was found; None if it was not told."""
    rng = case.rng
    kind = rng.choices(_NAMES, _SHARES)[0]
    name = f"{case.subject}-z{case.count}"
    value = _value(case)
    quoted = kind == "security" and rng.random() < 0.5
    controllable = rng.random() < 0.93
    data: dict[str, Any] = {
        "asset_id": name,
        "asset_ref": f"{rng.getrandbits(64):016x}",
        "class": kind,
        "owner_ref": rng.choice(case.debtors),
        "est_value_fen": value,
        "encumbrance_fen": 0,
        "controllable": controllable,
        "is_production_asset": kind in ("movable", "vehicle") and rng.random() < 0.2,
        "source": rng.choice(("inquiry", "inquiry", "clue", "report")),
        "on": on(at),
    }
    if kind == "security":
        data["quoted"] = quoted
    if case.say("asset.discovered", at, data, tail=tail) is None:
        return None
    duty = None
    if controllable:
        part = CONTROL_DEPOSIT if kind == "deposit" else CONTROL_OTHER
        duty = Duty(part=part, subject=case.subject, key=(name,), start=at)
        case.duties.append(duty)
    return Asset(name, kind, value, quoted, duty)


def _value(case: Case) -> int:
    """What an asset is worth: no more is seized than is owed, anomalies apart."""
    if case.anomalous():
        return int(case.claim_fen * case.rng.uniform(0.05, 1.4))
    value = max(min(int(case.claim_fen * case.rng.uniform(0.05, 0.45)), case.spare_fen), case.claim_fen // 200)
    case.spare_fen -= value
    return value


def follow(case: Case, asset: Asset, *, tail: bool = False, at: int | None = None) -> list[Proceeds]:
    """Tell how an asset was controlled (at ``at``, if given) and what became of it; the money that it brought."""
    duty = asset.duty
    if duty is not None and at is None:
        at = case.when_done(duty)
    if duty is None or at is None:
        return []
    if asset.kind == "deposit" and case.rng.random() < 0.25:
        return _pay_over(case, asset, at, duty, tail=tail)
    rank = 1 if case.rng.random() < 0.82 else 2
    if not _control(case, asset, at, rank, tail=tail):
        return []
    duty.done.append(at)
    if rank > 1:
        at = case.workday(day_of(at) + case.rng.randrange(10, 60))
        if case.rng.random() > 0.3 or not _control(case, asset, at, 1, tail=tail):
            return []
    return _dispose(case, asset, at, tail=tail)


def _control(case: Case, asset: Asset, at: int, rank: int, *, tail: bool) -> bool:
    measure = "轮候" if rank > 1 else "冻结" if asset.kind in _FROZEN else "查封"
    data = {
        "asset_id": asset.name,
        "measure": measure,
        "rank": rank,
        "amount_fen": min(asset.value_fen, case.claim_fen),
        "from_on": on(at),
        "expires_on": day_text(day_of(at) + _YEARS.get(asset.kind, 1095)),
        "ruling_no": f"{case.case_no}之一" if case.case_no else None,
        "keep_use": asset.kind in ("real_estate", "vehicle") and case.rng.random() < 0.5,
    }
    return (
        case.say("asset.controlled", at, {name: value for name, value in data.items() if value is not None}, tail=tail)
        is not None
    )


def _pay_over(case: Case, asset: Asset, at: int, duty: Duty | None, *, tail: bool) -> list[Proceeds]:
    amount = min(asset.value_fen, case.claim_fen)
    data = {"asset_id": asset.name, "amount_fen": amount, "on": on(at)}
    if case.say("asset.paid_over", at, data, tail=tail) is None:
        return []
    if duty is not None:
        duty.done.append(at)
    return [Proceeds(case.workday(day_of(at) + case.rng.randrange(1, 4)), amount, "扣划")]


def _dispose(case: Case, asset: Asset, at: int, *, tail: bool) -> list[Proceeds]:
    """What follows a first-rank control: money is taken over, other property is priced within thirty days."""
    if asset.kind in _UNPRICED or asset.quoted:
        if case.rng.random() < 0.85:
            return _pay_over(case, asset, case.workday(day_of(at) + case.rng.randrange(3, 40)), None, tail=tail)
        return []
    duty = Duty(part=PRICE, subject=case.subject, key=(asset.name,), start=at)
    case.duties.append(duty)
    if case.rng.random() < 0.06:
        partly = case.office(day_of(at) + case.rng.randrange(1, 50))
        case.say(
            "asset.released",
            partly,
            {"asset_id": asset.name, "scope": "部分", "reason": "当事人申请", "on": on(partly)},
            tail=tail,
        )
    room = case.settles_at is not None and case.settles_at > at + 3600 and not tail
    done = case.when_done(duty, by=case.settles_at if room else None)
    return [] if done is None else _settle(case, asset, duty, done, tail=tail)


def _settle(case: Case, asset: Asset, duty: Duty, at: int, *, tail: bool) -> list[Proceeds]:
    draw = case.rng.random()
    if draw < 0.12:
        data: dict[str, Any] = {"asset_id": asset.name, "scope": "全部", "reason": "担保置换", "on": on(at)}
        if case.say("asset.released", at, data, tail=tail) is not None:
            duty.dropped.append(at)
        return []
    if draw < 0.20:
        data = {"asset_id": asset.name, "creditor_ref": case.applicants[0], "value_fen": asset.value_fen, "on": on(at)}
        if case.say("asset.in_kind_settled", at, data, tail=tail) is None:
            return []
        duty.dropped.append(at)
        return [Proceeds(at, asset.value_fen, IN_KIND)]
    if draw < 0.26:
        proceeds = _pay_over(case, asset, at, None, tail=tail)
        if proceeds:
            duty.dropped.append(at)
        return proceeds
    return _price(case, asset, duty, at, tail=tail)


def _price(case: Case, asset: Asset, duty: Duty, at: int, *, tail: bool) -> list[Proceeds]:
    method = case.rng.choice(("网络询价", "网络询价", "委托评估", "定向询价", "议价"))
    if case.say("asset.price_started", at, {"asset_id": asset.name, "method": method, "on": on(at)}, tail=tail) is None:
        return []
    duty.done.append(at)
    if case.rng.random() < 0.25:
        return []
    return sell(case, asset.name, asset.kind, asset.value_fen, at, tail=tail)
