"""Lawful lives: a case that is run as the law wants it raises nothing, with the rules of the national pack at once."""

from msgspec import structs
from national import COURT, at, line_of, national, when

from contract.control import ticked
from contract.envelope import Event
from streams.offline import Supervision

DEBTOR, CREDITOR = (
    {"party_ref": "d1", "role": "被执行", "kind": "natural"},
    {"party_ref": "p1", "role": "申请", "kind": "natural"},
)


ABOUT_COURTS = ("R-DATA-01.a", "R-GOV-01.d")


def alerts(life: list[Event], until: str) -> list[str]:
    """What the whole pack says of a life; silent courts and the bulletins of the supreme court are left aside."""
    pack = structs.replace(national(), rules=tuple(rule for rule in national().rules if rule.id not in ABOUT_COURTS))
    supervision = Supervision([pack])
    for number, event in enumerate([ticked(0, life[0].time), *sorted(life, key=lambda one: one.time), ticked(1, when(until))]):
        supervision.read(number, event)
    assert not supervision.refusals
    return [f"{alert.rule} {line_of(alert)}" for alert in supervision.alerts()]


def _opening(claim: int) -> list[Event]:
    """Application, filing, notice, report and inquiry, all in time."""
    applied = {"claim_kind": "money", "claim_fen": claim, "assets_known": False}
    filed = {
        "case_no": "1",
        "case_type": "执",
        "claim_kind": "money",
        "claim_fen": claim,
        "fee_fen": 0,
        "filed_on": "2024-03-04",
    }
    notice = {"debtor_ref": "d1", "issued_on": "2024-03-06", "served_on": "2024-03-07", "has_risk_warning": True}
    answers = [
        at(
            "2024-03-12 10:00",
            "inquiry.feedback",
            {"class": name, "status": "none"},
            inquiry_id="q1",
            at=f"2024-03-12T1{n}:00:00+08:00",
        )
        for n, name in enumerate(("deposit", "vehicle", "real_estate", "security"))
    ]
    return [
        at("2024-03-01 09:00", "case.application_received", applied),
        at("2024-03-04 09:00", "case.filed", filed),
        at("2024-03-04 09:05", "party.registered", DEBTOR),
        at("2024-03-04 09:06", "party.registered", CREDITOR),
        at("2024-03-06 09:00", "case.notice_issued", notice),
        at("2024-03-06 09:10", "party.report_ordered", debtor_ref="d1", due_on="2024-03-20"),
        at("2024-03-11 09:00", "inquiry.requested", inquiry_id="q1", target_refs=["d1"]),
        *answers,
    ]


def test_a_case_that_is_sold_paid_and_closed_raises_nothing() -> None:
    """Found, seized, valued, auctioned, delivered, paid out within the terms, and closed as performed."""
    claim = 9_000_000
    asset = {"class": "real_estate", "asset_id": "a1", "est_value_fen": 10_000_000, "controllable": True}
    held = {"asset_id": "a1", "measure": "查封", "rank": 1, "expires_on": "2027-03-13"}
    sale = {
        "auction_id": "u1",
        "asset_id": "a1",
        "round": "一拍",
        "asset_kind": "不动产",
        "appraisal_fen": 10_000_000,
        "start_fen": 8_000_000,
        "deposit_fen": 800_000,
        "announced_on": "2024-04-15",
        "parties_notified_on": "2024-04-11",
        "opens_at": "2024-05-20T10:00:00+08:00",
        "closes_at": "2024-05-21T10:00:00+08:00",
    }
    money = {"receipt_id": "r1", "account_code": "k1", "amount_fen": claim, "case_no": "1", "finance_notified_on": "2024-05-28"}
    paid = {
        "payment_id": "m1",
        "receipt_ids": ["r1"],
        "kind": "案款",
        "payee_ref": "p1",
        "account_code": "k1",
        "amount_fen": claim,
    }
    life = [
        *_opening(claim),
        at("2024-03-13 09:00", "asset.discovered", asset),
        at("2024-03-14 09:00", "asset.controlled", held),
        at("2024-03-18 09:00", "asset.price_started", asset_id="a1", method="委托评估"),
        at("2024-04-08 09:00", "asset.price_determined", asset_id="a1", price_fen=10_000_000),
        at("2024-04-15 09:00", "auction.announced", sale),
        at("2024-05-21 10:00", "auction.sold", auction_id="u1", price_fen=claim),
        at("2024-05-27 09:00", "auction.paid_in_full", auction_id="u1"),
        at("2024-05-28 09:00", "fund.received", money),
        at("2024-05-29 09:00", "auction.ruling_served", auction_id="u1"),
        at("2024-06-03 09:00", "auction.delivered", auction_id="u1"),
        at("2024-06-05 09:00", "fund.disbursed", paid),
        at("2024-06-12 09:00", "case.closed", mode="执行完毕", closed_on="2024-06-12"),
    ]
    assert alerts(life, "2028-01-01") == []


def test_a_case_that_is_terminated_as_it_should_be_raises_nothing() -> None:
    """Restricted, report checked, heard, approved, ruled, registered, queried each half-year, masked once performed."""
    heard = {"applicant_ref": "p1", "mode": "当面", "consent": "不同意"}
    queries = [
        at(f"{day} 09:00", "term.requery_done", seq_no=number, hits=0)
        for number, day in enumerate(("2024-11-20", "2025-05-20", "2025-11-20", "2026-05-20"), 1)
    ]
    life = [
        *_opening(9_000_000),
        at("2024-03-18 09:00", "cons.ordered", debtor_ref="d1"),
        at("2024-04-02 09:00", "party.report_checked", debtor_ref="d1", result="属实"),
        at("2024-04-10 09:00", "inquiry.completed", inquiry_id="q1", onsite_done=True),
        at("2024-06-05 09:00", "term.consultation_held", heard),
        at("2024-06-07 09:00", "term.panel_approved", president_approved=True),
        at("2024-06-11 09:00", "term.ruled", served_on="2024-06-12", onsite_done=True),
        at("2024-06-12 09:00", "case.closed", mode="终结本次执行程序", closed_on="2024-06-12"),
        at("2024-06-14 09:00", "term.registered"),
        *queries,
        at("2026-06-15 09:00", "case.obligation_performed", amount_fen=9_000_000, channel="direct"),
        at("2026-06-16 09:00", "term.masked", reason="履行完毕"),
        at("2026-06-17 09:00", "cons.lifted", debtor_ref="d1", reason="履行"),
    ]
    assert alerts(life, "2030-01-01") == []


def test_the_same_life_with_one_thing_wrong_raises_that_alone() -> None:
    """The panel came a day after the ruling: one alert, of one rule."""
    life = [
        *_opening(9_000_000),
        at("2024-03-18 09:00", "cons.ordered", debtor_ref="d1"),
        at("2024-04-02 09:00", "party.report_checked", debtor_ref="d1", result="属实"),
        at("2024-06-05 09:00", "term.consultation_held", consent="口头"),
        at("2024-06-11 09:00", "term.ruled", onsite_done=True),
        at("2024-06-12 08:00", "term.panel_approved", president_approved=True),
        at("2024-06-12 09:00", "case.closed", mode="终结本次执行程序", closed_on="2024-06-12"),
    ]
    assert alerts(life, "2024-10-01") == ["R-TERM-05 orange, due 2024-06-11 09:00, since 2024-06-11 09:00, open (panel)"]


def test_an_account_in_order_raises_nothing_either() -> None:
    """Money of no case is matched, paid out, and the bank agrees with the ledger."""
    home = f"court/{COURT}"
    lost = {"receipt_id": "r9", "account_code": "k9", "amount_fen": 500}
    paid = {
        "payment_id": "m9",
        "receipt_ids": ["r9"],
        "kind": "案款",
        "payee_ref": "p1",
        "amount_fen": 500,
        "account_code": "k9",
    }
    balance = {"account_code": "k9", "balance_fen": 0, "as_of_at": "2024-03-11T18:00:00+08:00"}
    life = [
        at("2024-03-01 09:00", "case.filed", case_no="1", claim_fen=500, fee_fen=0, filed_on="2024-03-01"),
        at("2024-03-01 09:01", "party.registered", CREDITOR),
        at("2024-03-04 09:00", "fund.received", lost, case=home),
        at("2024-03-06 09:00", "fund.matched", lost, case_no="1", finance_notified_on="2024-03-06"),
        at("2024-03-11 09:00", "fund.disbursed", paid),
        at("2024-03-12 09:00", "fund.balance_reported", balance, case=home),
        at("2024-03-12 10:00", "case.closed", mode="执行完毕"),
    ]
    assert alerts(life, "2025-01-01") == []
