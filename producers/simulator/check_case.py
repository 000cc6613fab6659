"""What makes a fact fail: property, auctions, money, the order of steps, late entry."""

from collections.abc import Callable

from producers.simulator.check_words import day_of_field
from producers.simulator.clock_tables import approved
from producers.simulator.days import day_of, next_open
from producers.simulator.parts import Severity
from producers.simulator.view import Told, View


def over_value(told: Told, _view: View) -> Severity | None:
    """Whether a fact fails: over value."""
    case = told.case
    if case is None or case.owed <= 0 or case.seized * 100 <= case.owed * 130:
        return None
    seized = [one for one in case.things.values() if one[0] == "controlled" and one[1] == 1]
    if len(seized) == 1 and seized[0][4]:
        return None
    ratio = case.seized * 100
    return "red" if ratio > case.owed * 250 else "orange" if ratio > case.owed * 180 else "yellow"


def auction(told: Told, _view: View) -> bool:
    """Whether a fact fails: auction."""
    data = told.data
    announced, opens, told_on = (day_of_field(told, one) for one in ("announced_on", "opens_at", "parties_notified_on"))
    begin, end = told.instant("opens_at"), told.instant("closes_at")
    start: int | None = data.get("start_fen")
    deposit: int | None = data.get("deposit_fen")
    first = data.get("round") == "一拍"
    movable = data.get("asset_kind") == "动产"
    needed = (15 if movable else 30) if first else (7 if movable else 15)
    return (
        (data.get("round") != "变卖" and None not in (announced, opens) and opens - announced < needed)  # type: ignore[operator]
        or (first and start is not None and "appraisal_fen" in data and start * 100 < data["appraisal_fen"] * 70)
        or (
            data.get("round") == "二拍"
            and start is not None
            and "prev_start_fen" in data
            and start * 100 < data["prev_start_fen"] * 80
        )
        or (start is not None and deposit is not None and not start * 5 <= deposit * 100 <= start * 20)
        or (begin is not None and end is not None and end - begin < 86_400)
        or (None not in (told_on, announced) and announced - told_on < 3)  # type: ignore[operator]
    )


def during_claim(told: Told, view: View) -> bool:
    """Whether a fact fails: during claim."""
    asset = view.key(told, "asset_id")

    def claimed(kind: str, test: Callable[[Told], bool] = lambda _: True) -> list[Told]:
        """Such facts by then, about the asset or about none that is named."""
        found = view.kinds.get(kind, ())
        return [one for one in found if one.order <= told.order and test(one) and view.key(one, "asset_id") in (asset, None)]

    def outsider(one: Told) -> bool:
        asked = view.ref(one)
        return asked is not None and asked.data.get("kind") == "案外人"

    received = claimed("objection.received", lambda one: one.data.get("kind") == "案外人")
    decided = claimed("objection.decided", outsider)
    refused = [one for one in decided if one.data.get("result") == "驳回"]
    served = day_of_field(refused[-1], "served_on") if refused else None
    sued = claimed("suit.filed", lambda one: one.data.get("kind") == "案外人")
    ended = claimed("suit.closed", lambda one: one.data.get("kind") == "案外人")
    guarded = claimed("case.guarantee_accepted", lambda one: one.data.get("by") == "申请人")
    late = served is not None and day_of(told.at) - served <= 15
    return not guarded and (len(received) > len(decided) or late or len(sued) > len(ended))


def handed(told: Told, _view: View) -> bool:
    """Whether a fact fails: handed."""
    things = {} if told.case is None else told.case.things
    for one in told.data.get("assets", ()):
        expires = things[one["asset_id"]][3] if one["asset_id"] in things else None
        if expires is not None and one.get("expires_on") not in (None, expires):
            return True
    return False


def working_days_between(first: int, last: int) -> int:
    """Working days after one civil day up to another, that one included."""
    count = 0
    day = next_open(first)
    while day <= last and count < 40:
        count += 1
        day = next_open(day)
    return count


def entered_late(told: Told, _view: View) -> Severity | None:
    """Whether a fact fails: entered late."""
    if told.first - told.at < 5 * 86_400:
        return None
    late = working_days_between(day_of(told.at), day_of(told.first))
    return "orange" if late > 15 else "yellow" if late > 5 else None


def unlawful_deferral(told: Told, _view: View) -> bool:
    """Whether a fact fails: unlawful deferral."""
    return not approved(told)


def overpaid(told: Told, view: View) -> bool:
    """Whether a fact fails: overpaid."""
    case = told.case
    if case is None or case.claim <= 0:
        return False
    paid: int = sum(
        one.data["amount_fen"]
        for one in view.kinds["fund.disbursed"]
        if one.order <= told.order and one.data.get("kind") == "案款"
    )
    return case.claim + case.fee + case.interest < paid


def stranger(told: Told, view: View) -> bool:
    """Whether a fact fails: stranger."""
    payee = told.data.get("payee_ref")
    return (
        payee is not None
        and not view.any("party.registered", told, lambda t: t.data["party_ref"] == payee)
        and not view.any(
            "fund.plan_served", told, lambda t: payee in {one["creditor_ref"] for one in t.data.get("creditors", ())}
        )
    )


def paid_twice(told: Told, view: View) -> bool:
    """Whether a fact fails: paid twice."""
    receipt = told.data["receipt_ids"][0]
    paid = sum(
        one.data["amount_fen"]
        for one in view.kinds["fund.disbursed"]
        if one.order <= told.order and one.data.get("receipt_ids") == [receipt]
    )
    return told.case is not None and receipt in told.case.amounts and paid > told.case.amounts[receipt]


def stands_before(kind: str, told: Told, view: View, key: str = "") -> bool:
    """Whether a fact of a kind (and key) stands strictly earlier."""
    own = view.key(told, key) if key else None
    return any(one.order < told.order and (not key or view.key(one, key) == own) for one in view.kinds.get(kind, ()))


def unreceived(told: Told, view: View) -> bool:
    """Whether a fact fails: unreceived."""
    receipts = set(told.data.get("receipt_ids", ()))
    kinds = [*view.kinds.get("fund.received", ()), *view.kinds.get("fund.matched", ())]
    return not any(one.order < told.order and one.data["receipt_id"] in receipts for one in kinds)


def unperformed(told: Told, view: View) -> bool:
    """Whether a fact fails: unperformed."""
    case = told.case
    return (
        case is not None
        and 0 < case.claim > case.performed
        and not view.any("case.settlement_outcome", told, lambda t: t.data.get("status") == "performed")
    )


def after_end(told: Told, view: View) -> bool:
    """Whether a fact fails: after end."""
    return told.case is not None and view.any("case.closed", told) and not told.case.open and not told.case.alive
