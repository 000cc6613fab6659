"""`yipanqi rules show`: a rule of each kind as text."""

import pytest
from click.testing import CliRunner

from yipanqi.rules import command


def shown(rule: str) -> list[str]:
    """The lines of a rule."""
    result = CliRunner().invoke(command, ["show", rule])
    assert result.exit_code == 0, result.output
    return [" ".join(line.split()) for line in result.output.splitlines()]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("R-FUND-03", ["R-FUND-03 不明款未认领 · Money not matched to a case", "kind deadline", "scope receipt_id"]),
        ("R-FUND-03", ["within 3 working_days", "levels yellow at 100%", "orange at 10 working_days", "outlives yes"]),
        ("R-COOP-01", ["basis statutory 法定期限", "levels yellow at 12 calendar_days [管理参数]", "orange at 100%"]),
        ("R-TERM-04", ["kind forbidden", "at term.ruled", "params exempt_restored = 0", "levels red", "clears case.restored"]),
        ("R-SEQ-01.b", ["kind sequence", "before asset.controlled", "after auction.announced", "key asset_id"]),
        ("R-LEDG-01.a", ["kind ledger", "balance case.balance_fen", "sign yes"]),
        ("R-DATA-01.a", ["kind silence", "expect *", "axis received", "family data 数据"]),
        ("R-DATA-02.c", ["kind rate", "window 7 calendar_days", "num late", "den received", "least 50"]),
    ],
)
def test_a_rule_of_each_kind_is_told(rule: str, said: list[str]) -> None:
    """Only the fields that its kind knows and that say something, each with its lines below it."""
    lines = shown(rule)
    assert [text for text in said if text not in lines] == []


def test_what_is_not_read_in_the_original_says_so() -> None:
    """Provenance stands beside each citation; a field of another kind doesn't stand there at all."""
    lines = shown("R-FUND-01")
    assert "citation 最高人民法院关于执行款物管理工作的规定 法发〔2017〕6号 第10条（未核原文）" in lines
    assert not any(line.startswith(("balance", "expect", "window")) for line in lines)
