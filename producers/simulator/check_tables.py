"""The rules without a clock of the national pack, restated."""

from collections.abc import Callable
from datetime import date

from producers.simulator.clock_tables import approved
from producers.simulator.days import day_of, months_later, next_open, number
from producers.simulator.parts import Severity
from producers.simulator.points import Check
from producers.simulator.view import Ref, Told, View

_NETWORK = ("deposit", "vehicle", "real_estate", "security")
Fails = Callable[[Told, View], Severity | None]


def _any(severity: Severity, *tests: Callable[[Told, View], bool]) -> Fails:
    def fails(told: Told, view: View) -> Severity | None:
        return severity if any(test(told, view) for test in tests) else None

    return fails


def day_of_field(told: Told, field: str) -> int | None:
    """The civil day of a date or instant field."""
    at = told.instant(field)
    return None if at is None else day_of(at)


def _over_value(told: Told, _view: View) -> Severity | None:
    case = told.case
    if case is None or case.owed <= 0 or case.seized * 100 <= case.owed * 130:
        return None
    seized = [one for one in case.things.values() if one[0] == "controlled" and one[1] == 1]
    if len(seized) == 1 and seized[0][4]:
        return None
    ratio = case.seized * 100
    return "red" if ratio > case.owed * 250 else "orange" if ratio > case.owed * 180 else "yellow"


def _term_one(told: Told, view: View) -> bool:
    case = told.case
    served = any((one.instant("served_on") or 2**40) <= told.at for one in view.kinds.get("case.notice_issued", ()))
    resisted = any(view.any(kind, told) for kind in ("party.evasion_recorded", "party.obstruction_recorded", "cons.violated"))
    return (
        not served
        or not view.any("party.report_ordered", told)
        or not view.any("party.report_checked", told)
        or (case is not None and any(one not in case.limited for one in case.debtors))
        or (resisted and not view.any("list.included", told) and not view.any("list.grace_granted", told))
        or (view.any("party.missing_declared", told) and not view.any("party.search_done", told))
        or (view.any("party.obstruction_recorded", told) and not view.any("party.sanctioned", told))
    )


def _count(view: View, kind: str, told: Told, when: Callable[[Told], bool]) -> int:
    return sum(one.order <= told.order and when(one) for one in view.kinds.get(kind, ()))


def _search(told: Told, view: View) -> bool:
    case = told.case
    special = ("审计", "悬赏")
    return case is not None and (
        case.open_clue
        or any(case.classes.get(one, ("", ""))[0] not in ("ok", "none") for one in _NETWORK)
        or not (
            told.data.get("onsite_done") is True
            or view.any("inquiry.completed", told, lambda t: t.data.get("onsite_done") is True)
        )
        or _count(view, "inquiry.special_requested", told, lambda t: t.data.get("kind") in special)
        > _count(view, "inquiry.special_decided", told, lambda t: t.data.get("kind") in special)
    )


def _stale(told: Told, _view: View) -> bool:
    if told.case is None:
        return False
    days = [_date(told.case.classes[one][1]) for one in _NETWORK if one in told.case.classes]
    return any(months_later(one, 3) < day_of(told.at) for one in days)


def _date(text: str) -> int:
    return number(date.fromisoformat(text))


def _with_assets(told: Told, _view: View) -> bool:
    case = told.case
    return case is not None and (
        case.balance > 0 or any(one[0] in ("discovered", "controlled") for one in case.things.values())
    )


def _early(told: Told, _view: View) -> bool:
    filed = None if told.case is None else told.case.filed_on
    return filed is not None and day_of(told.at) < months_later(_date(filed), 3)


def _unheard(told: Told, view: View) -> bool:
    written = view.any("term.consultation_held", told, lambda t: t.data.get("consent") == "书面同意")
    panel = view.any("term.panel_approved", told, lambda t: t.data.get("president_approved") is True)
    return not view.any("term.consultation_held", told) or not (written or panel)


def _auction(told: Told, _view: View) -> bool:
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


def _during_claim(told: Told, view: View) -> bool:
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
    guarded = claimed("case.guarantee_accepted", lambda one: one.data.get("by") == "申请人")
    late = served is not None and day_of(told.at) - served <= 15
    return not guarded and (len(received) > len(decided) or late or bool(sued))


def _handed(told: Told, _view: View) -> bool:
    things = {} if told.case is None else told.case.things
    for one in told.data.get("assets", ()):
        expires = things[one["asset_id"]][3] if one["asset_id"] in things else None
        if expires is not None and one.get("expires_on") not in (None, expires):
            return True
    return False


def _wrong_listing(told: Told, view: View) -> bool:
    case, debtor = told.case, told.data["debtor_ref"]

    def party(*flags: str) -> bool:
        return view.any(
            "party.registered", told, lambda t: t.data["party_ref"] == debtor and all(t.data.get(f) is True for f in flags)
        )

    return (
        party("is_minor")
        or party("is_student", "is_campus_loan")
        or party("is_legal_rep")
        or view.any(
            "case.guarantee_accepted",
            told,
            lambda t: t.data.get("by") in ("被执行人", "第三人") and t.data.get("debtor_ref") in (debtor, None),
        )
        or (case is not None and 0 < case.owed <= case.seized)
        or told.data.get("signed_by_role") != "院长"
    )


def _relisted(told: Told, view: View) -> bool:
    debtor = told.data["debtor_ref"]

    def last(kind: str, reason: str | None = None) -> int | None:
        found = [
            one.at
            for one in view.kinds.get(kind, ())
            if one.order <= told.order
            and one.data["debtor_ref"] == debtor
            and (reason is None or one.data.get("reason") == reason)
        ]
        return max(found, default=None)

    removed, applied = last("list.removed", "申请人申请"), last("list.applied")
    if removed is None or applied is None:
        return False
    return day_of(told.at) < months_later(day_of(removed), 6) and applied >= removed


def _beyond_month(told: Told, _view: View) -> bool:
    until = day_of_field(told, "until_on")
    return until is not None and until > months_later(day_of(told.at), 1)


def working_days_between(first: int, last: int) -> int:
    """Working days after one civil day up to another, that one included."""
    count = 0
    day = next_open(first)
    while day <= last and count < 40:
        count += 1
        day = next_open(day)
    return count


def _entered_late(told: Told, _view: View) -> Severity | None:
    if told.first - told.at < 5 * 86_400:
        return None
    late = working_days_between(day_of(told.at), day_of(told.first))
    return "orange" if late > 15 else "yellow" if late > 5 else None


def _unlawful_deferral(told: Told, _view: View) -> bool:
    return not approved(told)


def interest(claim: int, days: int) -> int:
    """加倍部分债务利息: 1.75 in ten thousand a day, rounded half up, in fen."""
    return (claim * max(days, 0) * 175 + 500_000) // 1_000_000


def _overpaid(told: Told, view: View) -> bool:
    case = told.case
    if case is None:
        return False
    filed = view.kinds.get("case.filed", ())
    since = [one.data["interest_from_on"] for one in filed if one.order <= told.order and one.data.get("interest_from_on")]
    more: int = interest(case.claim, day_of(told.at) - _date(since[-1])) if since else 0
    paid: int = sum(
        one.data["amount_fen"]
        for one in view.kinds["fund.disbursed"]
        if one.order <= told.order and one.data.get("kind") == "案款"
    )
    return bool(case.claim + case.fee + more < paid)


def _stranger(told: Told, view: View) -> bool:
    payee = told.data.get("payee_ref")
    return (
        payee is not None
        and not view.any("party.registered", told, lambda t: t.data["party_ref"] == payee)
        and not view.any(
            "fund.plan_served", told, lambda t: payee in {one["creditor_ref"] for one in t.data.get("creditors", ())}
        )
    )


def _paid_twice(told: Told, view: View) -> bool:
    receipt = told.data["receipt_ids"][0]
    paid = sum(
        one.data["amount_fen"]
        for one in view.kinds["fund.disbursed"]
        if one.order <= told.order and one.data.get("receipt_ids") == [receipt]
    )
    return told.case is not None and receipt in told.case.amounts and paid > told.case.amounts[receipt]


def _before(kind: str, told: Told, view: View, key: str = "") -> bool:
    """Whether a fact of a kind (and key) stands strictly earlier."""
    own = view.key(told, key) if key else None
    return any(one.order < told.order and (not key or view.key(one, key) == own) for one in view.kinds.get(kind, ()))


def _unreceived(told: Told, view: View) -> bool:
    receipts = set(told.data.get("receipt_ids", ()))
    kinds = [*view.kinds.get("fund.received", ()), *view.kinds.get("fund.matched", ())]
    return not any(one.order < told.order and one.data["receipt_id"] in receipts for one in kinds)


def _unperformed(told: Told, view: View) -> bool:
    case = told.case
    return (
        case is not None
        and 0 < case.claim > case.performed
        and not view.any("case.settlement_outcome", told, lambda t: t.data.get("status") == "performed")
    )


def _after_end(told: Told, view: View) -> bool:
    return told.case is not None and view.any("case.closed", told) and not told.case.open and not told.case.alive


_RULED = (Ref("term.ruled"),)
_RESTORED = (Ref("case.restored"),)
_CASH = Ref("fund.disbursed", None, lambda t: t.data.get("kind") == "案款")


def _term(rule: str, severity: Severity, test: Callable[[Told, View], bool]) -> Check:
    return Check(rule=rule, at=_RULED, fails=_any(severity, test), arms="every", clears=_RESTORED, outlives=True)


CHECKS: tuple[Check, ...] = (
    Check(
        rule="R-INIT-03.c",
        at=(Ref("case.notice_issued"),),
        key="debtor_ref",
        holds=True,
        fails=_any("yellow", lambda told, _: told.data.get("has_risk_warning") is False),
    ),
    Check(
        rule="R-CTRL-02",
        at=(Ref("asset.controlled"), Ref("asset.released"), Ref("asset.paid_over")),
        holds=True,
        fails=_over_value,
    ),
    Check(
        rule="R-AUC-01",
        at=(Ref("auction.announced"),),
        key="auction_id",
        holds=True,
        cancel=(Ref("auction.revoked"),),
        fails=_any("red", _auction),
    ),
    Check(
        rule="R-FUND-02.b",
        at=(Ref("fund.deferral_approved", "on"),),
        key="receipt_id",
        holds=True,
        clears=(Ref("fund.deferral_ended", "on"),),
        outlives=True,
        fails=_any("orange", _unlawful_deferral),
    ),
    Check(
        rule="R-LEDG-01.a",
        at=tuple(map(Ref, ("fund.received", "fund.matched", "fund.disbursed", "fund.escrowed"))),
        holds=True,
        outlives=True,
        fails=_any("red", lambda told, _: told.case is not None and told.case.balance < 0),
    ),
    Check(rule="R-LEDG-01.b", at=(_CASH,), holds=True, outlives=True, fails=_any("red", _overpaid)),
    Check(
        rule="R-LEDG-01.d",
        at=(Ref("fund.disbursed", None, lambda t: t.data.get("kind") in ("案款", "退款")),),
        arms="every",
        outlives=True,
        fails=_any("red", _stranger),
    ),
    Check(
        rule="R-LEDG-01.e",
        at=(Ref("fund.disbursed", None, lambda t: len(t.data.get("receipt_ids", ())) == 1),),
        arms="every",
        outlives=True,
        fails=_any("red", _paid_twice),
    ),
    Check(
        rule="R-OBJ-03",
        at=tuple(map(Ref, ("auction.sold", "asset.paid_over", "asset.in_kind_settled"))),
        key="asset_id",
        arms="every",
        clears=(Ref("auction.revoked"),),
        outlives=True,
        fails=_any("red", _during_claim),
    ),
    _term("R-TERM-01", "red", _term_one),
    _term("R-TERM-02.a", "red", _search),
    _term("R-TERM-02.b", "red", _stale),
    _term("R-TERM-03", "red", _with_assets),
    _term("R-TERM-04", "red", _early),
    _term("R-TERM-05", "orange", _unheard),
    Check(
        rule="R-LIST-02.a",
        at=(Ref("list.included"),),
        key="debtor_ref",
        arms="every",
        clears=(Ref("list.removed"),),
        outlives=True,
        fails=_any("red", _wrong_listing),
    ),
    Check(
        rule="R-LIST-03.c",
        at=(Ref("list.included"),),
        key="debtor_ref",
        arms="every",
        clears=(Ref("list.removed"),),
        outlives=True,
        fails=_any("orange", _relisted),
    ),
    Check(
        rule="R-CONS-01.c",
        at=(Ref("cons.exempted_once"),),
        key="debtor_ref",
        arms="every",
        clears=(Ref("cons.lifted"),),
        outlives=True,
        fails=_any("orange", _beyond_month),
    ),
    Check(rule="R-PRES-03.b", at=(Ref("pres.handed_over"),), key="pres_id", holds=True, fails=_any("orange", _handed)),
    Check(
        rule="R-SEQ-01.a",
        at=(Ref("asset.controlled"),),
        fails=_any("orange", lambda told, view: not _before("case.filed", told, view) and not view.any("pres.applied", told)),
    ),
    Check(
        rule="R-SEQ-01.b",
        at=(Ref("auction.announced"),),
        key="asset_id",
        fails=_any("orange", lambda told, view: not _before("asset.controlled", told, view, "asset_id")),
    ),
    Check(
        rule="R-SEQ-01.c",
        at=(Ref("auction.announced"),),
        key="asset_id",
        fails=_any("orange", lambda told, view: not _before("asset.price_determined", told, view, "asset_id")),
    ),
    Check(rule="R-SEQ-01.d", at=(Ref("fund.disbursed"),), arms="every", fails=_any("orange", _unreceived)),
    Check(
        rule="R-SEQ-01.e",
        at=_RULED,
        fails=_any("orange", lambda told, view: not _before("case.notice_issued", told, view)),
    ),
    Check(
        rule="R-SEQ-01.f",
        at=(Ref("case.closed", None, lambda t: t.data.get("mode") == "执行完毕"),),
        fails=_any("orange", _unperformed),
    ),
    Check(
        rule="R-SEQ-01.g",
        at=tuple(
            map(
                Ref,
                (
                    "case.notice_issued",
                    "inquiry.requested",
                    "asset.controlled",
                    "asset.price_started",
                    "auction.announced",
                    "auction.sold",
                    "party.sanctioned",
                ),
            )
        ),
        fails=_any("orange", _after_end),
    ),
)
LATE_ENTRY = _entered_late
