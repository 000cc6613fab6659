"""What a page of rows says of what was asked: over which days, of which kinds."""

from datetime import date

import pytest

from contract.indicators.catalogue import INDICATORS, MEASURES
from contract.indicators.model import Part, Term
from contract.times import LAST_DAY
from dashboards import figures
from dashboards.question import EVER, Kinds, Question, Sum
from dashboards.wall.opened import days_words, kind_text, kinds_words, scope_words

_DAY = date(2024, 5, 17)
_ALL_YEAR = "2024年1月1日至2024年5月17日"


@pytest.mark.parametrize(
    ("measure", "first", "last", "words"),
    [
        ("filed", date(2024, 1, 1), _DAY, _ALL_YEAR),
        ("filed", _DAY, _DAY, "2024年5月17日"),
        ("filed", EVER, _DAY, "截至2024年5月17日"),
        ("open", EVER, _DAY, "2024年5月17日终存量"),
        ("alerts_due", EVER, LAST_DAY, "不论何日"),
        ("open", EVER, LAST_DAY, "2199年12月31日终存量"),
        ("alerts_due", date(2024, 5, 18), LAST_DAY, "2024年5月18日起，不论何日"),
    ],
)
def test_days_of_a_sum(measure: str, first: date, last: date, words: str) -> None:
    """A flow over days, a stock at the end of one, and what is due however late."""
    assert days_words(Sum(Term(measure), first, last)) == words


@pytest.mark.parametrize(
    ("name", "of", "words"),
    [
        ("I-05", "num", [_ALL_YEAR]),
        ("I-36", "num", ["2024年5月17日终存量"]),
        ("I-26", "den", ["2024年5月17日终存量"]),
        ("I-03", "den", ["2023年12月31日终存量", _ALL_YEAR]),
    ],
)
def test_a_part_says_the_days_of_each_of_its_sums(name: str, of: Part, words: list[str]) -> None:
    """What stands at the window's beginning or end isn't said to be of the window."""
    sums = figures.sums_of(INDICATORS[name], Question("最高法", _DAY), of)
    assert list(dict.fromkeys(map(days_words, sums))) == words


@pytest.mark.parametrize(
    ("measure", "kind", "text"),
    [
        ("feedback_by_days", "农商 银行", "农商 银行"),
        ("feedback_by_days", "农商 银行 3", "农商 银行 3 天"),
        ("feedback_by_days", " 3", "3 天"),
        ("closed_by_days", "执 95", "执 95 天"),
        ("open_at", "执 CONTROLLED", "执 财产控制"),
        ("open_at", "执 ?", "执 ?"),
    ],
)
def test_a_kind_is_said_as_it_is(measure: str, kind: str, text: str) -> None:
    """Days are days only where they are a number, also of what has a space of its own."""
    assert kind_text(MEASURES[measure], kind, str) == text


def test_kinds_that_are_asked_for() -> None:
    """What stands before the days, and how many of them."""
    part = Sum(Term("feedback_by_days"), EVER, _DAY, Kinds(like=("农商 银行", ""), days=(1, 3)))
    assert kinds_words(part, str) == ["类别：农商 银行、未填", "用时 1 至 3 天"]


@pytest.mark.parametrize(
    ("court", "below", "words"),
    [
        ("京", True, "北京市高级人民法院及下级"),
        ("京", False, "北京市高级人民法院（仅本院）"),
        ("京0105", True, "北京市朝阳区人民法院"),
        ("最高法", False, "最高人民法院（本院及未归属法院）"),
    ],
)
def test_whose_rows_they_are(court: str, words: str, *, below: bool) -> None:
    """A court alone, or with those below it; the root alone has what no court owns."""
    assert scope_words(Question(court, _DAY, below=below))[0] == words
