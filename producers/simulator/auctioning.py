"""How property is sold: priced, announced in good time, sold at the first or the second round, or taken by nobody."""

from typing import Any

from producers.simulator.case import Case, Proceeds, on
from producers.simulator.days import DAY, day_of, day_text, instant_text, midnight, next_open, roll

_MOVABLE = ("vehicle", "movable")
_SOLD_FIRST, _SOLD_SECOND = 0.64, 0.5
_AFTER_SALE = 20
"""Days from the end of the bidding to the ruling of sale, at most."""


def sell(case: Case, name: str, kind: str, value_fen: int, at: int, *, tail: bool) -> list[Proceeds]:
    """Tell of the price and of the rounds of an auction, after the pricing began at an instant; the money that it brought."""
    priced = case.workday(day_of(at) + case.rng.randrange(4, 11))
    price = {"asset_id": name, "price_fen": value_fen, "valid_until_on": day_text(day_of(priced) + 365)}
    if not case.anomalous() and case.say("asset.price_determined", priced, price, tail=tail) is None:
        return []
    at = priced
    start = value_fen * 8 // 10
    for place, (round_, chance) in enumerate((("一拍", _SOLD_FIRST), ("二拍", _SOLD_SECOND)), 1):
        auction = f"{name}-p{place}"
        sale = _announce(case, auction, name, kind, value_fen, start, round_, at, tail=tail)
        if sale is None:
            return []
        if case.rng.random() < chance:
            return _sold(case, auction, start, sale, tail=tail)
        case.say("auction.failed", sale, {"auction_id": auction, "on": on(sale)}, tail=tail)
        at, start = sale, start * 8 // 10 + 1
    refused = case.workday(day_of(at) + case.rng.randrange(2, 9))
    data = {"auction_id": f"{name}-p2", "asset_id": name, "creditor_ref": case.applicants[0], "on": on(refused)}
    case.say("auction.refused_in_kind", refused, data, tail=tail)
    return []


def _announce(
    case: Case, auction: str, name: str, kind: str, value_fen: int, start: int, round_: str, at: int, *, tail: bool
) -> int | None:
    """Tell of the announcement; when the bidding is over, or None where there is no more room for it."""
    first = round_ == "一拍"
    movable = kind in _MOVABLE
    told = next_open(day_of(at))
    announced = case.workday(roll(told + 3) + case.rng.randrange(0, 5))
    notice = (15 if movable else 30) if first else (7 if movable else 15)
    opens = midnight(day_of(announced) + notice + 1) + 36_000
    closes = opens + DAY
    if not case.room(closes + _AFTER_SALE * DAY) and not tail:
        return None
    data: dict[str, Any] = {
        "auction_id": auction,
        "asset_id": name,
        "round": round_,
        "asset_kind": {"real_estate": "不动产", "vehicle": "动产", "movable": "动产"}.get(kind, "其他财产权"),
        "appraisal_fen": value_fen,
        "start_fen": start,
        "deposit_fen": start // 10,
        "announced_on": on(announced),
        "opens_at": instant_text(opens),
        "closes_at": instant_text(closes),
        "parties_notified_on": on(announced) if case.anomalous() else day_text(told),
        "platform": "网络司法拍卖平台",
    }
    if not first:
        data["prev_start_fen"] = value_fen * 8 // 10
    told_id = case.say("auction.announced", announced, data, tail=tail)
    return None if told_id is None else closes + case.rng.randrange(60, 3600)


def _sold(case: Case, auction: str, start: int, at: int, *, tail: bool) -> list[Proceeds]:
    price = start + start * case.rng.randrange(0, 40) // 100
    data = {
        "auction_id": auction,
        "price_fen": price,
        "bidder_count": case.rng.randrange(1, 9),
        "buyer_ref": f"{case.rng.getrandbits(64):016x}",
    }
    if case.say("auction.sold", at, data, tail=tail) is None:
        return []
    paid = case.workday(roll(day_of(at)) + case.rng.randrange(2, 8))
    case.say("auction.paid_in_full", paid, {"auction_id": auction, "on": on(paid)}, tail=tail)
    served = paid + case.rng.randrange(2 * 3600, 4 * DAY)
    case.say("auction.ruling_served", served, {"auction_id": auction, "on": on(served)}, tail=tail)
    return [Proceeds(max(paid, at + 600), price, "拍卖")]
