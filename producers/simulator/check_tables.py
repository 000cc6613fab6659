"""The rules without a clock of the national pack, restated."""

from collections.abc import Callable

from producers.simulator.check_case import (
    after_end,
    auction,
    during_claim,
    entered_late,
    handed,
    over_value,
    overpaid,
    paid_twice,
    stands_before,
    stranger,
    unlawful_deferral,
    unperformed,
    unreceived,
)
from producers.simulator.check_term import (
    beyond_month,
    relisted,
    search_open,
    stale,
    taken_off_early,
    term_one,
    too_early,
    unheard,
    with_assets,
    wrong_listing,
)
from producers.simulator.check_words import fails_if
from producers.simulator.parts import Severity
from producers.simulator.points import Check
from producers.simulator.view import Ref, Told, View

_RULED = (Ref("term.ruled"),)
_RESTORED = (Ref("case.restored"),)
_CASH = Ref("fund.disbursed", None, lambda t: t.data.get("kind") == "案款")


def _term(rule: str, severity: Severity, test: Callable[[Told, View], bool]) -> Check:
    return Check(rule=rule, at=_RULED, fails=fails_if(severity, test), arms="every", clears=_RESTORED, outlives=True)


CHECKS: tuple[Check, ...] = (
    Check(
        rule="R-INIT-03.c",
        at=(Ref("case.notice_issued"),),
        key="debtor_ref",
        holds=True,
        fails=fails_if("yellow", lambda told, _: told.data.get("has_risk_warning") is False),
    ),
    Check(
        rule="R-CTRL-02",
        at=(Ref("asset.controlled"), Ref("asset.released"), Ref("asset.paid_over")),
        holds=True,
        fails=over_value,
    ),
    Check(
        rule="R-AUC-01",
        at=(Ref("auction.announced"),),
        key="auction_id",
        holds=True,
        cancel=(Ref("auction.revoked"),),
        fails=fails_if("red", auction),
    ),
    Check(
        rule="R-FUND-02.b",
        at=(Ref("fund.deferral_approved", "on"),),
        key="receipt_id",
        holds=True,
        clears=(Ref("fund.deferral_ended", "on"),),
        outlives=True,
        fails=fails_if("orange", unlawful_deferral),
    ),
    Check(
        rule="R-LEDG-01.a",
        at=tuple(map(Ref, ("fund.received", "fund.matched", "fund.disbursed", "fund.escrowed"))),
        holds=True,
        outlives=True,
        fails=fails_if("red", lambda told, _: told.case is not None and told.case.balance < 0),
    ),
    Check(rule="R-LEDG-01.b", at=(_CASH,), holds=True, outlives=True, fails=fails_if("red", overpaid)),
    Check(
        rule="R-LEDG-01.d",
        at=(Ref("fund.disbursed", None, lambda t: t.data.get("kind") in ("案款", "退款")),),
        arms="every",
        outlives=True,
        fails=fails_if("red", stranger),
    ),
    Check(
        rule="R-LEDG-01.e",
        at=(Ref("fund.disbursed", None, lambda t: len(t.data.get("receipt_ids", ())) == 1),),
        arms="every",
        outlives=True,
        fails=fails_if("red", paid_twice),
    ),
    Check(
        rule="R-OBJ-03",
        at=tuple(map(Ref, ("auction.sold", "asset.paid_over", "asset.in_kind_settled"))),
        key="asset_id",
        arms="every",
        clears=(Ref("auction.revoked"),),
        outlives=True,
        fails=fails_if("red", during_claim),
    ),
    _term("R-TERM-01", "red", term_one),
    _term("R-TERM-02.a", "red", search_open),
    _term("R-TERM-02.b", "red", stale),
    _term("R-TERM-03", "red", with_assets),
    _term("R-TERM-04", "red", too_early),
    _term("R-TERM-05", "orange", unheard),
    Check(
        rule="R-LIST-02.a",
        at=(Ref("list.included"),),
        key="debtor_ref",
        arms="every",
        clears=(Ref("list.removed"),),
        outlives=True,
        fails=fails_if("red", wrong_listing),
    ),
    Check(
        rule="R-LIST-03.c",
        at=(Ref("list.included"),),
        key="debtor_ref",
        arms="every",
        clears=(Ref("list.removed"),),
        outlives=True,
        fails=fails_if("orange", relisted),
    ),
    Check(
        rule="R-LIST-03.e",
        at=(Ref("list.removed"),),
        key="debtor_ref",
        arms="every",
        outlives=True,
        fails=fails_if("orange", taken_off_early),
    ),
    Check(
        rule="R-CONS-01.c",
        at=(Ref("cons.exempted_once"),),
        key="debtor_ref",
        arms="every",
        clears=(Ref("cons.lifted"),),
        outlives=True,
        fails=fails_if("orange", beyond_month),
    ),
    Check(rule="R-PRES-03.b", at=(Ref("pres.handed_over"),), key="pres_id", holds=True, fails=fails_if("orange", handed)),
    Check(
        rule="R-SEQ-01.a",
        at=(Ref("asset.controlled"),),
        fails=fails_if(
            "orange", lambda told, view: not stands_before("case.filed", told, view) and not view.any("pres.applied", told)
        ),
    ),
    Check(
        rule="R-SEQ-01.b",
        at=(Ref("auction.announced"),),
        key="asset_id",
        fails=fails_if("orange", lambda told, view: not stands_before("asset.controlled", told, view, "asset_id")),
    ),
    Check(
        rule="R-SEQ-01.c",
        at=(Ref("auction.announced"),),
        key="asset_id",
        fails=fails_if("orange", lambda told, view: not stands_before("asset.price_determined", told, view, "asset_id")),
    ),
    Check(rule="R-SEQ-01.d", at=(Ref("fund.disbursed"),), arms="every", fails=fails_if("orange", unreceived)),
    Check(
        rule="R-SEQ-01.e",
        at=_RULED,
        fails=fails_if("orange", lambda told, view: not stands_before("case.notice_issued", told, view)),
    ),
    Check(
        rule="R-SEQ-01.f",
        at=(Ref("case.closed", None, lambda t: t.data.get("mode") == "执行完毕"),),
        fails=fails_if("orange", unperformed),
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
        fails=fails_if("orange", after_end),
    ),
)
LATE_ENTRY = entered_late
