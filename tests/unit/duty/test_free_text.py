"""What people write: numbers of persons are refused at the gateway, other numbers and words are not."""

from datetime import UTC, datetime

import pytest

from contract.duty.asked import InvalidCommand, asked
from contract.duty.free_text import personal
from contract.duty.people import Principal

AT = datetime(2024, 3, 5, tzinfo=UTC)
OFFICER = Principal(account="u-1", role="duty_officer", court="京0105")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("被执行人11010519491231002X", "公民身份号码"),
        ("身份证 11010519491231002x，已查", "公民身份号码"),
        ("联系电话13800138000", "手机号码"),
        ("电话：+86 138-0013-8000。", "手机号码"),
        ("账户 6222 0212 3456 7890 128 已冻结", "银行账号"),
        ("卡号4111111111111111", "银行账号"),
        ("联系电话１３８００１３８０００", "手机号码"),  # as a Chinese keyboard writes digits at full width
        ("被执行人１１０１０５１９４９１２３１００２Ｘ", "公民身份号码"),
    ],
)
def test_a_persons_number_is_found(text: str, what: str) -> None:
    """Wherever it stands among other words."""
    assert personal(text) == what


@pytest.mark.parametrize(
    "text",
    [
        "",
        "（2023）京0105执12345号，请于2024年3月20日前反馈",
        "预警编号 1101051949123100 与 3f2b0c9d8e7a6b5c4d3e2f1a0b9c8d7e",
        "标的 12345678901 元，已到账 98765432100000 分",
        "11010519491231002Y 不是证件号码",
        "110105194912310021 的校验码不对",
        "事件 court-13800138000x",
        "依据：执行规定第71条、第74条",
    ],
)
def test_other_numbers_are_none(text: str) -> None:
    """Numbers of cases, days, amounts, ids; a number of the form whose check is wrong."""
    assert personal(text) is None


@pytest.mark.parametrize(
    ("kind", "field", "more"),
    [
        ("alert.comment", "text", {}),
        ("alert.acknowledge", "note", {}),
        ("alert.snooze", "reason", {"until": "2024-03-06T00:00:00+08:00"}),
        ("alert.dispute", "grounds", {}),
        ("directive.draft", "text", {"directive_kind": "督办", "from_court": "京03", "to_court": "京0105"}),
        ("directive.answer", "text", {"result": "部分"}),
        ("roster.hand_over", "pending", {"handover": "h", "post": "officer", "side": "from"}),
    ],
)
def test_a_command_with_one_is_refused_and_says_where(kind: str, field: str, more: dict[str, str]) -> None:
    """It never comes into the log; the number isn't repeated in the answer."""
    target = "roster/京0105" if kind.startswith("roster") else "a" * 32
    form = {"kind": kind, "target": target, "idempotency_key": "k", field: "当事人13800138000", **more}
    with pytest.raises(InvalidCommand) as refused:
        asked(form, OFFICER, AT)
    assert [(error.field, error.code) for error in refused.value.errors] == [(field, "personal_data")]
    assert "138" not in str(refused.value)
    assert asked(form | {field: "已联系"}, OFFICER, AT)
