"""What a number opens, as HTML: the rows that it is the sum of, each with its case; and what an indicator is made of."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from typing import Any, Final
from urllib.parse import quote

from contract.courts import COURTS, SPC
from contract.envelope import WHOLE_COURT
from contract.indicators.catalogue import INDICATORS, MEASURES
from contract.indicators.model import Amount, Indicator, Measure, Part, Words
from contract.times import LAST_DAY
from dashboards.counted import Opened
from dashboards.figures import Reading
from dashboards.question import EVER, Question, Sum
from dashboards.wall.figures import SEVERITY_NAMES, SEVERITY_SHAPES, day_text, exact_money_text, money_text, utc_now
from dashboards.wall.labels import STAGES, VALUES
from dashboards.wall.parts import age, case_link, court_link, court_name, panel, table

_UNITS: Final[Mapping[Amount, str]] = {"count": "", "number": "", "days": " 天", "people": " 人"}
_PARTS: Final[Mapping[Part, str]] = {"num": "分子所计的行", "den": "分母所计的行", "days": "按天数排列的行"}


def amount_text(amount: int, unit: Amount) -> str:
    """An amount of rows with its unit, exact."""
    return exact_money_text(amount) if unit == "fen" else f"{amount:,}{_UNITS[unit]}"


def value_text(one: Indicator, value: float | None) -> str:
    """A value of an indicator with its unit; — where there is none."""
    if value is None:
        return "—"
    if one.unit == "ratio":
        return f"{100 * value:.2f}%"
    if one.unit == "fen":
        return money_text(round(value))
    return f"{value:,.0f}" if one.unit == "count" else f"{value:,.1f} 天" if one.unit == "days" else f"{value:,.2f}"


def scope_words(question: Question, more: Iterable[str] = ()) -> list[str]:
    """Which court, days, knowledge and types of cases are asked for, each in words."""
    alone = "（本院及未归属法院）" if question.court == SPC else "（仅本院）"
    below = ("及下级" if COURTS.children(question.court) else "") if question.below else alone
    words = [court_name(question.court) + below, *more]
    words.append("今日所知" if question.known_on is None else f"{day_text(question.known_on)}终所知")
    return [*words, *([f"案件类型：{'、'.join(question.case_types)}"] if question.case_types else [])]


def days_words(part: Sum) -> str:
    """Which days a sum is over; one whose last day is the last of all takes whatever is due, however late."""
    if MEASURES[part.term.measure].counts == "stock":
        return f"{day_text(part.last)}终存量"
    if part.last == LAST_DAY:
        return "不论何日" if part.first == EVER else f"{day_text(part.first)}起，不论何日"
    if part.first == EVER:
        return f"截至{day_text(part.last)}"
    return day_text(part.first) if part.first == part.last else f"{day_text(part.first)}至{day_text(part.last)}"


def kind_text(measure: Measure, kind: str, rule_name: Callable[[str], str]) -> str:
    """A kind, or a pattern of some, as a reader knows it: a rule by its name, a stage by its own, days as days.

    A pattern of a twofold measure is of what stands before days or stage, and may have spaces of its own.
    """
    if measure.split == "alert":
        rule, _, severity = kind.partition(":")
        grade = f"{SEVERITY_SHAPES.get(severity, '')} {SEVERITY_NAMES.get(severity, severity.replace('*', ''))}"
        return f"{'' if rule == '*' else rule_name(rule)} {grade}".strip()
    what, _, second = kind.rpartition(" ")
    if measure.by_days and second.isdecimal():
        return f"{what} {second} 天".strip()
    if measure.split == "case_type_stage" and second in STAGES:
        return f"{what} {STAGES[second]}".strip()
    return VALUES.get(kind, kind)


def kinds_words(part: Sum, rule_name: Callable[[str], str]) -> list[str]:
    """Which kinds a sum is of, where not of all."""
    measure, kinds = MEASURES[part.term.measure], part.kinds
    plain = [one.replace(r"\*", "*") for one in kinds.like]
    names = "、".join((one if measure.by_days else kind_text(measure, one, rule_name)) or "未填" for one in plain)
    words = [f"类别：{names}"] if names else []
    words += [f"环节：{STAGES.get(kinds.step, kinds.step)}"] if kinds.step else []
    return words + took_words(kinds.days)


def took_words(days: tuple[int | None, int | None]) -> list[str]:
    """How long things took, where not any time."""
    least, most = days
    if least is None and most is None:
        return []
    if least == most:
        return [f"用时 {most} 天"]
    if most is None:
        return [f"用时 {least} 天以上（含）"]
    return [f"用时 {most} 天以内（含）" if not least else f"用时 {least} 至 {most} 天"]


def title_of(one: Indicator, of: Part) -> str:
    """What rows of an indicator's part are called."""
    return f"{one.name.zh}：{_PARTS[of]}"


def rows(
    found: Opened,
    title: str,
    words: Iterable[str],
    unit: Amount,
    *,
    rule_name: Callable[[str], str],
    ways: str,
) -> str:
    """The rows as a table.

    Args:
        found: They as the visitor sees them, see `View.rows`; how many there are and their sum.
        title: What was counted.
        words: Which of it.
        unit: Of their amounts.
        rule_name: Of what alerts are: id → Chinese name.
        ways: Links to the rows before and after, and to the same as data.
    """
    total = f"<span>共 <b>{found.number:,}</b> 行</span><span>合计 <b>{amount_text(found.total, unit)}</b></span>"
    heads = ("法院", "案件", "事项", "类别", "计入日", "#计数")
    none = "没有所计的行" if not found.number else "没有更多的行"
    body = table(heads, (_row(one, rule_name, unit) for one in found.items), none, "opened")
    head = f'<div class="total">{total}</div>{_asked(words)}'
    further = f'<nav class="ways">{ways}</nav>'
    return panel(title, f"{head}{further if len(found.items) < found.number else ''}{body}{further}", age(utc_now()))


def _row(one: Mapping[str, Any], rule_name: Callable[[str], str], unit: Amount) -> str:
    measure = MEASURES[one["measure"]]
    case, what = ("他院案件", "") if one.get("masked") else (_case(one), _what(str(one["ref"]), measure))
    return (
        f'<tr class="link"><td>{court_link(one["court"])}</td><td>{case}</td><td class="wraps">{what}</td>'
        f'<td class="wraps">{escape(kind_text(measure, one["kind"], rule_name))}</td><td>{day_text(one["since"])}</td>'
        f'<td class="num">{amount_text(one["total"], unit)}</td></tr>'
    )


def _case(one: Mapping[str, Any]) -> str:
    """What a row is about; only a case that is known has a page."""
    subject, number = str(one["subject"]), one["case_no"]
    if subject.startswith(WHOLE_COURT):
        return escape(court_name(subject.removeprefix(WHOLE_COURT)))
    return escape(subject) if number is None else case_link(subject, number)


def _what(ref: str, measure: Measure) -> str:
    if measure.split == "alert":
        return f'<a href="/duty/alert/{quote(ref, safe="")}">打开预警</a>'
    return "" if ref.isdecimal() else escape(ref)  # a number is an event's place in its history, which tells a reader nothing


def made_of(one: Indicator, reading: Reading, words: Iterable[str], query: str) -> str:
    """An indicator's value and what it is made of, each leading to its rows; ``query``: of the address, which all keep."""
    told: list[tuple[Part, Words | None, int | None]] = [
        ("num", one.num_words, reading.num),
        ("den", one.den_words, reading.den),
    ]
    lines = [
        (_led(name.zh, f"{one.id}/rows", query, of) if one.opens_rows(of) else escape(name.zh), _total_text(one, of, number))
        for of, name, number in told
        if name is not None and number is not None
    ]
    for name, value in (reading.parts or {}).items():
        part = INDICATORS[name]
        path = f"{name}/rows" if part.opens_rows() else name
        lines.append((f'<span class="tag">{name}</span> {_led(part.name.zh, path, query)}', value_text(part, value)))
    cells = "".join(f'<tr class="link"><th>{name}</th><td class="num">{text}</td></tr>' for name, text in lines)
    notes = "".join(f'<tr><th>{name}</th><td class="wraps">{escape(text)}</td></tr>' for name, text in _notes(one, reading))
    mark = ' <span class="tag">管理参数</span>' if one.is_parameter else ""
    head = f'<div class="total"><span>值 <b>{value_text(one, reading.value)}</b></span>{mark}</div>{_asked(words)}'
    tables = "".join(f'<table class="list {kind}">{each}</table>' for kind, each in (("made", cells), ("notes", notes)) if each)
    return panel(f"{one.id} {one.name.zh}", head + tables, age(utc_now()))


def _notes(one: Indicator, reading: Reading) -> Iterator[tuple[str, str]]:
    """What a reader of the value should know."""
    if reading.suppressed:
        yield "不予显示", "数值过小，或与其他数值相减后过小，可能指向个人"
    if one.missing:
        yield "无法计算", one.missing
    if one.of and one.num_words:
        yield "口径", one.num_words.zh
    if one.proxy:
        yield "局限", one.proxy
    yield "出处", one.citation


def _total_text(one: Indicator, of: Part, number: int) -> str:
    terms = one.part(of)
    return amount_text(number, MEASURES[terms[0].measure].amount if terms else "count")


def _led(text: str, path: str, query: str, of: Part = "num") -> str:
    asked = query if of == "num" else "&".join(part for part in (query, f"of={of}") if part)
    return f'<a href="/indicators/{path}?{escape(asked)}">{escape(text)}</a>'


def _asked(words: Iterable[str]) -> str:
    return f'<div class="asked">{"".join(f"<span>{escape(one)}</span>" for one in words)}</div>'
