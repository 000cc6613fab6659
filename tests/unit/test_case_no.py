"""Case numbers: every good form has one normal form, every bad one its own error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import case_no
from contract.case_no import PROVINCE_CHARS, CaseNo, CaseNoError, case_types, numeral, parse_case_no


@pytest.mark.parametrize(
    ("text", "expected", "tier"),
    [
        ("（2024）粤0604执1234号", CaseNo(2024, "粤0604", "", "执", 1234), "BASIC"),
        ("(2024)京0105执恢7号", CaseNo(2024, "京0105", "", "执恢", 7), "BASIC"),
        ("（2019) 浙 执复 12 号", CaseNo(2019, "浙", "", "执复", 12), "HIGH"),
        ("（2023）沪01破申9号之一", CaseNo(2023, "沪01", "", "破申", 9, 1), "MID"),
        ("（2023）兵9001执5号之二十一", CaseNo(2023, "兵9001", "", "执", 5, 21), "BASIC"),
        ("（2022）最高法执监88号", CaseNo(2022, "最高法", "", "执监", 88), "SPC"),
        ("（2022）最高法知执复1号", CaseNo(2022, "最高法", "知", "执复", 1), "SPC"),
        ("（2022）沪74司惩复3号", CaseNo(2022, "沪74", "", "司惩复", 3), "MID"),
        ("\u3000（2024）粤06执保99999999号 ", CaseNo(2024, "粤06", "", "执保", 99999999), "MID"),
    ],
)
def test_good_numbers(text: str, expected: CaseNo, tier: str) -> None:
    """Brackets of either width, spaces between parts, 之N and the mark of specialised adjudication are read."""
    assert parse_case_no(text) == expected
    assert expected.tier == tier


def test_the_normal_form() -> None:
    """Full-width brackets, no spaces, no 之N; the document's own number keeps it."""
    number = parse_case_no("(2024) 粤0604 执 1234 号 之 十二")
    assert number.normal == "（2024）粤0604执1234号"
    assert str(number) == "（2024）粤0604执1234号之十二"


@pytest.mark.parametrize(
    ("text", "error", "position"),
    [
        ("", "CaseNoEmpty", 1),
        ("  ", "CaseNoEmpty", 1),
        ("2024粤0604执1号", "CaseNoBrackets", 1),
        ("（2024粤0604执1号", "CaseNoBrackets", 6),
        ("【2024】粤0604执1号", "CaseNoBrackets", 1),
        ("（24）粤0604执1号", "CaseNoYear", 2),
        ("（1899）粤0604执1号", "CaseNoYear", 2),
        ("（20245）粤0604执1号", "CaseNoYear", 2),
        ("（２０２４）粤0604执1号", "CaseNoYear", 2),
        ("（2024）0604执1号", "CaseNoCourt", 7),
        ("（2024）蒙0604执1号", "CaseNoCourt", 7),
        ("（2024）最高执1号", "CaseNoCourt", 7),
        ("（2024）", "CaseNoCourt", 7),
        ("（2024）粤060执1号", "CaseNoCourtDigits", 7),
        ("（2024）粤06045执1号", "CaseNoCourtDigits", 7),
        ("（2024）粤0604民初1号", "CaseNoType", 12),
        ("（2024）粤06041号", "CaseNoCourtDigits", 7),
        ("（2024）粤0604执转破1号", "CaseNoType", 12),
        ("（2024）粤0604号", "CaseNoType", 12),
        ("（2024）粤0604执号", "CaseNoSerialMissing", 13),
        ("（2024）粤0604执0号", "CaseNoSerialZero", 13),
        ("（2024）粤0604执0012号", "CaseNoSerialZero", 13),
        ("（2024）粤0604执123456789号", "CaseNoSerialTooLong", 13),
        ("（2024）粤0604执1", "CaseNoHao", 14),
        ("（2024）粤0604执1之一", "CaseNoHao", 14),
        ("（2024）粤0604执1号之", "CaseNoSub", 16),
        ("（2024）粤0604执1号之1", "CaseNoSub", 16),
        ("（2024）粤0604执1号之十十", "CaseNoSub", 16),
        ("（2024）粤0604执1\n号", "CaseNoWhitespace", 14),
        ("（2024）粤0604执1 2号", "CaseNoWhitespace", 15),
        ("（2024）粤0604执1号裁定书", "CaseNoTrailing", 15),
        ("（2024）粤0604执1号之一a", "CaseNoTrailing", 17),
    ],
)
def test_every_bad_number_has_its_error(text: str, error: str, position: int) -> None:
    """The error's class names the fault, its position the character, its message both and the text."""
    with pytest.raises(CaseNoError) as caught:
        parse_case_no(text)
    assert type(caught.value).__name__ == error
    assert caught.value.position == position
    assert f"character {position} of" in str(caught.value)


def test_all_errors_are_case_no_errors() -> None:
    """Each named error is told apart from its siblings and is a ValueError."""
    named = [
        kind for name, kind in vars(case_no).items() if name.startswith("CaseNo") and name not in {"CaseNo", "CaseNoError"}
    ]
    assert len(named) == 13
    assert all(issubclass(kind, CaseNoError) and issubclass(kind, ValueError) for kind in named)
    with pytest.raises(case_no.CaseNoCourt, match="did you mean 内"):
        parse_case_no("（2024）蒙0604执1号")


COURT_CODES = st.one_of(
    st.just("最高法"),
    st.builds(
        lambda char, number, digits: char + f"{number:04d}"[:digits],
        st.sampled_from(PROVINCE_CHARS),
        st.integers(0, 9999),
        st.sampled_from([0, 2, 4]),
    ),
)
NUMBERS = st.builds(
    CaseNo,
    st.integers(1900, 2099),
    COURT_CODES,
    st.sampled_from(["", "知", "商"]),
    st.sampled_from(sorted(case_types())),
    st.integers(1, 99_999_999),
    st.one_of(st.none(), st.integers(1, 999)),
)


@given(NUMBERS)
def test_what_is_written_reads_back(number: CaseNo) -> None:
    """Any number written and read again is itself, and its normal form is the same case."""
    assert parse_case_no(str(number)) == number
    assert parse_case_no(number.normal).normal == number.normal
    loose = str(number).replace("（", " ( ").replace("）", ") ").replace("号", " 号 ")
    assert parse_case_no(loose) == number


def outcome(text: str) -> CaseNo | CaseNoError:
    """What the parser makes of a text."""
    try:
        return parse_case_no(text)
    except CaseNoError as error:
        return error


@given(st.text(alphabet="（）()2024粤最高法知0604执恢破申司惩1号之一十 \n裁x", max_size=24))
def test_any_text_is_a_number_or_a_named_error(text: str) -> None:
    """No text makes the parser fail otherwise, and the position lies in the text or just behind it."""
    read = outcome(text)
    if isinstance(read, CaseNo):
        assert parse_case_no(read.normal).normal == read.normal
    else:
        assert type(read) is not CaseNoError
        assert 1 <= read.position <= len(text) + 1


def test_numerals_are_told_apart() -> None:
    """Every N has one numeral: 一百零三 is not 一百三十."""
    assert (numeral(3), numeral(10), numeral(20), numeral(103), numeral(130)) == ("三", "十", "二十", "一百零三", "一百三十")
    assert len({numeral(number) for number in range(1, 1000)}) == 999
