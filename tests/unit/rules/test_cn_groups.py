"""Rules over many cases: R-FUND-03, R-LEDG-01.c, R-ASST-01.d, R-GOV-01.d, R-GOV-02, R-DATA-01, R-DATA-02.c, by tiny lives."""

from national import COURT, at, told


def test_money_of_no_case_is_matched_within_three_working_days() -> None:
    """R-FUND-03 follows the receipt from the court to the case: Friday 2024-03-01 → Wednesday 03-06."""
    known = at("2024-03-01 09:00", "fund.received", receipt_id="r1", amount_fen=1000, case_no="1")
    lost = at("2024-03-01 09:00", "fund.received", receipt_id="r9", amount_fen=1000, case=f"court/{COURT}")
    late = at("2024-03-07 09:00", "fund.matched", receipt_id="r9", amount_fen=1000)
    assert told("R-FUND-03", [lost, at("2024-03-06 20:00", "fund.matched", receipt_id="r9")], "2024-04-01") == []
    assert told("R-FUND-03", [lost, late], "2024-04-01") == ["yellow, due 2024-03-06, since 2024-03-07, cured +1"]
    assert told("R-FUND-03", [lost], "2024-03-16") == ["orange, due 2024-03-06, since 2024-03-07, open"]
    assert told("R-FUND-03", [known], "2024-06-01") == []


def test_an_account_agrees_with_its_ledger_to_the_fen() -> None:
    """R-LEDG-01.c: receipts less payments and escrow up to the instant of the balance; a later right one cures."""
    flows = [
        at("2024-03-01 09:00", "fund.received", receipt_id="r1", amount_fen=1000, case_no="1", account_code="k1"),
        at("2024-03-02 09:00", "fund.received", receipt_id="r2", amount_fen=500, case=f"court/{COURT}", account_code="k1"),
        at("2024-03-05 10:00", "fund.disbursed", payment_id="m1", amount_fen=700, account_code="k1"),
        at("2024-03-06 09:00", "fund.escrowed", receipt_id="r1", amount_fen=100, account_code="k1"),
    ]
    day = {"account_code": "k1", "as_of_at": "2024-03-07T18:00:00+08:00"}
    right = at("2024-03-07 18:30", "fund.balance_reported", day, balance_fen=700, case=f"court/{COURT}")
    wrong = at("2024-03-07 18:30", "fund.balance_reported", day, balance_fen=701, case=f"court/{COURT}")
    later = at(
        "2024-03-08 18:30",
        "fund.balance_reported",
        day | {"as_of_at": "2024-03-08T18:00:00+08:00"},
        balance_fen=700,
        case=f"court/{COURT}",
    )
    line = "red, due 2024-03-07 18:00, since 2024-03-07 18:00"
    assert told("R-LEDG-01.c", [*flows, right], "2024-04-01") == []
    assert told("R-LEDG-01.c", [*flows, wrong], "2024-04-01") == [f"{line}, open"]
    assert told("R-LEDG-01.c", [*flows, wrong, later], "2024-04-01") == [f"{line}, cured +1"]
