"""The page of indicators, docs/indicators.md, written from the catalogue by `make contract`."""

from collections.abc import Iterator

from contract.indicators.catalogue import INDICATORS, MEASURES
from contract.indicators.model import Indicator, Interval, Measure, Term
from contract.indicators.words import WORDS

_HEAD = """# Indicators 指标

Written by `make contract` from `contract/indicators`: each indicator is defined there once, and wall, API, panels and this
page read it. A figure is the sum of rows of cases; the courts below are added up as (numerator, denominator) and divided
last, never averaged. Every number opens the rows that it is the sum of ([how](warehouse.md#what-a-number-opens)). Those of
alerts are counted by hand over a made-up log in [indicators-by-hand.md](indicators-by-hand.md).

**Marks.** ✔ read in a public text, ○ common practice, ◆ ours: a 管理参数, shown as one. The official formulas lie in internal
notices; whoever has them changes `indicators.toml`. Intervals that no public text gives are 管理参数 too, or absent. There is
no ranking of courts: a value is in or out of its interval (2024's revision of the trial quality indicators forbids league
tables).

## The indicators

`+` adds measures; `@end` is a stock at the end of the window's last day, `@begin` at the end of the day before its first;
kinds that count stand in brackets. A value whose denominator is 0 is none. *Better*: ↑ higher, ↓ lower.

**Windows.** *year* (累计): 1 January to the day as of which it is asked. *month*, *quarter*: from their first day to that
day. *rolling_3y*, *rolling_3m*: the 3 years or months that end with it. *rolling_30d*: 30 days. *day*: that day alone.
**同比**: as of the same day a year before (29 February: the 28th). **环比**: as of the same day a month before (*quarter*,
*rolling_3m*: three months; *rolling_30d*: 30 days); from a month's last day to a month's last day.
"""
_TERMS = """
## The terms

These words alone say which rows a measure has; whoever computes one in another way needs nothing else.

"""
_MEASURES = """
## The measures

Rows have a court, a day (a *stock* row: a first day and an end day, which it doesn't count on), a kind, a subject and an
amount: 1 unless it says otherwise. *Kind*: what the measure splits by.

| Measure | 名称 | Counts | Kind | Amount | Rows |
|---|---|---|---|---|---|
"""
_BETTER = {"higher": "↑", "lower": "↓", "neither": ""}


def indicators_page() -> str:
    """The page's text."""
    shown = "\n".join(line for one in INDICATORS.values() for line in _indicator(one))
    return _HEAD + "\n" + shown + _TERMS + WORDS + _MEASURES + "\n".join(map(_measure, MEASURES.values())) + "\n"


def _indicator(one: Indicator) -> Iterator[str]:
    yield f"### {one.id} {one.name.zh} · {one.name.en}\n"
    mark = f"{one.mark} {one.citation}" + (" · 管理参数" if one.is_parameter else "")
    yield f"{mark} · {one.window} · {one.unit} {_BETTER[one.better]}".rstrip()
    yield from _interval(one.interval)
    yield ""
    if one.missing:
        yield f"- *Not computed*: {one.missing}"
    if one.num_words is not None:
        yield f"- {one.num_words.zh} · {one.num_words.en}: {_sum(one.num) or _composed(one)}"
    if one.den_words is not None:
        yield f"- ÷ {one.den_words.zh} · {one.den_words.en}: {_sum(one.den) or 'number of courts in scope'}"
    if one.median:
        yield f"- median and P90: the days of rows ⌈n/2⌉ and ⌈0.9 n⌉ of `{one.median}`, in order of days, those of 0 too"
    if one.proxy:
        yield f"- *Proxy*: {one.proxy}"
    if one.suppressed_below:
        yield f"- Not told where it is above 0 and below {one.suppressed_below}."
    if one.whole_court:
        yield (
            "- Told of whole courts and quarters only: always of the whole quarter, as known now, of a court with all below it"
            " (of it alone to whoever doesn't see those below), and it opens no rows."
        )
    yield ""


def _interval(interval: Interval) -> Iterator[str]:
    if interval.low is None and interval.high is None:
        return
    bounds = [f"≥ {interval.low:g}"] if interval.low is not None else []
    bounds += [f"≤ {interval.high:g}"] if interval.high is not None else []
    yield f"· {' and '.join(bounds)}{'' if interval.verified else '（管理参数）'}"


def _sum(terms: tuple[Term, ...]) -> str:
    return " + ".join(_term(term) for term in terms)


def _term(term: Term) -> str:
    when = "" if term.when == "window" else f"@{term.when}"
    return f"`{term.measure}{when}`" + (f" [{', '.join(term.kinds)}]" if term.kinds else "")


def _composed(one: Indicator) -> str:
    if one.compose == "weighted":
        return (
            "1 − ("
            + " + ".join(f"{weight:g} × {part}" for weight, part in zip(one.weights, one.of, strict=True))
            + "), at least 0"
        )
    return f"{one.compose} of {', '.join(one.of)}"


def _measure(one: Measure) -> str:
    kind = "" if one.split == "none" else one.split.replace("_", " ")
    return f"| `{one.id}` | {one.name.zh} {one.name.en} | {one.counts} | {kind} | {one.amount} | {one.rows} |"
