"""The time limits of the national pack, restated: filing, terms, control, disposal, money, termination."""

from collections.abc import Callable

from producers.simulator.clocks import Clock, Pause
from producers.simulator.days import day_of
from producers.simulator.parts import (
    CONTROL_DEPOSIT,
    CONTROL_OTHER,
    FILING,
    NOTICE,
    NOTICE_AFTER_MEASURE,
    OBJECTION_DECIDED,
    OBJECTION_FILED,
    OBJECTION_TOLD,
    PAY_OUT,
    PRICE,
    TERM,
    Level,
    Part,
)
from producers.simulator.view import Ref, Told, View

LIVELIHOOD = frozenset(("涉民生", "劳动报酬", "赡养抚养", "人损"))
_CHIEFS = ("院长", "副院长")
_SIX = ("公告", "暂缓", "中止", "请示", "执行争议协调")
_TAKEOVER = ("公告", "评估鉴定", "管辖争议", "执行争议协调", "暂缓", "中止")


def whole(told: Told) -> bool:
    """Whether a release is not of a part only."""
    return told.data.get("scope") != "部分"


def _stopped(clock: str, grounds: tuple[str, ...]) -> Pause:
    return Pause(
        Ref("case.clock_paused", "from_on", lambda t: t.data["clock"] == clock and t.data["ground"] in grounds),
        (Ref("case.clock_resumed", "to_on", lambda t: t.data["clock"] == clock),),
    )


_STAYED = (
    Pause(Ref("case.suspended", "on"), (Ref("case.stay_ended", "on", lambda t: t.data.get("kind") != "暂缓"),)),
    Pause(Ref("case.deferred"), (Ref("case.stay_ended", "on", lambda t: t.data.get("kind") != "中止"),), "until_on"),
)
_P6 = (_stopped("6mo", _SIX), _stopped("all", _SIX), *_STAYED)
_P237 = (_stopped("6mo", _TAKEOVER), _stopped("all", _TAKEOVER), _stopped("disposal", ("评估鉴定",)), *_STAYED)
_RELEASED = Ref("asset.released", None, whole)
_RED6 = (Level("R", "red", 0, from_due=True),)
_APPLIED = Ref("case.application_received")
_CLOSED = Ref("case.closed")


def _priced(told: Told, view: View) -> bool:
    seen = view.ref(told)
    if told.data.get("rank") != 1 or seen is None:
        return False
    kind = seen.data.get("class")
    return kind not in ("deposit", "receivable", "income", None) and not (
        kind == "security" and seen.data.get("quoted") is True
    )


def paid_up(told: Told) -> bool:
    """Whether what was claimed is performed by this fact."""
    return told.case is not None and told.case.claim > 0 and told.case.owed <= 0


def _left(told: Told, start: Told, _: object) -> bool:
    name = start.data["receipt_id"]
    return told.case is not None and name in told.case.amounts and told.case.left[name] <= 0


def _unpaid(told: Told, _: object) -> bool:
    return told.case is not None and told.case.left.get(told.data["receipt_id"], 0) > 0


def approved(told: Told) -> bool:
    """Whether a deferral has an approver who may and a ground."""
    return told.data.get("approver_role") in ("局长", "主管院长") and told.data.get("reason") is not None


def _named(told: Told) -> bool:
    return told.data.get("case_no") is not None


_PAID = (Ref("fund.disbursed"), Ref("fund.escrowed"))
_MONEY = (Ref("fund.received", "finance_notified_on", _named), Ref("fund.matched", "finance_notified_on"))
_DEFERRED = (Pause(Ref("fund.deferral_approved", "on", approved), (Ref("fund.deferral_ended", "on"),)),)
UPHELD = ("支持", "部分")


def _upheld(kind: str) -> Callable[[Told, View], bool]:
    def upheld(told: Told, view: View) -> bool:
        seen = view.ref(told)
        return told.data.get("result") in UPHELD and seen is not None and seen.data.get("kind") == kind

    return upheld


def _controlled(told: Told) -> list[str]:
    return (
        []
        if told.case is None
        else sorted(name for name, one in told.case.things.items() if one[0] in ("controlled", "unsold"))
    )


def asset_is(told: Told, _start: Told, element: object) -> bool:
    """Whether a fact is about the asset that the element names."""
    return bool(told.data.get("asset_id") == element)


_RELEASE = (Level("O", "orange", 0, from_due=True), Level("R10", "red", 10, working=False))
DONE_MODES = ("执行完毕", "终结执行")


def requery_part(element: int) -> Part:
    """The half-year slot of a number."""
    levels = (
        Level("Y-15", "yellow", -15, from_due=True),
        Level("O", "orange", 0, from_due=True),
        Level("R+30", "red", 30, from_due=True),
    )
    return Part("R-TERM-07", 0, levels, months=6 * element, outlives=True)


FIRST_CLOCKS: tuple[Clock, ...] = (
    Clock(
        part=FILING,
        start=(_APPLIED,),
        stop=(Ref("case.filed"), Ref("case.refused")),
    ),
    Clock(part=NOTICE, start=(_APPLIED,), stop=(Ref("case.notice_issued"),)),
    Clock(
        part=NOTICE_AFTER_MEASURE,
        start=(Ref("asset.controlled"),),
        stop=(Ref("case.notice_issued"),),
        when=lambda told, view: not view.any("case.notice_issued", told),
    ),
    Clock(
        part=TERM,
        start=(Ref("case.filed"),),
        stop=(_CLOSED,),
        pauses=_P6,
        extend=(Ref("case.extension_approved", "until_on", lambda t: t.data.get("approver_role") in _CHIEFS),),
        unless=(Ref("case.extension_requested"), Ref("case.extension_approved")),
    ),
    Clock(
        part=Part("R-TIME-03.a", 0, _RED6, months=6),
        start=(_APPLIED,),
        when=lambda told, _: told.data.get("assets_known") is True,
        stop=(_CLOSED,),
        pauses=_P237,
    ),
    Clock(
        part=Part("R-TIME-03.b", 0, _RED6, months=6),
        start=(Ref("asset.discovered"),),
        when=lambda told, _: told.data.get("controllable") is True,
        key="asset_id",
        stop=(Ref("asset.paid_over"), Ref("asset.in_kind_settled"), Ref("auction.ruling_served"), _CLOSED),
        cancel=(_RELEASED,),
        pauses=_P237,
    ),
    Clock(
        part=Part("R-TIME-03.c", 0, _RED6, months=6),
        start=(_APPLIED,),
        when=lambda told, _: told.data.get("claim_kind") == "act",
        stop=tuple(
            map(
                Ref,
                (
                    "asset.controlled",
                    "party.sanctioned",
                    "cons.ordered",
                    "list.included",
                    "case.obligation_performed",
                    "case.closed",
                ),
            )
        ),
        pauses=_P237,
    ),
    Clock(
        part=CONTROL_DEPOSIT,
        start=(Ref("asset.discovered"),),
        key="asset_id",
        when=lambda told, _: told.data.get("controllable") is True and told.data.get("class") == "deposit",
        stop=(Ref("asset.controlled"), Ref("asset.paid_over")),
    ),
    Clock(
        part=CONTROL_OTHER,
        start=(Ref("asset.discovered"),),
        key="asset_id",
        when=lambda told, _: told.data.get("controllable") is True and told.data.get("class", "deposit") != "deposit",
        stop=(Ref("asset.controlled"), Ref("asset.paid_over")),
    ),
    Clock(
        part=Part("R-CTRL-03.a", 3, _RELEASE, working=True, outlives=True),
        start=(
            Ref("case.closed", None, lambda t: t.data.get("mode") in DONE_MODES),
            Ref("case.obligation_performed", None, paid_up),
        ),
        each=_controlled,
        match=asset_is,
        stop=(_RELEASED,),
        cancel=(Ref("asset.paid_over"), Ref("asset.in_kind_settled")),
    ),
    Clock(
        part=Part("R-CTRL-03.b", 7, _RELEASE, outlives=True),
        start=(Ref("objection.decided"),),
        key="asset_id",
        arms="every",
        when=_upheld("案外人"),
        stop=(Ref("asset.released"),),
    ),
    Clock(
        part=Part("R-CTRL-03.c", 7, _RELEASE, outlives=True),
        start=(Ref("objection.decided"),),
        arms="every",
        when=_upheld("超标的"),
        stop=(Ref("asset.released"),),
    ),
    Clock(
        part=Part(
            "R-CTRL-04",
            0,
            (
                Level("Y-90", "yellow", -90, from_due=True),
                Level("Y-30", "yellow", -30, from_due=True),
                Level("O-7", "orange", -7, from_due=True),
                Level("R", "red", 0, from_due=True),
            ),
            outlives=True,
        ),
        chain=True,
        start=(Ref("asset.controlled"), Ref("asset.renewed")),
        key="asset_id",
        arms="last",
        when=lambda told, _: told.data.get("expires_on") is not None,
        within=lambda told: day(told, "expires_on"),
        stop=(_RELEASED, Ref("asset.paid_over"), Ref("asset.in_kind_settled"), Ref("auction.ruling_served")),
    ),
    Clock(
        part=PRICE,
        start=(Ref("asset.controlled"),),
        key="asset_id",
        when=_priced,
        stop=(Ref("asset.price_started"),),
        cancel=(_RELEASED, Ref("asset.in_kind_settled"), Ref("asset.paid_over")),
    ),
    Clock(part=PAY_OUT, start=_MONEY, key="receipt_id", when=_unpaid, match=_left, stop=_PAID, pauses=_DEFERRED),
    Clock(
        part=Part("R-FUND-02.a", 10, (Level("O", "orange", 0, from_due=True),), outlives=True),
        start=(Ref("fund.deferral_ended", "on"),),
        key="receipt_id",
        arms="every",
        when=_unpaid,
        match=lambda told, start, element: told.kind == "fund.deferral_approved" or _left(told, start, element),
        stop=_PAID,
        cancel=(Ref("fund.deferral_approved", "on", approved),),
    ),
    Clock(
        part=Part("R-LIVE-01.a", 7, (Level("O", "orange", 0, from_due=True),)),
        start=(Ref("case.filed", None, lambda t: bool(LIVELIHOOD & set(t.data.get("tags", ())))),),
        when=lambda told, view: not view.any("asset.controlled", told) and not view.any("asset.paid_over", told),
        stop=(Ref("asset.controlled"), Ref("asset.paid_over"), Ref("cons.ordered"), Ref("party.sanctioned")),
    ),
    Clock(
        part=Part("R-LIVE-01.b", 7, (Level("O", "orange", 0, from_due=True),)),
        start=_MONEY,
        key="receipt_id",
        when=lambda told, view: told.case is not None and bool(LIVELIHOOD & set(told.case.tags)) and _unpaid(told, view),
        match=_left,
        stop=_PAID,
        pauses=_DEFERRED,
    ),
    Clock(
        part=Part("R-LIVE-01.c", 0, (Level("O", "orange", 0, from_due=True),), months=3),
        start=(Ref("case.filed", None, lambda t: bool(LIVELIHOOD & set(t.data.get("tags", ())))),),
        stop=(_CLOSED,),
    ),
    Clock(
        part=OBJECTION_FILED,
        start=(Ref("objection.received"),),
        key="objection_id",
        stop=(Ref("objection.filed"),),
        cancel=(Ref("objection.decided", None, lambda t: t.data.get("result") == "撤回"),),
    ),
    Clock(
        part=OBJECTION_TOLD,
        start=(Ref("objection.filed"),),
        key="objection_id",
        when=lambda told, _: (told.instant("notified_on") or 2**40) > told.at,
        stop=(Ref("objection.filed", "notified_on"),),
        cancel=(Ref("objection.decided", None, lambda t: t.data.get("result") == "撤回"),),
    ),
    Clock(part=OBJECTION_DECIDED, start=(Ref("objection.received"),), key="objection_id", stop=(Ref("objection.decided"),)),
)


def day(told: Told, field: str) -> int:
    """The civil day that a field names."""
    return day_of(told.instant(field) or 0)
