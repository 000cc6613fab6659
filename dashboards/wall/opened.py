"""What a number opens, as HTML: the rows that it is the sum of, each with its case; and what an indicator is made of."""

from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any, Final
from urllib.parse import quote

from contract.courts import COURTS
from contract.envelope import WHOLE_COURT
from contract.indicators.catalogue import INDICATORS, MEASURES
from contract.indicators.model import Amount, Indicator, Part
from dashboards.counted import Opened
from dashboards.figures import Reading
from dashboards.question import EVER, Question, Sum
from dashboards.wall.figures import SEVERITY_NAMES, SEVERITY_SHAPES, day_text, money_text, utc_now
from dashboards.wall.parts import age, case_link, court_link, court_name, panel, table

_UNITS: Final[Mapping[Amount, str]] = {"count": "", "days": " 天", "people": " 人", "fen": ""}
_PARTS: Final[Mapping[Part, str]] = {"num": "分子所计的行", "den": "分母所计的行", "days": "按天数排列的行"}


def amount_text(amount: int, unit: Amount) -> str:
    """An amount of rows with its unit."""
    return money_text(amount) if unit == "fen" else f"{amount:,}{_UNITS[unit]}"


def value_text(one: Indicator, value: float | None) -> str:
    """A value of an indicator with its unit; — where there is none."""
    if value is None:
        return "—"
    if one.unit == "ratio":
        return f"{100 * value:.2f}%"
    if one.unit == "fen":
        return money_text(round(value))
    return f"{value:,.0f}" if one.unit == "count" else f"{value:,.1f} 天" if one.unit == "days" else f"{value:,.2f}"


def scope_words(question: Question, more: Iterable[str] = ()) -> str:
    """Which court, days, knowledge and types of cases are asked for, in words."""
    below = ("及下级" if COURTS.children(question.court) else "") if question.below else "（本院）"
    words = [court_name(question.court) + below, *more]
    words.append("今日所知" if question.known_on is None else f"{day_text(question.known_on)}终所知")
    words += [f"案件类型：{'、'.join(question.case_types)}"] if question.case_types else []
    return "；".join(words)


def days_words(part: Sum) -> str:
    """Which days a sum is over."""
    if MEASURES[part.term.measure].counts == "stock":
        return f"{day_text(part.last)}终存量"
    if part.first == EVER:
        return f"截至{day_text(part.last)}"
    return day_text(part.first) if part.first == part.last else f"{day_text(part.first)}至{day_text(part.last)}"


def title_of(one: Indicator, of: Part) -> str:
    """What rows of an indicator's part are called."""
    return f"{one.name.zh}：{_PARTS[of]}"


def rows(
    found: Opened, title: str, words: str, *, numbers: Mapping[str, str], rule_name: Callable[[str], str], ways: str
) -> str:
    """The rows as a table.

    Args:
        found: They, how many there are and their sum.
        title: What was counted.
        words: Which of it.
        numbers: Subject → number of the case.
        rule_name: Of what alerts are: id → Chinese name.
        ways: Links to the rows before and after, and to the same as data.
    """
    unit: Amount = MEASURES[found.items[0]["measure"]].amount if found.items else "count"
    total = f"共 <b>{found.number:,}</b> 行，合计 <b>{amount_text(found.total, unit)}</b>"
    heads = ("法院", "案件", "事项", "类别", "计入日", "#计数")
    body = table(heads, (_row(one, numbers, rule_name, unit) for one in found.items), "没有所计的行")
    return panel(title, f'<p class="opened">{total}{ways}</p>{body}', age(utc_now()), escape(words))


def _row(one: Mapping[str, Any], numbers: Mapping[str, str], rule_name: Callable[[str], str], unit: Amount) -> str:
    subject, ref, kind = str(one["subject"]), str(one["ref"]), str(one["kind"])
    case = escape(subject) if subject.startswith(WHOLE_COURT) else case_link(subject, numbers.get(subject))
    what = escape(ref)
    if MEASURES[one["measure"]].split == "alert":
        rule, _, severity = kind.partition(":")
        kind = f"{rule_name(rule)} {SEVERITY_SHAPES.get(severity, '')} {SEVERITY_NAMES.get(severity, severity)}"
        what = f'<a href="/duty/alert/{quote(ref, safe="")}">打开预警</a>'
    return (
        f'<tr class="link"><td>{court_link(one["court"])}</td><td>{case}</td><td class="wraps">{what}</td>'
        f'<td class="wraps">{escape(kind)}</td><td>{day_text(one["since"])}</td>'
        f'<td class="num">{amount_text(one["total"], unit)}</td></tr>'
    )


def made_of(one: Indicator, reading: Reading, words: str, query: str) -> str:
    """An indicator's value and what it is made of; ``query``: of the address, which what it is made of is asked with."""
    lines = [("值", value_text(one, reading.value))]
    told = ((one.num_words, reading.num), (one.den_words, reading.den))
    lines += [(name.zh, f"{number:,}") for name, number in told if name is not None and number is not None]
    lines += [("不予显示", "数值过小，可能指向个人")] if reading.suppressed else []
    lines += [("口径", one.num_words.zh)] if one.num_words and one.of else []
    cells = "".join(f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in lines)
    for name, value in (reading.parts or {}).items():
        part = INDICATORS[name]
        rows_of = "/rows" if part.opens_rows() else ""
        link = f'<a href="/indicators/{name}{rows_of}?{escape(query)}">{escape(part.name.zh)}</a>'
        cells += f"<tr><th>{name} {link}</th><td>{value_text(part, value)}</td></tr>"
    return panel(f"{one.id} {one.name.zh}", f'<table class="list">{cells}</table>', age(utc_now()), escape(words))
